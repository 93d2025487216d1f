"""A query that is more than the database takes at once is cut into more statements, with the same answer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_strategies import datasets, tables
from running import answers
from test_engine_agreement import EAGER, EXAMPLES, agree, asked_of
from test_golden_sql import DATA, QUERIES
from test_large_queries import DATA as PEOPLE_DATA
from test_large_queries import EVENTS, PEOPLE, I

from armslength.query.engines.backend import DIRECT
from armslength.query.engines.compile.limits import Limits
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.postgresql_sql import DIALECT
from armslength.query.engines.engine import ArrowTables, find_engine
from armslength.query.engines.passes import PASSES, planned
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate

TINY = Limits(table_columns=5, row_bytes=60, result_columns=5, joins=3, layers=2, constants=1)
NONE = Limits(table_columns=1, row_bytes=1, result_columns=1, joins=1, layers=1, constants=1)


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a failing query may be long
def test_a_database_that_takes_little_at_once_agrees_with_the_reference(real_engine: str) -> None:
    @given(datasets(), tables(), st.sampled_from((PASSES, EAGER, ())), st.sampled_from((TINY, NONE)))
    def question(dataset: Any, data: Any, passes: Any, limits: Limits) -> None:
        agree(dataset, data, passes, real_engine, limits=limits, deepest=10)

    asked_of(real_engine, question, EXAMPLES // 4)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
@pytest.mark.parametrize("limits", [TINY, NONE], ids=["tiny", "none"])
def test_golden_queries_keep_their_answers(query: Any, limits: Limits) -> None:
    dataset = query()
    expected = evaluate(dataset, DATA)
    (found,) = answers(dataset, DATA, limits=limits, deepest=10)
    assert found["dataset"] == expected.rows


def added(count: int) -> Any:
    made: Any = I
    for _ in range(count):
        made = n.Add(made, n.Value(1))
    return made


def test_three_thousand_variables(real_engine: str) -> None:
    """Picked text and sums of a codelist each: more columns than a table, a row or a result of PostgreSQL holds."""
    variables: list[Any] = []
    for number in range(1000):
        rows = n.Filter(EVENTS, n.EQ(n.SelectColumn(EVENTS, "code"), n.Value(f"k{number}")))
        last = n.PickOneRowPerPatient(n.Sort(rows, n.SelectColumn(rows, "date")), n.Position.LAST)
        variables += [
            (f"code_{number}", n.SelectColumn(last, "code")),
            (f"sum_{number}", n.Sum(n.SelectColumn(rows, "value"))),
            (f"i_{number}", n.Add(I, n.Value(number))),
        ]
    dataset = n.Dataset(n.Exists(PEOPLE), tuple(variables))
    (found,) = answers(dataset, PEOPLE_DATA, engine=real_engine)
    assert found["dataset"] == evaluate(dataset, PEOPLE_DATA).rows


def test_an_expression_two_thousand_deep(real_engine: str) -> None:
    (found,) = answers(n.Dataset(n.Exists(PEOPLE), (("x", added(2000)),)), PEOPLE_DATA, engine=real_engine)
    assert found["dataset"] == [(1, 2400), (2, None), (3, 2003)]


def test_the_parts_of_a_result_are_streamed_side_by_side_in_order() -> None:
    data = {"people": [(number, number * 7 % 1000, None) for number in range(200_000, 0, -1)]}
    variables = tuple((f"v{number}", n.Add(I, n.Value(number))) for number in range(7))
    (found,) = answers(n.Dataset(n.Exists(PEOPLE), variables), data, limits=TINY)
    rows = found["dataset"]
    assert [row[0] for row in rows] == list(range(1, 200_001))
    assert all(row[1:] == tuple(row[0] * 7 % 1000 + number for number in range(7)) for row in rows)


def test_no_statement_has_more_than_the_limits() -> None:
    counts = [
        n.Count(n.Filter(EVENTS, n.EQ(n.SelectColumn(EVENTS, "value"), n.Value(float(k))))) for k in range(20)
    ]
    total: Any = counts[0]
    for each in counts[1:]:
        total = n.Add(total, each)
    variables = [(f"v{number}", each) for number, each in enumerate([*counts, total, added(200)])]
    dataset = n.Dataset(n.GT(total, n.Value(-1)), tuple(variables))
    plan = compile_plan(
        planned(dataset, ()), dialect=replace(DIALECT, limits=TINY, deepest=10), backend=DIRECT
    )
    texts = [each.sql for each in plan.statements if each.sql]
    texts += [part.sql for result in plan.results for part in result.parts]
    # The population is joined to its people once more, and a result to nothing else.
    assert max(len(re.findall(r"\bJOIN\b", text)) for text in texts) <= 3
    assert max(text.count("armslength_layer_") for text in texts) <= 8
    assert all(len(part.schema) <= 5 for result in plan.results for part in result.parts)
    with find_engine("duckdb").open(ArrowTables(tables={})) as engine:
        assert "-- and beside it" in engine.explain(plan)
