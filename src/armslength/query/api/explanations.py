"""Explain a query: the statements that would be run, in order, each with its reason."""

from __future__ import annotations

from armslength.query.api.databases import Database, find_backend
from armslength.query.api.datasets import require_no_parameters
from armslength.query.engines.engine import ArrowTables, find_engine
from armslength.query.model.nodes import Dataset


def explain(dataset: Dataset, *, database: Database | None = None, optimised: bool = True) -> str:
    """Return the plan of a query as text. No data is touched, so the database need not exist.

    `optimised=False` shows the plain plan, one reading of a table for each answer.
    """
    require_no_parameters(dataset)
    wanted = database or Database(dsn="")
    engine = find_engine(wanted.engine).open(ArrowTables(tables={}), settings=wanted.settings)
    try:
        passes = None if optimised else ()
        plan = engine.compile(dataset, backend=find_backend(wanted.backend), passes=passes)
        return engine.explain(plan)
    finally:
        engine.close()
