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
from armslength.query.engines.compile.limits import is_over
from armslength.query.engines.compile.scope import Scope, called, named, quoted
from armslength.query.engines.lookups import lookup_of
from armslength.query.engines.query_plan import reduced
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
    """What an expression costs when written out: operations, how deep, what is joined for it.

    `layer` is the last that it reads from.
    """

    size: int
    depth: int
    layer: int
    joins: frozenset[object]


@dataclass(frozen=True, slots=True)
class _Part:
    """An expression to work out beforehand: after which others, and what is joined for it."""

    series: Series
    layer: int
    joins: frozenset[object]


def layered(query: exp.Select, scope: Scope) -> exp.Select:
    """Give a query the layers its scope has, before the rows it reads."""
    for name, layer in scope.layers.items():
        kept = scope.compilation.dialect.kept_apart(layer)
        query = query.with_(exp.to_identifier(name, quoted=True), as_=kept, materialized=False, copy=False)
    return query


def rows_with_layers(relation: exp.Expr, alias: str, scope: Scope, roots: Iterable[Node]) -> exp.Expr:
    """Return what to read from instead of `relation`: the same rows, and a column for each part that is too large.

    The parts become known to the scope, and its queries must be given their layers with `layered`. Layers that
    are too many for one statement, or join too much, become temporary tables of the compilation.
    """
    wanted = list(roots)
    limits = scope.compilation.dialect.limits
    parts, left = _parts(wanted, scope)
    steps = list(_steps(parts, limits.joins))
    joined: frozenset[object] = frozenset()
    for number, step in enumerate(steps, start=1):
        relation = _layer(relation, alias, scope, [part.series for part in step], number)
        joined |= frozenset().union(*(part.joins for part in step))
        following = [part.joins for part in steps[number]] if number < len(steps) else [left]
        then = joined.union(*following)
        if is_over(len(then), limits.joins) or is_over(len(scope.layers) + 1, limits.layers):
            relation, joined = _kept(relation, alias, scope), frozenset()
    return relation


def _layer(relation: exp.Expr, alias: str, scope: Scope, parts: list[Series], number: int) -> exp.Expr:
    """Add a layer to a scope that gives each of some parts a column; return what to read from it."""
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
    return exp.alias_(named(name), alias, table=True, quoted=True)


def _kept(relation: exp.Expr, alias: str, scope: Scope) -> exp.Expr:
    """Turn the layers of a scope into a temporary table, made beforehand; return what to read from it."""
    kept = scope.compilation.kept
    name = f"armslength_kept_{len(kept) + 1}"
    kept[name] = layered(exp.select("*").from_(relation, copy=False), scope)
    scope.layers.clear()
    return exp.alias_(named(name), alias, table=True, quoted=True)


def layer_columns(roots: Iterable[Node], scope: Scope) -> int:
    """Return how many columns the layers of some expressions would add to the rows."""
    return len(_parts(list(roots), scope)[0])


def _steps(parts: list[_Part], most: int | None) -> Iterator[list[_Part]]:
    """Yield what each layer works out: after what it needs, and with no more joins than the database takes."""
    step: list[_Part] = []
    for part in sorted(parts, key=lambda part: part.layer):
        joins = part.joins.union(*(each.joins for each in step))
        if step and (part.layer != step[0].layer or is_over(len(joins), most)):
            yield step
            step = []
        step.append(part)
    if step:
        yield step


def _parts(roots: list[Node], scope: Scope) -> tuple[list[_Part], frozenset[object]]:
    """Return the parts to work out beforehand, and what is joined for what is left then."""
    weights: dict[Node, _Weight] = {}
    parts: dict[Series, _Part] = {}
    dialect = scope.compilation.dialect

    def take_out(each: Series) -> None:
        held = weights[each]
        parts[each] = _Part(each, held.layer + 1, held.joins)
        weights[each] = _Weight(1, 1, held.layer + 1, frozenset())

    for node in nodes.walk(*roots, into=lambda each: _operands(each)):
        inside = _operands(node)
        whole = _weight(node, [weights[each] for each in inside], scope)
        if (
            whole.size > LARGEST
            or whole.depth > dialect.deepest
            or is_over(len(whole.joins), dialect.limits.joins)
        ):
            for each in inside:
                is_large = weights[each].size > SMALL or weights[each].depth > dialect.deepest // 2
                if is_large or (weights[each].joins and is_over(len(whole.joins), dialect.limits.joins)):
                    take_out(each)
            whole = _weight(node, [weights[each] for each in inside], scope)
        weights[node] = whole
    together: frozenset[object] = frozenset().union(*(weights[root].joins for root in roots))
    if is_over(len(together), dialect.limits.joins):
        together = frozenset()
        for root in dict.fromkeys(roots):
            if weights[root].joins:
                take_out(root)  # type: ignore[arg-type]
    return list(parts.values()), together


def _weight(node: Node, inside: list[_Weight], scope: Scope) -> _Weight:
    return _Weight(
        size=SIZES.get(type(node), 1) + COPIES.get(type(node), 1) * sum(each.size for each in inside),
        depth=LEVELS.get(type(node), 1) + max((each.depth for each in inside), default=0),
        layer=max((each.layer for each in inside), default=0),
        joins=_joined(node, scope).union(*(each.joins for each in inside)),
    )


def _joined(node: Node, scope: Scope) -> frozenset[object]:
    """Return what is joined to the rows for a node itself; nothing where the database does not count it."""
    if scope.compilation.dialect.limits.joins is None:
        return frozenset()
    if lookup_of(node) is not None:
        return frozenset((node,))
    if isinstance(node, nodes.In):
        return _table_of(node.rhs, scope) if isinstance(node.rhs, nodes.CombineAsSet) else frozenset()
    answer = reduced(node)
    if answer is not None:
        return _table_of(answer, scope)
    if isinstance(node, (nodes.Exists, nodes.Count, nodes.SelectColumn)) and node.source.domain is None:
        return _table_of(node.source, scope)
    return frozenset()


def _table_of(node: Node, scope: Scope) -> frozenset[object]:
    place = scope.compilation.places.get(node)
    return frozenset((node if place is None else place.table,))


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
