"""What PostgreSQL writes differently from other databases."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from armslength.query.engines.compile.dates import months_of, offset
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.compile.expressions import cast, compiled, enclosed, literal
from armslength.query.engines.compile.limits import Limits
from armslength.query.engines.compile.scope import Scope
from armslength.query.model import nodes
from armslength.query.model.nodes import Node

FIRST_DAY = datetime.date.min
DAYS = (datetime.date.max - FIRST_DAY).days + 1  # of the calendar, years 1 to 9999
MONTHS = 9999 * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQLDialect(Dialect):
    """PostgreSQL: text sorted as in the C collation, no smallest or largest of conditions."""

    def counted(self, condition: exp.Expr) -> exp.Expr:
        # There is no cast from BOOLEAN to BIGINT, only to INT.
        return cast(exp.Cast(this=condition, to=exp.DataType.build("INT")), int)

    def ordered(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Compare text by its bytes, which in UTF-8 is the order of code points, and not as some language sorts."""
        if not (isinstance(value_type, type) and issubclass(value_type, str)):
            return made
        return exp.Collate(this=enclosed(made), expression=exp.to_identifier("C", quoted=True))

    def least(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        return (
            exp.LogicalAnd(this=made) if value_type is bool else exp.Min(this=self.ordered(made, value_type))
        )

    def greatest(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        return (
            exp.LogicalOr(this=made) if value_type is bool else exp.Max(this=self.ordered(made, value_type))
        )

    def kept_apart(self, layer: exp.Select) -> exp.Select:
        """An OFFSET is what keeps the planner from putting a query into the one around it, each expression in each."""
        return layer.offset(0, copy=False)

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        place = exp.Anonymous(this="STRPOS", expressions=[text, part])
        return exp.GT(this=place, expression=literal(0))


def _truncated(node: nodes.Unary, scope: Scope) -> exp.Expr:
    """A timestamp without time zone: DATE_TRUNC of a date would go through the time zone of the session."""
    unit = exp.Literal.string("year" if isinstance(node, nodes.ToFirstOfYear) else "month")
    moment = exp.Cast(this=compiled(node.source, scope), to=exp.DataType.build("TIMESTAMP"))
    return cast(exp.Anonymous(this="DATE_TRUNC", expressions=[unit, moment]), datetime.date)


def _add_days(node: nodes.DateAddDays, scope: Scope) -> exp.Expr:
    """Count days from the first day of the calendar: dates of PostgreSQL end sooner before it than offsets may go."""
    since = exp.Paren(
        this=exp.Sub(this=enclosed(compiled(node.source, scope)), expression=literal(FIRST_DAY))
    )
    days = exp.Add(this=since, expression=enclosed(offset(node.offset, scope, "DAY")))
    return exp.Add(this=literal(FIRST_DAY), expression=_within(days, DAYS))


def _add_months(node: nodes.DateAddMonths, scope: Scope) -> exp.Expr:
    return _months_later(node.source, offset(node.offset, scope, "MONTH"), scope)


def _add_years(node: nodes.DateAddYears, scope: Scope) -> exp.Expr:
    years = offset(node.offset, scope, "YEAR")
    return _months_later(node.source, exp.Mul(this=enclosed(years), expression=literal(12)), scope)


def _months_later(source: Node, months: exp.Expr, scope: Scope) -> exp.Expr:
    """Count from the first of the month; days that the month lacks end on the first of the next."""
    dialect, date = scope.compilation.dialect, compiled(source, scope)
    # The first month of the calendar is the thirteenth when twelve are counted for each year.
    since = exp.Sub(this=exp.Paren(this=months_of(date, dialect)), expression=literal(13))
    number = exp.Add(this=exp.Paren(this=since), expression=enclosed(months))
    first = _months_after(literal(FIRST_DAY), _within(number, MONTHS))
    day = exp.Cast(this=dialect.part("DAY", date.copy()), to=exp.DataType.build("INT"))
    same_day = exp.Add(this=first, expression=exp.Paren(this=exp.Sub(this=day, expression=literal(1))))
    return exp.Least(this=same_day, expressions=[_months_after(first.copy(), literal(1))], ignore_nulls=True)


def _months_after(date: exp.Expr, count: exp.Expr) -> exp.Expr:
    step = exp.Anonymous(this="MAKE_INTERVAL", expressions=[literal(0), count])
    return cast(exp.Add(this=date, expression=step), datetime.date)


def _within(number: exp.Expr, end: int) -> exp.Expr:
    """Turn numbers outside 0 … end - 1 into missing, writing the number once; LEAST skips what is missing."""
    held: exp.Expr = exp.Least(this=number, expressions=[literal(end)], ignore_nulls=True)
    held = exp.Greatest(this=held, expressions=[literal(-1)], ignore_nulls=True)
    inside = exp.Nullif(this=exp.Nullif(this=held, expression=literal(-1)), expression=literal(end))
    return exp.Cast(this=inside, to=exp.DataType.build("INT"))


DIALECT = PostgreSQLDialect(
    name="postgres",
    # A table has 1,600 columns and a row of it 8,160 bytes; a query, also one inside another, gives 1,664 columns.
    limits=Limits(table_columns=1_600, row_bytes=7_500, result_columns=1_600),
    overrides={
        nodes.ToFirstOfYear: _truncated,
        nodes.ToFirstOfMonth: _truncated,
        nodes.DateAddDays: _add_days,
        nodes.DateAddMonths: _add_months,
        nodes.DateAddYears: _add_years,
    },
)
