"""What SQL Server writes differently from other databases. Conditions that are values are settled in `mssql_shape`."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from armslength.query.engines.compile.dates import FARTHEST, months_of
from armslength.query.engines.compile.dialect import GROUP, PATIENT, Dialect, Picked, Spread
from armslength.query.engines.compile.expressions import (
    BINARY,
    EXPRESSIONS,
    LARGEST_WRITTEN_SET,
    cast,
    compiled,
    enclosed,
    literal,
)
from armslength.query.engines.compile.limits import Limits
from armslength.query.engines.compile.scope import Scope, called, named, quoted
from armslength.query.engines.dialects.mssql_shape import PER_GROUP, shaped
from armslength.query.model import nodes
from armslength.query.model.nodes import Node

COLLATION = "Latin1_General_BIN2"  # by code points; a database's own takes `a` for `A`, and often `e` for `é`
FIRST_DAY = datetime.date.min
DAYS = (datetime.date.max - FIRST_DAY).days  # from the first day of the calendar to the last
MONTHS = 9999 * 12 - 1
EVERY_ROW = (1 << 63) - 1
LONGEST_NUMBER, LONGEST_FLOAT = "VARCHAR(20)", "VARCHAR(32)"
ISO, LOSSLESS = 23, 3  # styles of CONVERT: of a date, and of a float


@dataclass(frozen=True, slots=True, kw_only=True)
class MSSQLDialect(Dialect):
    """SQL Server, from 2017: conditions are numbers 1 and 0 wherever they are values, because no aggregate takes a BIT.

    `temporary` are tables, besides those of the query itself, that are temporary.
    """

    temporary: frozenset[str] = frozenset()

    def written(self, query: exp.Expr, *, creates: str | None = None) -> str:
        made = shaped(query, creates=creates, temporary=self.temporary)
        return made.sql(dialect=self.name, pretty=True, copy=False)

    def counted(self, condition: exp.Expr) -> exp.Expr:
        return exp.Cast(this=condition, to=exp.DataType.build("INT"))

    def part(self, unit: str, date: exp.Expr) -> exp.Expr:
        return cast(exp.Anonymous(this=unit, expressions=[date]), int)

    def days_between(self, end: exp.Expr, start: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="DATEDIFF", expressions=[exp.Var(this="DAY"), start, end])

    def equal(self, lhs: exp.Expr, rhs: exp.Expr, value_type: Any) -> exp.Expr:
        """Compare text in all its characters: `=` pads the shorter with blanks, in every collation."""
        if not is_text(value_type):
            return exp.EQ(this=lhs, expression=rhs)
        same = exp.EQ(this=by_bytes(lhs), expression=by_bytes(rhs))
        if isinstance(rhs, exp.Literal) and not rhs.name.endswith(" "):
            return exp.And(this=same, expression=_ends_in_no_blank(lhs))
        lengths = (exp.Anonymous(this="LEN", expressions=[_joined(each.copy(), ".")]) for each in (lhs, rhs))
        return exp.And(this=same, expression=exp.EQ(this=next(lengths), expression=next(lengths)))

    def distinct(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        return self.ordered(made, value_type)

    def ordered(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """End text with a character before all others, so that blanks at the end count: shorter text comes first."""
        return by_bytes(_ended(made)) if is_text(value_type) else made

    def least(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        return _unended(exp.Min(this=self.ordered(made, value_type)), value_type)

    def greatest(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        return _unended(exp.Max(this=self.ordered(made, value_type)), value_type)

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Find a part at its place. CHARINDEX finds nothing empty, which every text holds."""
        place = exp.Anonymous(this="CHARINDEX", expressions=[by_bytes(part), by_bytes(text)])
        found = exp.GT(this=place, expression=literal(0))
        if isinstance(part, exp.Literal) and part.name:
            return found
        size = exp.Anonymous(this="DATALENGTH", expressions=[part.copy()])
        is_empty = exp.EQ(this=size, expression=literal(0))
        there = exp.Not(this=exp.Paren(this=exp.Is(this=text.copy(), expression=exp.Null())))
        return exp.Paren(this=exp.Or(this=found, expression=exp.And(this=is_empty, expression=there)))

    def collected(self, made: exp.Expr, kept: exp.Expr, value_type: Any) -> exp.Expr:
        """Values one after the other as one text, each between two characters that are in none of them."""
        each = exp.Case().when(kept, exp.Cast(this=_marked(made, value_type), to=_long_text()), copy=False)
        return exp.Anonymous(this="STRING_AGG", expressions=[each, exp.Literal.string("")])

    def kept_apart(self, layer: exp.Select) -> exp.Select:
        """A TOP is what keeps a query from being written into the one around it, each expression in each."""
        return layer.limit(EVERY_ROW, copy=False)

    def picked(self, pick: Picked) -> exp.Expr:
        """Number a patient's rows in order and take the value of the first: a sort, because no aggregate takes it."""
        order = [_in_order(key, pick) for key in pick.keys if key.find(exp.Column)]
        is_first: exp.Expr = exp.EQ(this=_row_number(order, pick.test), expression=literal(1))
        if pick.test is not None:
            is_first = exp.And(this=is_first, expression=enclosed(pick.test))
        return exp.Max(this=exp.Case().when(is_first, pick.value, copy=False))

    def spread(
        self, groups: exp.Select, *, values: list[str], answers: list[tuple[int, str | None]], wide: set[int]
    ) -> Spread:
        """A group has one row for each patient, so the largest of its values is the only one."""
        columns: list[exp.Expr] = [quoted(PATIENT)]
        for number, (group, value) in enumerate(answers, start=1):
            test = exp.EQ(this=quoted(GROUP), expression=literal(group))
            made = literal(1) if value is None else quoted(value)
            columns.append(called(exp.Max(this=exp.Case().when(test, made, copy=False)), f"answer_{number}"))
        query = exp.select(*columns, copy=False).from_(groups.subquery("groups"), copy=False)
        found = tuple(quoted(f"answer_{number}") for number in range(1, len(answers) + 1))
        return Spread(query=query.group_by(quoted(PATIENT), copy=False), answers=found)


