"""C1: counts that are rounded to no permitted scheme."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.policy import RoundingScheme
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

CODE = "C1"


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per count column that keeps to no permitted rounding (specification 7.3, C1)."""
    for index in subject.columns(Role.COUNT, Role.PERHAPS_COUNT):
        large = [
            (place, cell.count)
            for place, cell in subject.cells(index)
            if cell.kind is not Kind.INEQUALITY
            and cell.count is not None
            and cell.count > subject.policy.threshold
        ]
        scheme = _closest(subject, [count for _, count in large])
        wrong = tuple((place, count) for place, count in large if not scheme.allows(count))
        if not wrong:
            continue
        certain = subject.roles[index].role is Role.COUNT
        yield Finding(
            code=CODE,
            verdict=Verdict.BLOCK if certain else Verdict.INFO,
            what=f"{len(wrong)} of {len(large)} counts in column `{subject.table.header[index]}` are not rounded"
            + ("" if certain else ", if it counts people"),
            why="exact counts can be subtracted from one another, or from an earlier release, to find small groups",
            fix=f"round every count ({' or '.join(scheme.name for scheme in subject.policy.schemes)}), and work"
            " percentages out from the rounded counts",
            table=subject.table.name,
            places=tuple(place for place, _ in wrong),
            value=str(wrong[0][1]),
        )


def _closest(subject: Subject, counts: list[int]) -> RoundingScheme:
    """The permitted scheme that fits most of the counts."""
    return max(subject.policy.schemes, key=lambda scheme: sum(scheme.allows(count) for count in counts))
