"""Ask a query of a few rows given in place: what tests of definitions and the manual's examples use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import find_engine_class, named_tables
from armslength.query.api.datasets import one_row_per_patient
from armslength.query.engines.arrow_types import arrow_type
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.engine import ArrowTables, Settings
from armslength.query.model.nodes import Dataset, SelectPatientTable, SelectTable
from armslength.query.model.reference import evaluate

Row = Mapping[str, Any] | Sequence[Any]
Tables = Mapping[str, Iterable[Row]]
REFERENCE = "reference"


def extract(dataset: Dataset, tables: Tables, *, engine: str = "duckdb") -> list[dict[str, Any]]:
    """Return the rows of a dataset as dictionaries, ordered by patient.

    `tables` gives rows by table name: dictionaries with `patient_id` (absent columns are missing), or
    sequences of `patient_id` and then the columns in the contract's order. `engine` is an installed
    engine or `reference`, which defines what the answer is.
    """
    return extract_all(dataset, tables, engine=engine)["dataset"]


def extract_all(
    dataset: Dataset, tables: Tables, *, engine: str = "duckdb"
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each result table: `dataset` and the event tables."""
    if engine == REFERENCE:
        return _by_reference(dataset, tables)
    source = ArrowTables(
        tables={t.name: arrow_rows(t, tables.get(t.name, ())) for t in named_tables(dataset)}
    )
    opened = find_engine_class(engine).open(source, settings=Settings(threads=1))
    try:
        found = {}
        with closing(opened.execute(opened.compile(dataset, backend=DIRECT))) as results:
            for result in results:
                rows = one_row_per_patient(result.rows) if result.name == "dataset" else result.rows
                found[result.name] = rows.read_all().to_pylist()
        return found
    finally:
        opened.close()


def arrow_rows(table: SelectTable | SelectPatientTable, rows: Iterable[Row]) -> pa.Table:
    """Return rows as an Arrow table with the columns of a contract table. Raises Mistake Q116."""
    names = ("patient_id", *table.schema.names)
    kinds = [pa.int64(), *(arrow_type(table.schema[name].type) for name in table.schema.names)]
    columns: list[list[Any]] = [[] for _ in names]
    for row in rows:
        values = [row.get(name) for name in names] if isinstance(row, Mapping) else list(row)
        if len(values) != len(names) or (isinstance(row, Mapping) and not set(row) <= set(names)):
            hint = f"its columns are {', '.join(names)}"
            raise Mistake("Q116", f"a row does not fit table `{table.name}`: {row!r}", hint=hint)
        for column, value in zip(columns, values, strict=True):
            column.append(_plain(value))
    try:
        arrays = [pa.array(column, type=kind) for column, kind in zip(columns, kinds, strict=True)]
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise Mistake("Q116", f"a value does not fit table `{table.name}`: {error}") from None
    return pa.table(arrays, names=list(names))


def _plain(value: Any) -> Any:
    """Codes are strings of a class of their own, which Arrow does not take for strings."""
    return str(value) if isinstance(value, str) else value


def _by_reference(dataset: Dataset, tables: Tables) -> dict[str, list[dict[str, Any]]]:
    answer = evaluate(dataset, {name: list(rows) for name, rows in tables.items()})
    found = {"dataset": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]}
    for name, events in dataset.events:
        names = ("patient_id", *(member for member, _ in events.members))
        found[name] = [dict(zip(names, row, strict=True)) for row in answer.events[name]]
    return found
