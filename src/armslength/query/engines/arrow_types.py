"""Values of a query as Arrow: the types of results, and the rows that are uploaded."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa

from armslength.query.model.nodes import InlinePatientTable

# One bit of a signed 64-bit column is its sign; one more is left so that no mask is ever negative.
BITS = 62


def arrow_type(value_type: Any) -> pa.DataType:
    """Return the Arrow type of a value type; every kind of code is text."""
    plain = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime.date: pa.date32()}
    return plain.get(value_type, pa.string())


def inline_rows(table: InlinePatientTable) -> pa.Table:
    """Return the rows of an inline table; of several rows of one patient the last counts."""
    rows = list({row[0]: row for row in table.rows}.values())
    fields = [("patient_id", pa.int64())]
    fields += [(name, arrow_type(table.schema[name].type)) for name in table.schema.names]
    arrays = [
        pa.array([_plain(row[position]) for row in rows], type=kind)
        for position, (_, kind) in enumerate(fields)
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def tag_rows(
    memberships: tuple[frozenset[object], ...], *, value_type: Any
) -> tuple[pa.Table, list[tuple[str, int]]]:
    """Return one row per code with bits saying which codelists it is in, and (column, bit) of each codelist."""
    places = [(f"bits_{number // BITS}", number % BITS) for number in range(len(memberships))]
    names = list(dict.fromkeys(column for column, _ in places))
    bits: dict[object, dict[str, int]] = {}
    for codes, (column, bit) in zip(memberships, places, strict=True):
        for code in codes:
            row = bits.setdefault(code, dict.fromkeys(names, 0))
            row[column] |= 1 << bit
    ordered = sorted(bits, key=str)
    arrays = {"code": pa.array([_plain(code) for code in ordered], type=arrow_type(value_type))}
    arrays |= {name: pa.array([bits[code][name] for code in ordered], type=pa.int64()) for name in names}
    return pa.table(arrays), places


def _plain(value: Any) -> Any:
    """Codes are strings of a class of their own; Arrow wants plain ones."""
    return str(value) if isinstance(value, str) else value
