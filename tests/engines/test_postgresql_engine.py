"""The PostgreSQL engine reads only, streams, stops on the server when told, resumes, and keeps its password."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from running import answers
from test_engine_agreement import EAGER

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database, open_database
from armslength.query.api.datasets import generate_dataset
from armslength.query.backends.core import BACKEND
from armslength.query.contracts import core
from armslength.query.engines import on_server
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.postgresql import PostgreSQL
from armslength.query.engines.engine import ArrowTables, DatabaseServer, ParquetFiles, Settings, Step
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate

PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"age": int, "name": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"code": str, "number": int}))
QUERY = n.Dataset(n.Exists(PEOPLE), (("age", n.SelectColumn(PEOPLE, "age")), ("events", n.Count(EVENTS))))
NAMES = ["", "a|b", 'say "x"', "two\nlines", "é", "\\N", "NULL", " ", None]


@pytest.fixture
def source(postgresql: str) -> Iterator[DatabaseServer]:
    """A database with a table of people and one of events."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA records")
        connection.execute("CREATE TABLE records.people (patient_id bigint, age int, name text)")
        connection.execute("CREATE TABLE records.events (patient_id bigint, code text, number bigint)")
        for patient, name in enumerate(NAMES, start=1):
            connection.execute(
                "INSERT INTO records.people VALUES (%s, %s, %s)", (patient, 40 + patient, name)
            )
        connection.execute(
            "INSERT INTO records.events SELECT i % 9 + 1, i::text, i FROM generate_series(1, 90) i"
        )
        yield DatabaseServer(address=f"{postgresql}&options=-csearch_path%3Drecords")
        connection.execute("DROP SCHEMA records CASCADE")


def rows_of(engine: PostgreSQL, dataset: n.Dataset) -> list[dict[str, Any]]:
    with closing(engine.execute(engine.compile(dataset, backend=DIRECT))) as results:
        return next(results).rows.read_all().to_pylist()


def backend_of(engine: PostgreSQL) -> int:
    assert engine._connection is not None
    return engine._connection.info.backend_pid


def test_a_server_answers_a_query(source: DatabaseServer) -> None:
    with PostgreSQL.open(source) as engine:
        found = rows_of(engine, QUERY)
    assert found == [{"patient_id": i, "age": 40 + i, "events": 10} for i in range(1, 10)]


def test_text_comes_as_it_is_and_empty_is_not_missing(source: DatabaseServer) -> None:
    with PostgreSQL.open(source) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("name", n.SelectColumn(PEOPLE, "name")),)))
    assert [row["name"] for row in found] == NAMES


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e300, 5e-324, -0.0])
def test_floats_come_as_they_are(postgresql: str, value: float) -> None:
    table = n.InlinePatientTable(((1, value),), n.TableSchema.of({"f": float}))
    with closing(PostgreSQL.open(ArrowTables(tables={}))) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(table), (("f", n.SelectColumn(table, "f")),)))
    assert [repr(row["f"]) for row in found] == [repr(value)]


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM events",
        "INSERT INTO people VALUES (99, 1, 'x')",
        "CREATE TABLE records.mine (i int)",
        "DROP TABLE people",
        "SELECT * FROM events FOR UPDATE",
        "CREATE TEMPORARY TABLE outside_a_step (i int)",
    ],
)
def test_a_session_writes_nothing_but_temporary_tables_of_its_steps(
    source: DatabaseServer, attack: str
) -> None:
    with PostgreSQL.open(source) as engine, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        assert engine._connection is not None
        engine._connection.execute(attack.encode())


def test_no_temporary_table_is_left_behind_not_even_by_a_reader_who_stops(source: DatabaseServer) -> None:
    with PostgreSQL.open(source) as engine:
        for _ in range(2):
            results = engine.execute(engine.compile(QUERY, backend=DIRECT))
            next(results).rows.read_next_batch()
            results.close()
        assert engine._connection is not None
        left = engine._connection.execute(
            "SELECT relname FROM pg_class WHERE relpersistence = 't'"
        ).fetchall()
    assert [name for (name,) in left if name.startswith("armslength")] == []


def test_progress_tells_each_step_with_its_place_and_rows(source: DatabaseServer) -> None:
    steps: list[Step] = []
    with PostgreSQL.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        for result in engine.execute(plan, progress=steps.append):
            result.rows.read_all()
    assert [step.number for step in steps] == list(range(1, plan.steps + 1))
    assert steps[-1].rows == 9


def end(source: DatabaseServer, backend: int) -> None:
    with psycopg.connect(source.address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))


