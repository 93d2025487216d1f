"""B1: a count of people too small to show."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import COUNTS, Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Count, Subject

ABOUT = About(
    code="B1",
    title="A count too small to show",
    verdicts=(BLOCK, WARN),
    stops="counts from 1 to the threshold in a column that counts people or events; asked about where it may count"
    " something else, and for a 5 among multiples of 5, which may be a 6 rounded under an older threshold. Labels of"
    " midpoint 6 are none",
    mend="hide them, then round the rest",
    source=f"{POLICY}, small number suppression; {HANDBOOK}, threshold rule",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column with counts from 1 to the threshold (specification 7.3, B1)."""
    for index in subject.columns(*COUNTS, Role.MIXED):
        small = subject.counts(index, where=range(1, subject.policy.threshold + 1).__contains__)
        if not small or _are_midpoint_labels(subject, index) or _is_setting(subject, index):
            continue
        certain = [cell for cell in small if cell.certain]
        blocked = [cell for cell in certain if not _may_be_rounded(subject, index, cell)]
        if blocked:
            yield _finding(subject, index, blocked, verdict=Verdict.BLOCK)
        if rest := [cell for cell in small if cell not in blocked]:
            rounded = bool(certain) and len(rest) > len(small) - len(certain)
            yield _finding(subject, index, rest, verdict=Verdict.WARN, rounded=rounded)


def _are_midpoint_labels(subject: Subject, index: int) -> bool:
    # A midpoint label such as 3 stands for 1 to 6 on purpose, when the column keeps to it.
    rounding = subject.roundings[index]
    if rounding.kept is Kept.DERIVED:
        return True
    return rounding.kept is Kept.PERMITTED and rounding.is_midpoint and rounding.sure


def _is_setting(subject: Subject, index: int) -> bool:
    # One whole number under a name that says nothing of people is a setting, such as `version` or `seed`.
    return subject.roles[index].role is Role.PERHAPS_COUNT and len(subject.table.rows) == 1


def _may_be_rounded(subject: Subject, index: int, cell: Count) -> bool:
    # A 5 among multiples of 5 is what 6 became under an older threshold; it is asked about, not stopped.
    rounding = subject.roundings[index]
    if rounding.kept is not Kept.PERMITTED or rounding.scheme is None or rounding.scheme.remainder:
        return False
    open_above = rounding.scheme.interval(cell.count)[1] > subject.policy.threshold
    older = cell.count <= rounding.scheme.base
    return rounding.distinct > 1 and rounding.scheme.allows(cell.count) and (older or open_above)


def _finding(
    subject: Subject, index: int, cells: list[Count], *, verdict: Verdict, rounded: bool = False
) -> Finding:
    threshold, name = subject.policy.threshold, subject.table.header[index]
    several = f"{len(cells)} {'count' if len(cells) == 1 else 'counts'}"
    what = f"{several} from 1 to {threshold} in column `{name}`"
    if verdict is Verdict.WARN:
        what += ", perhaps after rounding" if rounded else ", if it counts people"
    return subject.finding(
        ABOUT.code,
        verdict,
        what=what,
        why="a group this small may be recognised by somebody who knows one of its people",
        fix=f"hide counts of {threshold} or fewer, then round the rest; in a dataset definition's measures this"
        " is done for you",
        cells=((cell.row, cell.index) for cell in cells),
        value=cells[0].cell.raw.strip(),
        derivation=(f"`{name}` is a {subject.roles[index].role}: {subject.roles[index].evidence}",),
    )
