"""Random measures: all intervals asked at once, on each engine, give what the reference gives for each by itself."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from query_strategies import DATE, TYPES, Draw, series, tables
from running import answers
from test_engine_agreement import EXAMPLES, asked_of, in_order, within_limits

from armslength.kernel.errors import Mistake
from armslength.query.api.measure_queries import shared_queries
from armslength.query.model import nodes as n
from armslength.query.model.measures import INTERVAL_END, INTERVAL_START, intervals_of, queries_for
from armslength.query.model.reference import evaluate

FIRST_DAYS = [DATE(2020, 1, 1), DATE(2020, 1, 31), DATE(2020, 2, 29), DATE(2021, 2, 28)]
MONTH = datetime.timedelta(days=30)


def with_parameters(d: Draw, root: Any) -> Any:
    """Put the ends of the interval in the place of some dates."""
    places = {
        each: d.choose((INTERVAL_START, INTERVAL_END, each))
        for each in n.walk(root)
        if isinstance(each, n.Value) and type(each.value) is DATE
    }
    return n.rewrite(root, lambda each: places.get(each, each))


@st.composite
def measures(draw: Any) -> n.Measures:
    """Some measures; denominators, groups and lists of intervals may be shared."""
    d = Draw(draw)
    intervals = tuple((day, day + MONTH) for day in FIRST_DAYS[: d.number(1, 4)])
    wanted = [d.choose((bool, int)) for _ in range(2)]
    denominators = [with_parameters(d, series(d, kind, None, d.number(1, 3))) for kind in wanted]
    groups = [(f"g{k}", with_parameters(d, series(d, d.choose(TYPES), None, 2))) for k in range(2)]
    made = []
    for number in range(d.number(1, 4)):
        numerator = with_parameters(d, series(d, d.choose((bool, int)), None, 3))
        by = tuple(groups[: d.number(0, 2)])
        some = intervals[: d.number(1, len(intervals))]
        made.append(n.Measure(f"m{number}", numerator, d.choose(denominators), by, some))
    return n.Measures(tuple(made))


def one_by_one(asked: n.Measures, data: Any) -> dict[Any, Any]:
    found = {}
    for interval in intervals_of(asked):
        for query, group in queries_for(asked, interval):
            for measure, rows in zip(group, evaluate(query, data).measures, strict=True):
                found[(interval, measure.name)] = rows
    return found


def together(asked: n.Measures, data: Any, engine: str) -> dict[Any, Any]:
    found = {}
    for query, group in shared_queries(asked):
        (results,) = answers(query, data, engine=engine)
        for number, (interval, measure) in enumerate(group, start=1):
            rows = [row for row in results[f"measure_{number}"] if row[0]]
            found[(interval, measure.name)] = rows
    return found


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_all_intervals_at_once_agree_with_the_reference(engine: str) -> None:
    @given(measures(), tables())
    def question(asked: n.Measures, data: Any) -> None:
        agree_at_once(asked, data, engine)

    asked_of(engine, question, EXAMPLES // 8)


def agree_at_once(asked: n.Measures, data: Any, engine: str) -> None:
    try:
        expected = one_by_one(asked, data)
    except (OverflowError, ValueError):
        assume(False)
    assume(within_limits(expected))
    try:
        found = together(asked, data, engine)
    except Mistake as mistake:
        assume(mistake.code != "Q110")
        raise
    assert {k: in_order(rows) for k, rows in found.items()} == {
        k: in_order(rows) for k, rows in expected.items()
    }
