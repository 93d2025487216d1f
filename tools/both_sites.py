"""Settings of no site that runs: the type checker sees the models and the configuration of both at once."""

from __future__ import annotations

from pathlib import Path

from armslength.airlock.configuration import Configuration
from armslength.web.settings import Zone, site_settings

_common = site_settings("NO_SITE_", zone=Zone.OUTSIDE, name="Both", environ={"NO_SITE_DEBUG": "on"})
globals().update(_common)
INSTALLED_APPS = ["armslength.server", "armslength.airlock", *_common["INSTALLED_APPS"]]
AUTH_USER_MODEL = "server.Person"
ARMSLENGTH_SITE_NAME: str
ARMSLENGTH_ZONE: Zone
ARMSLENGTH_IDENTITY_PROVIDERS: list[str]
FOLDER: Path

# The jobs site
RELEASES_FOLDER: Path
LEDGER_KEY: Path
LEDGER_ORIGIN: str
ALLOW_LOCAL_REPOSITORIES: bool
REPOSITORY_HOSTS: tuple[str, ...]
GIT_TIMEOUT_SECONDS: int

# The airlock
AIRLOCK: Configuration
