"""The SQL for Trino, as files a person can read; and read by a grammar of Trino's that is not the one that wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from query_strategies import shallow_datasets
from sqlfluff.core import FluffConfig, Linter
from test_engine_agreement import many
from test_golden_sql import QUERIES

from armslength.query.engines.backend import DIRECT
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.trino_scratch import Scratch
from armslength.query.engines.dialects.trino_sql import DIALECT
from armslength.query.engines.engine import Plan
from armslength.query.engines.execution import plan_text
from armslength.query.engines.passes import planned
from armslength.query.model import nodes as n
from trino_server.translation import RefusedError, translated

SCRATCH = Scratch(run="20300102_0304_0123456789ab", catalog="work", schema="scratch")
LINTER = Linter(config=FluffConfig(overrides={"dialect": "trino"}))


def plan_of(dataset: n.Dataset, passes: Any = None) -> Plan:
    dialect = replace(DIALECT, scratch=SCRATCH)
    return compile_plan(planned(dataset, passes), dialect=dialect, backend=DIRECT)


def statements(plan: Plan) -> list[str]:
    return [each.sql for each in (*plan.statements, *plan.results) if each.sql is not None]


def unread(sql: str) -> list[str]:
    """Return what the grammar says against a statement."""
    parsed = LINTER.parse_string(sql)
    parts = parsed.tree.recursive_crawl("unparsable") if parsed.tree else ()
    return [str(each) for each in parsed.violations] + [each.raw for each in parts]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_the_sql_is_what_was_read_and_the_grammar_reads_it(query: Any, golden: Callable[..., None]) -> None:
    plan = plan_of(query())
    golden(f"trino/{query.__name__}.sql", plan_text(plan))
    for sql in statements(plan):
        assert unread(sql) == []


def test_what_queries_made_at_random_become_is_read_by_the_grammar() -> None:
    @many(15)
    @given(shallow_datasets())
    def question(dataset: Any) -> None:
        for sql in statements(plan_of(dataset)):
            assert unread(sql) == []

    question()


@pytest.mark.parametrize("sql", ["SELECT x FROM", "SELECT CASE WHEN a THEN 1", "CREATE TABLE AS SELECT 1"])
def test_the_grammar_refuses_what_is_no_sql(sql: str) -> None:
    assert unread(sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMPORARY TABLE x AS SELECT 1 AS i",
        "SELECT a & 1 FROM t",
        "SELECT a::BIGINT FROM t",
        "SELECT 1;",
        "SELECT x[1:1] FROM t",
        "SELECT a = ANY(b) FROM t",
        "SELECT LIST_SORT(a) FROM t",
        "SELECT 9223372036854775808",
        "SELECT CAST(a AS HUGEINT) FROM t",
        "ATTACH 'x.db'",
    ],
)
def test_the_server_that_stands_in_refuses_what_is_not_trinos(sql: str) -> None:
    with pytest.raises(RefusedError):
        translated(sql)
