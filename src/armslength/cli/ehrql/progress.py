"""What is told on stderr while a query runs: a line that changes on a terminal, little elsewhere, more on demand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TextIO

from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.api.databases import Database
    from armslength.query.engines.engine import Step
    from armslength.query.model.nodes import Dataset

LINE_WIDTH = 100
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
USAGE_STATUS = 2


def is_talkative(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether LOG_LEVEL asks for every detail; no level says less than usual. Raises Mistake Q056."""
    level = (environment.get("LOG_LEVEL") or "INFO").upper()
    if level not in LEVELS:
        hint = f"use one of {', '.join(LEVELS)}; DEBUG tells every step, the others what is always told"
        raise Mistake("Q056", f"`{level}` is not a level of detail", "LOG_LEVEL", hint, USAGE_STATUS)
    return level == "DEBUG"


class Progress:
    """Tells the steps of a query. Steps, times and counts of rows only: nothing here comes from a record."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.talkative = is_talkative()

    def __call__(self, step: Step) -> None:
        """Show where execution stands: on a terminal, or a line for each step where LOG_LEVEL is DEBUG."""
        rows = f", {step.rows:,} rows" if step.rows is not None else ""
        line = f"step {step.number} of {step.of}: {step.purpose} ({step.seconds:.1f} s{rows})"
        if self.talkative:
            self.tell(line, level="debug")
        elif self.live:
            self.stream.write(f"\r{line[:LINE_WIDTH]:<{LINE_WIDTH}}")
            self.stream.flush()

    def tell(self, line: str, *, level: str = "info") -> None:
        """Say one finished thing."""
        if self.live:
            self.stream.write(f"\r{'':<{LINE_WIDTH}}\r")
        self.stream.write(f"[{level:<7}] {line}\n")
        self.stream.flush()

    def tell_held_back(self, database: Database, *, permissions: Iterable[str]) -> None:
        """Say what the project does not see of the database, so that the log of a job records it."""
        from armslength.query.api.explanations import held_back

        for words in held_back(database, permissions=permissions):
            self.tell(f"held back: {words}")

    def tell_statements(
        self, queries: Iterable[Dataset], *, database: Database, permissions: Iterable[str] = ()
    ) -> None:
        """Say the SQL that will be run, where LOG_SQL is set. It is made of the definition, not of records."""
        if not os.environ.get("LOG_SQL"):
            return

        from armslength.query.api.explanations import sql_script

        for query in queries:
            script = sql_script(query, database=database, permissions=permissions)
            self.tell(f"statements of the query\n{script}", level="debug")
