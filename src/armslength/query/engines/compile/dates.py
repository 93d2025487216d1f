"""Calendar operations as SQL expressions: parts of dates, whole months between them, months added."""

from __future__ import annotations

import datetime

from sqlglot import exp

from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.compile.expressions import (
    cast,
    compiled,
    enclosed,
    expression,
    literal,
    operand,
)
from armslength.query.engines.compile.scope import Scope
from armslength.query.model import nodes
from armslength.query.model.nodes import Node

PARTS: dict[type[Node], str] = {
    nodes.YearFromDate: "YEAR",
    nodes.MonthFromDate: "MONTH",
    nodes.DayFromDate: "DAY",
}
TRUNCATIONS: dict[type[Node], str] = {nodes.ToFirstOfYear: "YEAR", nodes.ToFirstOfMonth: "MONTH"}


@expression(*PARTS)
def _part(node: nodes.Unary, scope: Scope) -> exp.Expr:
    return scope.compilation.dialect.part(PARTS[type(node)], compiled(node.source, scope))


@expression(*TRUNCATIONS)
def _truncated(node: nodes.Unary, scope: Scope) -> exp.Expr:
    return first_of(TRUNCATIONS[type(node)], compiled(node.source, scope))


def first_of(unit: str, date: exp.Expr) -> exp.Expr:
    """Return the first day of the month or year a date is in."""
    return cast(exp.TimestampTrunc(this=date, unit=exp.Var(this=unit)), datetime.date)


def later(date: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
    """Return the date that many units later, as databases do it: cut to the last day of the month.

    Days are added as a number: DuckDB takes intervals of 30 days and of a month for equal, and so
    expressions that differ in nothing else for one.
    """
    if unit == "DAY":
        step: exp.Expr = exp.Cast(this=count, to=exp.DataType.build("INT"))
    else:
        step = exp.Interval(this=exp.Paren(this=count), unit=exp.Var(this=unit))
    return cast(exp.Add(this=enclosed(date), expression=step), datetime.date)


# Adding this many leaves the calendar from any date in it, so larger counts need not be computed.
FARTHEST = {"DAY": 4_000_000, "MONTH": 120_000, "YEAR": 10_000}


def offset(node: Node, scope: Scope, unit: str) -> exp.Expr:
    """Compile how far to move, held within what a database can compute."""
    farthest = FARTHEST[unit]
    if isinstance(node, nodes.Value):
        return literal(max(-farthest, min(farthest, node.value)))
    least = exp.Least(this=compiled(node, scope), expressions=[literal(farthest)], ignore_nulls=True)
    return exp.Greatest(this=least, expressions=[literal(-farthest)], ignore_nulls=True)


def within_calendar(date: exp.Expr) -> exp.Expr:
    """Turn dates outside the years 1 to 9999 into missing, writing the date only once.

    LEAST and GREATEST skip missing arguments, so a missing date becomes a bound, and so missing again;
    that is also how a missing offset, which `offset` turned into the farthest, ends.
    """
    low, high = (cast(exp.Literal.string(text), datetime.date) for text in ("0001-12-31 (BC)", "10000-01-01"))
    held: exp.Expr = exp.Least(this=date, expressions=[high], ignore_nulls=True)
    held = exp.Greatest(this=held, expressions=[low], ignore_nulls=True)
    return exp.Nullif(this=exp.Nullif(this=held, expression=low.copy()), expression=high.copy())


@expression(nodes.DateAddDays)
def _add_days(node: nodes.DateAddDays, scope: Scope) -> exp.Expr:
    return within_calendar(later(compiled(node.source, scope), offset(node.offset, scope, "DAY"), "DAY"))


@expression(nodes.DateAddMonths)
def _add_months(node: nodes.DateAddMonths, scope: Scope) -> exp.Expr:
    return _months_later(node.source, offset(node.offset, scope, "MONTH"), scope)


@expression(nodes.DateAddYears)
def _add_years(node: nodes.DateAddYears, scope: Scope) -> exp.Expr:
    months = exp.Mul(this=enclosed(offset(node.offset, scope, "YEAR")), expression=literal(12))
    return _months_later(node.source, months, scope)


def _months_later(source: Node, months: exp.Expr, scope: Scope) -> exp.Expr:
    """Count from the first of the month; days that the month lacks end on the first of the next."""
    date = compiled(source, scope)
    first = later(first_of("MONTH", date), months, "MONTH")
    days = exp.Sub(this=exp.Day(this=date.copy()), expression=literal(1))
    same_day = later(first, days, "DAY")
    next_first = later(first.copy(), literal(1), "MONTH")
    return within_calendar(exp.Least(this=same_day, expressions=[next_first], ignore_nulls=True))


@expression(nodes.DateDifferenceInDays)
def _days_between(node: nodes.DateDifferenceInDays, scope: Scope) -> exp.Expr:
    end, start = operand(node.end, scope), operand(node.start, scope)
    return cast(scope.compilation.dialect.days_between(end, start), int)


@expression(nodes.DateDifferenceInMonths)
def _months_between(node: nodes.DateDifferenceInMonths, scope: Scope) -> exp.Expr:
    end, start = compiled(node.end, scope), compiled(node.start, scope)
    dialect = scope.compilation.dialect
    months = _minus(months_of(end, dialect), months_of(start, dialect))
    is_short = exp.LT(this=dialect.part("DAY", end.copy()), expression=dialect.part("DAY", start.copy()))
    return exp.Sub(this=months, expression=dialect.counted(is_short))


@expression(nodes.DateDifferenceInYears)
def _years_between(node: nodes.DateDifferenceInYears, scope: Scope) -> exp.Expr:
    end, start = compiled(node.end, scope), compiled(node.start, scope)
    dialect = scope.compilation.dialect
    years = _minus(dialect.part("YEAR", end), dialect.part("YEAR", start))
    is_short = exp.LT(this=_day_in_year(end, dialect), expression=_day_in_year(start, dialect))
    return exp.Sub(this=years, expression=dialect.counted(is_short))


def _minus(lhs: exp.Expr, rhs: exp.Expr) -> exp.Paren:
    return exp.Paren(this=exp.Sub(this=enclosed(lhs), expression=enclosed(rhs)))


def months_of(date: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Return a number that orders months: twelve for each year, and the month."""
    years = exp.Mul(this=dialect.part("YEAR", date.copy()), expression=literal(12))
    return exp.Add(this=years, expression=dialect.part("MONTH", date.copy()))


def _day_in_year(date: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Return a number that orders days within their years: month and day side by side."""
    months = exp.Mul(this=dialect.part("MONTH", date.copy()), expression=literal(100))
    return exp.Add(this=months, expression=dialect.part("DAY", date.copy()))
