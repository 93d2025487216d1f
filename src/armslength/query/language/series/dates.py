"""Date series: parts, comparisons in words, differences, and adding durations."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from armslength.query.language.durations import Duration, days, weeks
from armslength.query.language.operands import build, is_series, refuse_unsuitable, to_node
from armslength.query.language.series.base import PatientSeries, register, wrap
from armslength.query.language.series.ordered import OrderedEventSeries, OrderedSeries
from armslength.query.model import nodes as n

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolSeries
    from armslength.query.language.series.numbers import IntPatientSeries, IntSeries

DateLike: TypeAlias = "DateSeries | datetime.date | str"


class DateSeries(OrderedSeries):
    """Dates. Wherever a date is expected, a `datetime.date` or a string `YYYY-MM-DD` will do."""

    @property
    def year(self) -> IntSeries:
        """The year."""
        return wrap(n.YearFromDate(self._node))

    @property
    def month(self) -> IntSeries:
        """The month, 1 to 12."""
        return wrap(n.MonthFromDate(self._node))

    @property
    def day(self) -> IntSeries:
        """The day of the month, 1 to 31."""
        return wrap(n.DayFromDate(self._node))

    def to_first_of_year(self) -> DateSeries:
        """1 January of the same year."""
        return wrap(n.ToFirstOfYear(self._node))

    def to_first_of_month(self) -> DateSeries:
        """The first day of the same month."""
        return wrap(n.ToFirstOfMonth(self._node))

    def is_before(self, other: DateLike) -> BoolSeries:
        """Strictly earlier."""
        return self < other

    def is_on_or_before(self, other: DateLike) -> BoolSeries:
        """Earlier or the same day."""
        return self <= other

    def is_after(self, other: DateLike) -> BoolSeries:
        """Strictly later."""
        return self > other

    def is_on_or_after(self, other: DateLike) -> BoolSeries:
        """Later or the same day."""
        return self >= other

    def is_between_but_not_on(self, start: DateLike, end: DateLike) -> BoolSeries:
        """Strictly between two dates."""
        return (self > start) & (self < end)

    def is_on_or_between(self, start: DateLike, end: DateLike) -> BoolSeries:
        """Between two dates, both included."""
        return (self >= start) & (self <= end)

    def is_during(self, interval: Iterable[Any]) -> BoolSeries:
        """Within an interval, both ends included: `INTERVAL`, or a pair of dates."""
        start, end = interval
        return self.is_on_or_between(start, end)

    def __add__(self, other: Duration) -> DateSeries:
        if not isinstance(other, Duration):
            return NotImplemented
        moved: DateSeries = other.added_to(self)
        return moved

    def __radd__(self, other: Duration) -> DateSeries:
        return self.__add__(other)

    @overload
    def __sub__(self, other: Duration) -> DateSeries: ...
    @overload
    def __sub__(self, other: DateLike) -> DateDifference: ...
    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Duration):
            return (-other).added_to(self)
        if _is_date_like(other):
            return DateDifference(self, other)
        refuse_unsuitable(other)
        return NotImplemented

    def __rsub__(self, other: DateLike) -> DateDifference:
        return DateDifference(other, self) if _is_date_like(other) else NotImplemented


class DatePatientSeries(DateSeries, PatientSeries):
    """One date per patient."""


class DateEventSeries(DateSeries, OrderedEventSeries):
    """One date per row."""

    def count_episodes_for_patient(self, maximum_gap: days | weeks) -> IntPatientSeries:
        """How many runs of dates in which no gap is longer than `days(n)` or `weeks(n)`."""
        if not isinstance(maximum_gap, (days, weeks)):
            raise TypeError(f"`maximum_gap` must be given as `days(n)` or `weeks(n)`, not {maximum_gap!r}")
        if type(maximum_gap.value) is not int:
            raise ValueError(
                "`maximum_gap` must be one fixed number of days or weeks, the same for all patients"
            )
        gap = maximum_gap.value * (7 if isinstance(maximum_gap, weeks) else 1)
        return wrap(n.CountEpisodes(self._node, gap))

    if TYPE_CHECKING:

        def minimum_for_patient(self) -> DatePatientSeries: ...
        def maximum_for_patient(self) -> DatePatientSeries: ...


class DateDifference:
    """The time from one date to another. Ask for it in a unit: `.days`, `.weeks`, `.months` or `.years`."""

    _not_a_series = (
        "the difference between two dates is not a number until you choose a unit: "
        "add `.days`, `.weeks`, `.months` or `.years`"
    )

    def __init__(self, end: Any, start: Any) -> None:
        self._end, self._start = to_node(end, datetime.date), to_node(start, datetime.date)
        build(n.DateDifferenceInDays, self._end, self._start, given=(end, start))

    def __repr__(self) -> str:
        return "<DateDifference>"

    @property
    def days(self) -> IntSeries:
        """The exact number of days, negative when the end is earlier."""
        return wrap(n.DateDifferenceInDays(self._end, self._start))

    @property
    def weeks(self) -> IntSeries:
        """Whole weeks, rounded down."""
        return self.days // 7

    @property
    def months(self) -> IntSeries:
        """Whole months, rounded down."""
        return wrap(n.DateDifferenceInMonths(self._end, self._start))

    @property
    def years(self) -> IntSeries:
        """Whole years, rounded down: an age."""
        return wrap(n.DateDifferenceInYears(self._end, self._start))


def _is_date_like(value: Any) -> bool:
    return isinstance(value, (datetime.date, str)) or is_series(value)


register(datetime.date, DatePatientSeries, DateEventSeries)
