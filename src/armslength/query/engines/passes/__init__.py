"""PASSES: rewrites of a query that keep its answer, one file each, read top to bottom."""

from __future__ import annotations

import os
from collections.abc import Iterable

from armslength.kernel.errors import Mistake
from armslength.query.engines.passes.group_by_codelist import group_by_codelist
from armslength.query.engines.passes.restrict_to_population import restrict_to_population
from armslength.query.engines.passes.share_scans import share_scans
from armslength.query.engines.passes.tag_codelists import tag_codelists
from armslength.query.engines.query_plan import Pass, QueryPlan, plan_query
from armslength.query.model.nodes import Dataset

PASSES: tuple[Pass, ...] = (
    share_scans,
    group_by_codelist,
    tag_codelists,
    restrict_to_population,
)

SWITCHED_OFF = "ARMSLENGTH_WITHOUT_PASSES"


def chosen_passes(without: Iterable[str] = ()) -> tuple[Pass, ...]:
    """Return the passes to use: all but those named here, or, with commas between, in the environment.

    The answer of a query is the same without them; what it costs is not. Raises Mistake Q118 for a name
    that no pass has.
    """
    named = {*without, *os.environ.get(SWITCHED_OFF, "").replace(",", " ").split()}
    known = {each.__name__: each for each in PASSES}
    unknown = ", ".join(f"`{name}`" for name in sorted(named - set(known)))
    if unknown:
        hint = f"the passes are {', '.join(known)}; they are named with --without or in {SWITCHED_OFF}"
        raise Mistake("Q118", f"no pass is called {unknown}", hint=hint)
    return tuple(each for name, each in known.items() if name not in named)


def planned(dataset: Dataset, passes: tuple[Pass, ...] | None) -> QueryPlan:
    """Plan a query and rewrite the plan: by all passes for None, `()` leaves it as plain as it can be."""
    plan = plan_query(dataset)
    for rewrite in chosen_passes() if passes is None else passes:
        plan = rewrite(plan)
    return plan
