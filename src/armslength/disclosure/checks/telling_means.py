"""C5: an exact mean that gives the number of people away."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import HANDBOOK, WARN, About
from armslength.disclosure.names import words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.shares import whole_interval
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C5",
    title="Exact means beside rounded counts",
    verdicts=(WARN,),
    stops="a mean shown so exactly that only one number of people behind the rounded count makes the sum a whole"
    " number; it tells when the summed values are whole numbers, such as ages, visits or items",
    mend="show means with no more digits than log10 of the count less 1",
    source=f"{HANDBOOK}, an exact mean beside a rounded count leaks the count",
)
_FEWEST_DECIMALS = 3


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of means that give counts away on most rows."""
    counts = [index for index in subject.columns(Role.COUNT) if subject.roles[index].certain]
    if len(counts) != 1:
        return
    for index in subject.columns(Role.MEAN):
        if not set(words(subject.table.header[index])) & {"mean", "avg", "average"}:
            continue
        judged, told = 0, []
        for row, cells in enumerate(subject.table.rows):
            mean, shown = cells[index], cells[counts[0]].count
            if mean.value is None or not shown or mean.decimals < _FEWEST_DECIMALS or shown > 100_000:
                continue
            judged += 1
            near = whole_interval(subject, counts[0], shown)
            fits = [
                n
                for n in near
                if abs(n * mean.value - round(n * mean.value)) <= n * 0.5 * 10.0**-mean.decimals + 1e-9
            ]
            if len(fits) == 1 and len(near) > 1 and near[-1] * 10.0**-mean.decimals < 0.2:
                told.append(
                    (
                        row,
                        f"only {fits[0]:,} x {mean.value:g} is a whole number, {round(fits[0] * mean.value):,}",
                    )
                )
        if told and len(told) * 2 > judged:
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"{len(told)} means in `{subject.table.header[index]}` give the exact number of people away",
                why="only one number of people makes the sum of whole numbers whole",
                fix=ABOUT.mend,
                cells=((row, index) for row, _ in told),
                value=subject.table.rows[told[0][0]][index].raw.strip(),
                derivation=[reason for _, reason in told[:10]],
            )
