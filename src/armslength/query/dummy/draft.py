"""One invented patient while being made: rows that change, and a view that works out any part of the query."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from armslength.query.dummy.question import Question
from armslength.query.model import nodes as n
from armslength.query.model.dates import count_episodes
from armslength.query.model.reference import AGGREGATIONS, ROW_WISE, look_at_one_patient

Row = dict[str, Any]


class Draft:
    """The rows of one patient: table name to {row number: row}. Numbers are never used twice."""

    def __init__(self, patient: int) -> None:
        self.patient = patient
        self.rows: dict[str, dict[int, Row]] = {}
        self.made = 0

    def of(self, table: str) -> dict[int, Row]:
        return self.rows.setdefault(table, {})

    def add(self, table: str, row: Row) -> int:
        self.made += 1
        self.of(table)[self.made] = row
        return self.made

    def copy(self) -> Draft:
        fresh = Draft(self.patient)
        fresh.made = self.made
        fresh.rows = {table: {i: dict(row) for i, row in rows.items()} for table, rows in self.rows.items()}
        return fresh


def meaning_of(
    draft: Draft,
    question: Question,
    order: tuple[n.Node, ...],
    ties: Mapping[n.PickOneRowPerPatient, tuple[str, ...]],
) -> dict[n.Node, Any]:
    """Return what the reference interpreter makes of a patient. Nothing is believed that it does not confirm."""
    rows: dict[n.Frame, list[Mapping[str, Any]]] = {}
    for name, use in question.tables.items():
        for table in use.nodes:
            rows[table] = list(draft.rows.get(name, {}).values())
    for inline, found in question.inline.items():
        rows[inline] = [found[draft.patient]] if draft.patient in found else []
    return look_at_one_patient(order, rows, ties)


class View:
    """Works out only what is asked, remembering it. Row functions are the reference's own."""

    def __init__(self, draft: Draft, question: Question) -> None:
        self.draft = draft
        self.question = question
        self.known: dict[Any, Any] = {}

    def value(self, series: n.Series, row: int | None = None) -> Any:
        """The value of a series, for a row when it has one value per row."""
        kind = type(series)
        if kind is n.Value:
            return series.value  # type: ignore[attr-defined]
        key = series if series.domain is None else (series, row)
        known = self.known
        if key in known:
            return known[key]
        if kind in FIND:
            found = FIND[kind](self, series, row)
        elif kind in QUICK:
            lhs = self.value(series.lhs, row)  # type: ignore[attr-defined]
            rhs = None if lhs is None else self.value(series.rhs, row)  # type: ignore[attr-defined]
            found = None if rhs is None else QUICK[kind](lhs, rhs)
        elif isinstance(series, n.Aggregation):
            found = self._aggregation(series)
        else:
            found = ROW_WISE[kind](*[self.value(part, row) for part in self.question.parts_of(series)])
        known[key] = found
        return found

    def rows_in(self, frame: n.Frame) -> list[int]:
        """The numbers of the rows that are in an event frame."""
        if frame not in self.known:
            table = self.draft.of(self.question.name_of(frame))
            conditions = self.question.conditions_of(frame)
            self.known[frame] = [
                i for i in table if all([self.value(each, i) is True for each in conditions])
            ]
        return self.known[frame]  # type: ignore[no-any-return]

    def _passes(self, conditions: tuple[n.Series, ...], row: int) -> bool:
        return all(self.value(condition, row) is True for condition in conditions)

    def row_of(self, frame: n.Frame) -> int | None:
        """The number of the row of a frame with at most one, None when there is none."""
        if isinstance(frame, n.PickOneRowPerPatient):
            if frame not in self.known:
                self.known[frame] = self._picked(frame)
            return self.known[frame]  # type: ignore[no-any-return]
        return next(iter(self.draft.of(self.question.name_of(frame))), None)

    def has_row(self, frame: n.Frame) -> bool:
        if isinstance(frame, n.InlinePatientTable):
            return self.draft.patient in self.question.inline[frame]
        return self.row_of(frame) is not None

    def _picked(self, pick: n.PickOneRowPerPatient) -> int | None:
        rows = self.rows_in(pick.source)
        if len(rows) < 2:
            return rows[0] if rows else None
        table = self.draft.of(self.question.name_of(pick))
        keys, ties = self.question.keys_of(pick), self.question.ties.get(pick, ())

        def rank(i: int) -> list[tuple[Any, ...]]:
            values = [*[self.value(key, i) for key in keys], *[table[i].get(name) for name in ties]]
            return [(False,) if value is None else (True, value) for value in values]

        return min(rows, key=rank) if pick.position is n.Position.FIRST else max(rows, key=rank)

    def values_in(self, series: n.Series) -> dict[int, Any]:
        """The present values of an event series by row."""
        assert isinstance(series.domain, n.Frame)  # noqa: S101 - callers ask for event series only
        found = {i: self.value(series, i) for i in self.rows_in(series.domain)}
        return {i: value for i, value in found.items() if value is not None}

    def _aggregation(self, each: n.Aggregation) -> Any:
        source: Any = each.source  # type: ignore[attr-defined]
        if isinstance(each, (n.Exists, n.Count)):
            count = len(self.rows_in(source)) if source.domain is not None else int(self.has_row(source))
            return count if isinstance(each, n.Count) else count > 0
        values = list(self.values_in(source).values())
        if isinstance(each, n.CountEpisodes):
            return count_episodes(values, each.maximum_gap_days)
        return AGGREGATIONS[type(each)](values)


def _column(view: View, series: Any, row: int | None) -> Any:
    source = series.source
    if isinstance(source, n.InlinePatientTable):
        return view.question.inline[source].get(view.draft.patient, {}).get(series.name)
    number = row if series.domain is not None else view.row_of(source)
    if number is None:
        return None
    return view.draft.of(view.question.name_of(source))[number].get(series.name)


def _and(view: View, series: Any, row: int | None) -> bool | None:
    return _decided(view, series, row, by=False)


def _or(view: View, series: Any, row: int | None) -> bool | None:
    return _decided(view, series, row, by=True)


def _decided(view: View, series: n.Series, row: int | None, *, by: bool) -> bool | None:
    unknown = False
    for operand in view.question.operands_of(series):
        value = view.value(operand, row)
        if value is by:
            return bool(by)
        unknown = unknown or value is None
    return None if unknown else not by


def _case(view: View, case: Any, row: int | None) -> Any:
    for condition, value in case.cases:
        if view.value(condition, row) is True:
            return None if value is None else view.value(value, row)
    return None if case.default is None else view.value(case.default, row)


FIND: dict[type, Callable[[View, Any, int | None], Any]] = {
    n.Value: lambda _view, series, _row: series.value,
    n.SelectColumn: _column,
    n.And: _and,
    n.Or: _or,
    n.Case: _case,
}
# The comparisons of `reference.py` without its ceremony: they are most of the work.
QUICK: dict[type, Callable[[Any, Any], bool]] = {
    n.EQ: operator.eq,
    n.NE: operator.ne,
    n.LT: operator.lt,
    n.LE: operator.le,
    n.GT: operator.gt,
    n.GE: operator.ge,
}
