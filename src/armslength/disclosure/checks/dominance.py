"""B8: sums of magnitudes that one or two people may dominate."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import HUNDEPOOL, INFO, SACRO, WARN, About
from armslength.disclosure.names import vocabulary, words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B8",
    title="Dominance",
    verdicts=(WARN, INFO),
    stops="columns of costs, spending, items or bed days, which one person may dominate: asks for the"
    " share of the largest. With evidence from the data: sums of which the largest contributor has more than half, the"
    " two largest more than 85 %, or whose second contributor knows the largest to within 10 %; the parts are not told",
    mend="show that the largest contributor has under half of each cell and the two largest under 85 %",
    source=f"{HUNDEPOOL}, (n, k) and p % rules; {SACRO}, linear aggregations",
    needs="the largest contributions to each cell, which only the data can tell",
)
_MAGNITUDES = vocabulary(
    "cost costs spend spending expenditure nic price charges bed beddays payment payments income"
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding per table of magnitudes."""
    columns = [index for index, name in enumerate(subject.table.header) if set(words(name)) & _MAGNITUDES]
    columns = [
        index for index in columns if any(cell.value is not None for cell in subject.table.shown(index))
    ]
    if columns and subject.table.rows:
        yield subject.finding(
            ABOUT.code,
            Verdict.INFO,
            what=f"`{subject.table.header[columns[0]]}` adds up magnitudes that one person may dominate",
            why="who knows their own large part of a sum knows the rest nearly",
            fix=ABOUT.mend,
            cells=[(0, index) for index in columns],
        )
