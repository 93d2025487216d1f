"""The T-SQL of queries: as files a person can read, by an independent grammar, and within what SQL Server takes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlglot
from hypothesis import given
from query_strategies import datasets, shallow_datasets
from sqlglot import exp
from test_engine_agreement import EXAMPLES, many
from test_golden_sql import EVENTS, PATIENTS, QUERIES, VISITS, coded, column, last_of

from armslength.query.backends.tpp import BACKEND as TPP
from armslength.query.contracts import core, tpp
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.mssql import MSSQL
from armslength.query.engines.engine import ArrowTables, Plan
from armslength.query.model import nodes as n
from armslength.query.model.codes import CTV3Code
from mssql_server.grammar import unparsable

LONGEST_READ = 4000  # characters; the grammar takes a second for each 10,000
DATE = datetime.date


def planned(dataset: n.Dataset, backend: Any = DIRECT) -> Plan:
    return MSSQL(source=ArrowTables(tables={}), settings=None).compile(dataset, backend=backend)  # type: ignore[arg-type]


def statements(plan: Plan) -> list[str]:
    return [each.sql for each in (*plan.statements, *plan.results) if each.sql is not None]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
def test_the_sql_is_what_was_read(query: Any, golden: Any) -> None:
    engine = MSSQL(source=ArrowTables(tables={}), settings=None)  # type: ignore[arg-type]
    plan = planned(query())
    golden(f"mssql/{query.__name__}.sql", engine.explain(plan))
    assert [unparsable(sql) for sql in statements(plan)] == [[] for _ in statements(plan)]


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a failing query may be long
@pytest.mark.parametrize("kind", [datasets, shallow_datasets], ids=lambda kind: kind.__name__)
def test_generated_queries_are_t_sql_by_another_grammar(kind: Any) -> None:
    read: set[str] = set()

    @given(kind())
    def question(dataset: Any) -> None:
        for sql in statements(planned(dataset)):
            if sql not in read and len(sql) < LONGEST_READ:
                read.add(sql)
                assert unparsable(sql) == [], sql

    many(EXAMPLES // 8)(question)()
    assert len(read) > EXAMPLES // 80


def test_the_grammar_knows_what_is_no_t_sql() -> None:
    assert unparsable("SELECT a FROM b LIMIT 3") and unparsable("SELECT a FROM b WHERE")


def tpp_query(count: int = 3) -> n.Dataset:
    patients, events = tpp.patients._node, tpp.clinical_events._node
    found: list[Any] = [("sex", column(patients, "sex"))]
    for number in range(count):
        rows = n.Filter(
            events,
            n.In(
                column(events, "ctv3_code"),
                n.Value(frozenset({CTV3Code(f"X{number}abc"), CTV3Code("XE2q5")})),
            ),
        )
        found.append((f"last_{number}", column(last_of(rows), "date")))
        found.append((f"value_{number}", column(last_of(rows), "numeric_value")))
    return n.Dataset(n.Exists(patients), tuple(found))


def test_the_sql_of_the_tpp_backend_is_what_was_read(golden: Any) -> None:
    engine = MSSQL(source=ArrowTables(tables={}), settings=None)  # type: ignore[arg-type]
    golden("mssql/tpp.sql", engine.explain(planned(tpp_query(), TPP)))


@pytest.mark.parametrize("namespace", [core, tpp], ids=["core", "tpp"])
def test_every_table_of_the_tpp_backend_can_be_asked(namespace: Any) -> None:
    tables = [each for each in vars(namespace).values() if isinstance(getattr(each, "_node", None), n.Frame)]
    every = [each._node for each in tables if (each._node.namespace, each._node.name) in (TPP.tables or {})]
    assert every
    for table in every:
        name = table.schema.names[0]
        if isinstance(table, n.SelectTable):
            members = n.SeriesCollectionFrame(((name, column(table, name)),))
            dataset = n.Dataset(n.Exists(table), (), (("rows", members),))
        else:
            dataset = n.Dataset(n.Exists(table), ((name, column(table, name)),))
        for sql in statements(planned(dataset, TPP)):
            assert sqlglot.parse_one(sql, read="tsql") is not None
            if len(sql) < LONGEST_READ:
                assert unparsable(sql) == [], sql


def test_answers_that_fit_no_row_are_kept_in_several_tables() -> None:
    first, date = DATE(1990, 1, 1), column(VISITS, "date")
    days = [n.Value(first + datetime.timedelta(number)) for number in range(2100)]
    wide = tuple((f"count_{day.value:%Y%m%d}", n.Count(n.Filter(VISITS, n.GE(date, day)))) for day in days)
    made = [
        sqlglot.parse_one(sql, read="tsql")
        for sql in statements(planned(n.Dataset(n.Exists(PATIENTS), wide)))
    ]
    widths = [len(tree.selects) for tree in made if tree.args.get("into")]
    assert max(widths) <= 1000 and sum(width > 100 for width in widths) == 3


def test_text_answers_take_more_room_in_a_row() -> None:
    found = tuple(
        (f"code_{number}", column(last_of(coded(f"c{number}", "x")), "code")) for number in range(400)
    )
    made = [
        sqlglot.parse_one(sql, read="tsql")
        for sql in statements(planned(n.Dataset(n.Exists(PATIENTS), found)))
    ]
    widths = [len(tree.selects) for tree in made if tree.args.get("into")]
    assert max(widths) * 26 < 8060 and sum(widths) >= 400


def test_case_is_in_case_ten_times_at_most() -> None:
    value: Any = column(EVENTS, "value")
    for number in range(30):
        value = n.Case(((n.GT(value, n.Value(float(number))), value),), n.Value(float(number)))
    dataset = n.Dataset(n.Exists(PATIENTS), (("deep", n.Sum(value)),))
    for sql in statements(planned(dataset)):
        for case in sqlglot.parse_one(sql, read="tsql").find_all(exp.Case):
            above, depth = case, 0
            while above is not None and not isinstance(above, exp.Select):
                depth += isinstance(above, exp.Case)
                above = above.parent
            assert depth <= 10


def test_text_is_compared_by_its_characters_and_other_alphabets_are_kept() -> None:
    name = column(PATIENTS, "sex")
    (sql,) = (
        sql
        for sql in statements(planned(n.Dataset(n.Exists(PATIENTS), (("is", n.EQ(name, n.Value("Zoë's"))),))))
        if "Zo" in sql
    )
    assert "COLLATE Latin1_General_BIN2 = (\n" in sql or "COLLATE Latin1_General_BIN2 = N'Zoë''s'" in sql
    assert "'Zoë" not in sql.replace("N'Zoë", "")


def test_whole_numbers_beyond_an_int_are_no_decimals() -> None:
    (sql,) = (
        each
        for each in statements(
            planned(n.Dataset(n.Exists(PATIENTS), (("n", n.Add(n.Value(1 << 40), n.Count(EVENTS))),)))
        )
        if str(1 << 40) in each
    )
    assert f"CAST({1 << 40} AS BIGINT)" in sql
