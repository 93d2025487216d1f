"""The query as passes over tables: which rows each pass reads and what it works out per patient.

A `Reduction` is one thing worked out per patient from the rows of one event table: an aggregate, a set
of values, or a picked row. A `Scan` reads a table once and works out any number of reductions. The plan
starts with one scan for each reduction; passes make it faster without changing its answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from armslength.query.engines.lookups import lookup_of
from armslength.query.model.nodes import (
    And,
    Count,
    CountEpisodes,
    Dataset,
    Exists,
    Filter,
    Frame,
    In,
    Node,
    PickOneRowPerPatient,
    SelectColumn,
    SelectTable,
    Series,
    SeriesAggregation,
    SeriesCollectionFrame,
    Value,
    children,
    lineage,
    table_of,
    walk,
)
from armslength.query.model.picks import sort_keys, tie_breaks


class Stage(Enum):
    """When a scan runs. What the population needs is known for everybody; the rest only for its members."""

    POPULATION = "population"
    VARIABLES = "variables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """One thing worked out per patient.

    `node` is the aggregation or pick; rows count when all `conditions` are true; `columns` and `keys`
    belong to picks; `needs` are the other reductions that its rows or values depend on.
    """

    node: Node
    table: SelectTable
    conditions: tuple[Series, ...]
    columns: tuple[str, ...] = ()
    keys: tuple[Series, ...] = ()
    needs: frozenset[Node] = frozenset()

    @property
    def is_windowed(self) -> bool:
        """Whether it compares neighbouring rows, so that it cannot share a scan."""
        return isinstance(self.node, CountEpisodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodelistTags:
    """A table of the values of some codelists, joined to a scan to say which of them a row's value is in.

    Bit i says whether the value is in `memberships[i]`. When `required`, rows in none are not read.
    """

    column: SelectColumn
    memberships: tuple[frozenset[object], ...]
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """The rows whose value is in a codelist, and whose date is not before `first` and not after `last`."""

    codes: frozenset[object]
    first: datetime.date | None = None
    last: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodelistGroups:
    """Groups that the rows of a scan are put into; a row is in each it belongs to.

    `column` is what the codelists are of, `dates` what the windows are of, None when there are none.
    The n-th reduction of the scan is over the rows of `groups[of[n]]` that fulfil `conditions[n]` as well.
    """

    column: SelectColumn
    dates: SelectColumn | None
    groups: tuple[RowGroup, ...]
    of: tuple[int, ...]
    conditions: tuple[tuple[Series, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One reading of one event table. `members_only` leaves out everybody outside the population, if that pays.

    Scans of one `level` of a stage need nothing of one another.
    """

    table: SelectTable
    stage: Stage
    level: int = 0
    reductions: tuple[Reduction, ...]
    tags: tuple[CodelistTags, ...] = ()
    groups: CodelistGroups | None = None
    members_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPlan:
    """All scans of a query, each after those it needs."""

    dataset: Dataset
    scans: tuple[Scan, ...]


Pass = Callable[[QueryPlan], QueryPlan]


def plan_query(dataset: Dataset) -> QueryPlan:
    """Return the plainest plan: one scan for each reduction, population first."""
    picked = columns_by_pick(dataset)
    ties = tie_breaks(dataset)
    in_population = dict.fromkeys(reductions_below(dataset.population))
    in_variables = (node for node in reductions_below(*outputs_of(dataset)) if node not in in_population)
    staged = [(Stage.POPULATION, node) for node in in_population]
    staged += [(Stage.VARIABLES, node) for node in in_variables]
    reductions = {
        node: reduction_of(node, columns=picked.get(node, ()), ties=ties.get(node, ()))  # type: ignore[call-overload]
        for _, node in staged
    }
    scans = []
    for stage in Stage:
        levels = _levels([reductions[node] for each, node in staged if each is stage])
        for node, level in sorted(levels.items(), key=lambda each: each[1]):
            reduction = reductions[node]
            scans.append(Scan(table=reduction.table, stage=stage, level=level, reductions=(reduction,)))
    return QueryPlan(dataset=dataset, scans=tuple(scans))


