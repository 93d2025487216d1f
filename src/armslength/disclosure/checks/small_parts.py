"""B2: a percentage that, with the count beside it, gives a count too small to show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

CODE = "B2"
_WHOLE = re.compile(r"(^|_)(n|total|denominator|population|patients|people|at_risk|count)(_|$)")


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per proportion whose numerator or complement must be small (specification 7.3, B2).

    Only where one column is the whole that the proportion is of: the denominator is found by name, or is
    the table's only count.
    """
    wholes = _wholes(subject)
    if len(wholes) != 1:
        return
    for index in subject.columns(Role.PROPORTION):
        small = tuple(_small(subject, index, wholes[0]))
        if small:
            yield Finding(
                code=CODE,
                verdict=Verdict.BLOCK,
                what=f"{len(small)} {'cell' if len(small) == 1 else 'cells'} of `{subject.table.header[index]}` give"
                f" away a count of 1 to {subject.policy.threshold} when multiplied by"
                f" `{subject.table.header[wholes[0]]}`",
                why="a part or the rest of the group can be worked out and is small",
                fix="hide the percentage wherever its numerator or the remainder is small",
                table=subject.table.name,
                places=small,
                value=subject.table.rows[small[0].row][index].raw,
            )


def _wholes(subject: Subject) -> list[int]:
    counts = list(subject.columns(Role.COUNT))
    if len(counts) <= 1:
        return counts
    named = [index for index in counts if _WHOLE.search(subject.table.header[index].lower())]
    return named if len(named) == 1 else []


def _small(subject: Subject, index: int, whole: int) -> Iterator[Place]:
    for place, cell in subject.cells(index):
        total = subject.table.rows[place.row][whole].count
        share, half = _share(cell, subject.table.header[index])
        if total is None or share is None or total <= subject.policy.threshold:
            continue
        if any(_surely_small(part, total, half, subject.policy.threshold) for part in (share, 1 - share)):
            yield place


def _share(cell: Cell, name: str) -> tuple[float | None, float]:
    """The proportion a cell shows, between 0 and 1, and half a unit of its last digit."""
    unit = 10.0**-cell.decimals
    if cell.kind is Kind.PERCENT and cell.percent is not None:
        return cell.percent / 100, unit / 200
    if cell.kind in (Kind.DECIMAL, Kind.INTEGER) and cell.value is not None:
        percent = "perc" in name.lower() or "pct" in name.lower() or "%" in name
        share = cell.value / 100 if percent else cell.value
        return (share, unit / (200 if percent else 2)) if 0 <= share <= 1 else (None, 0.0)
    return None, 0.0


def _surely_small(share: float, total: int, half: float, threshold: int) -> bool:
    # Every whole number the rounding leaves open lies between 1 and the threshold.
    low, high = (share - half) * total, (share + half) * total
    return low > 0.5 and high < threshold + 0.5
