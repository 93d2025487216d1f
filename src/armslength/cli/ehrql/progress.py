"""What is told on stderr while a query runs: a line that changes on a terminal, little elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from armslength.query.engines.engine import Step

LINE_WIDTH = 100


class Progress:
    """Tells the steps of a query. Steps, times and counts of rows only: nothing here comes from a record."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()

    def __call__(self, step: Step) -> None:
        """Show where execution stands, on a terminal."""
        if self.live:
            rows = f", {step.rows:,} rows" if step.rows is not None else ""
            line = f"step {step.number} of {step.of}: {step.purpose} ({step.seconds:.1f} s{rows})"
            self.stream.write(f"\r{line[:LINE_WIDTH]:<{LINE_WIDTH}}")
            self.stream.flush()

    def tell(self, line: str) -> None:
        """Say one finished thing."""
        if self.live:
            self.stream.write(f"\r{'':<{LINE_WIDTH}}\r")
        self.stream.write(f"[info   ] {line}\n")
        self.stream.flush()
