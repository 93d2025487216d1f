"""B4: the smallest and the largest value are those of one person."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import HANDBOOK, POLICY, SACRO, WARN, About
from armslength.disclosure.names import counts_people, words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B4",
    title="Minimum, maximum, range",
    verdicts=(WARN,),
    stops="columns of extremes, and rows labelled so",
    mend="show the 5th and 95th percentile, if enough people lie beyond them",
    source=f"{POLICY}, minimum and maximum; {HANDBOOK}; {SACRO}, end points",
)
_LABELS = frozenset({"min", "max", "minimum", "maximum", "range"})


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding per table that shows extremes."""
    table = subject.table
    cells = [
        (0, index)
        for index in subject.columns(Role.EXTREME)
        if table.rows and not counts_people(table.header[index])
    ]
    values = [
        index for index, column in enumerate(subject.roles) if column.role in (Role.ESTIMATE, Role.MIXED)
    ]
    if values and table.label_columns:
        cells += [
            (row, values[0]) for row in range(len(table.rows)) if set(words(table.label(row))) & _LABELS
        ]
    if cells:
        yield subject.finding(
            ABOUT.code,
            Verdict.WARN,
            what="the table shows smallest or largest values",
            why="the extreme of a group is the value of one person",
            fix=ABOUT.mend,
            cells=cells,
            value=table.rows[cells[0][0]][cells[0][1]].raw.strip(),
        )
