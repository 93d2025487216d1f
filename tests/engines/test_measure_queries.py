"""Asking for all intervals at once gives what one query per interval gives."""

from __future__ import annotations

import datetime
from typing import Any

from running import answers

from armslength.query.api.measure_queries import MOST_SUMS, shared_queries
from armslength.query.model import nodes as n
from armslength.query.model.measures import INTERVAL_END, INTERVAL_START, intervals_of, queries_for
from armslength.query.model.reference import evaluate

DATE = datetime.date
PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"born": DATE, "sex": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"date": DATE, "code": str}))
DATA: dict[str, list[tuple[Any, ...]]] = {
    "patients": [(1, DATE(1950, 3, 1), "female"), (2, DATE(2020, 2, 15), "male"), (3, None, None)],
    "events": [
        (1, DATE(2020, 1, 5), "a"),
        (1, DATE(2020, 2, 5), "b"),
        (2, DATE(2020, 3, 5), "a"),
        (3, DATE(2020, 3, 6), "a"),
        (4, DATE(2020, 1, 6), "a"),
    ],
}
MONTHS = tuple((DATE(2020, month, 1), DATE(2020, month, 28)) for month in (1, 2, 3))


def events(code: str) -> Any:
    date = n.SelectColumn(EVENTS, "date")
    within = n.And(n.GE(date, INTERVAL_START), n.LE(date, INTERVAL_END))
    return n.Filter(EVENTS, n.And(n.EQ(n.SelectColumn(EVENTS, "code"), n.Value(code)), within))


def measures(intervals: Any = MONTHS) -> n.Measures:
    born = n.LE(n.SelectColumn(PATIENTS, "born"), INTERVAL_START)
    sex = (("sex", n.SelectColumn(PATIENTS, "sex")),)
    return n.Measures(
        (
            n.Measure("by_sex", n.Exists(events("a")), born, sex, intervals),
            n.Measure("all", n.Count(events("a")), born, (), intervals),
            n.Measure("counted", n.Exists(events("b")), n.Count(events("a")), sex, intervals[1:]),
            # Asked of everybody in the tables of the query, so it may not be asked together with others.
            n.Measure("without", n.Exists(events("b")), n.Not(n.Exists(events("a"))), (), intervals),
        )
    )


def one_by_one(asked: n.Measures) -> dict[Any, Any]:
    found = {}
    for interval in intervals_of(asked):
        for query, group in queries_for(asked, interval):
            for measure, rows in zip(group, evaluate(query, DATA).measures, strict=True):
                found[(interval, measure.name)] = sorted(rows, key=str)
    return found


def together(asked: n.Measures) -> tuple[dict[Any, Any], int]:
    found, queries = {}, 0
    for query, group in shared_queries(asked):
        queries += 1
        (results,) = answers(query, DATA)
        for number, (interval, measure) in enumerate(group, start=1):
            rows = [row for row in results[f"measure_{number}"] if row[0]]
            found[(interval, measure.name)] = sorted(rows, key=str)
    return found, queries


def test_all_intervals_at_once_give_what_one_query_per_interval_gives() -> None:
    found, queries = together(measures())
    assert found == one_by_one(measures())
    assert queries == 1 + len(MONTHS)  # one for most, one per interval for those who are not in a table


def test_a_great_many_intervals_are_asked_in_parts() -> None:
    first = DATE(2000, 1, 1)
    days = tuple((day, day) for day in (first + datetime.timedelta(days=n) for n in range(MOST_SUMS)))
    born = n.LE(n.SelectColumn(PATIENTS, "born"), INTERVAL_START)
    asked = n.Measures(
        (n.Measure("a", born, born, (), days), n.Measure("b", n.Exists(EVENTS), born, (), days))
    )
    sizes = [len(group) for _, group in shared_queries(asked)]
    assert sizes == [MOST_SUMS, MOST_SUMS]
