"""Which service codelists come from: an option, a variable, the study's settings file, or the public one."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from armslength.kernel.errors import Mistake

PUBLIC_SERVICE = "https://www.opencodelists.org"
VARIABLE = "ARMSLENGTH_CODELISTS_SERVICE"
SETTINGS = "pyproject.toml"
USAGE_STATUS = 2


def service_address(asked: str | None, *, study: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the service's address without a final slash. Raises Mistake P074 when it is none."""
    choices = (
        (asked, "--service"),
        (environment.get(VARIABLE), VARIABLE),
        (_in_settings(study / SETTINGS), SETTINGS),
        (PUBLIC_SERVICE, ""),
    )
    address, where = next((str(choice), where) for choice, where in choices if choice)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        hint = f"write it as `{PUBLIC_SERVICE}`"
        raise Mistake("P074", f"`{address}` is no address of a service", where, hint, USAGE_STATUS)
    return address.rstrip("/")


def _in_settings(path: Path) -> str | None:
    """The value of `service` in `[tool.armslength.codelists]`, or None."""
    try:
        settings: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Mistake("P074", f"the settings cannot be read: {error}", where=str(path)) from None
    for key in ("tool", "armslength", "codelists", "service"):
        settings = settings.get(key) if isinstance(settings, dict) else None
    return None if settings is None else str(settings)
