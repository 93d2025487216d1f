"""Windows of dates that conditions leave open: comparisons of one column of event rows with constants."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from armslength.query.model import nodes
from armslength.query.model.nodes import Node, SelectColumn, Series, Value

ONE_DAY = datetime.timedelta(days=1)
# What a comparison says when its operands change places.
TURNED: dict[type[Node], type[Node]] = {
    nodes.LT: nodes.GT,
    nodes.LE: nodes.GE,
    nodes.GT: nodes.LT,
    nodes.GE: nodes.LE,
    nodes.EQ: nodes.EQ,
}


@dataclass(frozen=True, slots=True)
class Window:
    """From `first` to `last`, both belonging to it; None where it is open."""

    first: datetime.date | None = None
    last: datetime.date | None = None

    def within(self, other: Window) -> Window:
        """Return what both leave open."""
        firsts = [each for each in (self.first, other.first) if each is not None]
        lasts = [each for each in (self.last, other.last) if each is not None]
        return Window(max(firsts, default=None), min(lasts, default=None))

    def holds(self, date: datetime.date) -> bool:
        return (self.first is None or self.first <= date) and (self.last is None or date <= self.last)


def windows_of(conditions: Iterable[Series]) -> dict[str, Window]:
    """Return the window that conditions leave open for each date column of the rows that they compare."""
    found: dict[str, Window] = {}
    for condition in conditions:
        compared = compared_date(condition)
        if compared is not None:
            column, window = compared
            found[column.name] = found.get(column.name, Window()).within(window)
    return found


def compared_date(condition: Node) -> tuple[SelectColumn, Window] | None:
    """Return the date column of event rows that a condition compares with a constant, and the window it leaves."""
    kind = type(condition)
    if kind not in TURNED:
        return None
    assert isinstance(condition, nodes.Binary)  # noqa: S101 - as all of TURNED
    column, constant = condition.lhs, condition.rhs
    if isinstance(column, Value):
        column, constant, kind = constant, column, TURNED[kind]
    if not isinstance(column, SelectColumn) or column.domain is None or not isinstance(constant, Value):
        return None
    if column.value_type is not datetime.date:
        return None
    window = _window(kind, constant.value)
    return None if window is None else (column, window)


def _window(kind: type[Node], date: datetime.date) -> Window | None:
    if kind is nodes.EQ:
        return Window(date, date)
    if kind is nodes.GE:
        return Window(first=date)
    if kind is nodes.LE:
        return Window(last=date)
    try:
        return Window(first=date + ONE_DAY) if kind is nodes.GT else Window(last=date - ONE_DAY)
    except OverflowError:
        return None  # before the first day or after the last: rare enough to stay a comparison


def most_at_once(windows: Iterable[Window]) -> int:
    """Return how many of some windows one date can be in.

    >>> day = datetime.date
    >>> most_at_once([Window(), Window(last=day(2020, 1, 1)), Window(first=day(2020, 1, 2))])
    2
    """
    chosen = list(windows)
    starts = {each.first or datetime.date.min for each in chosen}
    return max((sum(each.holds(start) for each in chosen) for start in starts), default=0)