def _levels(reductions: list[Reduction]) -> dict[Node, int]:
    """Return for each reduction of a stage how many others of it, in a row, must be known before."""
    levels = {each.node: 1 for each in reductions}
    # A reduction needs more than anything it needs, so this order puts it after all of that.
    for each in sorted(reductions, key=lambda each: len(each.needs)):
        levels[each.node] = 1 + max((levels[node] for node in each.needs if node in levels), default=0)
    return levels


def outputs_of(dataset: Dataset) -> tuple[Node, ...]:
    """Return every node that must be known for members of the population."""
    found: list[Node] = [variable for _, variable in dataset.variables]
    found += [events for _, events in dataset.events]
    for measure in dataset.measures:
        found += [measure.denominator, *(node for _, node in (*measure.numerators, *measure.group_bys))]
    return tuple(found)


def reduced(node: Node) -> Node | None:
    """Return the reduction that answers a node, None when it is not worked out from event rows.

    Sorting changes no count, and picking a row only asks whether there is one: so all questions about
    the same rows become the same node and are answered once.
    """
    if isinstance(node, (Exists, Count)):
        if isinstance(node.source, PickOneRowPerPatient):
            return Exists(rows_of(node.source.source))
        return None if node.source.domain is None else type(node)(rows_of(node.source))
    return node if isinstance(node, (SeriesAggregation, PickOneRowPerPatient)) else None


def rows_of(node: Node) -> Frame:
    """Return the table or Filter whose rows an event-level node ranges over."""
    assert isinstance(node.domain, Frame), f"not event-level: {node!r}"  # noqa: S101 - checked by the model
    return node.domain


def event_table(frame: Frame) -> SelectTable:
    """Return the table that an event-level frame was made from."""
    table = table_of(frame)
    assert isinstance(table, SelectTable), f"not event-level: {frame!r}"  # noqa: S101 - checked by the model
    return table


def reductions_below(*roots: Node) -> list[Node]:
    """Return every reduction needed for the roots, each once and after those it needs itself."""
    return [node for node in walk(*roots, into=ingredients) if reduced(node) is node]


def ingredients(node: Node) -> tuple[Node, ...]:
    """Return what must be known to work out a node: its operands, and for a reduction those of its rows."""
    answer = reduced(node)
    if answer is not None and answer is not node:
        return (answer,)
    if isinstance(node, (Exists, Count)):
        return () if answer is None else conditions_of(node.source)
    if isinstance(node, SeriesAggregation):
        return (node.source, *conditions_of(node.source.domain))
    if isinstance(node, PickOneRowPerPatient):
        return (*sort_keys(node), *conditions_of(node.source))
    if isinstance(node, SeriesCollectionFrame):
        return (*(member for _, member in node.members), *conditions_of(node.domain))
    if isinstance(node, SelectColumn):
        return (node.source,) if isinstance(node.source, PickOneRowPerPatient) else ()
    if isinstance(node, Frame):
        return ()
    return children(node)


def reduction_of(node: Node, *, columns: tuple[str, ...], ties: tuple[str, ...]) -> Reduction:
    """Describe a reduction: its rows, and for a pick the columns read from it and its keys."""
    domain = rows_of(node.source)  # type: ignore[attr-defined]
    keys: tuple[Series, ...] = ()
    if isinstance(node, PickOneRowPerPatient):
        keys = (*sort_keys(node), *(SelectColumn(domain, name) for name in ties))
    return Reduction(
        node=node,
        table=event_table(domain),
        conditions=conditions_of(domain),
        columns=columns,
        keys=keys,
        needs=frozenset(reductions_below(*ingredients(node))),
    )


def conditions_of(frame: Node | None) -> tuple[Series, ...]:
    """Return the conditions a row of this frame fulfils, taken apart at each `And`, each once."""
    found: dict[Series, None] = {}
    for each in lineage(frame):  # type: ignore[arg-type]
        if isinstance(each, Filter):
            found |= dict.fromkeys(conjuncts(each.condition))
    return tuple(found)


