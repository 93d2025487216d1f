"""What an operator configures, read from ARMSLENGTH_AIRLOCK_… and checked before the site starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from armslength.kernel.errors import Mistake, Mistakes
from armslength.wire.message import Slug

PREFIX = "ARMSLENGTH_AIRLOCK_"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Where things lie, whom we talk to, and how long we believe what we were told."""

    level4: Path
    folder: Path
    server: str
    backend: str
    token_file: Path
    ledger_key: str
    refresh_after: timedelta
    closed_after: timedelta

    def token(self) -> str:
        """Return the backend's token, read anew each time so that it can be changed without a restart."""
        try:
            token = self.token_file.read_text().strip()
        except OSError as error:
            raise Mistake(
                "A003", f"the backend's token cannot be read: {error.strerror}", where=str(self.token_file)
            ) from None
        if not token:
            raise Mistake("A003", "the file of the backend's token is empty", where=str(self.token_file))
        return token


class _Reader:
    """Collects every mistake of one reading, so that an operator sees them all at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.mistakes: list[Mistake] = []

    def text(self, name: str, *, hint: str) -> str:
        value = self.environ.get(PREFIX + name, "").strip()
        if not value:
            self.mistakes.append(
                Mistake("A001", f"`{PREFIX}{name}` is not set", where="the environment", hint=hint)
            )
        return value

    def wrong(self, name: str, what: str, *, hint: str | None = None) -> None:
        self.mistakes.append(Mistake("A002", f"`{PREFIX}{name}` {what}", where="the environment", hint=hint))

    def folder(self, name: str, *, hint: str) -> Path:
        value = self.text(name, hint=hint)
        path = Path(value or "/nonexistent")
        if value and not path.is_absolute():
            self.wrong(name, f"must be an absolute path, not `{value}`")
        elif value and not path.is_dir():
            self.wrong(name, f"names `{value}`, which is not a folder", hint="create it or mount it first")
        return path

    def minutes(self, name: str, default: int) -> timedelta:
        value = self.environ.get(PREFIX + name, str(default))
        if not value.isdigit() or int(value) == 0:
            self.wrong(name, f"must be a number of minutes of 1 or more, not `{value}`")
            return timedelta(minutes=default)
        return timedelta(minutes=int(value))

    def server(self) -> str:
        value = self.text(
            "SERVER", hint="the address of the jobs site, such as https://jobs.example.org"
        ).rstrip("/")
        parts = urlsplit(value)
        if not value:
            return value
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
            self.wrong("SERVER", f"must be an address such as https://jobs.example.org, not `{value}`")
        elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
            self.wrong("SERVER", "must start with https://: tokens and results travel over it")
        return value

    def backend(self) -> str:
        value = self.text("BACKEND", hint="the name the server gave this backend")
        try:
            return TypeAdapter(Slug).validate_python(value) if value else value
        except ValidationError:
            self.wrong("BACKEND", f"must be lower-case letters, digits, `-` or `_`, not `{value}`")
            return value

    def key(self) -> str:
        value = self.environ.get(f"{PREFIX}LEDGER_KEY", "").strip()
        path = self.environ.get(f"{PREFIX}LEDGER_KEY_FILE", "").strip()
        if not value and path:
            try:
                value = Path(path).read_text().strip()
            except OSError as error:
                self.wrong("LEDGER_KEY_FILE", f"names `{path}`, which cannot be read: {error.strerror}")
                return ""
        if not value:
            hint = f"or {PREFIX}LEDGER_KEY_FILE; get the ledger's public key from the server's operator by another road"
            self.mistakes.append(
                Mistake("A001", f"`{PREFIX}LEDGER_KEY` is not set", where="the environment", hint=hint)
            )
        return value


def configuration_from(environ: Mapping[str, str] = os.environ) -> Configuration:
    """Read the configuration, or raise Mistakes that name everything that is missing or wrong."""
    reader = _Reader(environ)
    configuration = Configuration(
        level4=reader.folder("LEVEL4", hint="the folder of level 4 workspaces that the runner writes"),
        folder=reader.folder("FOLDER", hint="a folder of the airlock's own, that nobody else may write to"),
        server=reader.server(),
        backend=reader.backend(),
        token_file=Path(
            reader.text("TOKEN_FILE", hint="a file that holds this backend's token") or "/nonexistent"
        ),
        ledger_key=reader.key(),
        refresh_after=reader.minutes("REFRESH_MINUTES", 5),
        closed_after=reader.minutes("CLOSED_MINUTES", 60),
    )
    if configuration.closed_after < configuration.refresh_after:
        reader.wrong("CLOSED_MINUTES", "must not be shorter than the refresh interval")
    if reader.mistakes:
        raise Mistakes(reader.mistakes)
    return configuration
