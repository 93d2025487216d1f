"""The DuckDB engine keeps to what it was opened on, streams, stops when told, and says what went wrong."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import (
    ArrowTables,
    DatabaseFile,
    ParquetFiles,
    Settings,
    Step,
    find_engine,
)
from armslength.query.model import nodes as n

PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"age": int}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"code": str, "number": int}))
QUERY = n.Dataset(n.Exists(PATIENTS), (("age", n.SelectColumn(PATIENTS, "age")), ("events", n.Count(EVENTS))))


@pytest.fixture
def files(tmp_path: Path) -> ParquetFiles:
    store = tmp_path / "store"
    store.mkdir()
    pq.write_table(pa.table({"patient_id": [1, 2], "age": [40, None]}), store / "patients.parquet")
    pq.write_table(
        pa.table({"patient_id": [1, 1], "code": ["a", None], "number": [1, 2]}), store / "events.parquet"
    )
    return ParquetFiles(
        tables={"patients": (store / "patients.parquet",), "events": (store / "events.parquet",)}
    )


def first_rows(engine: DuckDB, dataset: n.Dataset) -> list[dict[str, Any]]:
    for result in engine.execute(engine.compile(dataset, backend=DIRECT)):
        return result.rows.read_all().to_pylist()
    return []


def test_parquet_files_answer_a_query(files: ParquetFiles) -> None:
    with DuckDB.open(files) as engine:
        assert first_rows(engine, QUERY) == [
            {"patient_id": 1, "age": 40, "events": 2},
            {"patient_id": 2, "age": None, "events": 0},
        ]


def test_a_database_file_answers_a_query_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE patients AS SELECT 1::BIGINT AS patient_id, 30::INTEGER AS age")
        made.execute("CREATE TABLE events (patient_id BIGINT, code VARCHAR, number BIGINT)")
    before = path.read_bytes()
    with DuckDB.open(DatabaseFile(path=path)) as engine:
        assert first_rows(engine, QUERY) == [{"patient_id": 1, "age": 30, "events": 0}]
        with pytest.raises(duckdb.Error, match=r"read-only|read only"):
            engine.connection.execute("DROP TABLE patients")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY patients TO '{outside}'",
        "COPY patients TO '{inside}'",
        "ATTACH '{outside}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_paths = ['/etc/passwd']",
        "EXPORT DATABASE '{outside}'",
    ],
)
def test_nothing_but_its_own_tables_can_be_reached(files: ParquetFiles, tmp_path: Path, attack: str) -> None:
    outside, inside = tmp_path / "outside.csv", tmp_path / "store" / "new.parquet"
    with DuckDB.open(files) as engine, pytest.raises(duckdb.Error):
        engine.connection.execute(attack.format(outside=outside, inside=inside))
    assert not outside.exists() and not inside.exists()


def test_no_temporary_table_is_left_behind_not_even_by_a_reader_who_stops(files: ParquetFiles) -> None:
    with DuckDB.open(files) as engine:
        for _ in range(2):
            results = engine.execute(engine.compile(QUERY, backend=DIRECT))
            next(results)
            results.close()
        left = engine.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    assert left == []


def test_the_spill_folder_goes_when_the_engine_closes(files: ParquetFiles) -> None:
    with DuckDB.open(files) as engine:
        folder = engine.spill.path
        first_rows(engine, QUERY)
    assert not folder.exists()


def test_progress_tells_each_step_with_its_place_and_rows(files: ParquetFiles) -> None:
    steps: list[Step] = []
    with DuckDB.open(files) as engine:
        plan = engine.compile(QUERY, backend=DIRECT)
        for result in engine.execute(plan, progress=steps.append):
            result.rows.read_all()
    assert [step.number for step in steps] == list(range(1, plan.steps + 1))
    assert {step.of for step in steps} == {plan.steps}
    assert steps[-1].rows == 2


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with (
        DuckDB.open(ArrowTables(tables={"patients": pa.table({"patient_id": [1], "age": [1]})})) as engine,
        pytest.raises(Mistake, match="events") as told,
    ):
        first_rows(engine, QUERY)
    assert told.value.code == "Q104"


def test_a_missing_or_foreign_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("not a database")
    for path in (tmp_path / "absent.duckdb", tmp_path / "text.duckdb"):
        with pytest.raises(Mistake) as told:
            DuckDB.open(DatabaseFile(path=path))
        assert told.value.code == "Q106" and str(path) in str(told.value)


def test_a_broken_parquet_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "patients.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(Mistake) as told:
        DuckDB.open(ParquetFiles(tables={"patients": (tmp_path / "patients.parquet",)}))
    assert told.value.code == "Q106" and "`patients`" in str(told.value)


def test_a_setting_that_makes_no_sense_is_told(files: ParquetFiles) -> None:
    with pytest.raises(Mistake) as told:
        DuckDB.open(files, settings=Settings(memory_limit="plenty"))
    assert told.value.code == "Q109" and "memory_limit" in str(told.value)


def test_a_number_that_leaves_64_bits_is_told(files: ParquetFiles) -> None:
    big = n.Multiply(n.SelectColumn(PATIENTS, "age"), n.Value(1 << 61))
    with DuckDB.open(files) as engine, pytest.raises(Mistake) as told:
        first_rows(engine, n.Dataset(n.Exists(PATIENTS), (("big", big),)))
    assert told.value.code == "Q110"


def many_events(count: int) -> ArrowTables:
    numbers = pa.array(range(count))
    events = pa.table({"patient_id": numbers, "code": numbers.cast(pa.string()), "number": numbers})
    return ArrowTables(
        tables={"patients": pa.table({"patient_id": numbers, "age": numbers}), "events": events}
    )


SETS = n.Dataset(
    n.Exists(PATIENTS),
    tuple((f"distinct_{name}", n.CountDistinct(n.SelectColumn(EVENTS, name))) for name in ("code", "number")),
)


def test_running_out_of_memory_is_told(tmp_path: Path) -> None:
    source = many_events(300_000)
    with (
        DuckDB.open(source, settings=Settings(memory_limit="20MB", threads=1)) as engine,
        pytest.raises(Mistake) as told,
    ):
        first_rows(engine, SETS)
    assert told.value.code == "Q107"


def test_cancelling_stops_what_runs(tmp_path: Path) -> None:
    with DuckDB.open(many_events(100_000)) as engine:
        plan = engine.compile(SETS, backend=DIRECT)
        results = engine.execute(plan, progress=lambda step: engine.cancel())
        with pytest.raises(Mistake) as told:
            list(results)
        assert told.value.code == "Q108"
        assert len(first_rows(engine, SETS)) == 100_000


def test_cancelling_from_another_thread_interrupts_a_long_statement() -> None:
    long = ArrowTables(tables={"patients": pa.table({"patient_id": [1], "age": [1]})})
    with DuckDB.open(long) as engine:
        timer = threading.Timer(0.3, engine.cancel)
        timer.start()
        with pytest.raises(Mistake) as told, engine._told_as_mistakes("count for ever"):
            engine.connection.execute(
                "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a <> b"
            )
        timer.join()
    assert told.value.code == "Q108"


def test_engines_are_found_by_name_and_others_are_refused() -> None:
    assert find_engine("duckdb") is DuckDB
    with pytest.raises(Mistake, match="duckdb") as told:
        find_engine("oracle")
    assert told.value.code == "Q101"


def test_a_reader_who_stops_in_the_middle_of_a_table_blocks_nothing() -> None:
    with DuckDB.open(many_events(300_000)) as engine:
        results = engine.execute(engine.compile(QUERY, backend=DIRECT))
        next(results).rows.read_next_batch()
        results.close()
        assert len(first_rows(engine, QUERY)) == 300_000


def test_the_next_table_waits_for_the_one_before(files: ParquetFiles) -> None:
    rows = n.SeriesCollectionFrame((("code", n.SelectColumn(EVENTS, "code")),))
    with DuckDB.open(files) as engine:
        plan = engine.compile(n.Dataset(n.Exists(PATIENTS), (), (("rows", rows),)), backend=DIRECT)
        results = engine.execute(plan)
        next(results)
        with pytest.raises(RuntimeError, match="must be read to its end"):
            next(results)
