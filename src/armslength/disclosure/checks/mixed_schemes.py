"""C2: the same count under two roundings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from armslength.disclosure.checks import BLOCK, INFO, POLICY, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C2",
    title="Two roundings of one count",
    verdicts=(BLOCK, INFO),
    stops="two columns that show the same counts, one rounded to the nearest 5 or 10 and one to midpoint 6: together"
    " they leave few candidates, now and then one. Two roundings of different counts in one table are told",
    mend="show each count once, under one rounding",
    source=f"{POLICY}, same base throughout; interval of nearest 5 intersected with that of midpoint 6",
)
_ENOUGH_ROWS = 3
_MOST_COLUMNS = 20


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per pair of columns that show the same counts differently, or one about different counts."""
    sure = [
        index
        for index in subject.columns(Role.COUNT)
        if subject.roundings[index].sure and subject.roundings[index].kept is Kept.PERMITTED
    ][:_MOST_COLUMNS]
    mixed = None
    for left, right in combinations(sure, 2):
        if subject.roundings[left].is_midpoint == subject.roundings[right].is_midpoint:
            continue
        mixed = mixed or (left, right)
        rows = _same_counts(subject, left, right)
        if rows:
            yield _same(subject, left, right, rows)
            return
    if mixed:
        names = [subject.table.header[index] for index in mixed]
        yield subject.finding(
            ABOUT.code,
            Verdict.INFO,
            what=f"`{names[0]}` and `{names[1]}` are rounded differently",
            why="where one can be worked out from the other, two roundings undo one another",
            fix=ABOUT.mend,
            cells=[(0, index) for index in mixed],
        )


def _same_counts(subject: Subject, left: int, right: int) -> list[tuple[int, int, int]]:
    """The rows as (row, lowest, highest true count), when every row can be one count shown twice."""
    found = []
    schemes = subject.roundings[left].scheme, subject.roundings[right].scheme
    for row, cells in enumerate(subject.table.rows):
        shown = cells[left].count, cells[right].count
        if not shown[0] or not shown[1] or schemes[0] is None or schemes[1] is None:
            continue
        a, b = schemes[0].interval(shown[0]), schemes[1].interval(shown[1])
        low, high = max(a[0], b[0]), min(a[1], b[1])
        if low > high:
            return []
        found.append((row, low, high))
    different = {subject.table.rows[row][left].count for row, _, _ in found}
    return found if len(different) >= _ENOUGH_ROWS else []


def _same(subject: Subject, left: int, right: int, rows: list[tuple[int, int, int]]) -> Finding:
    names = subject.table.header[left], subject.table.header[right]
    few = sorted(rows, key=lambda row: row[2] - row[1])
    return subject.finding(
        ABOUT.code,
        Verdict.BLOCK,
        what=f"`{names[0]}` and `{names[1]}` show the same counts under two roundings",
        why="what both allow is less than what each allows",
        fix=ABOUT.mend,
        cells=((row, right) for row, _, _ in rows),
        derivation=[
            f"line {subject.table.lines[row]}: between {low:,} and {high:,}" for row, low, high in few[:10]
        ],
    )
