"""Values of a query as Arrow: the types of results, and the rows that are uploaded."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

from armslength.query.engines.lookups import Lookup
from armslength.query.engines.query_plan import CodelistGroups
from armslength.query.model.nodes import InlinePatientTable

# One bit of a signed 64-bit column is its sign; one more is left so that no mask is ever negative.
BITS = 62
EPOCH = datetime.date(1970, 1, 1)


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
    arrays = {"code": packed(ordered, arrow_type(value_type))}
    arrays |= {name: packed([bits[code][name] for code in ordered], pa.int64()) for name in names}
    return pa.table(arrays), places


def group_rows(groups: CodelistGroups) -> pa.Table:
    """Return a row (code, number of the group) for each group a code is in; with windows also (first, last)."""
    rows = [(code, n) for n, group in enumerate(groups.groups) for code in sorted(group.codes, key=str)]
    columns = {
        "code": packed([code for code, _ in rows], arrow_type(groups.column.value_type)),
        "codelist": packed([number for _, number in rows], pa.int32()),
    }
    if groups.dates is not None:
        firsts, lasts = ([group.first for group in groups.groups], [group.last for group in groups.groups])
        for name, ends in (("first", firsts), ("last", lasts)):
            columns[name] = packed_or_missing([ends[number] for _, number in rows], pa.date32())
    return pa.table(columns)


def code_rows(codes: frozenset[object], *, value_type: Any) -> pa.Table:
    """Return a row for each value of a set."""
    return pa.table({"code": packed(sorted(codes, key=str), arrow_type(value_type))})


def lookup_rows(lookup: Lookup, *, value_type: Any) -> pa.Table:
    """Return a row (key, value) for each value that is replaced; the value may be missing."""
    keys, values = zip(*lookup.rows, strict=True)
    made = packed_or_missing(values, arrow_type(value_type))
    return pa.table({"key": packed(keys, arrow_type(type(keys[0]))), "value": made})


NUMBERS = {pa.int32(): "i", pa.int64(): "q", pa.float64(): "d"}


def packed(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values, none of them missing, as an Arrow array.

    `pyarrow.array` would first import pandas, where that is installed, to see whether it was given some of
    its own: most of a second, more than many a query takes.
    """
    if pa.types.is_date32(kind):
        days = packed([(value - EPOCH).days for value in values], pa.int32())
        return pa.Array.from_buffers(kind, len(days), days.buffers())
    if pa.types.is_string(kind):
        encoded = [str(value).encode() for value in values]
        offsets = array("i", accumulate(map(len, encoded), initial=0))
        return pa.Array.from_buffers(
            kind, len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
        )
    if kind in NUMBERS:
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(array(NUMBERS[kind], values))])
    return pa.array(values, type=kind)


def packed_or_missing(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as an Arrow array, None as missing."""
    if None not in values:
        return packed(values, kind)
    present = [value is not None for value in values]
    filler = next((value for value in values if value is not None), None)
    if filler is None or kind not in (pa.string(), pa.date32(), *NUMBERS):
        return pa.array(values, type=kind)
    bits = bytearray((len(values) + 7) // 8)
    for place, is_present in enumerate(present):
        bits[place // 8] |= is_present << place % 8
    whole = packed([filler if value is None else value for value in values], kind)
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(bytes(bits)), *whole.buffers()[1:]])


def _plain(value: Any) -> Any:
    """Codes are strings of a class of their own; Arrow wants plain ones."""
    return str(value) if isinstance(value, str) else value
