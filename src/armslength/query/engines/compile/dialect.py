"""What databases write differently from one another, each with a way that most of them understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from armslength.query.engines.compile.limits import Limits
from armslength.query.model.nodes import Node

if TYPE_CHECKING:  # a scope holds a dialect, and a dialect compiles in a scope
    from armslength.query.engines.compile.scope import Scope

Compile = Callable[[Any, "Scope"], exp.Expr]  # each takes nodes of its own type
PATIENT, GROUP = "patient_id", "codelist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A value of the row with the smallest or the largest keys among rows that pass a test (None: all)."""

    value: exp.Expr
    keys: tuple[exp.Expr, ...]
    test: exp.Expr | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Values per patient and group, spread over one row per patient.

    `query` gives a row per patient; `answers` say where each is in it, as expressions over its columns.
    """

    query: exp.Select
    answers: tuple[exp.Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a database writes what the others write differently.

    `name` is what sqlglot calls it; `overrides` replace the shared compilation of an operation; `refused`
    says of operations that the database does not have why; `deepest` is how many operations it takes inside one
    another, `limits` what else it takes at most. The methods are standard SQL, or as near to it as any database
    goes; a dialect replaces those that its database does not know or has something quicker for.
    """

    name: str
    overrides: Mapping[type[Node], Compile] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    deepest: int = 24
    limits: Limits = field(default_factory=Limits)

    def written(self, query: exp.Expr, *, creates: str | None = None) -> str:
        """Return a query as the SQL to run; with `creates`, that makes a temporary table of its rows."""
        if creates is not None:
            temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
            table = exp.Table(this=exp.to_identifier(creates, quoted=True))
            query = exp.Create(this=table, kind="TABLE", expression=query, properties=temporary)
        return query.sql(dialect=self.name, pretty=True, copy=False)

    def counted(self, condition: exp.Expr) -> exp.Expr:
        """Turn true into 1, false into 0, missing into missing."""
        no = exp.Not(this=exp.Paren(this=condition.copy()))
        one, zero = exp.Literal.number(1), exp.Literal.number(0)
        return exp.Case().when(condition, one, copy=False).when(no, zero, copy=False)

    def part(self, unit: str, date: exp.Expr) -> exp.Expr:
        """Return the YEAR, MONTH or DAY of a date as a whole number."""
        found = exp.Extract(this=exp.Var(this=unit), expression=date)
        return exp.Cast(this=found, to=exp.DataType(this=exp.DataType.Type.BIGINT))

    def days_between(self, end: exp.Expr, start: exp.Expr) -> exp.Expr:
        """Return how many days after a date another one is, as a whole number."""
        return exp.Sub(this=end, expression=start)

    def ordered(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Return a value as it is compared and sorted: text by its code points, whatever the database's language."""
        return made

    def equal(self, lhs: exp.Expr, rhs: exp.Expr, value_type: Any) -> exp.Expr:
        """Say whether two values are the same: text in every character."""
        return exp.EQ(this=lhs, expression=rhs)

    def distinct(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Return a value such that different ones are different to the database."""
        return made

    def collected(self, made: exp.Expr, kept: exp.Expr, value_type: Any) -> exp.Expr:
        """Aggregate the different values of the rows that are kept, as a list."""
        values = exp.ArrayAgg(this=exp.Distinct(expressions=[made]))
        return exp.Filter(this=values, expression=exp.Where(this=kept))

    def least(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Aggregate the smallest value; false is smaller than true."""
        return exp.Min(this=self.ordered(made, value_type))

    def greatest(self, made: exp.Expr, value_type: Any) -> exp.Expr:
        """Aggregate the largest value."""
        return exp.Max(this=self.ordered(made, value_type))

    def total(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        """Aggregate the sum, in the type that the language gives it: databases widen whole numbers."""
        return exp.Cast(this=exp.Sum(this=made), to=to)

    def whole_quotient(self, whole: exp.Expr, divisor: exp.Expr) -> exp.Expr:
        """Divide whole numbers, one of which is a multiple of the other."""
        return exp.Div(this=whole, expression=divisor, typed=True, safe=False)

    def holds(self, values: exp.Expr, value: exp.Expr) -> exp.Expr:
        """Say whether a list, as aggregated of many values, holds one."""
        return exp.EQ(this=value, expression=exp.Any(this=exp.Paren(this=values)))

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Say whether a text holds another, of which no character means anything but itself."""
        place = exp.StrPosition(this=text, substr=part)
        return exp.GT(this=place, expression=exp.Literal.number(0))

    def kept_apart(self, layer: exp.Select) -> exp.Select:
        """Return a query, named because it is long, so that the database does not write it out where it is used."""
        return layer

    def picked(self, pick: Picked) -> exp.Expr:
        """Aggregate a value of the first or last row. Missing keys sort first, missing values are kept."""
        order = [
            exp.Ordered(this=key, desc=not pick.is_first, nulls_first=pick.is_first) for key in pick.keys
        ]
        ordered = exp.Order(this=pick.value, expressions=order)
        rows: exp.Expr = exp.ArrayAgg(this=ordered)
        if pick.test is not None:
            rows = exp.Filter(this=rows, expression=exp.Where(this=pick.test))
        return _first(rows)

    def spread(
        self, groups: exp.Select, *, values: list[str], answers: list[tuple[int, str | None]], wide: set[int]
    ) -> Spread:
        """Spread values over one row per patient.

        `groups` gives rows (patient_id, codelist, *values), one for each group that has any. An answer is a
        value of a group, missing where the group has no row, or with None whether there is one (missing if
        not). The answers whose numbers are in `wide` are joined to rows of events, so they must be columns.
        """
        columns: list[exp.Expr] = [_column(PATIENT)]
        found = []
        for number, (group, value) in enumerate(answers, start=1):
            test: exp.Expr = exp.EQ(this=_column(GROUP), expression=exp.Literal.number(group))
            made: exp.Expr = exp.true() if value is None else _column(value)
            is_list = value is not None and _is_list(groups, value)
            if is_list:
                # A list of lists is a table: it cannot hold a missing one, and its first row is a slice.
                test = exp.And(this=test, expression=exp.Not(this=exp.Is(this=made, expression=exp.Null())))
            # A group has one row for each patient, and a list keeps it as it is, missing or not.
            rows = exp.Filter(this=exp.ArrayAgg(this=made.copy()), expression=exp.Where(this=test))
            name = f"answer_{number}"
            columns.append(exp.alias_(_first(rows, is_list=is_list), name, quoted=True))
            found.append(_column(name))
        query = exp.select(*columns, copy=False).from_(groups.subquery("groups"), copy=False)
        return Spread(query=query.group_by(_column(PATIENT), copy=False), answers=tuple(found))


def _column(name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=True))


def _first(rows: exp.Expr, *, is_list: bool = False) -> exp.Expr:
    """Return the first of a list; lists of SQL count from 1."""
    place: exp.Expr = exp.Literal.number(1)
    if is_list:
        place = exp.Slice(this=place, expression=place.copy())
    return exp.Bracket(this=exp.Paren(this=rows), expressions=[place], offset=1)


def _is_list(groups: exp.Select, name: str) -> bool:
    """Whether a value of groups is itself a list of values."""
    made = next(each for each in groups.selects if each.alias == name).unalias()
    return isinstance(made, exp.Filter) and isinstance(made.this, exp.ArrayAgg)
