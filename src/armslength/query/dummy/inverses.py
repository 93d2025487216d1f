"""Rules for arithmetic and dates: what a result wants of the value it is computed from."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from armslength.query.dummy.push import RULES, Push
from armslength.query.dummy.wants import MISSING, PRESENT, Want
from armslength.query.model import nodes as n
from armslength.query.model.dates import add_months

DAY = datetime.timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2100


def _bounds(want: Want) -> tuple[Any, Any]:
    """The range a want spans, also when it is a list."""
    if want.among:
        return min(want.among), max(want.among)
    return want.low, want.high


def _moved(want: Want, move: Callable[[Any], Any], *, falling: bool = False) -> Want:
    """The want of a value that a monotone function takes to this one; None stays an open end."""
    low, high = _bounds(want)
    ends = [None if end is None else move(end) for end in (low, high)]
    return Want(low=ends[falling], high=ends[not falling], missing=want.missing)


def _one_moves(push: Push, series: Any, row: int | None, want: Want, lhs: Any, rhs: Any) -> bool:
    """For two operands: keep one where it is, and find what the other must be.

    `lhs` and `rhs` are (operand, function of the other operand's value giving the wish).
    """
    if not want.present:
        ways = [lambda s=s: push.want(s, row, MISSING) for s, _ in push.shuffled((lhs, rhs))]
        return push.one_of(ways)

    def way(side: n.Series, other: n.Series, wish: Callable[[Any], Want | None]) -> bool:
        fixed = push.view.value(other, row)
        if fixed is None:
            return push.want(other, row, PRESENT) and push.want(side, row, PRESENT)
        if not push.question.is_constant(other):
            push.guessed = True
        try:
            found = wish(fixed)
        except (OverflowError, ValueError, ZeroDivisionError):
            push.guessed = True
            return False
        return found is not None and push.want(side, row, found) and push.want(other, row, PRESENT)

    pairs = ((lhs[0], rhs[0], lhs[1]), (rhs[0], lhs[0], rhs[1]))
    movable = [pair for pair in pairs if not push.question.is_constant(pair[0])]
    if want.missing and push.view.value(series, row) is None:
        return True
    wanted = push.shuffled(movable)
    return push.one_of([partial(way, *pair) for pair in wanted])


# --- numbers ------------------------------------------------------------------------------------------------


def want_add(push: Push, series: Any, row: int | None, want: Want) -> bool:
    find = lambda other: _moved(want, lambda end: end - other).but_present()  # noqa: E731
    return _one_moves(push, series, row, want, (series.lhs, find), (series.rhs, find))


def want_subtract(push: Push, series: Any, row: int | None, want: Want) -> bool:
    return _one_moves(
        push,
        series,
        row,
        want,
        (series.lhs, lambda rhs: _moved(want, lambda end: end + rhs).but_present()),
        (series.rhs, lambda lhs: _moved(want, lambda end: lhs - end, falling=True).but_present()),
    )


def want_multiply(push: Push, series: Any, row: int | None, want: Want) -> bool:
    whole = series.value_type is int

    def find(other: Any) -> Want | None:
        if other == 0:
            return PRESENT if want.admits(other * 0) else None
        low, high = _bounds(want)
        if other < 0:
            low, high = high, low
        if whole:
            return Want(
                low=None if low is None else -(-low // other), high=None if high is None else high // other
            )
        return Want(low=None if low is None else low / other, high=None if high is None else high / other)

    return _one_moves(push, series, row, want, (series.lhs, find), (series.rhs, find))


def want_divide(push: Push, series: Any, row: int | None, want: Want) -> bool:
    push.guessed = True
    whole = series.lhs.value_type is int
    floor = isinstance(series, n.FloorDivide)

    def dividend(rhs: Any) -> Want | None:
        if rhs == 0:
            return None
        low, high = _bounds(want)
        top = None if high is None else (high + 1 if floor else high)
        ends = [None if end is None else end * rhs for end in ((low, top) if rhs > 0 else (top, low))]
        if whole:
            ends = [None if end is None else int(end) for end in ends]
        if floor and ends[1] is not None and rhs > 0:
            ends[1] = ends[1] - 1 if whole else ends[1] * (1 - 1e-9)
        return Want(low=ends[0], high=ends[1])

    def divisor(lhs: Any) -> Want | None:
        low, high = _bounds(want)
        aim = low if low is not None else high
        if not aim:
            return Want(without=frozenset({type(lhs)(0)}))
        found = lhs / aim
        return Want(among=frozenset({int(found) if whole else float(found)}) - {0})

    return _one_moves(push, series, row, want, (series.lhs, dividend), (series.rhs, divisor))


def want_negate(push: Push, series: Any, row: int | None, want: Want) -> bool:
    return push.want(
        series.source, row, _moved(want, lambda end: -end, falling=True) if want.present else MISSING
    )


def want_absolute(push: Push, series: Any, row: int | None, want: Want) -> bool:
    if not want.present:
        return push.want(series.source, row, MISSING)
    low, high = _bounds(want)
    least = max(low, 0) if low is not None else 0
    same = Want(low=least, high=high, missing=want.missing)
    return push.one_of(
        [
            lambda: push.want(series.source, row, same),
            lambda: push.want(series.source, row, _moved(same, lambda end: -end, falling=True)),
        ]
    )


def want_cast(push: Push, series: Any, row: int | None, want: Want) -> bool:
    source = series.source
    if not want.present:
        return push.want(source, row, MISSING)
    if source.value_type is bool:
        among = frozenset(value for value in (False, True) if want.admits(int(value)))
        return push.want(source, row, Want(among=among, missing=want.missing))
    low, high = _bounds(want)
    if source.value_type is float:
        low = None if low is None else float(low) if low > 0 else low - 0.999
        high = None if high is None else high + 0.999 if high >= 0 else float(high)
    elif low is not None or high is not None:
        low, high = (None if low is None else -int(-low // 1), None if high is None else int(high // 1))
    return push.want(source, row, Want(low=low, high=high, missing=want.missing))


# --- several at once ----------------------------------------------------------------------------------------


def want_extreme_of(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """The smallest (or largest) of several: one is it, no other goes beyond."""
    if not want.present:
        return push.all_of((source, row, MISSING) for source in series.sources)
    low, high = _bounds(want)
    ahead = Want(low=low, missing=True) if isinstance(series, n.MinimumOf) else Want(high=high, missing=True)
    chosen = push.shuffled([source for source in series.sources if not push.question.is_constant(source)])
    chosen.sort(key=lambda source: not want.admits(push.view.value(source, row)))
    fixed = [source for source in series.sources if push.question.is_constant(source)]
    ways: list[Any] = [
        lambda one=one: (
            push.want(one, row, want.but_present())
            and push.all_of((other, row, ahead) for other in series.sources if other is not one)
        )
        for one in [*chosen, *fixed]
    ]
    if want.missing:
        ways.append(lambda: push.all_of((source, row, MISSING) for source in series.sources))
    return push.one_of(ways)


# --- dates --------------------------------------------------------------------------------------------------


def want_date_add(push: Push, series: Any, row: int | None, want: Want) -> bool:
    def source(offset: int) -> Want:
        if isinstance(series, n.DateAddDays):
            return _moved(want, lambda end: end - DAY * offset).but_present()
        months = offset * (12 if isinstance(series, n.DateAddYears) else 1)
        # The end of a month moves by a day or two; what comes out is checked, so the range may be a little small.
        push.guessed = True
        return _moved(want, lambda end: add_months(end, -months)).but_present()

    def offset(start: datetime.date) -> Want:
        push.guessed = True
        size = {n.DateAddDays: 1, n.DateAddMonths: 30.4, n.DateAddYears: 365.25}[type(series)]
        return _moved(want, lambda end: int((end - start).days / size)).but_present()

    return _one_moves(push, series, row, want, (series.source, source), (series.offset, offset))


def want_days(push: Push, series: Any, row: int | None, want: Want) -> bool:
    return _one_moves(
        push,
        series,
        row,
        want,
        (series.end, lambda start: _moved(want, lambda days: start + DAY * days).but_present()),
        (series.start, lambda end: _moved(want, lambda days: end - DAY * days, falling=True).but_present()),
    )


def want_units(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """Whole months or years between two dates: an age."""
    size = 12 if isinstance(series, n.DateDifferenceInYears) else 1
    low, high = _bounds(want)

    def later(start: datetime.date) -> Want:
        last = None if high is None else add_months(start, (high + 1) * size) - DAY
        return Want(low=None if low is None else add_months(start, low * size), high=last)

    def earlier(end: datetime.date) -> Want:
        # A day that a month lacks rolls forward, by three days at most: room, so that no day is wrongly excluded.
        room = DAY * (3 if end.day > 28 else 0)
        first = None if high is None else add_months(end, -(high + 1) * size) + DAY - room
        return Want(low=first, high=None if low is None else add_months(end, -low * size))

    return _one_moves(push, series, row, want, (series.end, later), (series.start, earlier))


def want_year(push: Push, series: Any, row: int | None, want: Want) -> bool:
    if not want.present:
        return push.want(series.source, row, MISSING)
    low, high = _bounds(want)
    wish = Want(
        low=None if low is None else datetime.date(min(max(low, 1), 9999), 1, 1),
        high=None if high is None else datetime.date(min(max(high, 1), 9999), 12, 31),
        missing=want.missing,
    )
    return push.want(series.source, row, wish)


def want_part(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """The month or the day of the month: near the date it is now, else in the last years."""
    if not want.present:
        return push.want(series.source, row, MISSING)
    push.guessed = True
    part = "month" if isinstance(series, n.MonthFromDate) else "day"
    now = push.view.value(series.source, row) or push.life.end
    years = {now.year, push.life.end.year - 1, push.life.end.year}
    days = [
        datetime.date(year, month, day)
        for year in years
        for month in range(1, 13)
        for day in range(1, calendar.monthrange(year, month)[1] + 1)
    ]
    among = frozenset(day for day in days if want.admits(getattr(day, part)))
    return push.want(series.source, row, Want(among=among, missing=want.missing))


def want_first_of(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """The first of the month or year."""
    if not want.present:
        return push.want(series.source, row, MISSING)
    months = 12 if isinstance(series, n.ToFirstOfYear) else 1
    if want.among:
        push.guessed = True
        one = push.chance.choice(sorted(want.among))
        return push.want(
            series.source, row, Want(low=one, high=add_months(one, months) - DAY, missing=want.missing)
        )
    low, high = want.low, want.high

    def starts(day: datetime.date) -> datetime.date:
        return day.replace(day=1) if months == 1 else day.replace(month=1, day=1)

    if low is not None and starts(low) != low:
        low = add_months(starts(low), months)
    if high is not None:
        high = add_months(starts(high), months) - DAY
    return push.want(series.source, row, Want(low=low, high=high, missing=want.missing))


RULES |= {n.Add: want_add, n.Subtract: want_subtract, n.Multiply: want_multiply}
RULES |= {n.TrueDivide: want_divide, n.FloorDivide: want_divide}
RULES |= {n.Negate: want_negate, n.Absolute: want_absolute, n.CastToInt: want_cast, n.CastToFloat: want_cast}
RULES |= {n.MinimumOf: want_extreme_of, n.MaximumOf: want_extreme_of}
RULES |= dict.fromkeys((n.DateAddDays, n.DateAddMonths, n.DateAddYears), want_date_add)
RULES |= {n.DateDifferenceInDays: want_days}
RULES |= dict.fromkeys((n.DateDifferenceInMonths, n.DateDifferenceInYears), want_units)
RULES |= {n.YearFromDate: want_year, n.MonthFromDate: want_part, n.DayFromDate: want_part}
RULES |= dict.fromkeys((n.ToFirstOfMonth, n.ToFirstOfYear), want_first_of)
