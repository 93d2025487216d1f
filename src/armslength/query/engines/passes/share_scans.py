"""Read the rows of an event table once for all reductions that look at the same ones."""

from __future__ import annotations

from dataclasses import replace

from armslength.query.engines.query_plan import (
    QueryPlan,
    Reduction,
    Scan,
    is_membership,
    required_codelist_column,
)


def share_scans(plan: QueryPlan) -> QueryPlan:
    """Merge scans of one table that run at the same time and look at the same rows.

    A reduction whose rows depend on another one must wait for it, so scans are merged within a stage and
    a level; those that compare neighbouring rows stay alone. Reductions of the rows in one codelist are not
    mixed with those of others: each row read costs a test for every reduction of its scan. Where a lookup
    makes that cheap, `group_by_codelist` and `tag_codelists` merge them.
    """
    merged: dict[object, tuple[Scan, list[Reduction]]] = {}
    for scan in plan.scans:
        for reduction in scan.reductions:
            alone = reduction.node if reduction.is_windowed else None
            key = (scan.stage, scan.level, scan.table, *_codelists(reduction), alone)
            merged.setdefault(key, (scan, []))[1].append(reduction)
    scans = (replace(scan, reductions=tuple(reductions)) for scan, reductions in merged.values())
    return replace(plan, scans=tuple(scans))


def _codelists(reduction: Reduction) -> tuple[str | None, frozenset[object]]:
    """Return the column whose code must be in some codelists for a row to count, and those codelists."""
    column = required_codelist_column(reduction)
    required = (each for each in reduction.conditions if is_membership(each))
    return column, frozenset(each.rhs.value for each in required if each.lhs.name == column)  # type: ignore[attr-defined]
