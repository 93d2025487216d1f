"""The settings both sites have in common, built from environment variables and closed by default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class Zone(Enum):
    """On which side of the wall a site stands: the word on its badge and its colours."""

    OUTSIDE = ("outside", "Outside")
    INSIDE = ("inside", "Inside the secure environment")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]


class Environment:
    """The environment variables of one site, all starting with its prefix."""

    def __init__(self, prefix: str, *, environ: Mapping[str, str] = os.environ) -> None:
        self.prefix = prefix
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        """Return PREFIX_NAME; where it is unset, the contents of the file that PREFIX_NAME_FILE names."""
        if value := self._environ.get(f"{self.prefix}{name}"):
            return value
        if path := self._environ.get(f"{self.prefix}{name}_FILE"):
            try:
                return Path(path).read_text().strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{self.prefix}{name}_FILE names {path}, which cannot be read: {error.strerror}"
                ) from None
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether PREFIX_NAME is on; anything but 1/0, true/false, yes/no, on/off is refused."""
        value = self.text(name, "on" if default else "off").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise ImproperlyConfigured(f"{self.prefix}{name} must be on or off, not `{value}`")

    def number(self, name: str, default: int) -> int:
        """Return PREFIX_NAME as a whole number."""
        value = self.text(name, str(default))
        if not value.isdigit():
            raise ImproperlyConfigured(f"{self.prefix}{name} must be a whole number, not `{value}`")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        """Return PREFIX_NAME split at commas."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]


def database_from(address: str, *, folder: Path) -> dict[str, Any]:
    """Return Django's description of a database from an address; empty means SQLite in `folder`.

    Understood: `postgresql://user:password@host:port/name` and `sqlite:///path`.
    """
    parts = urlsplit(address)
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    if parts.scheme not in {"", "sqlite"}:
        raise ImproperlyConfigured(
            f"a database address starts with postgresql:// or sqlite://, not `{parts.scheme}`"
        )
    path = Path(unquote(parts.path)) if parts.scheme else folder / "site.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Write transactions take the lock at their beginning, so that two of them queue instead of failing half way.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def _secret_key(environment: Environment, *, debug: bool) -> str:
    secret = environment.text("SECRET_KEY")
    if not secret and debug:
        return "development-only: sessions signed with this key are worth nothing"
    if len(secret) < 32:
        raise ImproperlyConfigured(
            f"{environment.prefix}SECRET_KEY must hold at least 32 random characters "
            f"(or {environment.prefix}SECRET_KEY_FILE name a file that does); "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return secret


def _templates(folders: list[Path], *, debug: bool) -> list[dict[str, Any]]:
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": folders,
            "APP_DIRS": True,
            "OPTIONS": {
                "debug": debug,
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "armslength.web.context.site",
                ],
                "builtins": ["armslength.web.templatetags.components", "django.templatetags.static"],
            },
        }
    ]


MIDDLEWARE = [
    "armslength.web.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]


def site_settings(
    prefix: str, *, zone: Zone, name: str, environ: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """Return the Django settings both sites share. A site's settings module does `globals().update(...)`.

    Read from the environment, each behind `prefix`: SECRET_KEY (or SECRET_KEY_FILE), DEBUG, HOSTS, ORIGINS,
    DATABASE, FOLDER, HTTPS, PROXY, SESSION_HOURS. Without DEBUG, a missing secret or host list stops the site.
    """
    environment = Environment(prefix, environ=environ)
    debug = environment.flag("DEBUG")
    hosts = environment.words("HOSTS", "localhost,127.0.0.1,[::1]" if debug else "")
    if not hosts:
        raise ImproperlyConfigured(
            f"{prefix}HOSTS must name the hosts this site answers to, separated by commas"
        )
    folder = Path(environment.text("FOLDER", "." if debug else "")).absolute()
    if not debug and not environment.text("FOLDER"):
        raise ImproperlyConfigured(f"{prefix}FOLDER must name the folder where this site keeps its files")
    https = environment.flag("HTTPS", default=not debug)
    return {
        **_constant(),
        "ARMSLENGTH_ZONE": zone,
        "ARMSLENGTH_SITE_NAME": name,
        "ARMSLENGTH_IDENTITY_PROVIDERS": ["armslength.web.identity.LocalAccounts"],
        "FOLDER": folder,
        "SECRET_KEY": _secret_key(environment, debug=debug),
        "DEBUG": debug,
        "ALLOWED_HOSTS": hosts,
        "CSRF_TRUSTED_ORIGINS": environment.words("ORIGINS"),
        "DATABASES": {"default": database_from(environment.text("DATABASE"), folder=folder)},
        "TEMPLATES": _templates([], debug=debug),
        **_cookies_and_transport(environment, zone=zone, https=https),
        "LOGGING": _logging(debug=debug),
    }


def _constant() -> dict[str, Any]:
    """Return the settings that no environment variable changes."""
    return {
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "MIDDLEWARE": list(MIDDLEWARE),
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "whitenoise.runserver_nostatic",
            "django.contrib.staticfiles",
            "django.contrib.humanize",
            "django_htmx",
            "armslength.web",
        ],
        "LANGUAGE_CODE": "en-gb",
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
        "USE_I18N": False,
        "STATIC_URL": "/static/",
        # No copy of the style sheets is collected: whitenoise serves them from the package itself.
        "STATIC_ROOT": None,
        "WHITENOISE_USE_FINDERS": True,
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "APPEND_SLASH": False,
        "LOGIN_URL": "web:sign-in",
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.ScryptPasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
    }


def _cookies_and_transport(environment: Environment, *, zone: Zone, https: bool) -> dict[str, Any]:
    return {
        # Each site has its own cookie names: on one machine both share the host, and cookies know no ports.
        "SESSION_COOKIE_NAME": f"armslength_{zone.slug}_session",
        "CSRF_COOKIE_NAME": f"armslength_{zone.slug}_csrf",
        "SESSION_COOKIE_AGE": environment.number("SESSION_HOURS", 12) * 3600,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "armslength.web.views.csrf_failure",
        "SECURE_SSL_REDIRECT": https and environment.flag("REDIRECT", default=True),
        "SECURE_REDIRECT_EXEMPT": [r"^healthz$"],
        "SECURE_HSTS_SECONDS": 31_536_000 if https else 0,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "ARMSLENGTH_BEHIND_PROXY": environment.flag("PROXY"),
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("PROXY") else None,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2 * 2**20,
    }


def _logging(*, debug: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if debug else "WARNING"},
        "loggers": {"armslength": {"level": "INFO"}},
    }
