"""The SQL Server engine streams, stops on the server when told, resumes, tells errors, and keeps its password.

Asked of the stand-in, through the real driver; of a real SQL Server only what needs no tables of its own.
"""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import mssql_python
import pyarrow as pa
import pytest
from running import answers

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database, engine_of_address, open_database
from armslength.query.backends.core import BACKEND
from armslength.query.engines import on_server
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.mssql import MSSQL
from armslength.query.engines.dialects.mssql_login import login_of, seconds_of
from armslength.query.engines.engine import ArrowTables, DatabaseServer, ParquetFiles, Settings, Step
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate
from mssql_server.running import PASSWORD, REAL, running_server

PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"age": int, "name": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"code": str, "number": int}))
QUERY = n.Dataset(n.Exists(PEOPLE), (("age", n.SelectColumn(PEOPLE, "age")), ("events", n.Count(EVENTS))))
NAMES = ["", "a|b", "it's", "two\nlines", "é", "\\N", "NULL", " ", "back\\\nslash", "[x]", "👩🏽‍⚕️", None]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    """The address of a stand-in that no other tests ask, with a table of people and one of events."""
    with running_server() as address:
        with closing(session(address)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("CREATE TABLE people (patient_id BIGINT, age INT, name NVARCHAR(50))")
            cursor.execute("CREATE TABLE events (patient_id BIGINT, code VARCHAR(10), number BIGINT)")
            rows = ", ".join(f"({number}, {40 + number}, 'x')" for number in range(1, 10))
            cursor.execute(f"INSERT INTO people VALUES {rows}")
            rows = ", ".join(f"({number % 9 + 1}, '{number}', {number})" for number in range(900))
            cursor.execute(f"INSERT INTO events VALUES {rows}")
        yield address


@pytest.fixture
def source(stand_in: str) -> DatabaseServer:
    return DatabaseServer(address=stand_in)


def session(address: str) -> Any:
    mssql_python.pooling(enabled=False)
    return mssql_python.connect(login_of(address).text, autocommit=True, timeout=30)


def tell(address: str, sql: str) -> None:
    with closing(session(address)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(sql)


def rows_of(engine: MSSQL, dataset: n.Dataset) -> list[dict[str, Any]]:
    with closing(engine.execute(engine.compile(dataset, backend=DIRECT))) as results:
        return next(results).rows.read_all().to_pylist()


def number_of(engine: MSSQL) -> int:
    """The number of an engine's session on the server."""
    assert engine._connection is not None
    with closing(engine._connection.cursor()) as cursor:
        cursor.execute("SELECT @@SPID AS [id]")
        return int(cursor.arrow().to_pylist()[0]["id"])


def test_a_server_answers_a_query(source: DatabaseServer) -> None:
    with MSSQL.open(source) as engine:
        found = rows_of(engine, QUERY)
    assert found == [{"patient_id": i, "age": 40 + i, "events": 100} for i in range(1, 10)]


def test_text_comes_as_it_is_and_empty_is_not_missing(mssql: str) -> None:
    rows = pa.table({"patient_id": range(len(NAMES)), "age": [1] * len(NAMES), "name": NAMES})
    with closing(MSSQL.open(ArrowTables(tables={"people": rows}))) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("name", n.SelectColumn(PEOPLE, "name")),)))
    assert [row["name"] for row in found] == NAMES


@pytest.mark.parametrize("value", [1e300, 5e-324, -0.0, 0.1 + 0.2, 1.7976931348623157e308])
def test_floats_come_as_they_are(mssql: str, value: float) -> None:
    table = n.InlinePatientTable(((1, value),), n.TableSchema.of({"f": float}))
    with closing(MSSQL.open(ArrowTables(tables={}))) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(table), (("f", n.SelectColumn(table, "f")),)))
    assert [repr(row["f"]) for row in found] == [repr(value)]


def test_an_infinite_number_is_told_before_anything_is_asked(mssql: str) -> None:
    table = n.InlinePatientTable(((1, float("inf")),), n.TableSchema.of({"f": float}))
    with closing(MSSQL.open(ArrowTables(tables={}))) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(table), (("f", n.SelectColumn(table, "f")),)))
    assert told.value.code == "Q110"


