"""C6: a column that claims a rounding it does not keep to."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C6",
    title="A claim that the values do not keep",
    verdicts=(WARN,),
    stops="a column called `…_midpoint6` or `…_round5` whose counts are something else",
    mend="round the column, or call it what it is",
    source=f"{POLICY}, names of rounded columns",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per broken claim."""
    for index in subject.columns(Role.COUNT):
        rounding = subject.roundings[index]
        claim = rounding.declared
        if claim is None or rounding.kept in (Kept.DERIVED, Kept.UNKNOWN):
            continue
        wrong = [cell for cell in subject.counts(index) if not claim.allows(cell.count)]
        if claim.remainder and all(cell.count % 3 == 0 for cell in wrong):
            continue  # sums and differences of labels
        if wrong:
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"column `{subject.table.header[index]}` claims {claim.name},"
                f" and {len(wrong)} of its counts are not",
                why="who relies on the claim reads more out of the numbers than they hold, or less",
                fix=ABOUT.mend,
                cells=((cell.row, cell.index) for cell in wrong),
                value=wrong[0].cell.raw.strip(),
            )
