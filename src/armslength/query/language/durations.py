"""Durations: days, weeks, months and years to add to dates, and lists of intervals made from them."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self

from armslength.query.language.operands import build, is_series, to_date, to_node
from armslength.query.model import nodes as n
from armslength.query.model.dates import add_days, add_months, add_years

Interval = tuple[datetime.date, datetime.date]


class Duration:
    """A number of calendar units. Only durations of the same unit can be added to one another."""

    value: Any
    _move: ClassVar[staticmethod[[datetime.date, int], datetime.date]]
    _operation: ClassVar[type[n.Node]]
    _factor: ClassVar[int] = 1

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def _not_a_series(self) -> str:
        return f"{self!r} is a duration, not a value: add it to a date, or subtract it from one"

    def added_to(self, date: Any) -> Any:
        """Return a date, or a date series when either the date or the number of units is a series."""
        if not is_series(date) and not is_series(self.value):
            return self._moved(to_date(date) if isinstance(date, str) else date)
        from armslength.query.language.series.base import wrap

        units = to_node(self.value, int)
        offset = units if self._factor == 1 else build(n.Multiply, units, n.Value(self._factor))
        return wrap(build(self._operation, to_node(date, datetime.date), offset, given=(date, self.value)))

    def starting_on(self, date: datetime.date | str) -> list[Interval]:
        """This many intervals of one unit each, the first starting on `date`; both ends included."""
        first, count = self._base(date, "starting_on")
        return [(self._shifted(first, k), add_days(self._shifted(first, k + 1), -1)) for k in range(count)]

    def ending_on(self, date: datetime.date | str) -> list[Interval]:
        """This many intervals of one unit each, the last ending on `date`; both ends included."""
        last, count = self._base(date, "ending_on")
        return [
            (add_days(self._shifted(last, -(k + 1)), 1), self._shifted(last, -k))
            for k in reversed(range(count))
        ]

    def __add__(self, other: Any) -> Any:
        if type(other) is type(self):
            return type(self)(self.value + other.value)
        return self.added_to(other) if _is_date_like(other) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return self.__add__(other)

    def __sub__(self, other: Any) -> Any:
        return type(self)(self.value - other.value) if type(other) is type(self) else NotImplemented

    def __rsub__(self, other: Any) -> Any:
        return (-self).added_to(other) if _is_date_like(other) else NotImplemented

    def __neg__(self) -> Self:
        return type(self)(-self.value)

    def __eq__(self, other: object) -> Any:
        return self.value == other.value if isinstance(other, type(self)) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return self.value != other.value if isinstance(other, type(self)) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self.value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    def _moved(self, date: datetime.date) -> datetime.date:
        if type(self.value) is not int:
            raise TypeError(f"`{type(self).__name__}` takes a whole number, not {self.value!r}")
        return self._shifted(date, self.value)

    def _shifted(self, date: datetime.date, units: int) -> datetime.date:
        return type(self)._move(date, units * self._factor)

    def _base(self, date: Any, method: str) -> tuple[datetime.date, int]:
        unit = type(self).__name__
        if is_series(date) or not isinstance(date, (datetime.date, str)):
            raise TypeError(f"`{unit}(n).{method}()` needs a fixed date, not {type(date).__name__}")
        if type(self.value) is not int:
            raise TypeError(
                f"`{unit}(n).{method}()` needs a fixed whole number of {unit}, not {self.value!r}"
            )
        if self.value < 0:
            raise ValueError(f"`{unit}(n).{method}()` needs a number that is not negative, not {self.value}")
        return (to_date(date) if isinstance(date, str) else date), self.value


class days(Duration):
    """A number of days."""

    _move = staticmethod(add_days)
    _operation = n.DateAddDays


class weeks(Duration):
    """A number of weeks of seven days."""

    _move = staticmethod(add_days)
    _operation = n.DateAddDays
    _factor = 7


class months(Duration):
    """A number of calendar months; a day the month lacks becomes the first of the next month."""

    _move = staticmethod(add_months)
    _operation = n.DateAddMonths


class years(Duration):
    """A number of calendar years; 29 February becomes 1 March where the year has none."""

    _move = staticmethod(add_years)
    _operation = n.DateAddYears


def _is_date_like(value: Any) -> bool:
    return isinstance(value, (datetime.date, str)) or is_series(value)
