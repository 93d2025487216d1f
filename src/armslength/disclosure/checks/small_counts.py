"""B1: a count of people too small to show."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

CODE = "B1"


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column with counts from 1 to the threshold (specification 7.3, B1)."""
    for index in subject.columns(Role.COUNT, Role.PERHAPS_COUNT):
        if _declared_midpoint(subject, index):
            continue
        small = [
            (place, cell)
            for place, cell in subject.cells(index)
            if cell.kind is not Kind.INEQUALITY
            and cell.count is not None
            and 1 <= cell.count <= subject.policy.threshold
        ]
        if small:
            yield _finding(subject, index, places=tuple(place for place, _ in small), first=small[0][1].raw)


def _declared_midpoint(subject: Subject, index: int) -> bool:
    # A midpoint label such as 3 stands for 1 to 6 on purpose, when the column says so and keeps to it.
    for scheme in subject.policy.schemes:
        if scheme.remainder and subject.table.header[index].lower().endswith(scheme.suffix):
            counts = [cell.count for cell in subject.table.shown(index)]
            return all(count is not None and scheme.allows(count) for count in counts)
    return False


def _finding(subject: Subject, index: int, *, places: tuple[Place, ...], first: str) -> Finding:
    threshold = subject.policy.threshold
    certain = subject.roles[index].role is Role.COUNT
    several = len(places)
    return Finding(
        code=CODE,
        verdict=Verdict.BLOCK if certain else Verdict.WARN,
        what=f"{several} {'count' if several == 1 else 'counts'} from 1 to {threshold}"
        f" in column `{subject.table.header[index]}`" + ("" if certain else ", if it counts people"),
        why="a group this small may be recognised by somebody who knows one of its people",
        fix=f"hide counts of {threshold} or fewer, then round the rest; in a dataset definition's measures this"
        " is done for you",
        table=subject.table.name,
        places=places,
        value=first.strip(),
    )
