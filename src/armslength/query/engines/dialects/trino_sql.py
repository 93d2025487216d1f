"""What Trino writes differently from other databases."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from armslength.query.engines.compile.dates import offset
from armslength.query.engines.compile.dialect import GROUP, PATIENT, Dialect, Picked, Spread
from armslength.query.engines.compile.expressions import (
    as_number,
    cast,
    compiled,
    enclosed,
    literal,
)
from armslength.query.engines.compile.scope import Scope, called, named, quoted
from armslength.query.engines.compile.tables import OURS
from armslength.query.engines.dialects.trino_scratch import Scratch
from armslength.query.model import nodes
from armslength.query.model.nodes import Node

KEY_TYPE = "key_type"  # the mark of a sort key: what its values are, for what stands for a missing one
# What `literal` writes as Python does; Trino has functions for them.
NOT_FINITE = {"inf": "INFINITY", "-inf": "INFINITY", "nan": "NAN"}
EXACT = exp.DataType.build("DECIMAL(19, 0)")  # holds 64 bits; sums of it hold nineteen digits more
STAND_INS: dict[type, Any] = {bool: False, int: 0, float: 0.0, datetime.date: datetime.date(1970, 1, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrinoDialect(Dialect):
    """Trino: no temporary tables, so what a query makes goes to a scratch schema, under names of this run.

    `held` are tables in the scratch schema too, of rows that were held in memory.
    """

    scratch: Scratch | None = None
    held: frozenset[str] = field(default_factory=frozenset)

    def written(self, query: exp.Expr, *, creates: str | None = None) -> str:
        """Write a query with names of the scratch schema and without what Trino does not read."""
        for with_ in query.find_all(exp.CTE):
            with_.set("materialized", None)
        for constant in list(query.find_all(exp.Cast)):
            if constant.to.this == exp.DataType.Type.DOUBLE and (made := finite(constant)) is not constant:
                constant.replace(made)
        if self.scratch is not None:
            self._placed(query)
        if creates is not None:
            query = exp.Create(this=self.place(creates), kind="TABLE", expression=self._marked(query))
        return query.sql(dialect=self.name, pretty=True, copy=False)

    def place(self, name: str) -> exp.Table:
        """Return where a table of this run is."""
        if self.scratch is None:
            return named(name)
        parts = {"db": self.scratch.schema, "catalog": self.scratch.catalog}
        made = {part: exp.to_identifier(value, quoted=True) for part, value in parts.items() if value}
        return exp.Table(this=exp.to_identifier(self.scratch.name_of(name), quoted=True), **made)

    def _placed(self, query: exp.Expr) -> None:
        """Have tables of this run read where they are, known by the names they have in the query."""
        layers = {cte.alias for cte in query.find_all(exp.CTE)}
        for table in list(query.find_all(exp.Table)):
            is_ours = table.name.startswith(OURS) or table.name in self.held
            if is_ours and not table.db and table.name not in layers:
                place = self.place(table.name)
                alias = exp.to_identifier(table.alias or table.name, quoted=True)
                place.set("alias", exp.TableAlias(this=alias))
                table.replace(place)

    def _marked(self, query: exp.Expr) -> exp.Expr:
        """Add the columns that every table of the scratch schema has to have there, of one value each."""
        marks = self.scratch.marks if self.scratch is not None else {}
        if not marks:
            return query
        assert isinstance(query, exp.Query)  # noqa: S101 - tables are made of queries
        columns = [called(literal(value), name) for name, value in marks.items()]
        return exp.select("made.*", *columns).from_(query.subquery("made", copy=False), copy=False)

    def counted(self, condition: exp.Expr) -> exp.Expr:
        return cast(condition, int)

    def days_between(self, end: exp.Expr, start: exp.Expr) -> exp.Expr:
        """Dates minus dates are intervals, which are not numbers."""
        return exp.Anonymous(this="DATE_DIFF", expressions=[exp.Literal.string("day"), start, end])

    def ordered(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Text is compared by its bytes already. A key is marked with its type: see `picked`."""
        made.meta[KEY_TYPE] = value_type
        return made

    def total(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        """Sum whole numbers exactly: a step on the way may be larger than the answer, and would be an error."""
        if to.this == exp.DataType.Type.BIGINT:
            made = exp.Cast(this=made, to=EXACT.copy())
        return exp.Cast(this=exp.Sum(this=made), to=to)

    def holds(self, values: exp.Expr, value: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="CONTAINS", expressions=[values, value])

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        place = exp.Anonymous(this="STRPOS", expressions=[text, part])
        return exp.GT(this=place, expression=literal(0))

    def picked(self, pick: Picked) -> exp.Expr:
        """Take the value at a row of all keys, in which a missing one is a mark that sorts first.

        Trino refuses to compare rows in which something is missing, and skips values at a missing key.
        """
        fields: list[exp.Expr] = []
        for key in pick.keys:
            kind = key.meta.get(KEY_TYPE)
            present = exp.Not(this=exp.Paren(this=exp.Is(this=enclosed(key), expression=exp.Null())))
            fields += [present, exp.Coalesce(this=key.copy(), expressions=[_stand_in(kind)])]
        row: exp.Expr = exp.Anonymous(this="ROW", expressions=fields)
        if pick.test is not None:
            row = exp.Case().when(pick.test, row, copy=False)
        return exp.Anonymous(this="MIN_BY" if pick.is_first else "MAX_BY", expressions=[pick.value, row])

    def spread(
        self, groups: exp.Select, *, values: list[str], answers: list[tuple[int, str | None]], wide: set[int]
    ) -> Spread:
        """Take the value of a group from the one row that it has, if any."""
        columns: list[exp.Expr] = [quoted(PATIENT)]
        found = []
        for number, (group, value) in enumerate(answers, start=1):
            test = exp.EQ(this=quoted(GROUP), expression=literal(group))
            made: exp.Expr = exp.true() if value is None else quoted(value)
            only = exp.Filter(this=exp.AnyValue(this=made), expression=exp.Where(this=test))
            columns.append(called(only, f"answer_{number}"))
            found.append(quoted(f"answer_{number}"))
        query = exp.select(*columns, copy=False).from_(groups.subquery("groups"), copy=False)
        return Spread(query=query.group_by(quoted(PATIENT), copy=False), answers=tuple(found))


def finite(constant: exp.Expr) -> exp.Expr:
    """Return a constant, an infinite one as a function: Trino does not read what Python calls it."""
    text = (
        constant.this.this
        if isinstance(constant, exp.Cast) and isinstance(constant.this, exp.Literal)
        else ""
    )
    if text not in NOT_FINITE:
        return constant
    made = exp.Anonymous(this=NOT_FINITE[text], expressions=[])
    return exp.Neg(this=made) if text.startswith("-") else made


def _stand_in(value_type: Any) -> exp.Expr:
    """Return a value beside which a mark says that it is none."""
    return literal(STAND_INS.get(value_type, ""))


def _function(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _first_of(node: nodes.Unary, scope: Scope) -> exp.Expr:
    unit = "year" if isinstance(node, nodes.ToFirstOfYear) else "month"
    return _truncated(compiled(node.source, scope), unit)


def _truncated(date: exp.Expr, unit: str) -> exp.Expr:
    return cast(_function("DATE_TRUNC", exp.Literal.string(unit), date), datetime.date)


def _later(date: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
    """Return the date that many units later; months are cut to their last day. Missing when either is."""
    return _function("DATE_ADD", exp.Literal.string(unit), count, date)


def _add_days(node: nodes.DateAddDays, scope: Scope) -> exp.Expr:
    return _within_calendar(_later(compiled(node.source, scope), offset(node.offset, scope, "DAY"), "day"))


def _add_months(node: nodes.DateAddMonths, scope: Scope) -> exp.Expr:
    return _months_later(node.source, offset(node.offset, scope, "MONTH"), scope)


def _add_years(node: nodes.DateAddYears, scope: Scope) -> exp.Expr:
    years = offset(node.offset, scope, "YEAR")
    return _months_later(node.source, exp.Mul(this=enclosed(years), expression=literal(12)), scope)


def _months_later(source: Node, months: exp.Expr, scope: Scope) -> exp.Expr:
    """Count from the first of the month; days that the month lacks end on the first of the next."""
    date = compiled(source, scope)
    first = _later(_truncated(date, "month"), months, "month")
    days = exp.Sub(this=_function("DAY", date.copy()), expression=literal(1))
    next_first = _later(first.copy(), literal(1), "month")
    return _within_calendar(_function("LEAST", _later(first, days, "day"), next_first))


def _within_calendar(date: exp.Expr) -> exp.Expr:
    """Turn dates outside the years 1 to 9999 into missing, writing the date only once.

    LEAST and GREATEST of Trino are missing when any argument is, so a missing date or offset stays missing.
    """
    low = _later(literal(datetime.date.min), literal(-1), "day")
    high = _later(literal(datetime.date.max), literal(1), "day")
    held = _function("GREATEST", _function("LEAST", date, high), low)
    return exp.Nullif(this=exp.Nullif(this=held, expression=low.copy()), expression=high.copy())


def _extreme_of(node: nodes.MinimumOf | nodes.MaximumOf, scope: Scope) -> exp.Expr:
    """Take the smallest or largest of a list without what is missing; of an empty list, nothing."""
    listed = exp.Array(expressions=[cast(compiled(each, scope), node.value_type) for each in node.sources])
    present = exp.Not(this=exp.Paren(this=exp.Is(this=exp.column("v"), expression=exp.Null())))
    known = exp.ArrayFilter(
        this=listed, expression=exp.Lambda(this=present, expressions=[exp.to_identifier("v")])
    )
    return _function("ARRAY_MIN" if isinstance(node, nodes.MinimumOf) else "ARRAY_MAX", known)


def _cast_to_int(node: nodes.CastToInt, scope: Scope) -> exp.Expr:
    """A plain cast of a float rounds; the language cuts off."""
    made = as_number(node.source, scope)
    return cast(_function("TRUNCATE", made) if node.source.value_type is float else made, int)


OVERRIDES: dict[type[Node], Any] = {
    nodes.ToFirstOfYear: _first_of,
    nodes.ToFirstOfMonth: _first_of,
    nodes.DateAddDays: _add_days,
    nodes.DateAddMonths: _add_months,
    nodes.DateAddYears: _add_years,
    nodes.MinimumOf: _extreme_of,
    nodes.MaximumOf: _extreme_of,
    nodes.CastToInt: _cast_to_int,
}
# The smallest of several is four calls inside one another here, and Trino reads and compiles expressions recursively.
DIALECT = TrinoDialect(name="trino", overrides=OVERRIDES, deepest=8)
