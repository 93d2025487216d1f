"""Rows into SQL Server, as temporary tables filled by statements of constants."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.mssql_sql import COLLATION
from armslength.query.engines.engine import DATABASE_FAILED

ROWS_AT_ONCE = 1000  # the most that one VALUES takes
LONGEST_ASCII, LONGEST_TEXT = 8000, 4000  # characters of a column that is kept in its row
LONGEST_KEY = 450  # characters


def identifier(name: str) -> str:
    """Return a temporary table's name as SQL.

    >>> identifier("a]b")
    '[#a]]b]'
    """
    return _quoted(f"#{name}")


def _quoted(name: str) -> str:
    return f"[{name.replace(']', ']]')}]"


def upload(cursor: Any, name: str, rows: pa.Table) -> None:
    """Make a temporary table of rows held here, in the order of its first column. Raises Mistake Q110."""
    table = identifier(name)
    columns = [
        f"{_quoted(field.name)} {_kept_as(column)}"
        for field, column in zip(rows.schema, rows.columns, strict=True)
    ]
    cursor.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    writes = [_writer(field.type) for field in rows.schema]
    for batch in rows.to_batches(max_chunksize=ROWS_AT_ONCE):
        if batch.num_rows:
            written = [
                [write(value) for value in column.to_pylist()]
                for write, column in zip(writes, batch.columns, strict=True)
            ]
            lines = ",\n".join(f"({', '.join(row)})" for row in zip(*written, strict=True))
            cursor.execute(f"INSERT INTO {table} VALUES\n{lines}")
    # A key of an index has 900 bytes at most.
    if rows.num_columns and _longest(rows.column(0)) <= LONGEST_KEY:
        cursor.execute(f"CREATE CLUSTERED INDEX [in_order] ON {table} ({_quoted(rows.schema[0].name)})")


def _kept_as(column: pa.ChunkedArray) -> str:
    """Return the SQL type for the values of a column: text as short as it is, so that it is joined quickly."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return "BIT"
    if pa.types.is_integer(kind):
        return "BIGINT"
    if pa.types.is_floating(kind):
        return "FLOAT"
    if pa.types.is_date(kind):
        return "DATE"
    text, longest = column.cast(pa.string()), max(1, _longest(column))
    is_ascii = pc.all(pc.string_is_ascii(text)).as_py() is not False
    name, most = ("VARCHAR", LONGEST_ASCII) if is_ascii else ("NVARCHAR", LONGEST_TEXT)
    return f"{name}({longest if longest <= most else 'MAX'}) COLLATE {COLLATION}"


def _longest(column: pa.ChunkedArray) -> int:
    """Return how many characters the longest text of a column has at most, 0 for other values.

    As bytes of UTF-8: characters outside the first 65,536 take two places of an NVARCHAR, and four bytes.
    """
    if pa.types.is_primitive(column.type) and not pa.types.is_null(column.type):
        return 0
    return int(pc.max(pc.binary_length(column.cast(pa.string()))).as_py() or 0)


def _writer(kind: pa.DataType) -> Callable[[Any], str]:
    if pa.types.is_boolean(kind):
        return lambda value: "NULL" if value is None else str(int(value))
    if pa.types.is_integer(kind):
        return lambda value: "NULL" if value is None else str(value)
    if pa.types.is_floating(kind):
        return _float
    return _date if pa.types.is_date(kind) else text


def _float(value: float | None) -> str:
    """Write a float with an exponent: without one it is a decimal to T-SQL."""
    if value is None:
        return "NULL"
    if not math.isfinite(value):
        hint = "make it missing, or use another engine"
        raise Mistake(
            "Q110",
            "SQL Server has no infinite numbers, but one is asked of it",
            hint=hint,
            exit_status=DATABASE_FAILED,
        )
    found = repr(value)
    return found if "e" in found else f"{found}e0"


def _date(value: datetime.date | None) -> str:
    return "NULL" if value is None else f"'{value.isoformat()}'"


def text(value: str | None) -> str:
    """Write text as a constant. A backslash before the end of a line would join the lines.

    >>> text("it's"), text("é"), text(None)
    ("'it''s'", "N'é'", 'NULL')
    """
    if value is None:
        return "NULL"
    mark = "" if value.isascii() else "N"
    written = (
        value.replace("'", "''").replace("\\\n", f"\\' + {mark}'\n").replace("\\\r\n", f"\\' + {mark}'\r\n")
    )
    return f"{mark}'{written}'"
