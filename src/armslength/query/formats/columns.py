"""How a column of results is typed: read off the query, so that the file says what the contract promised."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from armslength.query.model.constraints import Categorical, ClosedRange
from armslength.query.model.nodes import Case, Count, Max, Min, SelectColumn, Series, Value
from armslength.query.model.types import ValueType

# Counts of rows are stored in two bytes, as readers of these files expect (command line specification, 7).
LARGEST_COUNT = (1 << 16) - 1
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
    def counts_rows(self) -> bool:
        """Whether its range is that of counts, which no contract promises."""
        return (self.minimum, self.maximum) == (0, LARGEST_COUNT)

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

    def without_promises(self) -> OutputColumn:
        """Return the column as an engine gives it: without categories and ranges."""
        return replace(self, categories=None, minimum=None, maximum=None)

    @property
    def field(self) -> pa.Field:
        return pa.field(self.name, self.arrow, nullable=self.nullable)


PATIENT_ID = OutputColumn(name="patient_id", type=int, nullable=False)


def plain_type(value_type: ValueType) -> pa.DataType:
    """Return the Arrow type of a value type; every kind of code is text.

    >>> plain_type(bool)
    DataType(bool)
    """
    plain: dict[Any, Any] = {
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        datetime.date: pa.date32(),
    }
    return plain.get(value_type, pa.string())


def output_column(name: str, series: Series) -> OutputColumn:
    """Describe the result column of a series by what its expression promises."""
    minimum, maximum = _range(series)
    return OutputColumn(
        name=name, type=series.value_type, categories=_categories(series), minimum=minimum, maximum=maximum
    )


def output_columns(members: Iterable[tuple[str, Series]]) -> tuple[OutputColumn, ...]:
    """Describe the columns of a result table, `patient_id` first."""
    return (PATIENT_ID, *(output_column(name, series) for name, series in members))


def _categories(series: Series) -> tuple[Any, ...] | None:
    """Return all values a series can have, in the order they were declared, or None when unknown.

    An outcome that is missing needs no category.
    """
    if isinstance(series, Value) and not isinstance(series.value, frozenset):
        return (series.value,)
    if isinstance(series, SelectColumn):
        constraint = series.source.schema[series.name].constraint(Categorical)
        return None if constraint is None else constraint.values
    if isinstance(series, (Min, Max)):
        return _categories(series.source)
    if isinstance(series, Case):
        outcomes = [*(value for _, value in series.cases), series.default]
        known = [_categories(outcome) for outcome in outcomes if outcome is not None]
        if all(each is not None for each in known):
            return tuple(dict.fromkeys(value for each in known for value in each or ()))
    return None


def _range(series: Series) -> tuple[int | None, int | None]:
    if isinstance(series, Count):
        return 0, LARGEST_COUNT
    if isinstance(series, SelectColumn):
        constraint = series.source.schema[series.name].constraint(ClosedRange)
        if constraint is not None:
            return constraint.minimum, constraint.maximum
    return None, None


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
