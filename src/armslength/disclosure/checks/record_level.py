"""A2: a table whose rows are people, not groups."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import AGGREGATES, Role
from armslength.disclosure.subject import Subject

CODE = "A2"


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding when the table has the shape of records (specification 7.3, A2)."""
    reason = _why_record_level(subject)
    if reason:
        yield Finding(
            code=CODE,
            verdict=Verdict.BLOCK,
            what=f"the table of {len(subject.table.rows):,} rows looks like one row per person",
            why=reason,
            fix="group and count before writing an output, and mark patient-level files highly_sensitive",
            table=subject.table.name,
            value=f"{len(subject.table.rows)} rows",
        )


def _why_record_level(subject: Subject) -> str | None:
    rows = len(subject.table.rows)
    if rows < subject.policy.record_level_rows:
        return None
    for index in subject.columns(Role.COUNT, Role.PERHAPS_COUNT):
        cells = subject.table.column(index)
        if all(cell.count == 1 for cell in cells):
            return f"column `{subject.table.header[index]}` is 1 on every row, so each row is one person"
    if any(column.role in AGGREGATES - {Role.ESTIMATE} for column in subject.roles):
        return None
    attributes = [subject.table.header[index] for index in subject.columns(Role.ATTRIBUTE, Role.IDENTIFIER)]
    if len(attributes) >= 2:
        shown = ", ".join(f"`{name}`" for name in attributes[:4])
        return f"no column counts anything, and {shown} describe people"
    return None
