"""C7: counts that the threshold said in the same file cannot leave."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, POLICY, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C7",
    title="A threshold that the data contradict",
    verdicts=(BLOCK,),
    stops="a column that marks its hidden counts `<=7` or `<8` and still shows a 5: after hiding 1 to 7 and rounding"
    " to 5 nothing below 10 is left",
    mend="hide first, then round",
    source=f"{POLICY}, order of redaction and rounding",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column that contradicts its own marker."""
    for index in subject.columns(Role.COUNT):
        if not subject.table.has(index, Kind.REDACTED, Kind.INEQUALITY):
            continue
        tops = [
            int(cell.value) - (cell.sign == "<")
            for cell in subject.table.columns[index]
            if cell.kind in (Kind.REDACTED, Kind.INEQUALITY)
            and cell.value is not None
            and cell.sign in ("<", "<=")
        ]
        rounding = subject.roundings[index]
        scheme = rounding.scheme
        if not tops or rounding.kept is not Kept.PERMITTED or scheme is None or rounding.is_midpoint:
            continue
        # Beside `<=5` a 5 may be a 6 or a 7 that was rounded; beside `<=7` it can be nothing that was left.
        below = [
            cell
            for cell in subject.counts(index, where=lambda count: 1 <= count <= max(tops))  # noqa: B023
            if cell.certain and scheme.interval(cell.count)[1] <= min(tops)
        ]
        if below:
            yield subject.finding(
                ABOUT.code,
                Verdict.BLOCK,
                what=f"{len(below)} counts in `{subject.table.header[index]}` are not above"
                " the marker of the same column",
                why=f"counts up to {min(tops)} are said to be hidden, so these were left by mistake",
                fix=ABOUT.mend,
                cells=((cell.row, cell.index) for cell in below),
                value=below[0].cell.raw.strip(),
            )
