"""A1: a column that names single people, by its header or by its values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

CODE = "A1"
# Fewer rows than this may differ from one another by chance.
ENOUGH_ROWS = 10
_HEXADECIMAL = re.compile(r"^[0-9a-fA-F-]{16,}$")


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per identifier-like column (output checking specification 7.3, A1)."""
    for index in range(len(subject.table.header)):
        named = subject.roles[index].role is Role.IDENTIFIER
        if named or (
            subject.roles[index].role not in (Role.COUNT, Role.ESTIMATE) and _looks_like_ids(subject, index)
        ):
            yield _finding(subject, index, named=named)


def _looks_like_ids(subject: Subject, index: int) -> bool:
    shown = subject.table.shown(index)
    if len(shown) < ENOUGH_ROWS or len({cell.raw for cell in shown}) < len(shown):
        return False
    whole = all(cell.kind is Kind.INTEGER and len(cell.raw.strip()) >= 8 for cell in shown)
    return whole or all(_HEXADECIMAL.match(cell.raw.strip()) for cell in shown)


def _finding(subject: Subject, index: int, *, named: bool) -> Finding:
    name = subject.table.header[index]
    return Finding(
        code=CODE,
        verdict=Verdict.BLOCK,
        what=f"column `{name}` looks like an identifier of single people",
        why="it is named like one" if named else "every row has a long number or hash of its own",
        fix=f"drop `{name}`; an output that leaves has one row per group, not per person",
        table=subject.table.name,
        places=tuple(place for place, _ in subject.cells(index))[:1],
        value=name,
    )
