"""Two roads, one answer: random queries over random rows give the same on each engine as by the reference."""

from __future__ import annotations

import math
import os
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from query_strategies import datasets, shallow_datasets, tables
from running import SHARES, answers

from armslength.kernel.errors import Mistake
from armslength.query.engines.passes import PASSES, group_by_codelist
from armslength.query.model.reference import evaluate

# Random queries rarely ask the same of four codelists, so here one is enough.
EAGER = tuple(
    partial(each, fewest=1, tests_per_group=0) if each is group_by_codelist else each for each in PASSES
)
EXAMPLES = int(os.environ.get("ARMSLENGTH_EXAMPLES", "200"))


def comparable(value: Any) -> Any:
    """Order and compare values with missing ones, and floats up to the last few bits."""
    if value is None:
        return (0,)
    return (1, float(f"{value:.9g}") + 0.0) if isinstance(value, float) else (1, value)


def in_order(rows: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(comparable(value) for value in row) for row in rows)


def by_reference(dataset: Any, data: Any) -> dict[str, Any]:
    answer = evaluate(dataset, data)
    results = {"dataset": answer.rows, **answer.events}
    results |= {f"measure_{number}": rows for number, rows in enumerate(answer.measures, start=1)}
    return results


def within_limits(results: dict[str, Any]) -> bool:
    """Whether all numbers are such that engines promise to agree on them (17: overflow is not defined)."""
    numbers = [v for rows in results.values() for row in rows for v in row if isinstance(v, (int, float))]
    return all(math.isfinite(v) and abs(v) < 1 << 62 for v in numbers)


def many(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize="ARMSLENGTH_EXAMPLES" not in os.environ,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        database=None,
    )


def asked_of(engine: str, question: Any, examples: int) -> None:
    """Ask an engine its share of the examples."""
    many(max(1, round(examples * SHARES[engine])))(question)()


def agree(dataset: Any, data: Any, passes: Any, engine: str, **told: Any) -> None:
    try:
        expected = by_reference(dataset, data)
    except (OverflowError, ValueError):
        assume(False)
    assume(within_limits(expected))
    try:
        (results,) = answers(dataset, data, passes, engine=engine, **told)
    except Mistake as mistake:
        assume(mistake.code != "Q110")
        raise
    assert {name: in_order(rows) for name, rows in results.items()} == {
        name: in_order(rows) for name, rows in expected.items()
    }


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a failing query may be long
def test_every_engine_agrees_with_the_reference(engine: str) -> None:
    @given(datasets(), tables(), st.sampled_from((PASSES, EAGER, ())))
    def question(dataset: Any, data: Any, passes: Any) -> None:
        agree(dataset, data, passes, engine)

    asked_of(engine, question, EXAMPLES * 3 // 4)


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a failing query may be long
def test_each_operation_alone_agrees_with_the_reference(engine: str) -> None:
    @given(shallow_datasets(), tables(), st.sampled_from((EAGER, PASSES, ())))
    def question(dataset: Any, data: Any, passes: Any) -> None:
        agree(dataset, data, passes, engine)

    asked_of(engine, question, EXAMPLES // 4)
