"""The Trino engine, spoken to over HTTP by the driver it has: a server that stands in, which fails when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pyarrow as pa
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.engines import on_server
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.trino import Trino
from armslength.query.engines.engine import ArrowTables, DatabaseServer, ParquetFiles, Settings, Step
from armslength.query.model import nodes as n
from trino_server import Fault, StandIn, running_server
from trino_server.translation import RefusedError

PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"age": int, "name": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"code": str, "number": int}))
QUERY = n.Dataset(n.Exists(PEOPLE), (("age", n.SelectColumn(PEOPLE, "age")), ("events", n.Count(EVENTS))))
ROWS = n.Dataset(
    n.Exists(PEOPLE),
    (),
    (("rows", n.SeriesCollectionFrame((("number", n.SelectColumn(EVENTS, "number")),))),),
)
NAMES = ["", "a|b", 'say "x"', "two\nlines", "é", "\\N", "NULL", " ", None]
MANY = 1800  # rows of events: several pages of the server


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A server with a table of people and one of events."""
    with running_server() as found:
        found.warehouse.execute("CREATE TABLE people (patient_id BIGINT, age INTEGER, name VARCHAR)")
        for patient, name in enumerate(NAMES, start=1):
            text = "NULL" if name is None else "'" + name.replace("'", "''") + "'"
            found.warehouse.execute(f"INSERT INTO people VALUES ({patient}, {40 + patient}, {text})")
        found.warehouse.execute(
            "CREATE TABLE events AS SELECT i % 9 + 1 AS patient_id, i::VARCHAR AS code, i AS number "
            f"FROM range({MANY}) t(i)"
        )
        yield found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no time before a further attempt, neither in the engine nor in the driver."""
    monkeypatch.setattr(on_server, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr("trino.client.sleep", lambda _: None)


def opened(server: StandIn, **settings: Any) -> Trino:
    return Trino.open(DatabaseServer(address=server.address), settings=Settings(**settings))


def answers(engine: Trino, dataset: n.Dataset = QUERY) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with closing(engine.execute(engine.compile(dataset, backend=DIRECT))) as results:
        for result in results:
            table = result.rows.read_all()
            found[result.name] = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return found


EXPECTED = [(patient, 40 + patient, MANY // 9) for patient in range(1, 10)]


def test_a_server_answers_a_query_and_nothing_is_left_on_it(server: StandIn) -> None:
    with opened(server) as engine:
        assert answers(engine)["dataset"] == EXPECTED
        assert answers(engine)["dataset"] == EXPECTED  # a plan may run again: its tables went
    assert server.warehouse.tables("scratch") == [] and server.queries == {} and server.stopped == []


def test_only_tables_of_the_scratch_schema_are_written(server: StandIn) -> None:
    with opened(server) as engine:
        answers(engine)
    written = [sql for sql in server.asked if not sql.startswith(("SELECT", "WITH"))]
    assert len(written) > 2
    for sql in written:
        assert sql.startswith(
            (
                f'CREATE TABLE "lake"."scratch"."armslength_{engine.run}_',
                f'DROP TABLE IF EXISTS "lake"."scratch"."armslength_{engine.run}_',
            )
        ), sql


def test_two_runs_share_no_table(server: StandIn) -> None:
    with opened(server) as one, opened(server) as other:
        plans = [each.compile(QUERY, backend=DIRECT) for each in (one, other)]
        results = [each.execute(plan) for each, plan in zip((one, other), plans, strict=True)]
        tables = [next(result).rows.read_all() for result in results]  # both have made their tables
        assert tables[0] == tables[1] and len(server.warehouse.tables("scratch")) == 2 * len(
            plans[0].statements
        )
        for result in results:
            result.close()
    assert server.warehouse.tables("scratch") == []


def test_text_comes_as_it_is_and_empty_is_not_missing(server: StandIn) -> None:
    with opened(server) as engine:
        found = answers(engine, n.Dataset(n.Exists(PEOPLE), (("name", n.SelectColumn(PEOPLE, "name")),)))
    assert [name for _, name in found["dataset"]] == NAMES


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, 5e-324, -0.0])
def test_floats_come_as_they_are(trino: str, value: float) -> None:
    table = n.InlinePatientTable(((1, value),), n.TableSchema.of({"f": float}))
    with closing(Trino.open(ArrowTables(tables={}))) as engine:
        found = answers(engine, n.Dataset(n.Exists(table), (("f", n.SelectColumn(table, "f")),)))
    assert [repr(f) for _, f in found["dataset"]] == [repr(value)]


def test_an_infinite_constant_is_one(trino: str) -> None:
    people = ArrowTables(tables={"people": pa.table({"patient_id": [1], "age": [1], "name": ["x"]})})
    constant = n.Case(((n.Exists(PEOPLE), n.Value(float("-inf"))),), None)
    with closing(Trino.open(people)) as engine:
        assert answers(engine, n.Dataset(n.Exists(PEOPLE), (("c", constant),)))["dataset"] == [
            (1, float("-inf"))
        ]


def test_rows_come_page_by_page_and_all_of_them(server: StandIn) -> None:
    with opened(server) as engine:
        found = answers(engine, ROWS)
    assert sorted(number for _, number in found["rows"]) == list(range(MANY))


def test_a_reader_who_stops_leaves_nothing_behind_and_no_query_running(server: StandIn) -> None:
    with opened(server) as engine:
        results = engine.execute(engine.compile(ROWS, backend=DIRECT))
        next(results).rows.read_all()
        next(results).rows.read_next_batch()
        results.close()
    assert server.warehouse.tables("scratch") == [] and len(server.stopped) <= 1


def test_progress_tells_each_step_with_its_place_and_rows(server: StandIn) -> None:
    steps: list[Step] = []
    with opened(server) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        for result in engine.execute(plan, progress=steps.append):
            result.rows.read_all()
    assert [step.number for step in steps] == list(range(1, plan.steps + 1))
    assert steps[-1].rows == 9


BUSY = RefusedError("REMOTE_TASK_ERROR", "a worker went", "INTERNAL_ERROR")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", "population", late=True),  # the table is made, and the answer lost
        Fault("POST", "population", status=503),
        Fault("POST", "scan_1", error=BUSY),
        Fault("GET", "population"),
        Fault("GET", "scan_1", status=404),  # a coordinator that was started anew
        Fault("POST", "DROP TABLE"),
        Fault("GET", "SELECT 1", status=502),
    ],
    ids=lambda fault: f"{fault.method} {fault.sql} {fault.status}",
)
def test_what_fails_once_is_done_again(server: StandIn, fault: Fault) -> None:
    server.faults.append(fault)
    with opened(server) as engine:
        assert answers(engine)["dataset"] == EXPECTED
    assert server.faults == [] and server.warehouse.tables("scratch") == []


@pytest.mark.usefixtures("quick")
def test_what_fails_again_and_again_is_told_and_nothing_is_left(server: StandIn) -> None:
    server.faults += [Fault("POST", "scan_1", error=BUSY) for _ in range(3)]
    with opened(server) as engine, pytest.raises(Mistake) as told:
        answers(engine)
    assert told.value.code == "Q125" and told.value.exit_status == 3
    assert server.warehouse.tables("scratch") == []


@pytest.mark.usefixtures("quick")
def test_rows_that_were_given_are_not_given_again(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armslength.query.engines.dialects.trino_session.ROWS_AT_ONCE", 100)
    with opened(server) as engine, closing(engine.execute(engine.compile(ROWS, backend=DIRECT))) as results:
        next(results).rows.read_all()
        rows = next(results).rows
        rows.read_next_batch()
        server.faults += [Fault("GET", "events") for _ in range(9)]
        with pytest.raises(Mistake) as told:
            rows.read_all()
    assert told.value.code == "Q125" and server.warehouse.tables("scratch") == []


def make_slow(server: StandIn) -> None:
    server.warehouse.execute("DROP TABLE events")
    server.warehouse.execute(
        "CREATE VIEW events AS SELECT i % 9 + 1 AS patient_id, 'x' AS code, 1 AS number "
        "FROM range(1000000000000) t(i) WHERE i % 1000000007 <> 5"
    )


def running(server: StandIn) -> list[str]:
    return [each.sql for each in server.queries.values() if not each.done.wait(10)]


def test_cancelling_from_another_thread_stops_the_server(server: StandIn) -> None:
    make_slow(server)

    def cancel() -> None:
        while not any("scan_1" in sql for sql in server.asked):
            time.sleep(0.05)
        engine.cancel()

    with opened(server) as engine:
        thread = threading.Thread(target=cancel)
        thread.start()
        with pytest.raises(Mistake) as told:
            answers(engine)
        thread.join()
        assert told.value.code == "Q108" and any("scan_1" in sql for sql in server.stopped)
        assert running(server) == [] and server.warehouse.tables("scratch") == []
        make = server.warehouse.execute
        make("DROP VIEW events")
        make("CREATE TABLE events (patient_id BIGINT, code VARCHAR, number BIGINT)")
        assert len(answers(engine)["dataset"]) == 9  # the session goes on


def test_an_interrupted_client_stops_the_server(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    make_slow(server)

    def interrupt(self: Any, stats: Any) -> None:
        if any("scan_1" in sql for sql in server.asked):
            monkeypatch.undo()
            raise KeyboardInterrupt

    with opened(server) as engine:
        monkeypatch.setattr("armslength.query.engines.dialects.trino_session.Session._look", interrupt)
        with pytest.raises(KeyboardInterrupt):
            answers(engine)
    assert any("scan_1" in sql for sql in server.stopped)
    assert running(server) == [] and server.warehouse.tables("scratch") == []


def test_a_statement_that_takes_too_long_is_told_with_the_setting(server: StandIn) -> None:
    with opened(server, statement_timeout="5s") as engine:
        make_slow(server)
        with pytest.raises(Mistake) as told:
            answers(engine)
    assert told.value.code == "Q126" and "ARMSLENGTH_STATEMENT_TIMEOUT" in str(told.value)


def test_a_timeout_that_makes_no_sense_is_told(server: StandIn) -> None:
    with pytest.raises(Mistake) as told:
        opened(server, statement_timeout="soon")
    assert told.value.code == "Q109"


@pytest.mark.parametrize(
    ("name", "kind", "code", "status"),
    [
        ("TABLE_NOT_FOUND", "USER_ERROR", "Q104", 4),
        ("SCHEMA_NOT_FOUND", "USER_ERROR", "Q104", 4),
        ("PERMISSION_DENIED", "USER_ERROR", "Q128", 1),
        ("USER_CANCELED", "USER_ERROR", "Q108", 1),
        ("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", "Q126", 5),
        ("EXCEEDED_GLOBAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES", "Q107", 6),
        ("QUERY_TEXT_TOO_LARGE", "USER_ERROR", "Q127", 6),
        ("QUERY_HAS_TOO_MANY_STAGES", "USER_ERROR", "Q127", 6),
        ("NUMERIC_VALUE_OUT_OF_RANGE", "USER_ERROR", "Q110", 5),
        ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", "Q111", 5),
    ],
)
def test_each_error_has_its_words(server: StandIn, name: str, kind: str, code: str, status: int) -> None:
    server.faults.append(Fault("POST", "population", error=RefusedError(name, "the value 42", kind)))
    with opened(server) as engine, pytest.raises(Mistake) as told:
        answers(engine)
    assert (told.value.code, told.value.exit_status) == (code, status)
    assert code != "Q110" or "42" not in str(told.value)  # what the server says of a value holds it


def test_a_missing_table_is_named(server: StandIn) -> None:
    server.warehouse.execute("DROP TABLE events")
    with opened(server) as engine, pytest.raises(Mistake) as told:
        answers(engine)
    assert told.value.code == "Q104" and "events" in str(told.value)


def test_files_are_not_asked_of_a_server() -> None:
    with pytest.raises(Mistake) as told:
        Trino.open(ParquetFiles(tables={}))
    assert told.value.code == "Q114"


def test_many_rows_travel_in_several_statements(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armslength.query.engines.dialects.trino_session.CHARACTERS_AT_ONCE", 200)
    codes = frozenset(f"it's {number}" for number in range(100))
    listed = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(codes)))
    with opened(server) as engine:
        answers(engine, n.Dataset(n.Exists(PEOPLE), (("n", n.Count(listed)),)))
    inserts = [sql for sql in server.asked if sql.startswith("INSERT")]
    assert len(inserts) > 5 and max(map(len, inserts)) < 500
    assert sum(sql.count("'it''s ") for sql in inserts) == 100


def test_the_mark_of_a_platform_is_in_every_table(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMIS_ORGANISATION_HASH", "ab'c")
    codes = frozenset(str(number) for number in range(100))
    listed = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(codes)))
    with opened(server) as engine:
        plan = engine.compile(n.Dataset(n.Exists(PEOPLE), (("n", n.Count(listed)),)), backend=DIRECT)
        with closing(engine.execute(plan)) as results:
            assert sum(next(results).rows.read_all()["n"].to_pylist()) == 100
            for table in server.warehouse.tables("scratch"):
                marked = server.warehouse.execute(
                    f"SELECT DISTINCT hashed_organisation FROM lake.scratch.{table}"
                )
                assert marked == [("ab'c",)]
