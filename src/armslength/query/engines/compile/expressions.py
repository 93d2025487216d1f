"""Each operation as a SQL expression that every dialect shares: one small function per node type."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from armslength.query.engines.compile.dialect import Compile
from armslength.query.engines.compile.limits import LARGEST_WRITTEN_SET as LARGEST_WRITTEN_SET
from armslength.query.engines.compile.scope import Scope, Tag, named, quoted
from armslength.query.engines.engine import unsupported
from armslength.query.engines.lookups import lookup_of
from armslength.query.engines.query_plan import reduced
from armslength.query.model import nodes
from armslength.query.model.nodes import Node, Series

EXPRESSIONS: dict[type[Node], Compile] = {}
SQL_TYPES = {
    bool: exp.DataType.Type.BOOLEAN,
    int: exp.DataType.Type.BIGINT,
    float: exp.DataType.Type.DOUBLE,
    datetime.date: exp.DataType.Type.DATE,
}


def expression(*kinds: type[Node]) -> Callable[[Any], Any]:
    """Register how nodes of these types are compiled."""

    def register(function: Any) -> Any:
        EXPRESSIONS.update(dict.fromkeys(kinds, function))
        return function

    return register


def compiled(node: Node, scope: Scope) -> exp.Expr:
    """Compile a series in a scope. The dialect's own way comes first. Raises Mistake Q102."""
    if node in scope.values:
        return scope.values[node].copy()
    dialect = scope.compilation.dialect
    compile_node = dialect.overrides.get(type(node)) or EXPRESSIONS.get(type(node))
    operation = type(node).__name__
    if compile_node is None or operation in dialect.refused:
        raise unsupported(operation, engine=dialect.name, why=dialect.refused.get(operation, ""))
    return compile_node(node, scope)


def operand(node: Node, scope: Scope) -> exp.Expr:
    """Compile a series to stand inside a larger expression: sqlglot adds no parentheses of its own."""
    return enclosed(compiled(node, scope))


def enclosed(made: exp.Expr) -> exp.Expr:
    """Put parentheses around what would otherwise bind to its neighbours."""
    binds = isinstance(made, (exp.Binary, exp.Unary, exp.In)) and not isinstance(made, (exp.Paren, exp.Dot))
    return exp.Paren(this=made) if binds else made


def sql_type(value_type: Any) -> exp.DataType:
    """Return the SQL type of a value type; every kind of code is text."""
    return exp.DataType(this=SQL_TYPES.get(value_type, exp.DataType.Type.VARCHAR))


def cast(made: exp.Expr, value_type: Any) -> exp.Cast:
    """Cast, never relying on what `sqlglot.cast` leaves out as unneeded."""
    return exp.Cast(this=made, to=sql_type(value_type))


def number(node: Series, scope: Scope) -> exp.Expr:
    """Compile an operand of arithmetic in 64 bits: a column or a literal may be narrower."""
    if isinstance(node, (nodes.Value, nodes.SelectColumn)):
        return cast(compiled(node, scope), node.value_type)
    return operand(node, scope)


