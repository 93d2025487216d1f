"""How many rows a table has for each day, and until when they look complete."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from armslength.query.conformance.asking import Asked, Offered, rows_held
from armslength.query.conformance.rules import held
from armslength.query.conformance.verdict import THRESHOLD, Bar, shown
from armslength.query.engines.compile.scope import called

WEEK, WEEKS_BEFORE = 7, 12
LENGTHS = {"day": 10, "month": 7, "year": 4}  # of what names them in a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The days of a table: first and latest with more than a few rows, the last that looks complete, rows by month.

    `by` is what rows were counted by: `day`, or `month` or `year` where most days have a few rows at most. `first` and
    `latest` are then months or years. Whether records look complete is told of days alone.
    """

    by: str
    rows: int
    first: str | None
    latest: str | None
    complete: datetime.date | None
    months: tuple[Bar, ...]


def coverage_of(asked: Asked, offered: Offered, column: str, *, as_of: datetime.date) -> Coverage:
    """Count the rows of each day, in one query; days to come are not asked for."""
    day, count = held(column), exp.Count(this=exp.Star())
    last = exp.Cast(this=exp.Literal.string(as_of.isoformat()), to=exp.DataType.build("DATE"))
    rows = rows_held(offered, (column,), people=None, days=())
    query = exp.select(called(day, "day"), called(count, "n"), copy=False).from_(rows, copy=False)
    query = query.where(exp.LTE(this=day.copy(), expression=last), copy=False).group_by(
        day.copy(), copy=False
    )
    schema = pa.schema([("day", pa.date32()), ("n", pa.int64())])
    found = asked.rows(query, schema, purpose=f"count the days of {offered.name}.{column}")
    return coverage({row["day"]: row["n"] for row in found})


def coverage(rows: Mapping[datetime.date, int]) -> Coverage:
    """Say what may be said of the rows of each day: by the finest measure of time that hides less than half of them.

    One measure alone is told, and its numbers are rounded one by one: no small one follows by subtraction.

    >>> sparse = {datetime.date(2024, month, day): 1 for month in (1, 3) for day in range(1, 12)}
    >>> found = coverage(sparse)
    >>> found.by, found.rows, found.first, found.latest
    ('month', 20, '2024-01', '2024-03')
    """
    by, counts = _counted(rows)
    months: Counter[str] = Counter()
    for label, n in counts.items() if by != "year" else ():
        months[label[: LENGTHS["month"]]] += n
    days = {datetime.date.fromisoformat(label): n for label, n in counts.items()} if by == "day" else {}
    return Coverage(
        by=by,
        rows=sum(counts.values()),
        first=min(counts, default=None),
        latest=max(counts, default=None),
        complete=complete_until(days),
        months=tuple(Bar(label=month, rows=n) for month, n in sorted(months.items())),
    )


def _counted(rows: Mapping[datetime.date, int]) -> tuple[str, dict[str, int]]:
    counts: dict[str, int] = {}
    measure = ""
    for measure, length in LENGTHS.items():  # noqa: B007 - the last one tried is the answer
        exact: Counter[str] = Counter()
        for day, n in rows.items():
            exact[day.isoformat()[:length]] += n
        counts = {label: shown(n) or 0 for label, n in sorted(exact.items()) if n > THRESHOLD}
        if sum(exact[label] for label in counts) * 2 >= sum(exact.values()):
            break
    return measure, counts


def complete_until(counts: Mapping[datetime.date, int]) -> datetime.date | None:
    """Return the last day of the last week that has at least half as many rows as the twelve before usually had.

    >>> day = datetime.date(2024, 1, 1)
    >>> steady = {day + datetime.timedelta(n): 100 for n in range(140)}
    >>> thinning = {day + datetime.timedelta(n): 10 for n in range(140, 150)}
    >>> complete_until(steady | thinning) - day
    datetime.timedelta(days=142)
    """
    if not counts:
        return None
    day, first = max(counts), min(counts)
    while day > first:
        usual = statistics.median(_week(counts, day, back=number) for number in range(1, WEEKS_BEFORE + 1))
        if _week(counts, day, back=0) * 2 >= usual > 0:
            return day
        day -= datetime.timedelta(1)
    return max(counts)


def _week(counts: Mapping[datetime.date, int], day: datetime.date, *, back: int) -> int:
    days = (day - datetime.timedelta(WEEK * back + number) for number in range(WEEK))
    return sum(counts.get(each, 0) for each in days)