def test_a_dropped_connection_is_made_anew_and_its_steps_repeated(source: DatabaseServer) -> None:
    ended: list[int] = []

    def drop_once(step: Step) -> None:
        if not ended:
            ended.append(backend_of(engine))
            end(source, ended[0])

    with PostgreSQL.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        (found,) = (each.rows.read_all() for each in engine.execute(plan, progress=drop_once))
        assert found.num_rows == 9 and backend_of(engine) != ended[0]


def test_a_connection_that_drops_again_and_again_is_told(
    source: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_server, "PAUSES", (0.0, 0.0))
    make = PostgreSQL._make

    def drop_first(self: PostgreSQL, connection: Any, statement: Any) -> None:
        end(source, connection.info.backend_pid)
        make(self, connection, statement)

    with PostgreSQL.open(source) as engine, pytest.raises(Mistake) as told:
        monkeypatch.setattr(PostgreSQL, "_make", drop_first)
        rows_of(engine, QUERY)
    assert told.value.code == "Q125" and told.value.exit_status == 3


def slow() -> n.Dataset:
    """A query that runs for hours on what `slow_source` gives."""
    return n.Dataset(n.Exists(PEOPLE), (("count", n.Count(EVENTS)),))


@pytest.fixture
def slow_source(source: DatabaseServer) -> DatabaseServer:
    with psycopg.connect(source.address, autocommit=True) as connection:
        connection.execute("DROP TABLE events")
        connection.execute(
            "CREATE VIEW events AS SELECT i % 9 + 1 AS patient_id, 'x' AS code, 1 AS number, pg_sleep(1)::text AS s "
            "FROM generate_series(1, 9000) i WHERE pg_sleep(1) IS NOT NULL"
        )
    return source


def is_running(source: DatabaseServer, backend: int) -> bool:
    with psycopg.connect(source.address, autocommit=True) as other:
        found = other.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", (backend,)).fetchone()
    return found is not None and found[0] == "active"


def test_cancelling_from_another_thread_stops_the_server(slow_source: DatabaseServer) -> None:
    with PostgreSQL.open(slow_source) as engine:
        timer = threading.Timer(1.0, engine.cancel)
        timer.start()
        with pytest.raises(Mistake) as told:
            rows_of(engine, slow())
        timer.join()
        assert told.value.code == "Q108" and not is_running(slow_source, backend_of(engine))


def test_a_statement_that_takes_too_long_is_told_with_the_setting(slow_source: DatabaseServer) -> None:
    limited = Settings(statement_timeout="300ms")
    with PostgreSQL.open(slow_source, settings=limited) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, slow())
    assert told.value.code == "Q126" and "ARMSLENGTH_STATEMENT_TIMEOUT" in str(told.value)


def test_a_timeout_that_makes_no_sense_is_told(source: DatabaseServer) -> None:
    with pytest.raises(Mistake) as told:
        PostgreSQL.open(source, settings=Settings(statement_timeout="soon"))
    assert told.value.code == "Q109"


def test_a_missing_table_is_named(postgresql: str) -> None:
    with PostgreSQL.open(DatabaseServer(address=postgresql)) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, QUERY)
    assert told.value.code == "Q104" and "people" in str(told.value) and told.value.exit_status == 4


def test_a_number_that_leaves_64_bits_is_told_without_the_value(source: DatabaseServer) -> None:
    big = n.Multiply(n.SelectColumn(PEOPLE, "age"), n.Value(1 << 61))
    with PostgreSQL.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("big", big),)))
    assert told.value.code == "Q110"


def test_a_user_who_may_not_read_is_told(source: DatabaseServer) -> None:
    with psycopg.connect(source.address, autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA records TO stranger")
        try:
            stranger = DatabaseServer(address=source.address.replace("tests@", "stranger@"))
            with PostgreSQL.open(stranger) as engine, pytest.raises(Mistake) as told:
                rows_of(engine, QUERY)
            assert told.value.code == "Q128"
        finally:
            connection.execute("DROP OWNED BY stranger")
            connection.execute("DROP ROLE stranger")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("postgresql://reader:s3cret@/records?host=/nowhere/at/all", "Q106"),
        ("postgresql://reader:s3cret@127.0.0.1:1/records?connect_timeout=5", "Q106"),
        ("postgresql://reader:s3cret/x@127.0.0.1:1/records", "Q114"),
        ("postgresql://reader:12/s3cret@127.0.0.1:1/records", "Q114"),
        ("postgresql://reader:s3cret@[127.0.0.1/records", "Q114"),
        ("postgresql+psycopg://reader:s3cret@127.0.0.1:1/records", "Q106"),
    ],
)
def test_a_password_is_never_told(address: str, code: str) -> None:
    database = Database(dsn=address)
    with pytest.raises(Mistake) as told:
        open_database(database, dataset=n.Dataset(n.Value(False)), backend=BACKEND)
    assert told.value.code == code
    for text in (str(told.value), repr(database), repr(DatabaseServer(address=address))):
        assert "s3cret" not in text


