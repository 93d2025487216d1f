"""The Spark engine streams, keeps what is read again, stops when told, resumes, and keeps its token."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from running import answers
from test_engine_agreement import EAGER

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database, open_database
from armslength.query.api.datasets import generate_dataset
from armslength.query.backends.core import BACKEND
from armslength.query.engines import on_server
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.engine import (
    ArrowTables,
    DatabaseFile,
    DatabaseServer,
    ParquetFiles,
    Settings,
    Step,
)
from armslength.query.model import nodes as n
from armslength.query.model.reference import evaluate

pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'armslength[spark]'")
from armslength.query.engines.dialects.spark import Spark
from armslength.query.engines.dialects.spark_local import started, why_not

PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"age": int, "name": str}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"code": str, "number": int}))
AGE = n.SelectColumn(PEOPLE, "age")
QUERY = n.Dataset(n.Exists(PEOPLE), (("age", AGE), ("events", n.Count(EVENTS))))
NAMES = ["", "a|b", 'say "x"', "two\nlines", "é", "\\N", "NULL", " ", None, "it's \\'", "`x` {0} ${1}"]
COUNT = len(NAMES)
ROWS = {
    "people": pa.table({"patient_id": range(1, COUNT + 1), "age": range(41, 41 + COUNT), "name": NAMES}),
    "events": pa.table({"patient_id": [i % COUNT + 1 for i in range(10 * COUNT)], "code": ["x"] * 10 * COUNT,
                        "number": [1] * 10 * COUNT}),
}  # fmt: skip
FOUND = [{"patient_id": i, "age": 40 + i, "events": 10} for i in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def schema(spark: str) -> Iterator[str]:
    """The address of a schema with a table of people and one of events, and of events without end in `slow`."""
    with Spark.open(ArrowTables(tables=ROWS)) as engine:
        run = session_of(engine).run
        for name in ("records", "slow"):
            run(f"DROP SCHEMA IF EXISTS {name} CASCADE")
            run(f"CREATE SCHEMA {name}")
            run(f"CREATE TABLE {name}.people USING parquet AS SELECT * FROM people")
        run("CREATE TABLE records.events USING parquet AS SELECT * FROM events")
        run("CREATE TABLE slow.events (patient_id BIGINT, code STRING, number BIGINT) USING parquet")
        yield spark
        run("DROP SCHEMA records CASCADE")
        run("DROP SCHEMA slow CASCADE")


@pytest.fixture
def source(schema: str) -> DatabaseServer:
    return DatabaseServer(address=f"{schema};schema=records")


@pytest.fixture
def slow(schema: str, monkeypatch: pytest.MonkeyPatch) -> DatabaseServer:
    """A source that has so many events that counting them takes hours."""
    connect = Spark._connect

    def with_events(self: Spark) -> Any:
        session = connect(self)
        session.run(
            "CREATE TEMPORARY VIEW events AS SELECT id % 9 + 1 AS patient_id, 'x' AS code, id AS number "
            "FROM range(0, 1000000000000, 1, 1)"
        )
        return session

    monkeypatch.setattr(Spark, "_connect", with_events)
    return DatabaseServer(address=f"{schema};schema=slow")


def session_of(engine: Spark) -> Any:
    assert engine._connection is not None
    return engine._connection


def rows_of(engine: Spark, dataset: n.Dataset) -> list[dict[str, Any]]:
    with closing(engine.execute(engine.compile(dataset, backend=DIRECT))) as results:
        return next(results).rows.read_all().to_pylist()


def read(engine: Spark, sql: str) -> list[dict[str, Any]]:
    return [row for batch in session_of(engine).rows(sql) for row in batch.to_pylist()]


def test_tables_of_a_schema_answer_a_query(source: DatabaseServer) -> None:
    with Spark.open(source) as engine:
        assert rows_of(engine, QUERY) == FOUND


def test_text_comes_as_it_is_and_empty_is_not_missing(source: DatabaseServer) -> None:
    name = n.SelectColumn(PEOPLE, "name")
    given = tuple((f"is_{k}", n.EQ(name, n.Value(text))) for k, text in enumerate(NAMES) if text is not None)
    with Spark.open(source) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("name", name), *given)))
    assert [row["name"] for row in found] == NAMES
    for row in found:
        assert [row[column] for column, _ in given] == (
            [None if row["name"] is None else row["name"] == text for text in NAMES if text is not None]
        )


def test_floats_come_as_they_are(spark: str) -> None:
    values = [float("inf"), float("-inf"), 1e300, 5e-324, -0.0]
    table = n.InlinePatientTable(tuple(enumerate(values)), n.TableSchema.of({"f": float}))
    with Spark.open(ArrowTables(tables={})) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(table), (("f", n.SelectColumn(table, "f")),)))
    assert [repr(row["f"]) for row in found] == [repr(value) for value in values]


def test_rows_of_an_inline_table_are_uploaded_however_many(spark: str) -> None:
    table = n.InlinePatientTable(tuple((k, "x" * 20) for k in range(60_000)), n.TableSchema.of({"t": str}))
    with Spark.open(ArrowTables(tables={})) as engine:
        found = rows_of(engine, n.Dataset(n.Exists(table), (("t", n.SelectColumn(table, "t")),)))
    assert [row["patient_id"] for row in found] == list(range(60_000))


def test_parquet_files_are_read_where_they_lie(spark: str, tmp_path: Path) -> None:
    halves = [ROWS["events"].slice(0, 50), ROWS["events"].slice(50)]
    files = {
        "people": (tmp_path / "people.parquet",),
        "events": (tmp_path / "a.parquet", tmp_path / "b.parquet"),
    }
    for path, table in zip((*files["people"], *files["events"]), (ROWS["people"], *halves), strict=True):
        pq.write_table(table, path)
    with Spark.open(ParquetFiles(tables=files)) as engine:
        assert rows_of(engine, QUERY) == FOUND


def test_a_folder_that_the_server_reads_is_named_in_the_address(spark: str, tmp_path: Path) -> None:
    for name, table in ROWS.items():
        (tmp_path / "o'clock; store" / name).mkdir(parents=True)
        pq.write_table(table, tmp_path / "o'clock; store" / name / "part-00000.parquet")
    folder = str(tmp_path / "o'clock; store").replace(";", "%3B")
    with Spark.open(DatabaseServer(address=f"{spark};folder={folder}")) as engine:
        assert rows_of(engine, QUERY) == FOUND
    with (
        Spark.open(DatabaseServer(address=f"{spark};folder={tmp_path}")) as engine,
        pytest.raises(Mistake) as told,
    ):
        rows_of(engine, QUERY)
    assert told.value.code == "Q104" and told.value.exit_status == 4


def test_what_is_read_again_is_kept_and_nothing_is_left_behind(source: DatabaseServer) -> None:
    few = n.Dataset(n.LT(AGE, n.Value(45)), QUERY.variables)  # so that events are read of members only
    with Spark.open(source) as engine:
        plan = engine.compile(few, backend=DIRECT)
        results = engine.execute(plan)
        next(results).rows.read_next_batch()
        (step, *_) = read(engine, f"EXPLAIN {plan.results[0].sql}")
        results.close()
        left = read(engine, "SHOW VIEWS")
        after = read(engine, "EXPLAIN SELECT DISTINCT patient_id FROM people")
    assert "InMemoryRelation" in step["plan"] and "armslength_population" in engine._kept
    assert [row["viewName"] for row in left if row["viewName"].startswith("armslength")] == []
    assert "InMemoryRelation" not in after[0]["plan"]


def test_kept_tables_are_joined_without_moving_rows(source: DatabaseServer) -> None:
    """Both are partitioned by patient, so the plan of a join has no exchange of its own."""
    with Spark.open(source) as engine:
        run = session_of(engine).run
        run("SET spark.sql.autoBroadcastJoinThreshold = -1")
        run("SET spark.sql.shuffle.partitions = 3")
        for name in ("one", "other"):
            run(
                f"CREATE TEMPORARY VIEW {name} AS SELECT patient_id, MAX(number) AS {name} FROM events GROUP BY 1"
            )
            run(f"CACHE TABLE {name}")
        join = "SELECT * FROM one LEFT JOIN other ON one.patient_id = other.patient_id"
        text = read(engine, f"EXPLAIN {join}")[0]["plan"]
        for name in ("one", "other"):
            run(f"UNCACHE TABLE {name}")
    shown = text.split("InMemoryRelation")[0]
    assert "SortMergeJoin" in shown or "HashJoin" in shown
    assert "Exchange" not in shown


def test_progress_tells_each_step_with_its_place_and_rows(source: DatabaseServer) -> None:
    steps: list[Step] = []
    with Spark.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        for result in engine.execute(plan, progress=steps.append):
            result.rows.read_all()
    assert [step.number for step in steps] == list(range(1, plan.steps + 1))
    assert steps[-1].rows == COUNT


def test_a_session_that_is_gone_is_made_anew_and_its_steps_repeated(source: DatabaseServer) -> None:
    ended: list[Any] = []

    def end_once(step: Step) -> None:
        if not ended:
            ended.append(session_of(engine))
            ended[0].client.release_session()

    with Spark.open(source) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        (found,) = (each.rows.read_all() for each in engine.execute(plan, progress=end_once))
        assert found.num_rows == COUNT and session_of(engine) is not ended[0]


def test_a_session_that_is_lost_again_and_again_is_told(
    source: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_server, "PAUSES", (0.0, 0.0))
    make = Spark._make

    def end_first(self: Spark, connection: Any, statement: Any) -> None:
        connection.client.release_session()
        make(self, connection, statement)

    with Spark.open(source) as engine, pytest.raises(Mistake) as told:
        monkeypatch.setattr(Spark, "_make", end_first)
        rows_of(engine, QUERY)
    assert told.value.code == "Q125" and told.value.exit_status == 3


def test_cancelling_from_another_thread_stops_the_server(slow: DatabaseServer) -> None:
    def cancel_once_it_runs(engine: Spark) -> None:
        while not session_of(engine)._running:
            time.sleep(0.05)
        time.sleep(1)
        engine.cancel()

    with Spark.open(slow) as engine:
        other = threading.Thread(target=cancel_once_it_runs, args=(engine,), daemon=True)
        other.start()
        with pytest.raises(Mistake) as told:
            rows_of(engine, QUERY)
        other.join()
        assert told.value.code == "Q108"
        assert read(engine, "SELECT 1 AS one") == [{"one": 1}]


def test_a_statement_that_takes_too_long_is_told_with_the_setting(slow: DatabaseServer) -> None:
    with (
        Spark.open(slow, settings=Settings(statement_timeout="2s")) as engine,
        pytest.raises(Mistake) as told,
    ):
        rows_of(engine, QUERY)
    assert told.value.code == "Q126" and "ARMSLENGTH_STATEMENT_TIMEOUT" in str(told.value)


def test_a_timeout_that_makes_no_sense_is_told(source: DatabaseServer) -> None:
    with pytest.raises(Mistake) as told:
        Spark.open(source, settings=Settings(statement_timeout="soon"))
    assert told.value.code == "Q109"


def test_a_missing_table_or_column_is_named(spark: str, source: DatabaseServer) -> None:
    with Spark.open(DatabaseServer(address=spark)) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, QUERY)
    assert told.value.code == "Q104" and "people" in str(told.value) and told.value.exit_status == 4
    taller = n.SelectPatientTable("people", n.TableSchema.of({"height": int}))
    with Spark.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(taller), (("height", n.SelectColumn(taller, "height")),)))
    assert told.value.code == "Q104" and "height" in str(told.value)


def test_a_schema_that_is_not_there_is_told_when_opening(spark: str) -> None:
    with pytest.raises(Mistake) as told:
        Spark.open(DatabaseServer(address=f"{spark};schema=nowhere"))
    assert told.value.code == "Q106" and "nowhere" in str(told.value) and "token" not in str(told.value)


def test_a_number_that_leaves_64_bits_is_told_without_the_value(source: DatabaseServer) -> None:
    big = n.Multiply(AGE, n.Value(1 << 61))
    with Spark.open(source) as engine, pytest.raises(Mistake) as told:
        rows_of(engine, n.Dataset(n.Exists(PEOPLE), (("big", big),)))
    assert told.value.code == "Q110" and str(1 << 61) not in str(told.value)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("sc://127.0.0.1:1/;token=s3cret;use_ssl=false", "Q106"),
        ("sc://localhost:1/;token=s3cret", "Q106"),
        ("sc://localhost:port/;token=s3cret", "Q114"),
        ("sc://localhost:1/records;token=s3cret", "Q114"),
        ("sc://reader:s3cret@localhost:1", "Q114"),
        ("sc://localhost:1/;folder=/x;schema=y;token=s3cret", "Q114"),
        ("sc://:1/;token=s3cret", "Q114"),
    ],
)
def test_a_token_is_never_told(address: str, code: str) -> None:
    database = Database(dsn=address)
    assert database.engine == "spark"
    with pytest.raises(Mistake) as told:
        open_database(database, dataset=n.Dataset(n.Value(False)), backend=BACKEND)
    assert told.value.code == code
    for text in (str(told.value), repr(database), repr(DatabaseServer(address=address))):
        assert "s3cret" not in text


def test_a_database_file_of_another_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Mistake) as told:
        Spark.open(DatabaseFile(path=tmp_path / "x.duckdb"))
    assert told.value.code == "Q114"


def test_without_java_nothing_starts_and_the_hint_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("ARMSLENGTH_SPARK_DSN", raising=False)
    assert why_not() == "Java is not installed"
    with pytest.raises(Mistake) as told:
        Spark.open(ArrowTables(tables={}))
    assert told.value.code == "Q106" and "openjdk-17" in str(told.value)


def test_a_memory_limit_that_java_cannot_start_with_is_told(spark: str) -> None:
    for limit in ("much", "10MB"):
        with pytest.raises(Mistake) as told:
            started(Settings(memory_limit=limit))
        assert told.value.code == "Q109"


DEFINITION = """
from ehrql import create_dataset
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient() & (patients.date_of_birth >= "1950-01-01"))
last = clinical_events.sort_by(clinical_events.date).last_for_patient()
dataset.sex = patients.sex
dataset.last_date = last.date
dataset.value = last.numeric_value
"""
FOLDERS = {
    "patients": "patient_id,date_of_birth,sex,date_of_death\n"
    "1,1960-01-01,female,\n2,1940-01-01,male,\n3,1970-01-01,male,\n",
    "clinical_events": "patient_id,date,snomedct_code,ctv3_code,numeric_value,consultation_id\n"
    "1,2020-01-31,,,2.5,\n1,2021-02-28,,,7,\n3,2020-01-01,,,,\n",
}
ANSWER = [
    {"patient_id": "1", "sex": "female", "last_date": "2021-02-28", "value": "7.0"},
    {"patient_id": "3", "sex": "male", "last_date": "2020-01-01", "value": ""},
]


def test_the_commands_ask_spark_by_its_address_and_of_a_folder(spark: str, tmp_path: Path) -> None:
    """The second run starts a Spark of its own, as no address of one is there, and ends it."""
    (tmp_path / "definition.py").write_text(DEFINITION)
    kinds = {"patient_id": pa.int64(), "numeric_value": pa.float64()}
    kinds |= dict.fromkeys(("date_of_birth", "date_of_death", "date"), pa.date32())
    for name, text in FOLDERS.items():
        from pyarrow import csv as arrow_csv

        (tmp_path / "data" / name).mkdir(parents=True)
        header = text.split("\n", 1)[0].split(",")
        types = {column: kinds.get(column, pa.string()) for column in header}
        options = arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
        table = arrow_csv.read_csv(pa.py_buffer(text.encode()), convert_options=options)
        pq.write_table(table, tmp_path / "data" / name / "part-00000.parquet")
    environment = {name: value for name, value in os.environ.items() if name != "ARMSLENGTH_SPARK_DSN"}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "ARMSLENGTH_MEMORY_LIMIT": "1GB"}
    asked = [
        ("ehrql", ["--dsn", f"{spark};folder={tmp_path / 'data'}", "--backend", "core"]),
        ("ehrql", ["--dsn", "data", "--backend", "files", "--query-engine", "spark"]),
    ]
    for command, arguments in asked:
        line = [sys.executable, "-m", command, "generate-dataset", "definition.py", "--output", "out.csv"]
        ran = subprocess.run(
            [*line, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        assert "token" not in ran.stderr
        with (tmp_path / "out.csv").open() as file:
            assert list(csv.DictReader(file)) == ANSWER
        (tmp_path / "out.csv").unlink()


@pytest.mark.parametrize("name", ["out.arrow", "out.parquet"])
def test_result_files_are_those_of_the_embedded_engine(spark: str, tmp_path: Path, name: str) -> None:
    files = []
    for engine in ("duckdb", "spark"):
        output = tmp_path / engine / name
        output.parent.mkdir()
        generate_dataset(QUERY, database=Database(tables=ROWS, engine=engine), output=output)
        files.append(output.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("passes", [EAGER, ()])
def test_a_set_of_values_per_codelist_is_a_list_also_when_spread(spark: str, passes: Any) -> None:
    codes = [n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(frozenset(one)))) for one in "ab"]
    asked = [n.In(AGE, n.CombineAsSet(n.SelectColumn(rows, "number"))) for rows in codes]
    dataset = n.Dataset(n.Exists(PEOPLE), tuple((f"v{k}", each) for k, each in enumerate(asked)))
    data = {
        "people": [(1, 5, ""), (2, 6, ""), (3, None, "")],
        "events": [(1, "a", 4), (1, "a", 5), (1, "b", None), (2, "b", 6), (3, "a", None)],
    }
    (found,) = answers(dataset, data, passes, engine="spark")
    assert found["dataset"] == evaluate(dataset, data).rows
