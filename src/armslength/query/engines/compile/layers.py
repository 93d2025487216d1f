"""Large expressions in layers: parts that would make a SQL expression too deep or too long become columns first.

A query is a graph that shares its parts; a SQL expression is a tree that writes them out each time. A variable built on
variables, each used twice, would double in length at every step, and a chain of 500 `when` would be nested 500 deep,
which no database parses. So parts over a budget are worked out in a subquery of their own, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from armslength.query.engines.compile.expressions import cast, chain, compiled
from armslength.query.engines.compile.scope import Scope, called, named, quoted
from armslength.query.engines.lookups import lookup_of
from armslength.query.model import nodes
from armslength.query.model.nodes import Node, Series

LARGEST = 60  # operations of SQL in one expression
SMALL = 40  # writing this much out again is cheaper than a column
# Where one operation is more than one of SQL: how many it takes, how often it writes its operands, how deep it goes.
SIZES: dict[type[Node], int] = {
    nodes.FloorDivide: 12,
    nodes.Power: 20,
    nodes.DateAddDays: 12,
    nodes.DateAddMonths: 40,
    nodes.DateAddYears: 40,
    nodes.DateDifferenceInMonths: 12,
    nodes.DateDifferenceInYears: 12,
}
COPIES: dict[type[Node], int] = {
    # DuckDB reads NULLIF(x, y) as a CASE that has x twice.
    nodes.TrueDivide: 2,
    nodes.FloorDivide: 8,
    nodes.Power: 4,
    nodes.DateAddDays: 4,
    nodes.DateAddMonths: 12,
    nodes.DateAddYears: 12,
    nodes.DateDifferenceInMonths: 2,
    nodes.DateDifferenceInYears: 2,
}
LEVELS: dict[type[Node], int] = {nodes.DateAddDays: 4, nodes.DateAddMonths: 8, nodes.DateAddYears: 8}


@dataclass(frozen=True, slots=True)
class _Weight:
    """What an expression costs when written out: operations, and how deep. `layer` is the last it reads from."""

    size: int
    depth: int
    layer: int


def layered(query: exp.Select, scope: Scope) -> exp.Select:
    """Give a query the layers its scope has, before the rows it reads."""
    for name, layer in scope.layers.items():
        kept = scope.compilation.dialect.kept_apart(layer)
        query = query.with_(exp.to_identifier(name, quoted=True), as_=kept, materialized=False, copy=False)
    return query


def rows_with_layers(relation: exp.Expr, alias: str, scope: Scope, roots: Iterable[Node]) -> exp.Expr:
    """Return what to read from instead of `relation`: the same rows, and a column for each part that is too large.

    The parts become known to the scope, and its queries must be given their layers with `layered`.
    """
    for number, parts in enumerate(_layers(list(roots), scope), start=1):
        inner = replace(scope, tags={}, joins={}, values=dict(scope.values))
        columns = [exp.Column(this=exp.Star(), table=exp.to_identifier(alias, quoted=True))]
        names = {part: f"armslength_value_{number}_{n}" for n, part in enumerate(parts, start=1)}
        made = [called(cast(compiled(part, inner), part.value_type), name) for part, name in names.items()]
        select = exp.select(*columns, *made, copy=False).from_(relation, copy=False)
        for join in inner.joins.values():
            select.append("joins", join)
        name = f"armslength_layer_{number}"
        scope.layers[name] = select
        scope.values |= {part: quoted(column, alias) for part, column in names.items()}
        relation = exp.alias_(named(name), alias, table=True, quoted=True)
    return relation


def _layers(roots: list[Node], scope: Scope) -> Iterator[list[Series]]:
    """Yield the parts to work out beforehand, those that others need first."""
    weights: dict[Node, _Weight] = {}
    parts: dict[Series, int] = {}
    deepest = scope.compilation.dialect.deepest
    for node in nodes.walk(*roots, into=lambda each: _operands(each)):
        inside = _operands(node)
        if _over_budget(node, [weights[each] for each in inside], deepest):
            for each in inside:
                if weights[each].size > SMALL or weights[each].depth > deepest // 2:
                    layer = weights[each].layer + 1
                    parts[each] = layer
                    weights[each] = _Weight(1, 1, layer)
        weights[node] = _weight(node, [weights[each] for each in inside])
    for number in range(1, max(parts.values(), default=0) + 1):
        yield [part for part, layer in parts.items() if layer == number]


def _weight(node: Node, inside: list[_Weight]) -> _Weight:
    return _Weight(
        size=SIZES.get(type(node), 1) + COPIES.get(type(node), 1) * sum(each.size for each in inside),
        depth=LEVELS.get(type(node), 1) + max((each.depth for each in inside), default=0),
        layer=max((each.layer for each in inside), default=0),
    )


def _over_budget(node: Node, inside: list[_Weight], deepest: int) -> bool:
    weight = _weight(node, inside)
    return weight.size > LARGEST or weight.depth > deepest


def _operands(node: Node) -> tuple[Series, ...]:
    """The series that are written into an expression, as often as they are; nothing of what is joined to it."""
    if isinstance(node, (nodes.And, nodes.Or)):
        return tuple(chain(node))
    if isinstance(node, nodes.In):
        return (node.lhs,)
    lookup = lookup_of(node)
    if lookup is not None:
        return (lookup.source,) if lookup.default is None else (lookup.source, lookup.default)
    if isinstance(node, (nodes.Operation, nodes.Case)):
        return tuple(operand for _, _, operand in node.operands())
    return ()
