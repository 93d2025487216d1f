"""How far a draft is from what is wanted of it: 0 when it is so, otherwise less the nearer it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from armslength.query.dummy.draft import View
from armslength.query.dummy.logic import OPPOSITES, RELATIONS
from armslength.query.dummy.targets import Goal
from armslength.query.dummy.wants import MISSING, TRUE, Want, compared
from armslength.query.model import nodes as n

# What has no measure (another word, another code) is one step away; a row that is not there is further.
STEP, NO_ROW = 1.0, 3.0
SCALE = 10.0


def distance_of(view: View, goal: Goal) -> float:
    """How far a draft is from a goal."""
    if goal.frame is None:
        return sum(_distance(view, series, None, want) for series, want in goal.wishes)
    return _nearest_row(view, goal.frame, goal.wishes)


def _distance(view: View, series: n.Series, row: int | None, want: Want) -> float:
    """How far a series, for a row when it has one value per row, is from what is wanted of it."""
    value = view.value(series, row)
    if want.admits(value):
        return 0.0
    rule = RULES.get(type(series))
    if rule is not None and series.value_type is bool:
        ways = [rule(view, series, row, option) for option in (True, False) if want.admits(option)]
        if want.missing:
            ways.append(STEP)
        return min(ways, default=STEP)
    return _apart(value, want)


def _apart(value: Any, want: Want) -> float:
    """How far a value is from those wanted."""
    if value is None or not want.present:
        return 2 * STEP
    if isinstance(value, (int, float, datetime.date)):
        ends = [want.low, want.high, *sorted(want.among or ())[:20]]
        return min((_scaled(value, end) for end in ends if end is not None), default=STEP)
    return STEP


def _scaled(one: Any, other: Any) -> float:
    """The gap between two values, on a scale from 0 to 1."""
    gap = abs((one - other).days) if isinstance(one, datetime.date) else abs(one - other)
    return float(gap) / (float(gap) + SCALE) if gap != float("inf") else STEP


def _nearest_row(view: View, frame: n.Frame, wishes: Iterable[tuple[n.Series, Want]]) -> float:
    """How far the row nearest to it is from being in a frame and meeting the wishes."""
    if frame.domain is None:
        return 0.0 if view.has_row(frame) else NO_ROW
    needed = [*((condition, TRUE) for condition in view.question.conditions_of(frame)), *wishes]
    rows = view.draft.of(view.question.name_of(frame))
    return min((sum(_distance(view, s, row, want) for s, want in needed) for row in rows), default=NO_ROW)


def _chain(view: View, series: Any, row: int | None, wanted: bool) -> float:
    ways = [
        _distance(view, operand, row, Want(among=frozenset({wanted})))
        for operand in view.question.operands_of(series)
    ]
    return sum(ways) if wanted == isinstance(series, n.And) else min(ways)


def _not(view: View, series: Any, row: int | None, wanted: bool) -> float:
    return _distance(view, series.source, row, Want(among=frozenset({not wanted})))


def _is_null(view: View, series: Any, row: int | None, wanted: bool) -> float:
    return _distance(view, series.source, row, MISSING if wanted else Want())


def _comparison(view: View, series: Any, row: int | None, wanted: bool) -> float:
    relation = RELATIONS[type(series)] if wanted else OPPOSITES[RELATIONS[type(series)]]
    lhs, rhs = view.value(series.lhs, row), view.value(series.rhs, row)
    if lhs is None or rhs is None:
        return STEP * (1 + (lhs is None) + (rhs is None))
    # A count that is too small is nearer when a row nearly counts: that is beyond what is measured here.
    return _apart(lhs, compared(relation, rhs)) or STEP


def _exists(view: View, series: Any, row: int | None, wanted: bool) -> float:
    return _nearest_row(view, series.source, ()) or STEP if wanted else float(len(_rows(view, series.source)))


def _rows(view: View, frame: n.Frame) -> list[int]:
    return view.rows_in(frame) if frame.domain is not None else [0]


RULES: dict[type, Callable[[View, Any, int | None, bool], float]] = {
    n.And: _chain,
    n.Or: _chain,
    n.Not: _not,
    n.IsNull: _is_null,
    n.Exists: _exists,
    **dict.fromkeys(RELATIONS, _comparison),
}
