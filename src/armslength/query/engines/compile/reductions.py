"""Each reduction as an aggregate over the rows of a scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from armslength.query.engines.compile.expressions import (
    balanced,
    cast,
    compiled,
    enclosed,
    filtering,
    literal,
)
from armslength.query.engines.compile.scope import Scope
from armslength.query.engines.engine import unsupported
from armslength.query.engines.query_plan import Reduction, rows_of
from armslength.query.model import nodes
from armslength.query.model.nodes import Node, Position, Series

Aggregate = Callable[[Any, Reduction, Scope], exp.Expr]
AGGREGATES: dict[type[Node], Aggregate] = {}


def aggregate(*kinds: type[Node]) -> Callable[[Aggregate], Aggregate]:
    """Register how reductions of these types are compiled."""

    def register(function: Aggregate) -> Aggregate:
        AGGREGATES.update(dict.fromkeys(kinds, function))
        return function

    return register


def aggregated(reduction: Reduction, scope: Scope, *, conditions: list[Series]) -> exp.Expr:
    """Compile a reduction over those of the scan's rows that fulfil the conditions."""
    kind = type(reduction.node)
    if kind not in AGGREGATES:
        raise unsupported(kind.__name__, engine=scope.compilation.dialect.name)
    made = AGGREGATES[kind](reduction.node, reduction, scope)
    tests = [filtering(condition, scope) for condition in conditions]
    if isinstance(reduction.node, nodes.CombineAsSet):
        tests.append(present(reduction.node.source, scope))
    return only_where(made, tests)


def only_where(made: exp.Expr, tests: list[exp.Expr]) -> exp.Expr:
    """Restrict an aggregate to the rows that pass all tests."""
    if not tests:
        return made
    return exp.Filter(this=made, expression=exp.Where(this=balanced(tests, exp.And)))


def present(series: Series, scope: Scope) -> exp.Expr:
    """Say whether a series is not missing."""
    return exp.Not(this=exp.Paren(this=exp.Is(this=enclosed(compiled(series, scope)), expression=exp.Null())))


def is_single_key(reduction: Reduction) -> bool:
    """Whether all that is read from a pick is its only sort key."""
    key, *others = reduction.keys
    return not others and isinstance(key, nodes.SelectColumn) and reduction.columns == (key.name,)


@aggregate(nodes.Exists)
def _exists(node: nodes.Exists, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.LogicalOr(this=exp.true())


@aggregate(nodes.Count)
def _count(node: nodes.Count, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.Count(this=exp.Star())


@aggregate(nodes.CountDistinct)
def _count_distinct(node: nodes.CountDistinct, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[compiled(node.source, scope)]))


SIMPLE: dict[type[Node], type[exp.AggFunc]] = {nodes.Min: exp.Min, nodes.Max: exp.Max}


@aggregate(*SIMPLE)
def _simple(node: nodes.SeriesAggregation, reduction: Reduction, scope: Scope) -> exp.Expr:
    return SIMPLE[type(node)](this=compiled(node.source, scope))


@aggregate(nodes.Sum)
def _sum(node: nodes.Sum, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.Sum(this=cast(compiled(node.source, scope), node.source.value_type))


@aggregate(nodes.Mean)
def _mean(node: nodes.Mean, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.Avg(this=cast(compiled(node.source, scope), float))


@aggregate(nodes.CombineAsSet)
def _set(node: nodes.CombineAsSet, reduction: Reduction, scope: Scope) -> exp.Expr:
    return exp.ArrayAgg(this=exp.Distinct(expressions=[compiled(node.source, scope)]))


@aggregate(nodes.PickOneRowPerPatient)
def _pick(node: nodes.PickOneRowPerPatient, reduction: Reduction, scope: Scope) -> exp.Expr:
    """Take the row with the smallest or largest key: one pass, no sorting of all rows of each patient."""
    is_first = node.position is Position.FIRST
    keys = [compiled(key, scope) for key in reduction.keys]
    if is_single_key(reduction) and not is_first:
        # The largest value is missing only when all are, and missing sorts first: MAX is the last row.
        return exp.Max(this=keys[0])
    columns = (nodes.SelectColumn(rows_of(node.source), name) for name in reduction.columns)
    fields = [
        exp.PropertyEQ(this=exp.to_identifier(column.name, quoted=True), expression=compiled(column, scope))
        for column in columns
    ]
    kind = exp.ArgMin if is_first else exp.ArgMax
    return kind(this=exp.Struct(expressions=fields), expression=scope.compilation.dialect.sort_key(keys))


def episodes(reduction: Reduction, scope: Scope) -> tuple[exp.Expr, exp.Expr]:
    """Return (days since the patient's previous date, aggregate over them as column `gap`).

    The first date begins an episode, and so does each that is more than the gap after the one before.
    """
    node = reduction.node
    assert isinstance(node, nodes.CountEpisodes)  # noqa: S101 - the only windowed reduction
    date = compiled(node.source, scope)
    previous = exp.Window(
        this=exp.Lag(this=date),
        partition_by=[scope.patient.copy()],
        order=exp.Order(expressions=[exp.Ordered(this=date.copy(), nulls_first=True)]),
    )
    gap = exp.Sub(this=date.copy(), expression=previous)
    column = exp.column(exp.to_identifier("gap", quoted=True))
    is_first = exp.Is(this=column, expression=exp.Null())
    is_late = exp.GT(this=column.copy(), expression=literal(node.maximum_gap_days))
    return gap, only_where(exp.Count(this=exp.Star()), [balanced([is_first, is_late], exp.Or)])
