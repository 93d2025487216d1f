"""What was asked, what ran and what came of it: one line of JSON for each event, written as it happens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armslength.kernel.clock import Clock, to_text
from armslength.kernel.errors import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log that is begun anew for each query, or no log. It never holds a row of the answer."""

    path: Path | None
    clock: Clock

    def begin(self) -> None:
        """Make the file. Raises Mistake Q414 when it cannot be written: nothing runs that is not logged."""
        self._write("", mode="w")

    def note(self, event: str, **facts: Any) -> None:
        """Add an event with what is known of it."""
        line = {"at": to_text(self.clock()), "event": event, **facts}
        self._write(json.dumps(line, ensure_ascii=False, default=str) + "\n", mode="a")

    def _write(self, text: str, *, mode: str) -> None:
        if self.path is None:
            return
        try:
            with self.path.open(mode, encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            what = f"the log cannot be written: {error.strerror or error}"
            raise Mistake("Q414", what, where=str(self.path)) from None
