"""Operations computed row by row: comparison, logic, arithmetic, dates, text. How to add one: see `nodes.py`.

Unless an operation says otherwise, its result is missing when any operand is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from armslength.query.model.errors import ModelError
from armslength.query.model.node import node
from armslength.query.model.series import Binary, Operation, Series, Unary
from armslength.query.model.types import ANY, CASTABLE, NUMBER, ORDERABLE, TEXT, Expected, SetOfKind, takes


@node
class EQ(Binary):
    """lhs = rhs."""

    signature = takes(ANY, ANY, gives=bool)


@node
class NE(Binary):
    """lhs differs from rhs."""

    signature = takes(ANY, ANY, gives=bool)


@node
class LT(Binary):
    """lhs < rhs."""

    signature = takes(ORDERABLE, ORDERABLE, gives=bool)


@node
class LE(Binary):
    """lhs <= rhs."""

    signature = takes(ORDERABLE, ORDERABLE, gives=bool)


@node
class GT(Binary):
    """lhs > rhs."""

    signature = takes(ORDERABLE, ORDERABLE, gives=bool)


@node
class GE(Binary):
    """lhs >= rhs."""

    signature = takes(ORDERABLE, ORDERABLE, gives=bool)


@node
class In(Binary):
    """lhs is in the set. An empty set holds nothing, not even missing; else missing when lhs is."""

    signature = takes(ANY, SetOfKind(ANY), gives=bool)


@node
class And(Binary):
    """False when either is false, else missing when either is missing, else true."""

    signature = takes(bool, bool, gives=bool)


@node
class Or(Binary):
    """True when either is true, else missing when either is missing, else false."""

    signature = takes(bool, bool, gives=bool)


@node
class Not(Unary):
    """The opposite; missing stays missing."""

    signature = takes(bool, gives=bool)


@node
class IsNull(Unary):
    """Whether the value is missing; never missing itself."""

    signature = takes(ANY, gives=bool)


@node
class Negate(Unary):
    """-source."""

    signature = takes(NUMBER, gives=NUMBER)


@node
class Absolute(Unary):
    """source without its sign."""

    signature = takes(NUMBER, gives=NUMBER)


@node
class Add(Binary):
    """lhs + rhs."""

    signature = takes(NUMBER, NUMBER, gives=NUMBER)


@node
class Subtract(Binary):
    """lhs - rhs."""

    signature = takes(NUMBER, NUMBER, gives=NUMBER)


@node
class Multiply(Binary):
    """lhs * rhs."""

    signature = takes(NUMBER, NUMBER, gives=NUMBER)


@node
class TrueDivide(Binary):
    """lhs / rhs as a float; missing when rhs is 0."""

    signature = takes(NUMBER, NUMBER, gives=float)


@node
class FloorDivide(Binary):
    """lhs / rhs rounded down (towards minus infinity) to an int; missing when rhs is 0."""

    signature = takes(NUMBER, NUMBER, gives=int)


@node
class Power(Binary):
    """lhs to the power rhs as a float; missing for 0 to a negative power, and for roots of negatives."""

    signature = takes(NUMBER, NUMBER, gives=float)


@node
class CastToInt(Unary):
    """As an int: true is 1, false 0, a float loses its fraction (towards zero)."""

    signature = takes(CASTABLE, gives=int)


@node
class CastToFloat(Unary):
    """As a float."""

    signature = takes(NUMBER, gives=float)


@node
class DateAddDays(Operation):
    """The date that many days later."""

    signature = takes(datetime.date, int, gives=datetime.date)
    source: Series
    offset: Series


@node
class DateAddMonths(Operation):
    """That many months later; a day the month lacks becomes the first of the next month."""

    signature = takes(datetime.date, int, gives=datetime.date)
    source: Series
    offset: Series


@node
class DateAddYears(Operation):
    """That many years later; 29 February becomes 1 March where the year has none."""

    signature = takes(datetime.date, int, gives=datetime.date)
    source: Series
    offset: Series


@node
class DateDifferenceInDays(Operation):
    """Days from start to end, negative when end is earlier."""

    signature = takes(datetime.date, datetime.date, gives=int)
    end: Series
    start: Series


@node
class DateDifferenceInMonths(Operation):
    """Whole months from start to end, rounded down, also when negative."""

    signature = takes(datetime.date, datetime.date, gives=int)
    end: Series
    start: Series


@node
class DateDifferenceInYears(Operation):
    """Whole years from start to end, rounded down, also when negative: an age."""

    signature = takes(datetime.date, datetime.date, gives=int)
    end: Series
    start: Series


@node
class YearFromDate(Unary):
    """The year as an int."""

    signature = takes(datetime.date, gives=int)


@node
class MonthFromDate(Unary):
    """The month, 1 to 12."""

    signature = takes(datetime.date, gives=int)


@node
class DayFromDate(Unary):
    """The day of the month, 1 to 31."""

    signature = takes(datetime.date, gives=int)


@node
class ToFirstOfYear(Unary):
    """1 January of the same year."""

    signature = takes(datetime.date, gives=datetime.date)


@node
class ToFirstOfMonth(Unary):
    """The first day of the same month."""

    signature = takes(datetime.date, gives=datetime.date)


@node
class StringContains(Binary):
    """Whether lhs contains rhs: case-sensitive, no wildcards. The empty text is in every text."""

    signature = takes(TEXT, TEXT, gives=bool)


class _Horizontal(Operation):
    """An operation on two or more series of one orderable type."""

    __slots__ = ()
    sources: tuple[Series, ...]

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        for source in self.sources:
            yield "sources", ORDERABLE, source

    def check(self) -> None:
        if not self.sources:
            raise ModelError(f"{type(self).__name__} needs at least one series")
        Operation.check(self)


@node
class MinimumOf(_Horizontal):
    """The smallest of several values, ignoring missing ones; missing when all are."""

    signature = takes(ORDERABLE, gives=ORDERABLE)
    sources: tuple[Series, ...]


@node
class MaximumOf(_Horizontal):
    """The largest of several values, ignoring missing ones; missing when all are."""

    signature = takes(ORDERABLE, gives=ORDERABLE)
    sources: tuple[Series, ...]