def conjuncts(condition: Node) -> Iterator[Series]:
    """Yield the parts of a conjunction. As a filter, `a and b` is true exactly when both are."""
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, And):
            waiting += [current.rhs, current.lhs]
        elif current is not Value(True):
            yield current  # type: ignore[misc]


def is_membership(node: Node) -> bool:
    """Whether a node asks if a column of event rows is in a codelist that is not empty."""
    if not isinstance(node, In) or not isinstance(node.rhs, Value):
        return False
    return isinstance(node.lhs, SelectColumn) and node.lhs.domain is not None and bool(node.rhs.value)


def required_codelist_column(reduction: Reduction) -> str | None:
    """Return the column whose code must be in some codelist for a row to count, None when any code will do."""
    memberships = (each for each in reduction.conditions if is_membership(each))
    return min((each.lhs.name for each in memberships), default=None)  # type: ignore[attr-defined]


def memberships_of(reduction: Reduction) -> list[In]:
    """Return every test of a codelist on the rows of a reduction, in its conditions, values and keys."""
    roots: list[Node] = [*reduction.conditions, *reduction.keys]
    source = getattr(reduction.node, "source", None)
    if source is not None and not isinstance(source, Frame):
        roots.append(source)
    return [node for node in walk(*roots, into=_compared) if is_membership(node)]  # type: ignore[misc]


def _compared(node: Node) -> tuple[Node, ...]:
    """Leave out the conditions of a long replacement: they are looked up all together."""
    lookup = lookup_of(node)
    if lookup is None:
        return _of_the_row(node)
    return tuple(
        each for each in (lookup.source, lookup.default) if each is not None and each.domain is not None
    )


def _of_the_row(node: Node) -> tuple[Node, ...]:
    """Stay with what is different in each row; frames and patient-level values are another scan's."""
    return tuple(
        child for child in children(node) if child.domain is not None and not isinstance(child, Frame)
    )


def shape_of(reduction: Reduction, *, without: Collection[Node]) -> tuple[object, ...]:
    """Describe what a reduction does with its rows, so that equal ones over other codelists can be recognised.

    `without` are the conditions that tell the codelists apart, and their windows.
    """
    conditions = frozenset(over_table(each) for each in reduction.conditions if each not in without)
    node = reduction.node
    details: tuple[object, ...] = ()
    if isinstance(node, PickOneRowPerPatient):
        details = (node.position, reduction.columns, *(over_table(key) for key in reduction.keys))
    elif isinstance(node, SeriesAggregation):
        details = (over_table(node.source),)
    return (type(node), conditions, *details)


def over_table(series: Node) -> Node:
    """Rebuild a series of filtered rows as the same series of the table's rows, whatever the filter was.

    What it needs of other rows (patient-level answers and picks) stays as it is.
    """
    made: dict[Node, Node] = {}
    for old in walk(series, into=_of_the_row):
        if isinstance(old, SelectColumn) and old.domain is not None:
            made[old] = SelectColumn(table_of(old.source), old.name)
        else:
            fields = [_rebuilt(getattr(old, name), made) for name in old.child_fields]
            made[old] = type(old)(*fields) if fields else old
    return made[series]


def _rebuilt(value: object, made: dict[Node, Node]) -> object:
    if isinstance(value, tuple):
        return tuple(_rebuilt(each, made) for each in value)
    return made.get(value, value) if isinstance(value, Node) else value


def columns_by_pick(dataset: Dataset) -> dict[Node, tuple[str, ...]]:
    """Return the columns read from each pick anywhere in the query, in order of their names."""
    found: dict[Node, set[str]] = {}
    for node in walk(dataset):
        if isinstance(node, SelectColumn) and isinstance(node.source, PickOneRowPerPatient):
            found.setdefault(node.source, set()).add(node.name)
    return {pick: tuple(sorted(names)) for pick, names in found.items()}
