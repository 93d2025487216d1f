"""What DuckDB writes differently from other databases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from armslength.query.engines.compile.dialect import GROUP, PATIENT, Dialect, Picked, Spread
from armslength.query.engines.compile.expressions import cast, literal
from armslength.query.engines.compile.scope import called, quoted

LISTS, PLACES = "lists", "places"
PARTS: dict[str, type[exp.Func]] = {"YEAR": exp.Year, "MONTH": exp.Month, "DAY": exp.Day}


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckDBDialect(Dialect):
    """DuckDB: keys in one binary value, groups as lists.

    Structs and comparisons of rows are avoided where they would cost something for each event: an ARG_MAX of a
    struct takes six times as long as one of a number.
    """

    def counted(self, condition: exp.Expr) -> exp.Expr:
        return cast(condition, int)

    def part(self, unit: str, date: exp.Expr) -> exp.Expr:
        return PARTS[unit](this=date)

    def total(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        """Leave sums in 128 bits, where a step on the way to the answer may be larger than the answer."""
        return exp.Sum(this=made)

    def whole_quotient(self, whole: exp.Expr, divisor: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=whole, expression=divisor)

    def holds(self, values: exp.Expr, value: exp.Expr) -> exp.Expr:
        return exp.ArrayContains(this=values, expression=value)

    def contains(self, text: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Contains(this=text, expression=part)

    def picked(self, pick: Picked) -> exp.Expr:
        """Take the value at one binary key of all keys; the `_NULL` kinds keep values that are missing."""
        key: exp.Expr = self._sort_key(pick.keys)
        if pick.test is not None:
            # A FILTER clause says the same, but splits the rows anew for each aggregate: see `only_when`.
            key = exp.Case().when(pick.test, key, copy=False)
        return exp.func("ARG_MIN_NULL" if pick.is_first else "ARG_MAX_NULL", pick.value, key)

    def _sort_key(self, keys: tuple[exp.Expr, ...]) -> exp.Expr:
        """One binary key of several: measured a third faster than comparing rows, and missing sorts first."""
        arguments: list[exp.Expr] = []
        for key in keys:
            arguments += [key, exp.Literal.string("ASC NULLS FIRST")]
        return exp.func("CREATE_SORT_KEY", *arguments)

    def spread(
        self, groups: exp.Select, *, values: list[str], answers: list[tuple[int, str | None]], wide: set[int]
    ) -> Spread:
        """Keep the groups of a patient as lists, one of group numbers and one per value, in the same order.

        An answer is the value at the place of its group's number. Finding it costs the same for each
        variable of a patient, where a CASE per variable costs the same for each row; and a patient without
        a code takes no room for it. The lists are taken from one list of structs, because two lists made
        side by side need not have the same order.
        """
        fields = [
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=quoted(name))
            for name in (GROUP, *values)
        ]
        rows = called(exp.ArrayAgg(this=exp.Struct(expressions=fields)), "rows")
        query = exp.select(quoted(PATIENT), rows, copy=False).from_(groups.subquery("groups"), copy=False)
        query = query.group_by(quoted(PATIENT), copy=False)
        columns = [quoted(PATIENT), *(_field_of_each(name) for name in (GROUP, *values))]
        query = exp.select(*columns, copy=False).from_(query.subquery(LISTS), copy=False)
        found = [_answer(group, value) for group, value in answers]
        if wide:
            named = {number: f"answer_{number}" for number in sorted(wide)}
            made = [called(found[n - 1], name) for n, name in named.items()]
            query = exp.select(exp.Star(), *made, copy=False).from_(query.subquery(PLACES), copy=False)
            found = [quoted(named[n]) if n in wide else each for n, each in enumerate(found, start=1)]
        return Spread(query=query, answers=tuple(found))


def _field_of_each(name: str) -> exp.Expr:
    """`[row.name for row in rows]`."""
    row = exp.to_identifier("row")
    field = exp.func("STRUCT_EXTRACT", exp.Column(this=row), exp.Literal.string(name))
    each = exp.Lambda(this=field, expressions=[row.copy()])
    return called(exp.func("LIST_TRANSFORM", quoted("rows"), each), name)


def _answer(group: int, value: str | None) -> exp.Expr:
    place = exp.func("LIST_POSITION", quoted(GROUP), literal(group))
    if value is None:
        return exp.Not(this=exp.Paren(this=exp.Is(this=place, expression=exp.Null())))
    return exp.func("LIST_EXTRACT", quoted(value), place)