def is_text(value_type: Any) -> bool:
    """Whether values of a type are text, as every kind of code is."""
    return isinstance(value_type, type) and issubclass(value_type, str)


def by_bytes(made: exp.Expr) -> exp.Expr:
    """Return text that is compared by its code points."""
    if isinstance(made, exp.Collate) and made.expression.name == COLLATION:
        return made
    return exp.Collate(this=enclosed(made), expression=exp.Var(this=COLLATION))


def _bare(made: exp.Expr) -> exp.Expr:
    return made.this if isinstance(made, exp.Collate) and made.expression.name == COLLATION else made


def _joined(made: exp.Expr, end: str) -> exp.Expr:
    return exp.Add(this=enclosed(_bare(made)), expression=exp.Literal.string(end))


def _mark() -> exp.Expr:
    return exp.Anonymous(this="CHAR", expressions=[literal(1)])


def _ended(made: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Add(this=enclosed(_bare(made)), expression=_mark()))


def _unended(made: exp.Expr, value_type: Any) -> exp.Expr:
    if not is_text(value_type):
        return made
    return exp.Anonymous(this="REPLACE", expressions=[made, _mark(), exp.Literal.string("")])


def _ends_in_no_blank(text: exp.Expr) -> exp.Expr:
    return exp.Not(
        this=exp.Paren(this=exp.Like(this=enclosed(text.copy()), expression=exp.Literal.string("% ")))
    )


def _long_text() -> exp.DataType:
    return exp.DataType.build("NVARCHAR(MAX)", dialect="tsql")


def _marked(made: exp.Expr, value_type: Any) -> exp.Expr:
    """Return a value as text between two marks, the same text for the same value."""
    if value_type is datetime.date:
        made = _converted("CHAR(10)", made, ISO)
    elif value_type is float:
        # Zero is added because there is one below zero, too.
        made = _converted(LONGEST_FLOAT, exp.Add(this=cast(made, float), expression=literal(0.0)), LOSSLESS)
    elif not is_text(value_type):
        made = exp.Cast(this=made, to=exp.DataType.build(LONGEST_NUMBER, dialect="tsql"))
    inside = exp.Add(this=_mark(), expression=enclosed(_bare(made)))
    return exp.Add(this=inside, expression=_mark())


def _converted(kind: str, made: exp.Expr, style: int) -> exp.Expr:
    return exp.Anonymous(this="CONVERT", expressions=[exp.Var(this=kind), made, literal(style)])


