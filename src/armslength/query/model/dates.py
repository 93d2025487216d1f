"""Calendar arithmetic: the rules every engine follows, on plain dates.

Months and years are added so that `add_months(d, n)` is the earliest date whose difference from `d` is n whole
months. A day the month lacks therefore rolls *forward* to the first of the next month. Dates outside the
years 1 to 9999 do not exist: these functions raise OverflowError or ValueError for them.
"""

from __future__ import annotations

import datetime
from datetime import date
from itertools import pairwise


def add_days(start: date, days: int) -> date:
    """The date that many days later, or earlier when negative.

    >>> add_days(date(2020, 2, 28), 2)
    datetime.date(2020, 3, 1)
    """
    return start + datetime.timedelta(days=days)


def add_months(start: date, months: int) -> date:
    """The same day of the month that many months later; the first of the next one where that day is missing.

    >>> add_months(date(2003, 1, 29), 1), add_months(date(2000, 10, 31), -11)
    (datetime.date(2003, 3, 1), datetime.date(1999, 12, 1))
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return date(year, month + 1, start.day)
    except ValueError:
        if not 1 <= year <= 9999:
            raise
        return date(year, month + 2, 1)  # a month lacking the day is never December


def add_years(start: date, years: int) -> date:
    """The same day that many years later; 1 March for 29 February where the year has none.

    >>> add_years(date(2004, 2, 29), -1)
    datetime.date(2003, 3, 1)
    """
    return add_months(start, years * 12)


def days_between(end: date, start: date) -> int:
    """Days from start to end, negative when end is earlier."""
    return (end - start).days


def months_between(end: date, start: date) -> int:
    """Whole months from start to end, rounded down.

    >>> months_between(date(2021, 2, 28), date(2021, 3, 1))
    -1
    """
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def years_between(end: date, start: date) -> int:
    """Whole years from start to end, rounded down.

    >>> years_between(date(2021, 3, 1), date(2020, 2, 29))
    1
    """
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def count_episodes(dates: list[date], maximum_gap_days: int) -> int:
    """How many runs of dates there are in which no gap is longer than this many days."""
    ordered = sorted(dates)
    gaps = (later - earlier for earlier, later in pairwise(ordered))
    return bool(ordered) + sum(gap.days > maximum_gap_days for gap in gaps)
