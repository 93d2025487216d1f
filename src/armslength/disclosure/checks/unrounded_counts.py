"""C1: counts that are rounded to no permitted scheme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import BLOCK, HANDBOOK, INFO, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import COUNTS, Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C1",
    title="Counts that are not rounded",
    verdicts=(BLOCK, WARN, INFO),
    stops="counts that keep to no permitted rounding, cell by cell; told where they may count something else; asked"
    " about where they keep to a scheme that the policy does not name. Sums and differences of midpoint 6 labels pass",
    mend="round; work percentages out from rounded counts",
    source=f"{POLICY}, rounding; {HANDBOOK}, differencing",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per count column that keeps to no permitted rounding (specification 7.3, C1)."""
    for index in subject.columns(*COUNTS, Role.MIXED):
        rounding = subject.roundings[index]
        if rounding.kept is Kept.REGULAR and rounding.scheme is not None:
            yield _unnamed_scheme(subject, index, rounding.scheme.name)
        if rounding.kept is not Kept.NONE:
            continue
        numbers = subject.numbers(index)[1]
        outside = [n for n in rounding.outside if numbers[n] > subject.policy.threshold]
        certain = subject.sure_of(index, outside)
        if outside:
            yield _finding(subject, index, certain or outside, certain=bool(certain))


def _finding(subject: Subject, index: int, positions: Sequence[int], *, certain: bool) -> Finding:
    rows, numbers = subject.numbers(index)
    first = subject.count_at(index, positions[0])
    name = subject.table.header[index]
    schemes = " or ".join(scheme.name for scheme in subject.policy.schemes)
    closest = subject.roundings[index].scheme
    return subject.finding(
        ABOUT.code,
        Verdict.BLOCK if certain else Verdict.INFO,
        what=f"{len(positions)} of {len(numbers)} counts in column `{name}` are not rounded"
        + ("" if certain else ", if it counts people"),
        why="exact counts can be subtracted from one another, or from an earlier release, to find small groups",
        fix=f"round every count ({schemes}), and work percentages out from the rounded counts",
        cells=[(rows[position], index) for position in positions],
        value=first.cell.raw.strip(),
        derivation=(
            f"`{name}` is a {subject.roles[index].role}: {subject.roles[index].evidence}",
            f"the closest scheme, {closest.name if closest else 'none'}, cannot show {first.count:,}",
        ),
    )


def _unnamed_scheme(subject: Subject, index: int, scheme: str) -> Finding:
    name = subject.table.header[index]
    return subject.finding(
        ABOUT.code,
        Verdict.WARN,
        what=f"the counts in column `{name}` are {scheme}, a rounding that the policy does not name",
        why="two schemes for the same quantity can be put together to find the exact count",
        fix=f"round to {' or '.join(scheme.name for scheme in subject.policy.schemes)}, the same everywhere",
        cells=((cell.row, cell.index) for cell in [subject.count_at(index, 0)]),
        value=scheme,
    )
