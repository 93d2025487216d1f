"""The lists by which people are held back, read into a store: whole, or nothing is stored at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.lists import PRACTICE, listed_columns
from armslength.query.formats.store import ColumnType, StoreWriter
from armslength.query.stores.omop_report import TableReport
from armslength.query.stores.omop_rows import staged_schema
from armslength.query.stores.omop_schema import CdmColumn, CdmTable

LISTS = frozenset(listed_columns(""))


def list_table(name: str, *, person: str) -> CdmTable:
    """Return a list as a table with one column of ids; `person` is what the store calls a person's id."""
    column = CdmColumn(name=listed_columns(person)[name], type=ColumnType.INT, required=True)
    return CdmTable(name=name, columns=(column,), key=None)


def rows_of_list(
    batches: Iterable[pa.RecordBatch], *, report: TableReport, where: str
) -> Iterator[pa.RecordBatch]:
    """Pass on the rows of a list. Raises Mistake D034 for one that cannot be read.

    A row that is left out elsewhere is a person who is then not held back, so here none is left out.
    """
    yield from batches
    lines = [line for each in report.refusals for line in each.lines]
    if report.rows_refused or report.missing_columns:
        reasons = [each.reason for each in report.refusals] or [
            f"it lacks `{name}`" for name in report.missing_columns
        ]
        what = f"the list `{report.table}` cannot be read whole: {'; '.join(reasons)}"
        place = f"{where}, line {min(lines)}" if lines else where
        raise Mistake(
            "D034", what, where=place, hint="mend the file; nothing is stored without the whole list"
        )


def store_list(writer: StoreWriter, table: CdmTable, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a list and return how many ids it has. One without any is kept, too: it says that there are none."""
    schema = staged_schema(table).remove(len(table.columns))
    (column,) = table.columns
    patient = None if column.name == PRACTICE else column.name
    writer.add_table(table.name, schema=schema, patient_id=patient)
    rows = 0
    for batch in batches:
        writer.write(table.name, batch.select([column.name]).cast(schema))
        rows += batch.num_rows
    return rows


def lists_among(names: Collection[str]) -> tuple[str, ...]:
    """Return the lists among some tables, in the order of their names."""
    return tuple(sorted(LISTS & set(names)))
