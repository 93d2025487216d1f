"""Look each row's code up once, instead of asking for every codelist whether the code is in it.

Testing a row against a long list inside an aggregate costs a walk along the list. Here all codelists of a
column become one table of codes, each with a bit per codelist, that is joined to the scan. Rows in
none of them are then not even read on, when every reduction requires some codelist.
"""

from __future__ import annotations

from dataclasses import replace

from armslength.query.engines.query_plan import (
    CodelistTags,
    QueryPlan,
    Reduction,
    Scan,
    is_membership,
    memberships_of,
)
from armslength.query.model.nodes import SelectColumn

# One short list alone is compared faster than it is joined.
SHORT = 8


def tag_codelists(plan: QueryPlan) -> QueryPlan:
    """Give each scan the codelist tables that answer its memberships."""
    return replace(plan, scans=tuple(_tagged(scan) for scan in plan.scans))


def _tagged(scan: Scan) -> Scan:
    if scan.groups is not None:
        return scan
    by_column: dict[str, dict[frozenset[object], None]] = {}
    columns: dict[str, SelectColumn] = {}
    for reduction in scan.reductions:
        for node in memberships_of(reduction):
            by_column.setdefault(node.lhs.name, {})[node.rhs.value] = None  # type: ignore[attr-defined]
            columns.setdefault(node.lhs.name, node.lhs)  # type: ignore[attr-defined, arg-type]
    tags = []
    for name, found in by_column.items():
        if len(found) > 1 or sum(map(len, found)) > SHORT:
            column, codelists = columns[name], tuple(found)
            required = all(_requires(reduction, name) for reduction in scan.reductions)
            tags.append(CodelistTags(column=column, memberships=codelists, required=required))
    return replace(scan, tags=tuple(tags))


def _requires(reduction: Reduction, column: str) -> bool:
    return any(is_membership(each) and each.lhs.name == column for each in reduction.conditions)  # type: ignore[attr-defined]
