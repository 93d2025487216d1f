"""How a column of results is typed: read off the query, so that the file says what the contract promised."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from armslength.query.model.types import ValueType

# A patient has fewer events than this in one table; counts are stored in two bytes.
LARGEST_COUNT = 65_535
UNSIGNED = (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
SIGNED = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputColumn:
    """One column of a result. `categories` and the range come from constraints of the contract."""

    name: str
    type: ValueType
    categories: tuple[Any, ...] | None = None
    minimum: int | None = None
    maximum: int | None = None
    nullable: bool = True

    @property
    def plain(self) -> pa.DataType:
        """The type an engine gives: without categories and ranges."""
        return plain_type(self.type)

    @property
    def arrow(self) -> pa.DataType:
        """The type a file holds."""
        if self.plain == pa.string() and self.categories:
            return pa.dictionary(smallest_signed(len(self.categories) - 1), pa.string(), ordered=True)
        if self.plain == pa.int64() and self.minimum is not None and self.maximum is not None:
            return smallest_integer(self.minimum, self.maximum)
        return self.plain

    @property
    def field(self) -> pa.Field:
        return pa.field(self.name, self.arrow, nullable=self.nullable)


PATIENT_ID = OutputColumn(name="patient_id", type=int, nullable=False)


def plain_type(value_type: ValueType) -> pa.DataType:
    """Return the Arrow type of a value type; every kind of code is text.

    >>> plain_type(bool)
    DataType(bool)
    """
    plain = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime.date: pa.date32()}
    return plain.get(value_type, pa.string())  # type: ignore[call-overload, no-any-return]


def plain_schema(columns: Iterable[OutputColumn]) -> pa.Schema:
    """Return the schema an engine gives for these columns."""
    return pa.schema([pa.field(column.name, column.plain, nullable=column.nullable) for column in columns])


def smallest_signed(largest: int) -> pa.DataType:
    """Return the smallest signed type that holds -1 to `largest`.

    >>> smallest_signed(127), smallest_signed(128)
    (DataType(int8), DataType(int16))
    """
    return next(kind for kind in SIGNED if largest < 1 << (kind.bit_width - 1))


def smallest_integer(minimum: int, maximum: int) -> pa.DataType:
    """Return the smallest integer type for a range; unsigned when nothing in it is negative.

    >>> smallest_integer(0, 255), smallest_integer(-1, 200)
    (DataType(uint8), DataType(int16))
    """
    if minimum >= 0:
        return next(kind for kind in UNSIGNED if maximum < 1 << kind.bit_width)
    return smallest_signed(max(maximum, -minimum - 1))
