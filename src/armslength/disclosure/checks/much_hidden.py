"""B10: so much is hidden that other groups would serve better."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import HUNDEPOOL, INFO, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B10",
    title="Much is hidden",
    verdicts=(INFO,),
    stops="a table where more of the counts are hidden than the policy likes",
    mend="merge neighbouring groups until few are hidden: it tells readers more and is safer",
    source=f"{HUNDEPOOL}, table redesign before suppression",
)
_FEWEST = 6


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding when too large a share of the counts is hidden."""
    hidden: list[tuple[int, int]] = []
    cells = 0
    for index in subject.columns(Role.COUNT):
        kinds = [cell.kind for cell in subject.table.columns[index]]
        cells += len(kinds) - kinds.count(Kind.MISSING)
        if Kind.REDACTED in kinds:
            hidden += [(row, index) for row, kind in enumerate(kinds) if kind is Kind.REDACTED]
    if cells >= _FEWEST and len(hidden) > subject.policy.hidden_share * cells:
        yield subject.finding(
            ABOUT.code,
            Verdict.INFO,
            what=f"{len(hidden)} of {cells} counts are hidden",
            why="readers learn little from it, and each hidden cell needs others hidden around it",
            fix=ABOUT.mend,
            cells=hidden,
        )