def test_text_is_the_same_only_in_every_character(mssql: str) -> None:
    """Most SQL Servers take `a` for `A`, and all of them `a` for `a` with a blank after it."""
    texts = ["a", "A", "a ", "á", ""]
    table = n.SelectTable("events", n.TableSchema.of({"code": str, "other": str}))
    code = n.SelectColumn(table, "code")
    data = {"events": [(number, text, "a") for number, text in enumerate(texts)]}

    def of(condition: Any) -> Any:
        return n.Count(n.Filter(table, condition))

    asked = {
        "is_a": of(n.EQ(code, n.Value("a"))),
        "is_a_blank": of(n.EQ(code, n.Value("a "))),
        "is_other": of(n.EQ(code, n.SelectColumn(table, "other"))),
        "is_not": of(n.NE(code, n.Value("a"))),
        "among": of(n.In(code, n.Value(frozenset({"a", "b"})))),
        "among_blank": of(n.In(code, n.Value(frozenset({"a ", "b"})))),
        "among_many": of(n.In(code, n.Value(frozenset({"a", *(f"k{number}" for number in range(40))})))),
        "less": of(n.LT(code, n.Value("a"))),
        "holds": of(n.StringContains(code, n.Value("a"))),
        "holds_nothing": of(n.StringContains(code, n.Value(""))),
        "different": n.CountDistinct(code),
        "least": n.Min(code),
    }
    dataset = n.Dataset(n.Exists(table), tuple(asked.items()))
    for found in answers(dataset, data, None, (), engine="mssql"):
        assert found["dataset"] == evaluate(dataset, data).rows
    together = {"events": [(1, text, "a") for text in texts]}
    (found,) = answers(dataset, together, engine="mssql")
    assert found["dataset"] == evaluate(dataset, together).rows


def test_dates_at_both_ends_of_the_calendar(mssql: str) -> None:
    days = [
        datetime.date(1, 1, 1),
        datetime.date(9999, 12, 31),
        datetime.date(2024, 2, 29),
        datetime.date(2023, 1, 31),
    ]
    table = n.SelectPatientTable("people", n.TableSchema.of({"day": datetime.date, "count": int}))
    day, count = n.SelectColumn(table, "day"), n.SelectColumn(table, "count")
    data = {
        "people": [
            (4 * place + number, each, moved)
            for place, each in enumerate(days)
            for number, moved in enumerate((1, -1, 1 << 40, None))
        ]
    }
    adding = (n.DateAddDays, n.DateAddMonths, n.DateAddYears)
    asked = [(kind.__name__, kind(day, count)) for kind in adding]
    asked += [(f"{kind.__name__}_by_one", kind(day, n.Value(1))) for kind in adding]
    dataset = n.Dataset(n.Exists(table), tuple(asked))
    (found,) = answers(dataset, data, engine="mssql")
    assert found["dataset"] == evaluate(dataset, data).rows


def test_no_temporary_table_is_left_behind_not_even_by_a_reader_who_stops(source: DatabaseServer) -> None:
    with MSSQL.open(source) as engine:
        for _ in range(2):
            results = engine.execute(engine.compile(QUERY, backend=DIRECT))
            next(results).rows.read_next_batch()
            results.close()
        assert engine._connection is not None
        with closing(engine._connection.cursor()) as cursor, pytest.raises(mssql_python.ProgrammingError):
            cursor.execute("SELECT [patient_id] FROM [#armslength_population]")


def test_progress_tells_each_step_with_its_place_and_rows(source: DatabaseServer) -> None:
    steps: list[Step] = []
    with MSSQL.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        for result in engine.execute(plan, progress=steps.append):
            result.rows.read_all()
    assert [step.number for step in steps] == list(range(1, plan.steps + 1))
    assert steps[-1].rows == 9


def test_a_dropped_connection_is_made_anew_and_its_steps_repeated(source: DatabaseServer) -> None:
    ended: list[int] = []

    def drop_once(step: Step) -> None:
        if not ended:
            ended.append(number_of(engine))
            tell(source.address, f"KILL {ended[0]}")

    with MSSQL.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        (found,) = (each.rows.read_all() for each in engine.execute(plan, progress=drop_once))
        assert found.num_rows == 9 and number_of(engine) != ended[0]


