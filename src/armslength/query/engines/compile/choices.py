"""Whether a reading leaves out everybody outside the population: counted when the query runs, by what pays."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from sqlglot import exp

from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.scope import POPULATION, called, named
from armslength.query.engines.engine import Choice, ResultQuery
from armslength.query.model.nodes import Dataset, SelectPatientTable, tables_of

# Asking of each row whether it is a member's costs a tenth of what its answers do.
SHARE = 0.9


def choice_of(
    dataset: Dataset,
    *,
    backend: Backend,
    written: Callable[[exp.Expr], str],
    otherwise: Callable[[], str],
    purpose: str,
) -> Choice | None:
    """Return how to decide whether a reading is of members only, None where counting people is no small matter.

    People are counted in the tables of patients that the query has, as far as those are tables of the database.
    """
    tables = [each for each in tables_of(dataset) if isinstance(each, SelectPatientTable)]
    mapped = [backend.mapping_of(each) for each in tables]
    sources = list(dict.fromkeys(each.table for each in mapped if each.query is None))
    if not sources:
        return None
    names = ["members", *(f"people_{number}" for number in range(1, len(sources) + 1))]
    counts = [
        called(exp.Subquery(this=_count(source)), name)
        for source, name in zip([POPULATION, *sources], names, strict=True)
    ]
    schema = pa.schema([pa.field(name, pa.int64()) for name in names])
    query = written(exp.select(*counts, copy=False))
    counted = ResultQuery(name="members", purpose="count the population", sql=query, schema=schema)
    told = f"{purpose}; of everybody, for nearly all are members"
    return Choice(counted=counted, share=SHARE, otherwise=otherwise, purpose=told)


def _count(table: str) -> exp.Select:
    number = exp.Cast(this=exp.Count(this=exp.Star()), to=exp.DataType(this=exp.DataType.Type.BIGINT))
    return exp.select(number, copy=False).from_(named(table), copy=False)
