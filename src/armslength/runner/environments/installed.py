"""What is installed on this machine: our own Python, and its R. What is listed is what the digest is over."""

from __future__ import annotations

import functools
import hashlib
import platform
import shutil
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

from armslength.kernel.jail import SEARCH_PATH

R_SETTINGS = Path("/etc/R")
R_LIBRARIES = (
    Path("/usr/local/lib/R/site-library"),
    Path("/usr/lib/R/site-library"),
    Path("/usr/lib/R/library"),
)


def digest_of(lines: Iterable[str]) -> str:
    """Return the SHA-256 over lines, in order, each ended by a line feed but the last."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def interpreter() -> str:
    """Return what Python this is, as it counts in a digest.

    >>> interpreter().split()[0]
    'CPython'
    """
    return f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}"


@functools.cache
def our_packages() -> tuple[str, ...]:
    """Return every distribution of this installation as `name==version`, in order."""
    return tuple(sorted({f"{one.metadata['Name']}=={one.version}" for one in distributions()}))


@functools.cache
def digest() -> str:
    """Return the SHA-256 over the interpreter and every installed distribution with its version."""
    return digest_of((interpreter(), *our_packages()))


def r_program() -> str | None:
    """Return the Rscript of this machine's system, or None."""
    return shutil.which("Rscript", path=SEARCH_PATH)


def r_packages() -> tuple[str, ...]:
    """Return every R package that a job would find, as `name==version`, in order. The first library wins, as in R."""
    # Read anew only when a library changed: a plan of thousands of actions asks thousands of times.
    return _r_packages(tuple(_changed(library) for library in R_LIBRARIES))


def r_digest() -> str:
    """Return the SHA-256 over every R package with its version; R itself is the package `base`."""
    return _digest_of_packages(r_packages())


@functools.lru_cache(maxsize=4)
def _digest_of_packages(packages: tuple[str, ...]) -> str:
    return digest_of((f"R {platform.machine()}", *packages))


@functools.lru_cache(maxsize=4)
def _r_packages(changed: tuple[int, ...]) -> tuple[str, ...]:
    versions: dict[str, str] = {}
    for library in R_LIBRARIES:
        for description in sorted(library.glob("*/DESCRIPTION")):
            version = _field(description, "Version")
            versions.setdefault(description.parent.name, version)
    return tuple(f"{name}=={version}" for name, version in sorted(versions.items()))


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _field(description: Path, name: str) -> str:
    """Return one field of an R package's description; empty when it cannot be read."""
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:")), "")
