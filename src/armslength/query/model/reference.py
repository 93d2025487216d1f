"""The definition of meaning: every operation on plain Python values. Engines must agree with this file.

It looks at one patient at a time. For a patient, a patient-level series is one value, an event-level series is
{row number: value}; an event-level frame is {row number: row}, a patient-level frame is a row or
None. None is "missing" everywhere. There is no cleverness here on purpose: read it in one sitting.
"""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from armslength.query.model import nodes as n
from armslength.query.model.dates import (
    add_days,
    add_months,
    add_years,
    count_episodes,
    days_between,
    months_between,
    years_between,
)
from armslength.query.model.picks import sort_keys, tie_breaks

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = dict[int, Row]
Data: TypeAlias = Mapping[str, Iterable[Mapping[str, Any] | Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Dataset gives.

    `columns` starts with patient_id; `rows` are in the same order, sorted by patient; `events` holds (patient_id,
    then the members) per event table; `measures` holds, per grouped sum, (denominator, numerators, groups).
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    events: dict[str, list[tuple[Any, ...]]]
    measures: list[list[tuple[Any, ...]]]


def evaluate(dataset: n.Dataset, data: Data) -> Answer:
    """Answer a query over plain rows.

    `data` maps table names to rows: mappings with "patient_id" (absent columns are missing), or sequences
    of patient_id and then the columns in schema order. Tables absent from `data` are empty.
    """
    tables = {table: rows_by_patient(table, data) for table in n.tables_of(dataset)}
    order = tuple(n.walk(dataset))
    ties = tie_breaks(dataset)
    patients = sorted({patient for rows in tables.values() for patient in rows})
    included: dict[int, dict[n.Node, Any]] = {}
    for patient in patients:
        rows = {table: found.get(patient, []) for table, found in tables.items()}
        meaning = look_at_one_patient(order, rows, ties)
        if meaning[dataset.population] is True:
            included[patient] = meaning
    return Answer(
        columns=("patient_id", *(name for name, _ in dataset.variables)),
        rows=[
            (patient, *(meaning[variable] for _, variable in dataset.variables))
            for patient, meaning in included.items()
        ],
        events={name: _event_rows(table, included) for name, table in dataset.events},
        measures=[_grouped_sum(each, included) for each in dataset.measures],
    )


def true_for_nobody_in_particular(condition: n.Series) -> bool:
    """Whether a population condition would include a patient about whom nothing is recorded at all.

    Such a condition has no answer: it would include patients that no table knows.
    """
    order = tuple(n.walk(condition))
    empty: dict[n.Frame, list[Row]] = {table: [] for table in n.tables_of(condition)}
    return look_at_one_patient(order, empty, tie_breaks(condition))[condition] is True


def rows_by_patient(table: n.Frame, data: Data) -> dict[int, list[Row]]:
    """Group a table's rows by patient, as mappings. A patient-level table keeps a patient's last row."""
    rows: Iterable[Any] = (
        table.rows if isinstance(table, n.InlinePatientTable) else data.get(_name(table), ())
    )
    names = ("patient_id", *table.schema.names)
    found: dict[int, list[Row]] = {}
    for row in rows:
        as_mapping = row if isinstance(row, Mapping) else dict(zip(names, row, strict=True))
        found.setdefault(as_mapping["patient_id"], []).append(as_mapping)
    return found


def look_at_one_patient(
    order: Iterable[n.Node],
    rows: Mapping[n.Frame, list[Row]],
    ties: Mapping[n.PickOneRowPerPatient, tuple[str, ...]],
) -> dict[n.Node, Any]:
    """Work out every node, children first, for one patient who has these rows in these tables."""
    known: dict[n.Node, Any] = {}
    for each in order:
        if isinstance(each, n.Frame):
            known[each] = _frame(each, rows, known, ties)
        elif isinstance(each, n.Aggregation):
            known[each] = _aggregation(each, known)
        elif isinstance(each, n.SelectColumn):
            known[each] = _column(each, known)
        elif isinstance(each, n.Value):
            known[each] = each.value
        elif isinstance(each, n.Case):
            known[each] = _row_wise(_case(each), each, _parts(each), known)
        elif isinstance(each, n.Series):
            known[each] = _row_wise(ROW_WISE[type(each)], each, _parts(each), known)
    return known


# --- frames ------------------------------------------------------------------------------------------------


def _frame(
    frame: n.Frame,
    rows: Mapping[n.Frame, list[Row]],
    known: Mapping[n.Node, Any],
    ties: Mapping[n.PickOneRowPerPatient, tuple[str, ...]],
) -> Any:
    match frame:
        case n.SelectTable():
            return dict(enumerate(rows[frame]))
        case n.SelectPatientTable() | n.InlinePatientTable():
            return rows[frame][-1] if rows[frame] else None
        case n.Filter(source, condition):
            return {i: row for i, row in known[source].items() if _at(i, condition, known) is True}
        case n.Sort(source, _):
            return known[source]  # order matters only to a pick, which looks the keys up itself
        case n.PickOneRowPerPatient():
            return _picked(frame, known, ties[frame])
        case n.SeriesCollectionFrame(members):
            rows_of = next(known[member] for _, member in members if member.domain is not None)
            return {i: {name: _at(i, member, known) for name, member in members} for i in rows_of}
        case _:
            raise NotImplementedError(type(frame).__name__)


def _picked(pick: n.PickOneRowPerPatient, known: Mapping[n.Node, Any], ties: tuple[str, ...]) -> Row | None:
    rows: Rows = known[pick.source]
    if not rows:
        return None
    keys = sort_keys(pick)

    def rank(i: int) -> list[tuple[Any, ...]]:
        values = [*(_at(i, key, known) for key in keys), *(rows[i].get(name) for name in ties)]
        return [(False,) if value is None else (True, value) for value in values]  # missing comes first

    return rows[min(rows, key=rank) if pick.position is n.Position.FIRST else max(rows, key=rank)]


def _column(column: n.SelectColumn, known: Mapping[n.Node, Any]) -> Any:
    frame = known[column.source]
    if column.domain is not None:
        return {i: row.get(column.name) for i, row in frame.items()}
    return None if frame is None else frame.get(column.name)


# --- aggregations ------------------------------------------------------------------------------------------


def _aggregation(each: n.Aggregation, known: Mapping[n.Node, Any]) -> Any:
    source: n.Node = each.source  # type: ignore[attr-defined]
    if isinstance(each, (n.Exists, n.Count)):
        frame = known[source]
        count = len(frame) if source.domain is not None else int(frame is not None)
        return count if isinstance(each, n.Count) else count > 0
    values = [value for value in known[source].values() if value is not None]
    if isinstance(each, n.CountEpisodes):
        return count_episodes(values, each.maximum_gap_days)
    return AGGREGATIONS[type(each)](values)


def _total(values: list[Any]) -> Any:
    return math.fsum(values) if isinstance(values[0], float) else sum(values)


AGGREGATIONS: dict[type[n.Node], Callable[[list[Any]], Any]] = {
    n.CountDistinct: lambda values: len(set(values)),
    n.Min: lambda values: min(values, default=None),
    n.Max: lambda values: max(values, default=None),
    n.Sum: lambda values: _total(values) if values else None,
    n.Mean: lambda values: _total(values) / len(values) if values else None,
    n.CombineAsSet: frozenset,
}


# --- row by row ----------------------------------------------------------------------------------------------


def _parts(each: n.Series) -> tuple[n.Series, ...]:
    return tuple(operand for _, _, operand in each.operands())


def _row_wise(
    function: Callable[..., Any], each: n.Series, parts: tuple[n.Series, ...], known: Mapping[n.Node, Any]
) -> Any:
    if each.domain is None:
        return function(*(known[part] for part in parts))
    rows = next(known[part] for part in parts if part.domain is not None)
    return {i: function(*(_at(i, part, known) for part in parts)) for i in rows}


def _at(row: int, part: n.Node, known: Mapping[n.Node, Any]) -> Any:
    """The value of a series for one row; a patient-level one has the same value for all rows."""
    return known[part] if part.domain is None else known[part][row]


def _case(case: n.Case) -> Callable[..., Any]:
    count = len(case.cases)

    def first_true(*operands: Any) -> Any:
        values = iter(operands[count:])
        given = [None if value is None else next(values) for _, value in case.cases]
        default = None if case.default is None else next(values)
        for condition, value in zip(operands[:count], given, strict=True):
            if condition is True:
                return value
        return default

    return first_true


def if_all_present(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function give missing when any of its operands is missing."""
    return lambda *operands: None if any(each is None for each in operands) else function(*operands)


def if_date_exists(function: Callable[[datetime.date, int], datetime.date]) -> Callable[..., Any]:
    """As `if_all_present`, and missing for results outside the years 1 to 9999."""

    def guarded(start: datetime.date, offset: int) -> datetime.date | None:
        try:
            return function(start, offset)
        except (ValueError, OverflowError):
            return None

    return if_all_present(guarded)


def _and(lhs: bool | None, rhs: bool | None) -> bool | None:
    if lhs is False or rhs is False:
        return False
    return None if lhs is None or rhs is None else True


def _or(lhs: bool | None, rhs: bool | None) -> bool | None:
    if lhs is True or rhs is True:
        return True
    return None if lhs is None or rhs is None else False


def _in(value: Any, collection: frozenset[Any]) -> bool | None:
    if not collection:
        return False
    return None if value is None else value in collection


def _divide(lhs: float, rhs: float) -> float | None:
    return None if rhs == 0 else lhs / rhs


def _floor_divide(lhs: float, rhs: float) -> int | None:
    if rhs == 0:
        return None
    return lhs // rhs if isinstance(lhs, int) and isinstance(rhs, int) else math.floor(lhs / rhs)


def _power(base: float, exponent: float) -> float | None:
    base, exponent = float(base), float(exponent)
    if (base == 0 and exponent < 0) or (base < 0 and not exponent.is_integer()):
        return None
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf if base > 0 or exponent % 2 == 0 else -math.inf


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _greatest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


ROW_WISE: dict[type[n.Node], Callable[..., Any]] = {
    n.EQ: if_all_present(operator.eq),
    n.NE: if_all_present(operator.ne),
    n.LT: if_all_present(operator.lt),
    n.LE: if_all_present(operator.le),
    n.GT: if_all_present(operator.gt),
    n.GE: if_all_present(operator.ge),
    n.In: _in,
    n.And: _and,
    n.Or: _or,
    n.Not: if_all_present(operator.not_),
    n.IsNull: lambda value: value is None,
    n.Negate: if_all_present(operator.neg),
    n.Absolute: if_all_present(abs),
    n.Add: if_all_present(operator.add),
    n.Subtract: if_all_present(operator.sub),
    n.Multiply: if_all_present(operator.mul),
    n.TrueDivide: if_all_present(_divide),
    n.FloorDivide: if_all_present(_floor_divide),
    n.Power: if_all_present(_power),
    n.CastToInt: if_all_present(int),
    n.CastToFloat: if_all_present(float),
    n.DateAddDays: if_date_exists(add_days),
    n.DateAddMonths: if_date_exists(add_months),
    n.DateAddYears: if_date_exists(add_years),
    n.DateDifferenceInDays: if_all_present(days_between),
    n.DateDifferenceInMonths: if_all_present(months_between),
    n.DateDifferenceInYears: if_all_present(years_between),
    n.YearFromDate: if_all_present(operator.attrgetter("year")),
    n.MonthFromDate: if_all_present(operator.attrgetter("month")),
    n.DayFromDate: if_all_present(operator.attrgetter("day")),
    n.ToFirstOfYear: if_all_present(lambda day: day.replace(month=1, day=1)),
    n.ToFirstOfMonth: if_all_present(lambda day: day.replace(day=1)),
    n.StringContains: if_all_present(operator.contains),
    n.MinimumOf: _least,
    n.MaximumOf: _greatest,
}


# --- outputs ---------------------------------------------------------------------------------------------------


def _event_rows(
    table: n.SeriesCollectionFrame, included: Mapping[int, Mapping[n.Node, Any]]
) -> list[tuple[Any, ...]]:
    return [
        (patient, *row.values()) for patient, meaning in included.items() for row in meaning[table].values()
    ]


def _grouped_sum(sums: n.GroupedSum, included: Mapping[int, Mapping[n.Node, Any]]) -> list[tuple[Any, ...]]:
    summed = (sums.denominator, *(numerator for _, numerator in sums.numerators))
    totals: dict[tuple[Any, ...], list[int]] = {}
    for meaning in included.values():
        group = tuple(meaning[series] for _, series in sums.group_bys)
        running = totals.setdefault(group, [0] * len(summed))
        for position, series in enumerate(summed):
            running[position] += int(meaning[series] or 0)
    return [(*running, *group) for group, running in totals.items()]


def _name(table: n.Frame) -> str:
    assert isinstance(table, (n.SelectTable, n.SelectPatientTable))  # noqa: S101 - the only named tables
    return table.name
