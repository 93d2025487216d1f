"""C9: whether 0 means nobody, or somebody hidden."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import INFO, POLICY, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C9",
    title="What 0 means",
    verdicts=(INFO,),
    stops="a rounded column that shows 0: in measures it stands for 0 to the threshold, elsewhere for nobody",
    mend="say in the description which it is",
    source=f"{POLICY}, zero; measures of the query language",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding per table that shows rounded noughts."""
    cells = []
    for index in subject.columns(Role.COUNT):
        rounding = subject.roundings[index]
        if rounding.kept is Kept.PERMITTED and not rounding.is_midpoint and rounding.sure:
            hides = subject.table.has(index, Kind.REDACTED)
            rows, numbers = subject.numbers(index)
            cells += (
                []
                if hides
                else [(row, index) for row, count in zip(rows, numbers, strict=True) if count == 0]
            )
    if cells:
        yield subject.finding(
            ABOUT.code,
            Verdict.INFO,
            what=f"{len(cells)} rounded counts are 0; whether that means nobody is not said",
            why="the two conventions cannot be told apart, and are read as the wrong one",
            fix=ABOUT.mend,
            cells=cells,
            value="0",
        )
