"""Where the two levels of output lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Roots:
    """The top folders of level 3 (nobody looks) and level 4 (approved people look)."""

    high: Path
    medium: Path

    def level3(self, workspace: str) -> Path:
        """Return the level 3 folder of a workspace."""
        return self.high / "workspaces" / workspace

    def level4(self, workspace: str) -> Path:
        """Return the level 4 folder of a workspace."""
        return self.medium / "workspaces" / workspace

    def quarantine(self, job: str, *, attempt: int) -> Path:
        """Return where the outputs of a failed attempt lie; they never become current (S6)."""
        return self.high / "quarantine" / job / f"attempt-{attempt}"