def _in_order(key: exp.Expr, pick: Picked) -> exp.Expr:
    return exp.Ordered(this=key, desc=not pick.is_first, nulls_first=pick.is_first)


def _row_number(order: list[exp.Expr], test: exp.Expr | None) -> exp.Expr:
    # Nothing is ordered by a constant: SQL Server refuses it.
    if test is not None and test.find(exp.Column):
        last = exp.Case().when(test.copy(), literal(0), copy=False).else_(literal(1), copy=False)
        order = [exp.Ordered(this=last, desc=False, nulls_first=True), *order]
    if not order:
        nothing = exp.Subquery(this=exp.select(exp.Null()))
        order = [exp.Ordered(this=nothing, desc=False, nulls_first=True)]
    number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
    number.meta[PER_GROUP] = True
    return number


def _column(node: nodes.SelectColumn, scope: Scope) -> exp.Expr:
    """Settle the collation of text where it is read, and make a number of a BIT."""
    made = scope.column(node)
    if is_text(node.value_type):
        return by_bytes(made)
    is_ours = node.source in scope.compilation.places
    return made if is_ours or node.value_type is not bool else cast(made, bool)


def _case(node: nodes.Case, scope: Scope) -> exp.Expr:
    """Constants that fit into 32 bits are calculated with in 32 bits, unless something says otherwise."""
    made = EXPRESSIONS[nodes.Case](node, scope)
    return cast(made, int) if node.value_type is int else made


def _comparison(node: nodes.Binary, scope: Scope) -> exp.Expr:
    kind, dialect = node.lhs.value_type, scope.compilation.dialect
    lhs, rhs = enclosed(compiled(node.lhs, scope)), enclosed(compiled(node.rhs, scope))
    if not is_text(kind):
        return BINARY[type(node)](this=lhs, expression=rhs)
    if isinstance(node, (nodes.EQ, nodes.NE)):
        same = exp.Paren(this=dialect.equal(lhs, rhs, kind))
        return exp.Not(this=same) if isinstance(node, nodes.NE) else same
    return BINARY[type(node)](this=dialect.ordered(lhs, kind), expression=dialect.ordered(rhs, kind))


def _in(node: nodes.In, scope: Scope) -> exp.Expr:
    kind = node.lhs.value_type
    if isinstance(node.rhs, nodes.CombineAsSet):
        value, found = _marked(compiled(node.lhs, scope), kind), scope.answer(node.rhs)
        place = exp.Anonymous(this="CHARINDEX", expressions=[by_bytes(value), by_bytes(found)])
        held = exp.GT(this=place, expression=literal(0))
        missing = exp.Is(this=found.copy(), expression=exp.Null())
        return exp.Case().when(missing, exp.false(), copy=False).else_(held, copy=False)
    values = sorted(node.rhs.value)  # type: ignore[attr-defined]
    if not is_text(kind) or not values or scope.tag_of(node) is not None:
        return EXPRESSIONS[nodes.In](node, scope)
    made = compiled(node.lhs, scope)
    if any(value.endswith(" ") for value in values):
        made = scope.compilation.dialect.ordered(made, kind)
        return exp.In(this=made, **_among(values, node, scope, is_ended=True))
    among = exp.In(this=by_bytes(made), **_among(values, node, scope, is_ended=False))
    return exp.Paren(this=exp.And(this=among, expression=_ends_in_no_blank(made)))


def _among(values: list[str], node: nodes.In, scope: Scope, *, is_ended: bool) -> dict[str, Any]:
    """Return the values of a set as IN takes them: written out, or as a table when they are many."""
    if len(values) > LARGEST_WRITTEN_SET:
        table = named(scope.compilation.table_of_set(node.rhs))  # type: ignore[arg-type]
        code: exp.Expr = by_bytes(_ended(quoted("code"))) if is_ended else quoted("code")
        return {"query": exp.Subquery(this=exp.select(code).from_(table))}
    made = [literal(str(value)) for value in values]
    return {"expressions": [_ended(each) if is_ended else each for each in made]}


