"""PASSES: rewrites of a query that keep its answer, one file each, read top to bottom."""

from __future__ import annotations

from armslength.query.engines.passes.group_by_codelist import group_by_codelist
from armslength.query.engines.passes.restrict_to_population import restrict_to_population
from armslength.query.engines.passes.share_scans import share_scans
from armslength.query.engines.passes.tag_codelists import tag_codelists
from armslength.query.engines.query_plan import Pass

PASSES: tuple[Pass, ...] = (
    share_scans,
    group_by_codelist,
    tag_codelists,
    restrict_to_population,
)
