"""Where the Python in use lives: all of it that a jail must see, and nothing more."""

from __future__ import annotations

import site
import sys
from pathlib import Path


def python_folders() -> tuple[Path, ...]:
    """The folders this Python lives in: environment, base installation, user packages, our own source."""
    package = Path(__file__).resolve().parents[2]
    candidates = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    candidates += [package / "armslength", package / "ehrql"]
    if site.ENABLE_USER_SITE:
        candidates.append(Path(site.getusersitepackages()))
    if candidates[2].is_relative_to("/nix/store"):
        candidates.append(Path("/nix/store"))
    both = [path for candidate in candidates for path in (candidate, candidate.resolve())]
    chosen: list[Path] = []
    for path in sorted(set(both), key=lambda path: len(path.parts)):
        covered = any(path.is_relative_to(other) for other in (*chosen, Path("/usr")))
        if path.exists() and not covered and path != Path("/"):
            chosen.append(path)
    return tuple(chosen)
