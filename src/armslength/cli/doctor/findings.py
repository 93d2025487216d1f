"""What the doctor finds: one thing each, with a verdict and what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How grave it is."""

    GOOD = "good"
    WORTH_KNOWING = "worth knowing"  # something that some studies need
    MISSING = "missing"  # without it no study runs here


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `fix` is a command that can be pasted as it is, or what to change."""

    name: str
    verdict: Verdict
    told: str
    fix: str | None = None


# How each system's own package manager installs, and its names where they differ from Debian's.
MANAGERS = {
    "apt-get": ("apt-get install --yes", {}),
    "dnf": ("dnf install --assumeyes", {"r-base-core": "R-core", "docker.io": "moby-engine"}),
    "zypper": ("zypper install --no-confirm", {"r-base-core": "R-base", "docker.io": "docker"}),
    "pacman": ("pacman -S --noconfirm", {"r-base-core": "r", "docker.io": "docker"}),
    "apk": ("apk add", {"r-base-core": "R", "docker.io": "docker"}),
    "brew": ("brew install", {"r-base-core": "r", "docker.io": "docker"}),
}


def install(packages: Sequence[str]) -> str:
    """Return the command that installs packages, named as Debian names them, on this machine."""
    manager = next((name for name in MANAGERS if shutil.which(name)), "apt-get")
    command, names = MANAGERS[manager]
    return as_root(" ".join([command, *(names.get(package, package) for package in packages)]), manager)


def as_root(command: str, manager: str = "") -> str:
    """Return a command as whoever is here must type it."""
    needs_root = os.geteuid() != 0 and manager != "brew" and sys.platform != "darwin"
    return f"sudo {command}" if needs_root else command
