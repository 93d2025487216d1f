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


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The days of a table: first and latest with more than a few rows, the last that looks complete, rows by month."""

    rows: int
    first: datetime.date | None
    latest: datetime.date | None
    complete: datetime.date | None
    months: tuple[Bar, ...]


def coverage_of(asked: Asked, offered: Offered, column: str, *, as_of: datetime.date) -> Coverage:
    """Count the rows of each day, in one query. Days with a few rows are not asked for, nor are days to come."""
    day, count = held(column), exp.Count(this=exp.Star())
    last = exp.Cast(this=exp.Literal.string(as_of.isoformat()), to=exp.DataType.build("DATE"))
    rows = rows_held(offered, (column,), people=None, days=())
    query = exp.select(called(day, "day"), called(count, "n"), copy=False).from_(rows, copy=False)
    query = query.where(exp.LTE(this=day.copy(), expression=last), copy=False).group_by(
        day.copy(), copy=False
    )
    query = query.having(exp.GT(this=count.copy(), expression=exp.Literal.number(THRESHOLD)), copy=False)
    schema = pa.schema([("day", pa.date32()), ("n", pa.int64())])
    found = asked.rows(query, schema, purpose=f"count the days of {offered.name}.{column}")
    # Rounded day by day: sums of rounded numbers tell no small one by subtraction.
    counts = {row["day"]: shown(row["n"]) or 0 for row in found}
    months: Counter[str] = Counter()
    for each, n in counts.items():
        months[each.isoformat()[:7]] += n
    return Coverage(
        rows=sum(counts.values()),
        first=min(counts, default=None),
        latest=max(counts, default=None),
        complete=complete_until(counts),
        months=tuple(Bar(label=month, rows=n) for month, n in sorted(months.items())),
    )


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