def literal(value: Any) -> exp.Expr:
    """Write a constant. Floats are cast, because 0.1 alone would be a decimal."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return exp.Literal.number(value)
    if isinstance(value, float):
        return cast(exp.Literal.string(repr(value)), float)
    if isinstance(value, datetime.date):
        return cast(exp.Literal.string(value.isoformat()), datetime.date)
    return exp.Literal.string(str(value))


@expression(nodes.Value)
def _value(node: nodes.Value, scope: Scope) -> exp.Expr:
    return literal(node.value)


@expression(nodes.SelectColumn)
def _column(node: nodes.SelectColumn, scope: Scope) -> exp.Expr:
    return scope.column(node)


@expression(nodes.Case)
def _case(node: nodes.Case, scope: Scope) -> exp.Expr:
    made = exp.Case()
    lookup = lookup_of(node)
    if lookup is not None:
        key, found = scope.looked_up(node, compiled(lookup.source, scope))
        is_known = exp.Not(this=exp.Paren(this=exp.Is(this=key, expression=exp.Null())))
        made = made.when(is_known, found, copy=False)
        return made.else_(_or_null(lookup.default, node, scope), copy=False)
    for condition, value in node.cases:
        made = made.when(compiled(condition, scope), _or_null(value, node, scope), copy=False)
    return made.else_(_or_null(node.default, node, scope), copy=False)


def _or_null(value: Series | None, case: nodes.Case, scope: Scope) -> exp.Expr:
    return cast(exp.Null(), case.value_type) if value is None else compiled(value, scope)


BINARY: dict[type[Node], type[exp.Binary]] = {
    nodes.EQ: exp.EQ,
    nodes.NE: exp.NEQ,
    nodes.LT: exp.LT,
    nodes.LE: exp.LTE,
    nodes.GT: exp.GT,
    nodes.GE: exp.GTE,
}
ARITHMETIC: dict[type[Node], type[exp.Binary]] = {
    nodes.Add: exp.Add,
    nodes.Subtract: exp.Sub,
    nodes.Multiply: exp.Mul,
}


@expression(*BINARY)
def _comparison(node: nodes.Binary, scope: Scope) -> exp.Expr:
    lhs, rhs = operand(node.lhs, scope), operand(node.rhs, scope)
    if not isinstance(node, (nodes.EQ, nodes.NE)):
        lhs = scope.compilation.dialect.ordered(lhs, node.lhs.value_type)
    return BINARY[type(node)](this=lhs, expression=rhs)


@expression(*ARITHMETIC)
def _arithmetic(node: nodes.Binary, scope: Scope) -> exp.Expr:
    return ARITHMETIC[type(node)](this=number(node.lhs, scope), expression=number(node.rhs, scope))


@expression(nodes.And, nodes.Or)
def _logic(node: nodes.Binary, scope: Scope) -> exp.Expr:
    parts = [operand(part, scope) for part in chain(node)]
    return balanced(parts, exp.And if isinstance(node, nodes.And) else exp.Or)


def chain(node: nodes.Binary) -> list[Series]:
    """Take a chain of one connective apart, in order; it may be thousands long."""
    found: list[Series] = []
    waiting: list[Series] = [node]
    while waiting:
        current = waiting.pop()
        if type(current) is type(node):
            waiting += [current.rhs, current.lhs]
        else:
            found.append(current)
    return found


def balanced(parts: list[exp.Expr], connective: type[exp.Connector]) -> exp.Expr:
    """Join conditions as a shallow tree: databases limit how deep an expression may be."""
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) + 1) // 2
    left, right = balanced(parts[:middle], connective), balanced(parts[middle:], connective)
    return connective(this=enclosed(left), expression=enclosed(right))


@expression(nodes.Not)
def _not(node: nodes.Not, scope: Scope) -> exp.Expr:
    return exp.Not(this=operand(node.source, scope))


@expression(nodes.IsNull)
def _is_null(node: nodes.IsNull, scope: Scope) -> exp.Expr:
    return exp.Is(this=operand(node.source, scope), expression=exp.Null())


@expression(nodes.In)
def _in(node: nodes.In, scope: Scope) -> exp.Expr:
    if isinstance(node.rhs, nodes.CombineAsSet):
        found = scope.answer(node.rhs)
        contains = scope.compilation.dialect.holds(found.copy(), compiled(node.lhs, scope))
        missing = exp.Is(this=found, expression=exp.Null())
        return exp.Case().when(missing, exp.false(), copy=False).else_(contains, copy=False)
    values = node.rhs.value  # type: ignore[attr-defined]
    if not values:
        return exp.false()
    tag = scope.tag_of(node)
    if tag is None and len(values) > scope.compilation.dialect.limits.constants:
        # A database that reads thousands of constants is slow before it begins, and slow inside a CASE.
        codes = exp.select(quoted("code")).from_(named(scope.compilation.table_of_set(node.rhs)))  # type: ignore[arg-type]
        return exp.In(this=operand(node.lhs, scope), query=exp.Subquery(this=codes))
    if tag is None:
        return exp.In(this=operand(node.lhs, scope), expressions=[literal(value) for value in sorted(values)])
    is_null = exp.Is(this=compiled(node.lhs, scope), expression=exp.Null())
    found = exp.Coalesce(this=tagged(tag), expressions=[exp.false()])
    return exp.Case().when(is_null, cast(exp.Null(), bool), copy=False).else_(found, copy=False)


def tagged(tag: Tag) -> exp.Expr:
    """Say whether a row's tag has a bit: missing when the row's value is in no codelist at all."""
    bits = exp.BitwiseAnd(this=quoted(tag.column, tag.alias), expression=literal(1 << tag.bit))
    return exp.NEQ(this=exp.Paren(this=bits), expression=literal(0))


def filtering(condition: Node, scope: Scope) -> exp.Expr:
    """Compile a condition where missing counts as false, so that a tag needs no case for it."""
    tag = scope.tag_of(condition) if isinstance(condition, nodes.In) else None
    return tagged(tag) if tag else compiled(condition, scope)


@expression(nodes.Negate)
def _negate(node: nodes.Negate, scope: Scope) -> exp.Expr:
    return exp.Neg(this=exp.Paren(this=number(node.source, scope)))


@expression(nodes.Absolute)
def _absolute(node: nodes.Absolute, scope: Scope) -> exp.Expr:
    return exp.Abs(this=number(node.source, scope))


@expression(nodes.TrueDivide)
def _true_divide(node: nodes.TrueDivide, scope: Scope) -> exp.Expr:
    lhs, rhs = cast(compiled(node.lhs, scope), float), cast(compiled(node.rhs, scope), float)
    return exp.Div(this=lhs, expression=nonzero(rhs), typed=False, safe=False)


def nonzero(made: exp.Expr) -> exp.Expr:
    """Turn 0 into missing, so that dividing by it is missing."""
    return exp.Nullif(this=made, expression=literal(0))


@expression(nodes.FloorDivide)
def _floor_divide(node: nodes.FloorDivide, scope: Scope) -> exp.Expr:
    lhs, rhs = number(node.lhs, scope), number(node.rhs, scope)
    if node.lhs.value_type is float:
        divided = exp.Div(this=lhs, expression=nonzero(rhs), typed=False, safe=False)
        return cast(exp.Floor(this=divided), int)
    # Whole numbers stay whole: beyond 2^53 a float would lose the last digits.
    remainder = exp.Paren(this=exp.Mod(this=lhs, expression=nonzero(rhs)))
    positive = exp.Paren(
        this=exp.Mod(
            this=exp.Paren(this=exp.Add(this=remainder, expression=rhs.copy())),
            expression=nonzero(rhs.copy()),
        )
    )
    whole = exp.Paren(this=exp.Sub(this=lhs.copy(), expression=positive))
    return scope.compilation.dialect.whole_quotient(whole, nonzero(rhs.copy()))


@expression(nodes.Power)
def _power(node: nodes.Power, scope: Scope) -> exp.Expr:
    def base() -> exp.Expr:
        return cast(compiled(node.lhs, scope), float)

    def exponent() -> exp.Expr:
        return cast(compiled(node.rhs, scope), float)

    zero_below = balanced(
        [exp.EQ(this=base(), expression=literal(0)), exp.LT(this=exponent(), expression=literal(0))], exp.And
    )
    fraction = exp.NEQ(this=exponent(), expression=exp.Floor(this=exponent()))
    root = balanced([exp.LT(this=base(), expression=literal(0)), fraction], exp.And)
    power = exp.Pow(this=base(), expression=exponent())
    null = cast(exp.Null(), float)
    return exp.Case().when(balanced([zero_below, root], exp.Or), null, copy=False).else_(power, copy=False)


@expression(nodes.CastToInt)
def _cast_to_int(node: nodes.CastToInt, scope: Scope) -> exp.Expr:
    made = as_number(node.source, scope)
    # A plain cast of a float rounds in some databases; the language cuts off.
    return cast(exp.Trunc(this=made) if node.source.value_type is float else made, int)


@expression(nodes.CastToFloat)
def _cast_to_float(node: nodes.CastToFloat, scope: Scope) -> exp.Expr:
    return cast(as_number(node.source, scope), float)


def as_number(node: Series, scope: Scope) -> exp.Expr:
    """Compile a number, or a condition as 1 or 0."""
    made = compiled(node, scope)
    return scope.compilation.dialect.counted(made) if node.value_type is bool else made


@expression(nodes.StringContains)
def _contains(node: nodes.StringContains, scope: Scope) -> exp.Expr:
    return scope.compilation.dialect.contains(compiled(node.lhs, scope), compiled(node.rhs, scope))


@expression(nodes.MinimumOf)
def _minimum_of(node: nodes.MinimumOf, scope: Scope) -> exp.Expr:
    first, *others = (_ordered(source, scope) for source in node.sources)
    return exp.Least(this=first, expressions=others, ignore_nulls=True)


@expression(nodes.MaximumOf)
def _maximum_of(node: nodes.MaximumOf, scope: Scope) -> exp.Expr:
    first, *others = (_ordered(source, scope) for source in node.sources)
    return exp.Greatest(this=first, expressions=others, ignore_nulls=True)


def _ordered(node: Series, scope: Scope) -> exp.Expr:
    return scope.compilation.dialect.ordered(compiled(node, scope), node.value_type)


@expression(nodes.Exists)
def _exists(node: nodes.Exists, scope: Scope) -> exp.Expr:
    answer = reduced(node)
    if answer is None:
        present = exp.Is(this=scope.patient_column(node.source, "patient_id"), expression=exp.Null())
        return exp.Not(this=exp.Paren(this=present))
    return exp.Coalesce(this=scope.answer(answer), expressions=[exp.false()])


@expression(nodes.Count)
def _count(node: nodes.Count, scope: Scope) -> exp.Expr:
    answer = reduced(node)
    if isinstance(answer, nodes.Count):
        return exp.Coalesce(this=scope.answer(answer), expressions=[literal(0)])
    return scope.compilation.dialect.counted(_exists(nodes.Exists(node.source), scope))


@expression(nodes.CountDistinct, nodes.CountEpisodes)
def _count_of(node: nodes.SeriesAggregation, scope: Scope) -> exp.Expr:
    return exp.Coalesce(this=scope.answer(node), expressions=[literal(0)])


@expression(nodes.Min, nodes.Max, nodes.Sum, nodes.Mean)
def _answer(node: nodes.SeriesAggregation, scope: Scope) -> exp.Expr:
    return scope.answer(node)
