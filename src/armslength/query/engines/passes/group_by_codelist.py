"""Work out what many codelists have in common once per patient and codelist, instead of once per variable.

Forty variables that each take the last date of their own codelist are one aggregate, asked of forty
groups of rows. So the rows of a scan are grouped by patient and codelist, each aggregate is worked out
once per group, and its values are then spread over the variables. A row costs as much as there are
different aggregates, however many codelists ask for them.
"""

from __future__ import annotations

from dataclasses import replace

from armslength.query.engines.query_plan import (
    CodelistGroups,
    QueryPlan,
    Reduction,
    Scan,
    is_membership,
    memberships_of,
    shape_of,
)
from armslength.query.model.nodes import Node, SelectColumn

# Each group keeps a value of each aggregate, so one that only a few codelists ask for costs more than it saves.
FEWEST_CODELISTS = 4


def group_by_codelist(plan: QueryPlan, *, fewest: int = FEWEST_CODELISTS) -> QueryPlan:
    """Take out of each scan the reductions whose like is asked of many codelists, into a scan by codelist."""
    return replace(plan, scans=tuple(part for scan in plan.scans for part in _parts(scan, fewest)))


def _parts(scan: Scan, fewest: int) -> list[Scan]:
    codelists: dict[tuple[str, object], set[object]] = {}
    asked: dict[Reduction, tuple[str, object]] = {}
    columns: dict[str, SelectColumn] = {}
    for reduction in scan.reductions:
        membership = only_membership(reduction)
        if membership is not None:
            column, codes = membership.lhs, membership.rhs.value  # type: ignore[attr-defined]
            asked[reduction] = (column.name, shape_of(reduction, without=membership))
            codelists.setdefault(asked[reduction], set()).add(codes)
            columns.setdefault(column.name, column)
    grouped: dict[str, list[Reduction]] = {}
    for reduction, key in asked.items():
        if len(codelists[key]) >= fewest:
            grouped.setdefault(key[0], []).append(reduction)
    taken = {each.node for reductions in grouped.values() for each in reductions}
    rest = tuple(each for each in scan.reductions if each.node not in taken)
    found = [replace(scan, reductions=rest)] if rest else []
    return found + [_by_codelist(scan, columns[name], tuple(each)) for name, each in grouped.items()]


def _by_codelist(scan: Scan, column: SelectColumn, reductions: tuple[Reduction, ...]) -> Scan:
    codelists = dict.fromkeys(only_membership(each).rhs.value for each in reductions)  # type: ignore[union-attr]
    groups = CodelistGroups(column=column, memberships=tuple(codelists))
    return replace(scan, reductions=reductions, groups=groups)


def only_membership(reduction: Reduction) -> Node | None:
    """Return the one codelist that the rows of a reduction must be in, None when it asks for others too."""
    required = [each for each in reduction.conditions if is_membership(each)]
    everywhere = memberships_of(reduction)
    return required[0] if len(required) == 1 == len(everywhere) and not reduction.is_windowed else None
