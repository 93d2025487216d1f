"""Queries that are deep, wide or long are answered, and their SQL grows no faster than they do."""

from __future__ import annotations

import datetime
import subprocess
import sys
import time
from typing import Any

import pytest
from running import answers

from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ArrowTables
from armslength.query.engines.passes import PASSES, share_scans
from armslength.query.model import nodes as n

PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"i": int, "s": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"date": datetime.date, "code": str, "value": float}))
I = n.SelectColumn(PEOPLE, "i")  # noqa: E741
DATA: dict[str, list[tuple[Any, ...]]] = {
    "people": [(1, 400, "k5"), (2, None, None), (3, 3, "z")],
    "events": [(1, None, "k1", 1.0), (3, None, None, 2.0)],
}


def of_each_person(series: Any) -> list[Any]:
    (found,) = answers(n.Dataset(n.Exists(PEOPLE), (("x", series),)), DATA)
    return [value for _, value in found["dataset"]]


def test_five_hundred_cases_inside_one_another() -> None:
    made: Any = n.Value(-1)
    for number in range(500):
        made = n.Case(((n.EQ(I, n.Value(number)), n.Value(number)),), made)
    assert of_each_person(made) == [400, -1, 3]


def test_two_thousand_additions_one_after_the_other() -> None:
    made: Any = I
    for _ in range(2000):
        made = n.Add(made, n.Value(1))
    assert of_each_person(made) == [2400, None, 2003]


def test_a_series_used_three_times_at_each_of_sixty_steps() -> None:
    made: Any = I
    for _ in range(60):
        made = n.Subtract(n.Add(made, made), made)
    assert of_each_person(made) == [400, None, 3]


@pytest.mark.parametrize("passes", [PASSES, (), (share_scans,)], ids=["all", "none", "share_scans alone"])
def test_a_set_of_48_000_codes_travels_as_a_table(passes: Any) -> None:
    codes = n.Value(frozenset(f"k{number}" for number in range(48_000)))
    coded = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), codes))
    dataset = n.Dataset(
        n.Exists(PEOPLE), (("own", n.In(n.SelectColumn(PEOPLE, "s"), codes)), ("events", n.Count(coded)))
    )
    with DuckDB.open(ArrowTables(tables={})) as engine:
        plan = engine.compile(dataset, backend=DIRECT, passes=passes)
    assert sum(len(each.sql or "") for each in plan.statements) < 5_000
    (found,) = answers(dataset, DATA, passes)
    assert found["dataset"] == [(1, True, 1), (2, None, 0), (3, False, 0)]


def wide(variables: int) -> n.Dataset:
    found: list[Any] = []
    for number in range(variables):
        codes = n.Value(frozenset(f"k{number}-{each}" for each in range(30)))
        rows = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), codes))
        last = n.PickOneRowPerPatient(n.Sort(rows, n.SelectColumn(rows, "date")), n.Position.LAST)
        found.append((f"v{number}", n.Count(rows) if number % 2 else n.SelectColumn(last, "value")))
    return n.Dataset(n.Exists(PEOPLE), tuple(found))


def test_300_variables_compile_in_a_second() -> None:
    dataset = wide(300)
    with DuckDB.open(ArrowTables(tables={})) as engine:
        began = time.process_time()
        plan = engine.compile(dataset, backend=DIRECT)
        took = time.process_time() - began
    assert took < 1
    assert plan.steps == 4  # the population, the codes, one reading of the events, the dataset


def test_compiling_does_not_import_pandas() -> None:
    """It takes longer than many a query, and `pyarrow.array` imports it unasked."""
    script = """if True:
        import sys
        sys.path.insert(0, "tests/engines")
        from test_large_queries import DIRECT, ArrowTables, DuckDB, wide
        with DuckDB.open(ArrowTables(tables={})) as engine:
            engine.compile(wide(10), backend=DIRECT)
        assert "pandas" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", script], check=True)


def replaced(source: Any, count: int, default: Any) -> n.Case:
    """Replace `k0`, `k1`, … by categories, and `k2` by nothing."""
    categories: dict[str, list[Any]] = {}
    for number in range(count):
        categories.setdefault(f"group {number % 7}", []).append(f"k{number}")
    cases: list[Any] = [(n.EQ(source, n.Value("k2")), None)]
    cases += [(n.In(source, n.Value(frozenset(codes))), n.Value(name)) for name, codes in categories.items()]
    return n.Case(tuple(cases), default)


def test_thousands_of_values_are_replaced_by_looking_them_up() -> None:
    text = n.SelectColumn(PEOPLE, "s")
    assert of_each_person(replaced(text, 5_000, n.Value("other"))) == ["group 5", "other", "other"]
    assert of_each_person(replaced(text, 5_000, None)) == ["group 5", None, None]
    category = replaced(n.SelectColumn(EVENTS, "code"), 5_000, n.Value("other"))
    rows = n.Filter(EVENTS, n.EQ(category, n.Value("group 1")))
    assert of_each_person(n.Count(rows)) == [1, 0, 0]
    known = n.Filter(EVENTS, n.Not(n.IsNull(replaced(n.SelectColumn(EVENTS, "code"), 5_000, None))))
    assert of_each_person(n.Exists(known)) == [True, False, False]


def test_a_value_replaced_by_nothing_is_missing_and_not_the_default() -> None:
    text = n.SelectColumn(PEOPLE, "s")
    cases: list[Any] = [(n.EQ(text, n.Value("z")), None)]
    cases += [(n.EQ(text, n.Value(f"k{number}")), n.Value(number)) for number in range(100)]
    assert of_each_person(n.Case(tuple(cases), n.Value(-1))) == [5, -1, None]


def test_the_first_condition_that_fits_counts_in_a_lookup_too() -> None:
    cases: list[Any] = [(n.EQ(I, n.Value(number)), n.Value(number)) for number in range(50)]
    cases.append((n.In(I, n.Value(frozenset({3, 400}))), n.Value(0)))
    assert of_each_person(n.Case(tuple(cases), n.Value(-1))) == [0, -1, 3]
