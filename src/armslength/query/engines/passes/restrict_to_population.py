"""Leave everybody outside the population out of the scans that only serve variables."""

from __future__ import annotations

from dataclasses import replace

from armslength.query.engines.query_plan import QueryPlan, Stage


def restrict_to_population(plan: QueryPlan) -> QueryPlan:
    """Let each scan for variables read the rows of members only."""
    scans = (replace(scan, members_only=scan.stage is Stage.VARIABLES) for scan in plan.scans)
    return replace(plan, scans=tuple(scans))
