"""Readings leave out everybody outside the population when that pays, which is counted when the query runs."""

from __future__ import annotations

import datetime
from contextlib import closing
from typing import Any

import pytest
from running import arrow_tables

from armslength.query.api.costs import costs_in_words
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.engine import Settings, find_engine
from armslength.query.engines.passes import PASSES, restrict_to_population
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate

PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"age": int}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"date": datetime.date, "value": float}))
DATA: dict[str, list[tuple[Any, ...]]] = {
    "patients": [(number, number) for number in range(1, 21)],
    "events": [(number, None, float(number)) for number in (*range(1, 25), 7)],
}


def older_than(age: int) -> n.Dataset:
    largest = n.Max(n.SelectColumn(EVENTS, "value"))
    old = n.GT(n.SelectColumn(PATIENTS, "age"), n.Value(age))
    return n.Dataset(old, (("largest", largest), ("count", n.Count(EVENTS))))


def steps(dataset: n.Dataset, engine: str, passes: Any = None) -> tuple[list[str], list[Any]]:
    """Run a query; return what its steps were, as they are told, and its rows."""
    told: list[str] = []
    with closing(find_engine(engine).open(arrow_tables(dataset, DATA), settings=Settings())) as opened:
        plan = opened.compile(dataset, backend=DIRECT, passes=passes)
        (result,) = (
            r.rows.read_all() for r in opened.execute(plan, progress=lambda s: told.append(s.purpose))
        )
    return told, list(zip(*(column.to_pylist() for column in result.columns), strict=True))


@pytest.mark.parametrize(
    ("age", "is_of_everybody"), [(15, False), (3, False), (2, True), (0, True), (99, False)]
)
def test_members_alone_are_read_when_less_than_nine_in_ten_are(
    age: int, is_of_everybody: bool, real_engine: str
) -> None:
    told, rows = steps(older_than(age), real_engine)
    assert any("nearly all are members" in each for each in told) is is_of_everybody
    assert rows == evaluate(older_than(age), DATA).rows


def test_without_the_pass_everybody_is_read() -> None:
    passes = tuple(each for each in PASSES if each is not restrict_to_population)
    told, rows = steps(older_than(15), "duckdb", passes)
    assert not any("members" in each for each in told)
    assert rows == evaluate(older_than(15), DATA).rows


def test_a_population_of_all_patients_needs_no_count() -> None:
    dataset = n.Dataset(n.Exists(PATIENTS), (("count", n.Count(EVENTS)),))
    with closing(find_engine("duckdb").open(arrow_tables(dataset, DATA), settings=Settings())) as engine:
        plan = engine.compile(dataset, backend=DIRECT)
    assert all(
        each.choice is None and 'FROM "armslength_population"' not in (each.sql or "")
        for each in plan.statements
    )
    assert "everybody is a member" in costs_in_words(dataset)
    assert steps(dataset, "duckdb")[1] == evaluate(dataset, DATA).rows


def test_explain_says_when_it_is_decided_and_by_what() -> None:
    assert "unless 90% of people or more are members" in costs_in_words(older_than(3))
    with closing(
        find_engine("duckdb").open(arrow_tables(older_than(3), DATA), settings=Settings())
    ) as engine:
        text = engine.explain(engine.compile(older_than(3), backend=DIRECT))
    assert "unless 90% of people or more turn out to be members" in text