def test_a_connection_that_drops_again_and_again_is_told(
    source: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_server, "PAUSES", (0.0, 0.0))
    make = MSSQL._make

    def drop_first(self: MSSQL, connection: Any, statement: Any) -> None:
        self._connection = connection
        tell(source.address, f"KILL {number_of(self)}")
        make(self, connection, statement)

    with MSSQL.open(source) as engine, pytest.raises(Mistake) as told:
        monkeypatch.setattr(MSSQL, "_make", drop_first)
        rows_of(engine, QUERY)
    assert told.value.code == "Q125" and told.value.exit_status == 3


@pytest.mark.parametrize("number", [1205, 40501])
def test_what_passes_by_itself_is_tried_again(
    source: DatabaseServer, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_server, "PAUSES", (0.0,))
    tell(source.address, f"EXEC fail_next {number}")
    with MSSQL.open(source) as engine:
        assert len(rows_of(engine, QUERY)) == 9


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (125, "Q127"),
        (229, "Q128"),
        (262, "Q128"),
        (511, "Q127"),
        (701, "Q107"),
        (1105, "Q107"),
        (1702, "Q127"),
        (3623, "Q110"),
        (4104, "Q104"),
        (8115, "Q110"),
        (8134, "Q110"),
        (8623, "Q127"),
        (8632, "Q127"),
        (9002, "Q107"),
        (50000, "Q111"),
    ],
)
def test_errors_of_the_server_are_told_with_what_to_do(
    source: DatabaseServer, number: int, code: str
) -> None:
    tell(source.address, f"EXEC fail_next {number}")
    with MSSQL.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, QUERY)
    assert told.value.code == code
    assert "ODBC" not in str(told.value) and "[" not in str(told.value)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each step wait on the server first, for longer than any test."""
    make = MSSQL._make

    def wait_first(self: MSSQL, connection: Any, statement: Any) -> None:
        with self._cursor(connection) as cursor:
            cursor.execute("WAITFOR DELAY '00:00:59'")
        make(self, connection, statement)

    monkeypatch.setattr(MSSQL, "_make", wait_first)


@pytest.mark.usefixtures("waiting")
def test_cancelling_from_another_thread_stops_the_server(source: DatabaseServer) -> None:
    with MSSQL.open(source) as engine:
        timer = threading.Timer(1.0, engine.cancel)
        timer.start()
        with pytest.raises(Mistake) as told:
            rows_of(engine, QUERY)
        timer.join()
        assert told.value.code == "Q108"
        assert number_of(engine) > 0  # the session is in order, and free


@pytest.mark.usefixtures("waiting")
def test_a_statement_that_takes_too_long_is_told_with_the_setting(source: DatabaseServer) -> None:
    limited = Settings(statement_timeout="300ms")
    with MSSQL.open(source, settings=limited) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, QUERY)
    assert told.value.code == "Q126" and "ARMSLENGTH_STATEMENT_TIMEOUT" in str(told.value)


@pytest.mark.parametrize("timeout", ["soon", "-1", "3 weeks"])
def test_a_timeout_that_makes_no_sense_is_told(timeout: str) -> None:
    with pytest.raises(Mistake) as told:
        seconds_of(timeout)
    assert told.value.code == "Q109"


def test_a_missing_table_is_named(source: DatabaseServer) -> None:
    lost = n.SelectTable("nowhere", n.TableSchema.of({"code": str}))
    with MSSQL.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("lost", n.Exists(lost)),)))
    assert told.value.code == "Q104" and "nowhere" in str(told.value) and told.value.exit_status == 4


def test_a_number_that_leaves_64_bits_is_told_without_the_value(source: DatabaseServer) -> None:
    big = n.Multiply(n.SelectColumn(PEOPLE, "age"), n.Value(1 << 61))
    with MSSQL.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("big", big),)))
    assert told.value.code == "Q110"


def test_a_user_who_may_not_read_is_told(source: DatabaseServer) -> None:
    stranger = DatabaseServer(address=source.address.replace("sa:", "stranger:"))
    with MSSQL.open(stranger) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, QUERY)
    assert told.value.code == "Q128"


def test_a_wrong_password_or_database_is_told_without_the_password(stand_in: str) -> None:
    for wrong in (stand_in.replace("sa:T0p", "sa:s3cret"), stand_in.replace("/records", "/elsewhere")):
        with pytest.raises(Mistake) as told:
            MSSQL.open(DatabaseServer(address=wrong))
        assert told.value.code == "Q106" and "mssql://sa@127.0.0.1:" in str(told.value)
        assert PASSWORD not in str(told.value) and "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("mssql://reader:s3cret@127.0.0.1:1/records", "Q106"),
        ("mssql+pymssql://reader:s3cret@127.0.0.1:1/records", "Q106"),
        ("mssql://reader:s3cret/x@127.0.0.1:1/records", "Q114"),
        ("mssql://reader:12/s3cret@127.0.0.1:1/records", "Q114"),
        ("mssql://reader:s3cret?x@127.0.0.1/records", "Q114"),
        ("mssql://reader:s3cret@[127.0.0.1/records", "Q114"),
        ("mssql://reader:s3cret@127.0.0.1/records?driver=mine", "Q114"),
        ("mssql://reader:s3cret@/records", "Q114"),
    ],
)
def test_a_password_is_never_told(address: str, code: str) -> None:
    database = Database(dsn=address, engine="mssql")
    with pytest.raises(Mistake) as told:
        open_database(database, dataset=n.Dataset(n.Value(False)), backend=BACKEND)
    assert told.value.code == code
    for text in (str(told.value), repr(database), repr(DatabaseServer(address=address))):
        assert "s3cret" not in text
    assert "s3cret" not in repr(login_of("mssql://reader:s3cret@host/records"))


def test_an_address_names_the_engine() -> None:
    assert {engine_of_address(f"{scheme}://host/db") for scheme in ("mssql", "mssql+pymssql")} == {"mssql"}


def test_what_an_address_asks_of_the_driver() -> None:
    login = login_of("mssql://a%40b:x%7D;y@host:1500/my%20records?encrypt=no&trust_server_certificate=yes")
    assert login.text == (
        "Server={host,1500};Database={my records};UID={a@b};PWD={x}};y};Encrypt={no};TrustServerCertificate={yes}"
    )
    assert "Trusted_Connection={yes}" in login_of("mssql://host/records").text


def test_files_are_not_asked_of_a_server() -> None:
    with pytest.raises(Mistake) as told:
        MSSQL.open(ParquetFiles(tables={}))
    assert told.value.code == "Q114"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ([age] = 1) AS [x] FROM [people]",
        "SELECT CASE WHEN [age] THEN 1 END AS [x] FROM [people]",
        "SELECT [age] FROM [people] WHERE [age]",
        "SELECT MAX(CASE WHEN [age] IN (SELECT [age] FROM [people]) THEN 1 END) AS [x] FROM [people]",
        "SELECT [age] FROM [people] GROUP BY 1",
        "SELECT [x].[age] FROM (SELECT [age] FROM [people] ORDER BY [age]) AS [x]",
        "SELECT LEAST([age], 1) AS [x] FROM [people]",
        "SELECT CAST([age] AS VARCHAR(3)) COLLATE C AS [x] FROM [people]",
        "SELECT ROW_NUMBER() OVER (PARTITION BY [age] ORDER BY 1) AS [x] FROM [people]",
        "SELECT [age] / [patient_id] AS [x] FROM [people]",
        f"INSERT INTO [people] VALUES {', '.join(['(1, 1, NULL)'] * 1001)}",
        f"SELECT {'CASE WHEN 1 = 1 THEN ' * 11} 1 {'END ' * 11} AS [x]",
    ],
)
def test_the_stand_in_refuses_what_sql_server_would(stand_in: str, sql: str) -> None:
    with closing(session(stand_in)) as connection, closing(connection.cursor()) as cursor:
        with pytest.raises(mssql_python.Error):
            cursor.execute(sql)
        cursor.execute("SELECT [age] FROM [people]")
        assert cursor.arrow().num_rows == 9


def test_what_is_said_here_was_asked_of_a_real_server(mssql: str) -> None:
    if REAL not in os.environ:
        pytest.skip(f"needs a real SQL Server, named in {REAL}; without one these tests ask the stand-in")
    with closing(session(mssql)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS VARCHAR(9)) AS [version]")
        assert int(cursor.arrow().to_pylist()[0]["version"]) >= 14
