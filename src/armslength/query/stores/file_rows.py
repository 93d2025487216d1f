"""Rows of one file, streamed and typed by the contract: CSV as exports of databases are read, and Parquet."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.query.stores.file_source import SourceFile
from armslength.query.stores.omop_report import TableReport
from armslength.query.stores.omop_rows import column_names, read_rows, typed_batch
from armslength.query.stores.omop_schema import CdmTable
from armslength.query.stores.omop_source import plain_opener

BATCH_ROWS = 250_000
DAMAGED = "fetch the file again and compare its size and checksum with the sender's"


def read_file(
    file: SourceFile, *, table: CdmTable, report: TableReport, where: str
) -> Iterator[pa.RecordBatch]:
    """Read a file batch by batch, noting what is refused. Raises Mistake D021, D026, D027, D032."""
    if file.path.suffix.lower() == ".parquet":
        yield from _parquet_rows(file.path, table=table, report=report, where=where)
        return
    try:
        with plain_opener(file.path)() as stream:
            yield from read_rows(stream, table=table, report=report, where=where)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        what = f"the file is damaged or cut short ({error})"
        raise Mistake("D021", what, where=where, hint=DAMAGED) from None


def _parquet_rows(
    path: Path, *, table: CdmTable, report: TableReport, where: str
) -> Iterator[pa.RecordBatch]:
    """Read a Parquet file as text that is typed anew, so that one set of rules says what a value may be."""
    try:
        with pq.ParquetFile(path) as file:
            names = column_names(file.schema_arrow.names, table=table, report=report, where=where)
            wanted = [
                name
                for name, known in zip(file.schema_arrow.names, names, strict=True)
                if known in _known(table)
            ]
            first = 1
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
                cells = [
                    _as_text(column, name, where=where)
                    for column, name in zip(batch.columns, wanted, strict=True)
                ]
                text = pa.record_batch(cells, names=wanted)
                lines = np.arange(first, first + batch.num_rows)
                first += batch.num_rows
                read = [names[file.schema_arrow.names.index(name)] for name in wanted]
                yield typed_batch(text, names=read, table=table, report=report, lines=lines, blank_rows=False)
    except (pa.ArrowException, OSError) as error:
        what = f"the file cannot be read as Parquet ({str(error).splitlines()[0]})"
        raise Mistake("D032", what, where=where, hint=DAMAGED) from None


def _known(table: CdmTable) -> set[str]:
    return {column.name for column in table.columns}


def _as_text(column: pa.Array, name: str, *, where: str) -> pa.Array:
    """Return a column as a CSV file would hold it, and nothing for what is missing."""
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        hint = "write it as text, a number or a date"
        raise Mistake("D032", f"the column `{name}` holds {column.type}", where=where, hint=hint)
    return pc.fill_null(column.cast(pa.string()), "")
