"""Settings of the jobs site, from ARMSLENGTH_SERVER_* environment variables; see docs/how-to/run-the-server.md."""

from __future__ import annotations

from pathlib import Path

from armslength.web.settings import Environment, Zone, site_settings

PREFIX = "ARMSLENGTH_SERVER_"
FEATURES_FOLDER = Path(__file__).parent / "features"
_environment = Environment(PREFIX)
_common = site_settings(PREFIX, zone=Zone.OUTSIDE, name=_environment.text("NAME", "Armslength"))
globals().update(_common)

# Before the common ones, so that this site's templates win over the shared ones of the same name.
INSTALLED_APPS = ["armslength.server", *_common["INSTALLED_APPS"]]
TEMPLATES = _common["TEMPLATES"]
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates", *sorted(FEATURES_FOLDER.glob("*/templates"))]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("armslength.server.context.reader")
TEMPLATES[0]["OPTIONS"]["builtins"].append("armslength.server.templatetags.words")
AUTH_USER_MODEL = "server.Person"
ROOT_URLCONF = "armslength.server.urls"
WSGI_APPLICATION = "armslength.server.wsgi.application"

# Where released files and the ledger's signing key lie.
RELEASES_FOLDER = _common["FOLDER"] / "released"
LEDGER_KEY = Path(_environment.text("LEDGER_KEY", str(_common["FOLDER"] / "ledger-key.pem")))
LEDGER_ORIGIN = _environment.text("LEDGER_ORIGIN", "armslength")
# A repository on this machine's own disk: for `armslength up` and tests, never for a public site.
ALLOW_LOCAL_REPOSITORIES = _environment.flag("LOCAL_REPOSITORIES")
REPOSITORY_HOSTS = tuple(_environment.words("REPOSITORY_HOSTS", "github.com"))
GIT_TIMEOUT_SECONDS = _environment.number("GIT_TIMEOUT", 30)
