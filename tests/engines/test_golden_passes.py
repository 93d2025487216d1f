"""What each pass does, as files a person can read: the query in words, its SQL before and after; both are run."""

from __future__ import annotations

from typing import Any

import pytest
from running import answers
from test_golden_sql import (
    DATA,
    EVENTS,
    PATIENTS,
    adults,
    coded,
    column,
    last_of,
    shared_scan,
)
from test_golden_sql import many_codelists as many

from armslength.kernel.errors import Mistake
from armslength.query.api.costs import costs_in_words
from armslength.query.api.databases import Database
from armslength.query.api.explanations import explain
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ArrowTables
from armslength.query.engines.passes import PASSES, SWITCHED_OFF, chosen_passes
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate


def windows_of_their_own() -> n.Dataset:
    """Five codelists, each with a window of dates of its own, and one asked without any."""
    found: list[Any] = []
    for number in range(1, 6):
        rows = coded(f"c{number}", "c9", "x")
        since = n.GE(column(rows, "date"), n.Value(DATA["events"][0][1].replace(year=2014 + number)))
        recent = n.Filter(rows, since)
        found += [
            (f"recent_{number}", n.Count(recent)),
            (f"value_{number}", column(last_of(recent), "value")),
        ]
    found.append(("ever", n.Count(coded("c1"))))
    return n.Dataset(n.Exists(PATIENTS), tuple(found))


def one_codelist_many_answers() -> n.Dataset:
    rows = coded("c1", "c2")
    largest = n.Max(column(rows, "value"))
    return n.Dataset(adults(), (("count", n.Count(rows)), ("largest", largest), ("all", n.Count(EVENTS))))


# One query for each thing a pass can do.
CASES = {
    "share_scans": (one_codelist_many_answers, shared_scan),
    "group_by_codelist": (many, windows_of_their_own),
    "tag_codelists": (shared_scan,),
    "restrict_to_population": (one_codelist_many_answers,),
}
PAIRS = [(name, query) for name, queries in CASES.items() for query in queries]
IDS = [f"{name}-{query.__name__}" for name, query in PAIRS]


def test_every_pass_has_golden_files() -> None:
    assert list(CASES) == [each.__name__ for each in PASSES]


@pytest.mark.parametrize(("name", "query"), PAIRS, ids=IDS)
def test_a_pass_rewrites_as_was_read_and_the_rows_stay_the_same(name: str, query: Any, golden: Any) -> None:
    dataset = query()
    place = [each.__name__ for each in PASSES].index(name)
    before, after = PASSES[:place], PASSES[: place + 1]
    folder = f"{name}/{query.__name__}"
    golden(f"{folder}.txt", costs_in_words(dataset) + "\n")
    with DuckDB.open(ArrowTables(tables={})) as engine:
        texts = [
            engine.explain(engine.compile(dataset, backend=DIRECT, passes=each)) for each in (before, after)
        ]
    assert texts[0] != texts[1]
    golden(f"{folder}.before.sql", texts[0])
    golden(f"{folder}.after.sql", texts[1])
    expected = evaluate(dataset, DATA).rows
    for rows in answers(dataset, DATA, before, after):
        assert rows["dataset"] == expected


@pytest.mark.parametrize("name", CASES)
def test_each_pass_can_be_switched_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = windows_of_their_own()
    left = [each.__name__ for each in chosen_passes([name])]
    assert name not in left and len(left) == len(PASSES) - 1
    assert f"{name}: switched off" in costs_in_words(dataset, without=[name])
    here = Database(tables={})
    by_option = explain(dataset, database=here, without=[name])
    monkeypatch.setenv(SWITCHED_OFF, f"{name},")
    assert explain(dataset, database=here) == by_option
    (rows,) = answers(dataset, DATA)
    assert rows["dataset"] == evaluate(dataset, DATA).rows


def test_a_pass_that_there_is_not_is_refused_with_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCHED_OFF, "share_scans shared_scans")
    with pytest.raises(Mistake, match="`shared_scans`") as told:
        chosen_passes()
    assert told.value.code == "Q118" and "share_scans" in str(told.value.hint)


def test_explain_says_what_the_passes_saved() -> None:
    told = costs_in_words(windows_of_their_own())
    assert "group_by_codelist" in told and "11 answers by 6 codelists and 6 windows" in told
    assert "readings became" in told


def test_every_answer_of_its_own_date_window_costs_no_test_per_row() -> None:
    with DuckDB.open(ArrowTables(tables={})) as engine:
        plan = engine.compile(windows_of_their_own(), backend=DIRECT)
    (scan,) = [each.sql for each in plan.statements if each.sql and 'FROM "events"' in each.sql]
    assert "CASE" not in scan
