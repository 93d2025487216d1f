"""The SQL of a few queries, as files a person can read; the same SQL is also run and compared."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from running import answers

from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ArrowTables
from armslength.query.engines.passes import PASSES
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate

DATE = datetime.date
PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"date_of_birth": DATE, "sex": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"date": DATE, "code": str, "value": float}))
VISITS = n.SelectTable("visits", n.TableSchema.of({"date": DATE}))

DATA: dict[str, list[tuple[Any, ...]]] = {
    "patients": [(1, DATE(1950, 3, 1), "female"), (2, DATE(2015, 6, 1), "male"), (3, DATE(1980, 1, 1), None)],
    "events": [
        (1, DATE(2019, 12, 31), "c1", 7.5),
        (1, DATE(2020, 1, 31), "c2", None),
        (1, DATE(2020, 1, 31), "c1", 6.5),
        (2, DATE(2020, 2, 1), "c9", 1.0),
        (3, None, "c1", 2.5),
        (3, DATE(2018, 5, 5), "x", 2.5),
    ],
    "visits": [(1, DATE(2020, 1, 31)), (1, DATE(2020, 2, 2)), (1, DATE(2020, 4, 1)), (3, DATE(2018, 5, 5))],
}


def column(frame: Any, name: str) -> n.SelectColumn:
    return n.SelectColumn(frame, name)


def coded(*codes: str) -> Any:
    return n.Filter(EVENTS, n.In(column(EVENTS, "code"), n.Value(frozenset(codes))))


def adults() -> Any:
    age = n.DateDifferenceInYears(n.Value(DATE(2020, 1, 1)), column(PATIENTS, "date_of_birth"))
    return n.GE(age, n.Value(18))


def last_of(frame: Any) -> Any:
    return n.PickOneRowPerPatient(n.Sort(frame, column(frame, "date")), n.Position.LAST)


def shared_scan() -> n.Dataset:
    first, second = coded("c1", "c2", "c3"), coded("c4", "c9")
    return n.Dataset(
        adults(),
        (
            ("has_first", n.Exists(first)),
            ("count_second", n.Count(second)),
            ("mean_first", n.Mean(column(first, "value"))),
            ("last_value", column(last_of(first), "value")),
            ("last_date", column(last_of(second), "date")),
        ),
    )


def many_codelists() -> n.Dataset:
    """Five codelists of which the same is asked, one that is asked something else, and codes in two of them."""
    found: list[Any] = []
    for number in range(1, 6):
        rows = coded(f"c{number}", "c9", "x")
        recent = n.Filter(rows, n.GE(column(rows, "date"), n.Value(DATE(2020, 1, 1))))
        found += [(f"last_{number}", column(last_of(rows), "date")), (f"recent_{number}", n.Count(recent))]
    found.append(("largest", n.Max(column(coded("c1"), "value"))))
    return n.Dataset(n.Exists(PATIENTS), tuple(found))


def one_long_codelist() -> n.Dataset:
    """A set too long to write out, asked of a patient's own column and of events."""
    values = n.Value(frozenset({"female", "c1", *(f"k{number}" for number in range(30))}))
    listed = n.Filter(EVENTS, n.Not(n.In(column(EVENTS, "code"), values)))
    return n.Dataset(
        n.Exists(PATIENTS), (("listed", n.In(column(PATIENTS, "sex"), values)), ("others", n.Count(listed)))
    )


def events_after_a_pick() -> n.Dataset:
    last = last_of(coded("c1"))
    after = n.Filter(VISITS, n.GE(column(VISITS, "date"), column(last, "date")))
    return n.Dataset(n.Exists(PATIENTS), (("after", n.Count(after)), ("value", column(last, "value"))))


def episodes_and_same_days() -> n.Dataset:
    same_day = n.In(column(EVENTS, "date"), n.CombineAsSet(column(VISITS, "date")))
    return n.Dataset(
        n.Exists(PATIENTS),
        (
            ("episodes", n.CountEpisodes(column(VISITS, "date"), 7)),
            ("same_day", n.Count(n.Filter(EVENTS, same_day))),
        ),
    )


def calendar() -> n.Dataset:
    born = column(PATIENTS, "date_of_birth")
    return n.Dataset(
        n.Exists(PATIENTS),
        (
            ("month_later", n.DateAddMonths(born, n.Value(1))),
            ("months", n.DateDifferenceInMonths(n.Value(DATE(2020, 1, 1)), born)),
            ("first_of_year", n.ToFirstOfYear(born)),
        ),
    )


def event_rows_and_sums() -> n.Dataset:
    rows = n.SeriesCollectionFrame((("date", column(EVENTS, "date")), ("sex", column(PATIENTS, "sex"))))
    sums = n.GroupedSum((("coded", n.Exists(coded("c1"))),), adults(), (("sex", column(PATIENTS, "sex")),))
    return n.Dataset(n.Exists(PATIENTS), (), (("rows", rows),), (sums,))


QUERIES = (
    shared_scan,
    many_codelists,
    one_long_codelist,
    events_after_a_pick,
    episodes_and_same_days,
    calendar,
    event_rows_and_sums,
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_the_sql_is_what_was_read_and_gives_the_answer_of_the_reference(query: Any, golden: Any) -> None:
    dataset = query()
    with DuckDB.open(ArrowTables(tables={})) as engine:
        golden(f"{query.__name__}.sql", engine.explain(engine.compile(dataset, backend=DIRECT)))
    expected = evaluate(dataset, DATA)
    (found,) = answers(dataset, DATA)
    assert found.pop("dataset") == expected.rows
    assert {name: sorted(rows, key=str) for name, rows in found.items() if name in expected.events} == {
        name: sorted(rows, key=str) for name, rows in expected.events.items()
    }
    for number, rows in enumerate(expected.measures, start=1):
        assert sorted(found[f"measure_{number}"], key=str) == sorted(rows, key=str)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
@pytest.mark.parametrize("one_pass", PASSES, ids=lambda each: each.__name__)
def test_each_pass_alone_keeps_the_answer(query: Any, one_pass: Any) -> None:
    plain, rewritten = answers(query(), DATA, (), (one_pass,))
    assert {name: sorted(rows, key=str) for name, rows in rewritten.items()} == {
        name: sorted(rows, key=str) for name, rows in plain.items()
    }


def test_variables_over_one_table_read_it_once() -> None:
    with DuckDB.open(ArrowTables(tables={})) as engine:
        shared = engine.compile(shared_scan(), backend=DIRECT)
        plain = engine.compile(shared_scan(), backend=DIRECT, passes=())
    assert sum('FROM "events"' in (each.sql or "") for each in shared.statements) == 1
    assert sum('FROM "events"' in (each.sql or "") for each in plain.statements) == 5


def test_a_condition_that_holds_for_nobody_in_particular_is_asked_of_everybody() -> None:
    nobody_coded = n.Dataset(n.Not(n.Exists(coded("c1"))), (("sex", column(PATIENTS, "sex")),))
    (found,) = answers(nobody_coded, DATA)
    assert found["dataset"] == [(2, "male")]


def test_thousands_of_alternatives_are_no_deeper_than_a_database_allows() -> None:
    code = column(EVENTS, "code")
    condition: Any = n.EQ(code, n.Value("c0"))
    for number in range(1, 1500):
        condition = n.Or(condition, n.StringContains(code, n.Value(f"k{number}")))
    dataset = n.Dataset(n.Exists(n.Filter(EVENTS, condition)), ())
    (found,) = answers(dataset, DATA)
    assert found["dataset"] == []