def _extreme(node: nodes.MinimumOf | nodes.MaximumOf, scope: Scope) -> exp.Expr:
    kind, dialect = node.sources[0].value_type, scope.compilation.dialect
    first, *others = (dialect.ordered(compiled(source, scope), kind) for source in node.sources)
    function = exp.Least if isinstance(node, nodes.MinimumOf) else exp.Greatest
    return _unended(function(this=first, expressions=others, ignore_nulls=True), kind)


def _truncated(node: nodes.Unary, scope: Scope) -> exp.Expr:
    date = compiled(node.source, scope)
    year = exp.Anonymous(this="YEAR", expressions=[date])
    month = literal(1)
    if isinstance(node, nodes.ToFirstOfMonth):
        month = exp.Anonymous(this="MONTH", expressions=[date.copy()])
    return exp.Anonymous(this="DATEFROMPARTS", expressions=[year, month, literal(1)])


def _offset(node: Node, scope: Scope, unit: str) -> exp.Expr:
    """Compile how far to move as an INT, missing when it is farther than the calendar is long."""
    farthest = FARTHEST[unit]
    if isinstance(node, nodes.Value):
        return literal(max(-farthest, min(farthest, node.value)))
    made = compiled(node, scope)
    return _within(made, -farthest, farthest, exp.Cast(this=made.copy(), to=exp.DataType.build("INT")))


def _within(made: exp.Expr, low: int, high: int, then: exp.Expr) -> exp.Expr:
    inside = exp.Between(this=enclosed(made), low=literal(low), high=literal(high))
    return exp.Case().when(inside, then, copy=False)


def _add_days(node: nodes.DateAddDays, scope: Scope) -> exp.Expr:
    """Count days from the first day of the calendar; DATEADD fails on what is outside of it."""
    since = scope.compilation.dialect.days_between(compiled(node.source, scope), literal(FIRST_DAY))
    day = exp.Add(this=since, expression=enclosed(_offset(node.offset, scope, "DAY")))
    return _within(day, 0, DAYS, _date_add("DAY", day.copy(), literal(FIRST_DAY)))


def _add_months(node: nodes.DateAddMonths, scope: Scope) -> exp.Expr:
    return _months_later(node.source, _offset(node.offset, scope, "MONTH"), scope)


def _add_years(node: nodes.DateAddYears, scope: Scope) -> exp.Expr:
    years = _offset(node.offset, scope, "YEAR")
    return _months_later(node.source, exp.Mul(this=enclosed(years), expression=literal(12)), scope)


def _months_later(source: Node, months: exp.Expr, scope: Scope) -> exp.Expr:
    """DATEADD stays in the month, on its last day at most; a day that it lacks is the first of the next here."""
    date = compiled(source, scope)
    # The first month of the calendar is the thirteenth when twelve are counted for each year.
    since = exp.Sub(this=exp.Paren(this=months_of(date, scope.compilation.dialect)), expression=literal(13))
    number = exp.Add(this=exp.Paren(this=since), expression=enclosed(months))
    later = _date_add("MONTH", months.copy(), date.copy())
    lacks = exp.LT(
        this=exp.Anonymous(this="DAY", expressions=[later]),
        expression=exp.Anonymous(this="DAY", expressions=[date.copy()]),
    )
    one = exp.Case().when(lacks, literal(1), copy=False).else_(literal(0), copy=False)
    return _within(number, 0, MONTHS, _date_add("DAY", one, later.copy()))


def _date_add(unit: str, count: exp.Expr, date: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="DATEADD", expressions=[exp.Var(this=unit), count, date])


DIALECT = MSSQLDialect(
    name="tsql",
    # CASE may be in CASE ten times. An operation writes one into another at most, but for those of dates.
    deepest=9,
    # A row has 8,060 bytes, of which a text that is kept elsewhere takes 26, and a statement 256 tables.
    limits=Limits(table_columns=1_000, row_bytes=5_800, result_columns=1_000, joins=200),
    overrides={
        nodes.SelectColumn: _column,
        nodes.Case: _case,
        **dict.fromkeys(BINARY, _comparison),
        nodes.In: _in,
        nodes.MinimumOf: _extreme,
        nodes.MaximumOf: _extreme,
        nodes.ToFirstOfYear: _truncated,
        nodes.ToFirstOfMonth: _truncated,
        nodes.DateAddDays: _add_days,
        nodes.DateAddMonths: _add_months,
        nodes.DateAddYears: _add_years,
    },
)
