"""Run one query on an engine over plain rows."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pyarrow as pa

from armslength.query.engines.arrow_types import arrow_type
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.compile.limits import Limits
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.duckdb import DIALECT
from armslength.query.engines.engine import ArrowTables, Settings, find_engine
from armslength.query.engines.passes import planned
from armslength.query.model.nodes import Dataset, InlinePatientTable, tables_of

# The conformance list: which part of the generated queries each engine is asked. A server takes longer to ask.
EMBEDDED = ("duckdb",)
SHARES = {"duckdb": 1.0, "mssql": 0.1, "postgresql": 0.25, "spark": 0.05, "trino": 0.1}
Rows = dict[str, list[tuple[Any, ...]]]


def arrow_tables(dataset: Dataset, data: Rows) -> ArrowTables:
    """Return every table of the query, with the rows given for it."""
    found = {}
    for table in tables_of(dataset):
        if not isinstance(table, InlinePatientTable):
            rows = data.get(table.name, [])
            fields = [("patient_id", pa.int64())]
            fields += [(name, arrow_type(table.schema[name].type)) for name in table.schema.names]
            columns = list(zip(*rows, strict=True)) or [()] * len(fields)
            arrays = [pa.array(column, type=kind) for column, (_, kind) in zip(columns, fields, strict=True)]
            found[table.name] = pa.table(arrays, schema=pa.schema(fields))
    return ArrowTables(tables=found)


def answers(
    dataset: Dataset,
    data: Rows,
    *passes_to_try: Any,
    engine: str = "duckdb",
    limits: Limits | None = None,
    deepest: int = 24,
) -> list[dict[str, list[tuple[Any, ...]]]]:
    """Return the rows of each result, once for each choice of passes (None is the engine's own).

    With `limits` the engine is told that its database takes no more than that.
    """
    found = []
    opened = find_engine(engine).open(arrow_tables(dataset, data), settings=Settings(threads=1))
    with closing(opened):
        for passes in passes_to_try or (None,):
            plan = opened.compile(dataset, backend=DIRECT, passes=passes)
            if limits is not None:
                dialect = replace(getattr(opened, "dialect", DIALECT), limits=limits, deepest=deepest)
                plan = compile_plan(planned(dataset, passes), dialect=dialect, backend=DIRECT)
            results = {}
            for result in opened.execute(plan):
                table = result.rows.read_all()
                results[result.name] = list(
                    zip(*(column.to_pylist() for column in table.columns), strict=True)
                )
            found.append(results)
    return found
