"""Leave everybody outside the population out of the scans that only serve variables, where that saves something."""

from __future__ import annotations

from dataclasses import replace

from armslength.query.engines.query_plan import QueryPlan, Stage
from armslength.query.model.nodes import Dataset, Exists, SelectPatientTable


def restrict_to_population(plan: QueryPlan) -> QueryPlan:
    """Let each scan for variables read the rows of members only, where they are few enough to pay for the test.

    Answers about others are never asked for, so both ways give the same rows. A population that is all of a
    patient table leaves nobody out; of any other it is counted when the query runs how many it leaves out.
    """
    if is_everybody(plan.dataset):
        return plan
    scans = (replace(scan, members_only=scan.stage is Stage.VARIABLES) for scan in plan.scans)
    return replace(plan, scans=tuple(scans))


def is_everybody(dataset: Dataset) -> bool:
    """Whether the population is whoever has a row in one patient table of the database."""
    population = dataset.population
    return isinstance(population, Exists) and isinstance(population.source, SelectPatientTable)
