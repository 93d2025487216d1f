"""Read each event table once for all reductions that can be worked out together."""

from __future__ import annotations

from armslength.query.engines.query_plan import (
    QueryPlan,
    Reduction,
    Scan,
    Stage,
    required_codelist_column,
)
from armslength.query.model.nodes import Node, SelectTable


def share_scans(plan: QueryPlan) -> QueryPlan:
    """Merge scans of one table that run at the same time.

    A reduction whose rows depend on another one must wait for it: its level is one higher. Scans are
    merged within a stage and a level; those that compare neighbouring rows stay alone. Reductions that
    look at few rows, those in a codelist, are not mixed with those that look at all of them: each row
    read costs a test for every reduction of its scan.
    """
    levels = _levels(plan)
    merged: dict[tuple[object, ...], list[Reduction]] = {}
    for scan in plan.scans:
        for reduction in scan.reductions:
            alone = reduction.node if reduction.is_windowed else None
            column = required_codelist_column(reduction)
            key = (scan.stage, levels[reduction.node], scan.table, column, alone)
            merged.setdefault(key, []).append(reduction)
    scans = [_scan(stage, table, reductions) for (stage, _, table, *_), reductions in merged.items()]
    order = {id(scan): key[1] for scan, key in zip(scans, merged, strict=True)}
    return QueryPlan(dataset=plan.dataset, scans=tuple(sorted(scans, key=lambda scan: _order(scan, order))))


def _scan(stage: object, table: object, reductions: list[Reduction]) -> Scan:
    assert isinstance(stage, Stage) and isinstance(table, SelectTable)  # noqa: S101 - parts of the key above
    return Scan(table=table, stage=stage, reductions=tuple(reductions))


def _order(scan: Scan, levels: dict[int, object]) -> tuple[int, object]:
    return list(Stage).index(scan.stage), levels[id(scan)]


def _levels(plan: QueryPlan) -> dict[Node, int]:
    """Return for each reduction how many others in a row must be known before it, within its stage."""
    levels: dict[Node, int] = {}
    for stage in Stage:
        here: dict[Node, int] = {}
        reductions = [each for scan in plan.scans if scan.stage is stage for each in scan.reductions]
        # A reduction needs more than anything it needs, so this order puts it after all of that.
        for reduction in sorted(reductions, key=lambda each: len(each.needs)):
            here[reduction.node] = 1 + max(
                (here[node] for node in reduction.needs if node in here), default=0
            )
        levels |= here
    return levels