def test_files_are_not_asked_of_a_server_nor_a_server_of_duckdb(postgresql: str) -> None:
    with pytest.raises(Mistake) as told:
        PostgreSQL.open(ParquetFiles(tables={}))
    assert told.value.code == "Q114"
    with pytest.raises(Mistake) as told:
        database = Database(dsn=postgresql, engine="duckdb")
        open_database(database, dataset=n.Dataset(n.Value(False)), backend=BACKEND)
    assert told.value.code == "Q114"


DEFINITION = """
from ehrql import create_dataset
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
dataset.define_population(patients.date_of_birth.is_on_or_after("1950-01-01"))
dataset.sex = patients.sex
last = clinical_events.sort_by(clinical_events.date).last_for_patient()
dataset.last_date = last.date
dataset.value = last.numeric_value
"""


@pytest.fixture
def core_tables(postgresql: str) -> Iterator[str]:
    """A database with the core tables, and the address of it."""
    kinds = {int: "bigint", float: "double precision", bool: "boolean"}
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA core")
        for name in ("patients", "clinical_events"):
            node = getattr(core, name)._node
            columns = ["patient_id bigint"]
            for column, described in node.schema.columns:
                kind = "date" if described.type.__name__ == "date" else kinds.get(described.type, "text")
                columns.append(f'"{column}" {kind}')
            connection.execute(f"CREATE TABLE core.{name} ({', '.join(columns)})".encode())
        connection.execute(
            "INSERT INTO core.patients (patient_id, date_of_birth, sex) VALUES (1, '1960-01-01', 'female'), "
            "(2, '1940-01-01', 'male'), (3, '1970-01-01', 'male')"
        )
        connection.execute(
            "INSERT INTO core.clinical_events (patient_id, date, numeric_value) VALUES (1, '2020-01-31', 2.5), "
            "(1, '2021-02-28', 7), (3, '2020-01-01', NULL)"
        )
        yield f"{postgresql}&options=-csearch_path%3Dcore"
        connection.execute("DROP SCHEMA core CASCADE")


def test_the_command_asks_a_server_by_its_address(core_tables: str, tmp_path: Path) -> None:
    (tmp_path / "definition.py").write_text(DEFINITION)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_URL": core_tables}
    for arguments in (["--dsn", core_tables, "--backend", "core"], []):
        line = [
            sys.executable,
            "-m",
            "ehrql",
            "generate-dataset",
            "definition.py",
            "--output",
            "out.csv",
            *arguments,
        ]
        ran = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        with (tmp_path / "out.csv").open() as file:
            found = list(csv.DictReader(file))
        assert found == [
            {"patient_id": "1", "sex": "female", "last_date": "2021-02-28", "value": "7.0"},
            {"patient_id": "3", "sex": "male", "last_date": "2020-01-01", "value": ""},
        ]
        (tmp_path / "out.csv").unlink()


@pytest.mark.parametrize("name", ["out.arrow", "out.parquet", "out.csv"])
def test_result_files_are_those_of_the_embedded_engine(
    source: DatabaseServer, tmp_path: Path, name: str
) -> None:
    columns = {"patient_id": list(range(1, 10)), "age": list(range(41, 50)), "name": NAMES}
    events = {"patient_id": [i % 9 + 1 for i in range(90)], "code": ["x"] * 90, "number": [1] * 90}
    tables = {"people": pa.table(columns), "events": pa.table(events)}
    files = []
    for engine in ("duckdb", "postgresql"):
        output = tmp_path / engine / name
        output.parent.mkdir()
        generate_dataset(QUERY, database=Database(tables=tables, engine=engine), output=output)
        files.append(output.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("passes", [EAGER, ()])
def test_a_set_of_values_per_codelist_is_a_list_also_when_spread(postgresql: str, passes: Any) -> None:
    codes = [n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(frozenset(one)))) for one in "ab"]
    age = n.SelectColumn(PEOPLE, "age")
    asked = [n.In(age, n.CombineAsSet(n.SelectColumn(rows, "number"))) for rows in codes]
    dataset = n.Dataset(n.Exists(PEOPLE), tuple((f"v{k}", each) for k, each in enumerate(asked)))
    data = {
        "people": [(1, 5, ""), (2, 6, "")],
        "events": [(1, "a", 4), (1, "a", 5), (1, "b", None), (2, "b", 6)],
    }
    (found,) = answers(dataset, data, passes, engine="postgresql")
    assert found["dataset"] == evaluate(dataset, data).rows == [(1, True, False), (2, False, True)]
