"""Rows into PostgreSQL and out of it, as Arrow: through COPY and CSV, which both sides read and write quickest.

CSV keeps missing and empty text apart: missing is nothing, empty is a pair of quotes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import psycopg
import pyarrow as pa
from pyarrow import csv

from armslength.query.engines.compile.scope import named

BLOCK = 4 << 20  # bytes of CSV that become one batch
ROWS_AT_ONCE = 64_000
KINDS = (
    (pa.types.is_boolean, "BOOLEAN", pa.bool_()),
    (pa.types.is_integer, "BIGINT", pa.int64()),
    (pa.types.is_floating, "DOUBLE PRECISION", pa.float64()),
    (pa.types.is_date, "DATE", pa.date32()),
)


def identifier(name: str) -> str:
    """Return a table's name as SQL."""
    return named(name).sql(dialect="postgres")


def upload(connection: psycopg.Connection[Any], name: str, rows: pa.Table) -> None:
    """Make a temporary table of rows held here. Needs a transaction that may write."""
    columns, fields = [], []
    for column in rows.schema:
        sql, kind = _kept_as(column.type)
        columns.append(f"{identifier(column.name)} {sql}")
        fields.append(pa.field(column.name, kind))
    plain = rows.cast(pa.schema(fields))
    connection.execute(f"CREATE TEMPORARY TABLE {identifier(name)} ({', '.join(columns)})".encode())
    copy_in = f"COPY {identifier(name)} FROM STDIN (FORMAT csv)".encode()
    with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for batch in plain.to_batches(max_chunksize=ROWS_AT_ONCE):
            copy.write(_written(batch))
    connection.execute(f"ANALYZE {identifier(name)}".encode())


def _kept_as(kind: pa.DataType) -> tuple[str, pa.DataType]:
    """Return the SQL type for an Arrow type, and the Arrow type that is written as it."""
    return next(((sql, plain) for is_it, sql, plain in KINDS if is_it(kind)), ("TEXT", pa.string()))


def _written(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
    return bytes(sink.getvalue())


def streamed(
    connection: psycopg.Connection[Any], query: str, schema: pa.Schema
) -> Generator[pa.RecordBatch, None, None]:
    """Yield the rows of a query, a block at a time. Leaving early cancels the rest on the server."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)".encode()) as copy,
    ):
        for block in _blocks(copy):
            yield from _read(block, schema)


def _blocks(copy: psycopg.Copy) -> Iterator[bytes]:
    """Join rows to blocks. The server sends one row at a time, so a block never ends within one."""
    rows, size = [], 0
    for row in copy:
        rows.append(bytes(row))
        size += len(row)
        if size >= BLOCK:
            yield b"".join(rows)
            rows, size = [], 0
    if rows:
        yield b"".join(rows)


def _read(block: bytes, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    names = [str(place) for place in range(len(schema))]
    found = csv.read_csv(
        pa.py_buffer(block),
        read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=2 * len(block)),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, schema.types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    yield from found.to_batches()
