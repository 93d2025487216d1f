"""Look each row's code up once, instead of asking for every codelist whether the code is in it.

Testing a row against a long list inside an aggregate costs a walk along the list. Here all codelists of a
column become one table of codes, each with a bit per codelist, that is joined to the scan. Rows in
none of them are then not even read on, when every reduction requires some codelist. With that, one
reading serves all codelists of a column.
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
    required_codelist_column,
)
from armslength.query.model.nodes import SelectColumn

# One short list alone is compared faster than it is joined.
SHORT = 8


def tag_codelists(plan: QueryPlan) -> QueryPlan:
    """Merge the scans of one table that require codelists of one column, and answer memberships by lookup."""
    merged: dict[object, list[Scan]] = {}
    for scan in plan.scans:
        column = required_codelist_column(scan.reductions[0])
        is_alone = column is None or scan.groups is not None or scan.reductions[0].is_windowed
        alone = scan.reductions[0].node if is_alone else None
        merged.setdefault((scan.stage, scan.level, scan.table, column, alone), []).append(scan)
    return replace(plan, scans=tuple(_tagged(_joined(scans)) for scans in merged.values()))


def _joined(scans: list[Scan]) -> Scan:
    return replace(scans[0], reductions=tuple(each for scan in scans for each in scan.reductions))


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
