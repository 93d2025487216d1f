"""A6: rows with more or fewer cells than the header; what lies beyond it has no name to be judged by."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.subject import Subject

CODE = "A6"


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding when rows are uneven (specification 7.2: a finding, not a reason to skip)."""
    table = subject.table
    if table.uneven:
        rows = {line: row for row, line in enumerate(table.lines)}
        yield Finding(
            code=CODE,
            verdict=Verdict.WARN,
            what=f"{len(table.uneven)} rows have more or fewer cells than the header",
            why="a cell without a column name cannot be judged by what it shows",
            fix="write the table with one header row and the same number of cells on every row",
            table=table.name,
            places=tuple(
                Place(line=line, column=table.header[0], row=rows[line], index=0) for line in table.uneven
            ),
        )
