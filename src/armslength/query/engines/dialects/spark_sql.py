"""What Spark writes differently from other databases."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from armslength.query.engines.arrow_types import EPOCH
from armslength.query.engines.compile.dates import offset
from armslength.query.engines.compile.dialect import GROUP, PATIENT, Dialect, Picked, Spread
from armslength.query.engines.compile.expressions import as_number, cast, compiled, enclosed, literal
from armslength.query.engines.compile.scope import Scope, called, quoted
from armslength.query.model import nodes
from armslength.query.model.nodes import Node

GROUPS, ROW = "groups", "row"
# The days just outside the calendar; dates of Spark go on far beyond it on both sides.
BEFORE = (datetime.date.min - EPOCH).days - 1
AFTER = (datetime.date.max - EPOCH).days + 1
INT = exp.DataType.build("INT")
EXACT = exp.DataType.build("DECIMAL(19, 0)")  # holds 64 bits; its sums hold ten digits more


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkDialect(Dialect):
    """Spark in its ANSI mode: picks by a struct of keys, the groups of a patient in a map."""

    def written(self, query: exp.Expr, *, creates: str | None = None) -> str:
        """Leave out what Spark has no word for: it never writes a named query down before reading it."""
        for part in query.find_all(exp.CTE):
            part.set("materialized", None)
        return Dialect.written(self, query, creates=creates)

    def counted(self, condition: exp.Expr) -> exp.Expr:
        return cast(condition, int)

    def days_between(self, end: exp.Expr, start: exp.Expr) -> exp.Expr:
        """Dates minus dates are intervals, which are not numbers."""
        return exp.Anonymous(this="DATEDIFF", expressions=[end, start])

    def total(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        """Sum whole numbers exactly: a step on the way may be larger than the answer, and would be an error."""
        if to.this == exp.DataType.Type.BIGINT:
            made = exp.Cast(this=made, to=EXACT.copy())
        return exp.Cast(this=exp.Sum(this=made), to=to)

    def whole_quotient(self, whole: exp.Expr, divisor: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=whole, expression=divisor)

    def collected(self, made: exp.Expr, kept: exp.Expr, value_type: Any) -> exp.Expr:
        """Collect a set: lists of different values would make Spark write out every row once for each of them."""
        wanted = exp.Case().when(kept, made, copy=False)
        return exp.Anonymous(this="COLLECT_SET", expressions=[wanted])

    def holds(self, values: exp.Expr, value: exp.Expr) -> exp.Expr:
        """Nobody's value, missing or not, is in a list of nothing; other databases give no list there."""
        is_empty = exp.EQ(this=exp.func("SIZE", values.copy()), expression=literal(0))
        found = exp.Anonymous(this="ARRAY_CONTAINS", expressions=[values, value])
        return exp.Case().when(is_empty, exp.false(), copy=False).else_(found, copy=False)

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="CONTAINS", expressions=[text, part])

    def picked(self, pick: Picked) -> exp.Expr:
        """Take the value at a struct of all keys: structs are never missing, and missing sorts first within them."""
        key: exp.Expr = exp.Anonymous(this="STRUCT", expressions=list(pick.keys))
        if pick.test is not None:
            key = exp.Case().when(pick.test, key, copy=False)
        return exp.Anonymous(this="MIN_BY" if pick.is_first else "MAX_BY", expressions=[pick.value, key])

    def spread(
        self, groups: exp.Select, *, values: list[str], answers: list[tuple[int, str | None]], wide: set[int]
    ) -> Spread:
        """Keep the groups of a patient in a map from the group's number to its values.

        An aggregate per answer would be work for each group and answer, and make more code than Java compiles.
        """
        fields: list[exp.Expr] = [quoted(name) for name in values] or [exp.true()]
        row = exp.Anonymous(this="STRUCT", expressions=fields)
        entry = exp.Anonymous(this="STRUCT", expressions=[quoted(GROUP), row])
        entries = exp.Anonymous(this="COLLECT_LIST", expressions=[entry])
        made = exp.Anonymous(this="MAP_FROM_ENTRIES", expressions=[entries])
        query = exp.select(quoted(PATIENT), called(made, GROUPS), copy=False)
        query = query.from_(groups.subquery("rows"), copy=False).group_by(quoted(PATIENT), copy=False)
        found = [_answer(group, value) for group, value in answers]
        if wide:
            named = {number: f"answer_{number}" for number in sorted(wide)}
            columns = [called(found[n - 1], name) for n, name in named.items()]
            query = exp.select(exp.Star(), *columns, copy=False).from_(query.subquery("spread"), copy=False)
            found = [quoted(named[n]) if n in wide else each for n, each in enumerate(found, start=1)]
        return Spread(query=query, answers=tuple(found))


