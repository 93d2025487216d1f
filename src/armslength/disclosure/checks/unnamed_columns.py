"""F2: columns without a name."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="F2",
    title="Columns without a name",
    verdicts=(WARN,),
    stops="a table of numbers without a header, or with unnamed columns of numbers: what they show cannot be judged",
    mend="give every column a name",
    source=f"{POLICY}, outputs are described",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding per table with unnamed columns of numbers."""
    if subject.table.source not in ("csv", "html", "json", "fixed width"):
        return
    unnamed = [
        index
        for index, name in enumerate(subject.table.header)
        if name.startswith("(column ") and subject.roles[index].role is not Role.ROW_INDEX
    ]
    numbers = [
        index for index in unnamed if any(cell.value is not None for cell in subject.table.shown(index))
    ]
    if numbers and subject.table.rows:
        yield subject.finding(
            ABOUT.code,
            Verdict.WARN,
            what=f"{len(numbers)} {'column has' if len(numbers) == 1 else 'columns have'} no name",
            why="what a column shows is judged by its name first",
            fix=ABOUT.mend,
            cells=[(0, index) for index in numbers],
        )
