"""B3: means, spreads and quantiles of groups too small, or of unknown size."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, HANDBOOK, INFO, POLICY, SACRO, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B3",
    title="Statistics of small groups",
    verdicts=(BLOCK, WARN, INFO),
    stops="a mean, spread, quantile or rate on a row whose count is between 1 and the threshold; said where a table of"
    " means or quantiles shows no count at all",
    mend="hide the statistic wherever the count is hidden, and give the rounded count beside each statistic",
    source=f"{POLICY}, means and medians; {HANDBOOK}; {SACRO}",
)
_STATISTICS = (Role.MEAN, Role.SPREAD, Role.QUANTILE, Role.RATE)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding where a small group's statistic is shown, or the size of groups is not."""
    statistics = [*subject.columns(*_STATISTICS)]
    if not statistics:
        return
    counts = [index for index in subject.columns(Role.COUNT) if subject.roles[index].certain]
    if not counts:
        yield _without_sizes(subject, statistic=statistics[0])
        return
    if len(counts) > 1:
        # With several counts it is not known which one a statistic belongs to; each is judged by itself.
        return
    rounding = subject.roundings[counts[0]]
    if rounding.kept in (Kept.DERIVED, Kept.PERMITTED) and rounding.is_midpoint:
        return
    small = [
        cell
        for cell in subject.counts(counts[0], where=range(1, subject.policy.threshold + 1).__contains__)
        if cell.certain
    ]
    cells = [
        (cell.row, index)
        for cell in small
        for index in statistics
        if subject.table.rows[cell.row][index].value is not None
    ]
    if cells:
        rounded = rounding.kept is Kept.PERMITTED
        yield subject.finding(
            ABOUT.code,
            Verdict.WARN if rounded else Verdict.BLOCK,
            what=f"{len(cells)} statistics of groups of 1 to {subject.policy.threshold}",
            why="the mean of a few people tells each of them about the others",
            fix="hide the statistic wherever the count is hidden",
            cells=cells,
            value=subject.table.rows[cells[0][0]][cells[0][1]].raw.strip(),
        )


def _without_sizes(subject: Subject, *, statistic: int) -> Finding:
    return subject.finding(
        ABOUT.code,
        Verdict.INFO,
        what=f"the table shows `{subject.table.header[statistic]}` without the size of the groups",
        why="whether a group is large enough cannot be seen",
        fix="give the rounded count beside each statistic, here or in a supporting file",
        cells=[(0, statistic)] if subject.table.rows else [],
    )