def _answer(group: int, value: str | None) -> exp.Expr:
    if value is None:
        return exp.Anonymous(this="MAP_CONTAINS_KEY", expressions=[quoted(GROUPS), literal(group)])
    row = exp.Anonymous(this="TRY_ELEMENT_AT", expressions=[quoted(GROUPS), literal(group)])
    return exp.Dot(this=row, expression=exp.to_identifier(value, quoted=True))


def _first_of(node: nodes.Unary, scope: Scope) -> exp.Expr:
    return _truncated(
        compiled(node.source, scope), "YEAR" if isinstance(node, nodes.ToFirstOfYear) else "MONTH"
    )


def _truncated(date: exp.Expr, unit: str) -> exp.Expr:
    return exp.Anonymous(this="TRUNC", expressions=[date, exp.Literal.string(unit)])


def _days_later(date: exp.Expr, days: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="DATE_ADD", expressions=[date, exp.Cast(this=days, to=INT.copy())])


def _add_days(node: nodes.DateAddDays, scope: Scope) -> exp.Expr:
    return _within_calendar(_days_later(compiled(node.source, scope), offset(node.offset, scope, "DAY")))


def _add_months(node: nodes.DateAddMonths, scope: Scope) -> exp.Expr:
    return _months_later(node.source, offset(node.offset, scope, "MONTH"), scope)


def _add_years(node: nodes.DateAddYears, scope: Scope) -> exp.Expr:
    years = offset(node.offset, scope, "YEAR")
    return _months_later(node.source, exp.Mul(this=enclosed(years), expression=literal(12)), scope)


def _months_later(source: Node, months: exp.Expr, scope: Scope) -> exp.Expr:
    """Count from the first of the month; days that the month lacks end on the first of the next."""
    date = compiled(source, scope)
    first = _after_months(_truncated(date, "MONTH"), exp.Cast(this=months, to=INT.copy()))
    day = exp.Anonymous(this="DAY", expressions=[date.copy()])
    same_day = _days_later(first, exp.Sub(this=day, expression=literal(1)))
    next_first = _after_months(first.copy(), literal(1))
    return _within_calendar(exp.Least(this=same_day, expressions=[next_first], ignore_nulls=True))


def _after_months(date: exp.Expr, count: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="ADD_MONTHS", expressions=[date, count])


def _within_calendar(date: exp.Expr) -> exp.Expr:
    """Turn dates outside the years 1 to 9999 into missing, writing the date only once: see `dates.within_calendar`."""
    low, high = (
        exp.Anonymous(this="DATE_FROM_UNIX_DATE", expressions=[literal(day)]) for day in (BEFORE, AFTER)
    )
    held: exp.Expr = exp.Least(this=date, expressions=[high], ignore_nulls=True)
    held = exp.Greatest(this=held, expressions=[low], ignore_nulls=True)
    return exp.Nullif(this=exp.Nullif(this=held, expression=low.copy()), expression=high.copy())


def _cast_to_int(node: nodes.CastToInt, scope: Scope) -> exp.Expr:
    """A cast of a float cuts off, as the language does; TRUNC is of dates only."""
    return cast(as_number(node.source, scope), int)


def _extreme_of(node: nodes.MinimumOf | nodes.MaximumOf, scope: Scope) -> exp.Expr:
    """LEAST and GREATEST skip what is missing; of one value they are not known."""
    first, *others = (compiled(source, scope) for source in node.sources)
    if not others:
        return first
    function = exp.Least if isinstance(node, nodes.MinimumOf) else exp.Greatest
    return function(this=first, expressions=others, ignore_nulls=True)


OVERRIDES: dict[type[Node], Any] = {
    nodes.ToFirstOfYear: _first_of,
    nodes.ToFirstOfMonth: _first_of,
    nodes.DateAddDays: _add_days,
    nodes.DateAddMonths: _add_months,
    nodes.DateAddYears: _add_years,
    nodes.CastToInt: _cast_to_int,
    nodes.MinimumOf: _extreme_of,
    nodes.MaximumOf: _extreme_of,
}
# Each layer of a long calculation costs the analyzer a round over the whole statement: they are few and deep.
DIALECT = SparkDialect(name="spark", overrides=OVERRIDES, deepest=100)
