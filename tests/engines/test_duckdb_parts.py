"""A query in parts gives the rows that it gives at once, and is only taken apart where that is safe and worth it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armslength.query.engines.backend import DIRECT, Backend, TableMapping
from armslength.query.engines.dialects import duckdb_parts
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.dialects.duckdb_parts import parts_of
from armslength.query.engines.engine import ParquetFiles, Step
from armslength.query.model import nodes as n

PEOPLE = 1_000
PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"born": int}))
EVENTS = n.SelectTable("events", n.TableSchema.of({"date": datetime.date, "code": str}))
TAKEN = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(frozenset({"a", "c"}))))
LAST = n.PickOneRowPerPatient(n.Sort(TAKEN, n.SelectColumn(TAKEN, "date")), n.Position.LAST)
QUESTION = n.Dataset(
    n.Exists(PATIENTS),
    (
        ("born", n.SelectColumn(PATIENTS, "born")),
        ("times", n.Count(TAKEN)),
        ("last", n.SelectColumn(LAST, "date")),
    ),
)


def files_in(folder: Path, *, sort: bool = True) -> ParquetFiles:
    """Two files for each table, of row groups of a hundred rows."""
    ids = [1 + row // 3 for row in range(3 * PEOPLE)]
    days = [
        datetime.date(2000, 1, 1) + datetime.timedelta(days=row * 37 % 9_000) for row in range(3 * PEOPLE)
    ]
    events = pa.table(
        {"patient_id": ids, "date": days, "code": ["abc"[row * 7 % 3] for row in range(3 * PEOPLE)]}
    )
    patients = pa.table({"patient_id": range(1, PEOPLE + 1), "born": range(PEOPLE)})
    tables = {}
    for name, rows in {"patients": patients, "events": events}.items():
        if not sort and name == "events":
            rows = rows.take([row * 7_919 % rows.num_rows for row in range(rows.num_rows)])
        paths = (folder / f"{name}-1.parquet", folder / f"{name}-2.parquet")
        half = rows.num_rows // 2
        pq.write_table(rows.slice(0, half), paths[0], row_group_size=100)
        pq.write_table(rows.slice(half), paths[1], row_group_size=100)
        tables[name] = paths
    return ParquetFiles(tables=tables)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take apart what is far smaller than is worth it."""
    monkeypatch.setattr(duckdb_parts, "FEWEST_ROWS", 1_000)
    monkeypatch.setattr(duckdb_parts, "BYTES_A_ROW", 10**12)
    monkeypatch.setattr(duckdb_parts, "SMALL_TABLE", 1_500)
    yield


def answered(
    engine: DuckDB, backend: Backend = DIRECT, question: n.Dataset = QUESTION
) -> tuple[pa.Table, list[Step]]:
    steps: list[Step] = []
    plan = engine.compile(question, backend=backend)
    (rows,) = [each.rows.read_all() for each in engine.execute(plan, progress=steps.append)]
    return rows, steps


def test_parts_give_the_same_rows_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DuckDB.open(files_in(tmp_path)) as engine:
        at_once, few = answered(engine)
        monkeypatch.setattr(duckdb_parts, "FEWEST_ROWS", 1_000)
        monkeypatch.setattr(duckdb_parts, "BYTES_A_ROW", 10**12)
        in_parts, many = answered(engine)
        assert in_parts.equals(at_once) and at_once.num_rows == PEOPLE
        assert len(many) >= 4 * len(few) and ", part 2 of " in many[len(few)].purpose
        assert many[-1].number == many[-1].of
        left = engine.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone()
        seen = engine.connection.execute("SELECT count(*) FROM patients").fetchone()
        assert (left, seen) == ((0,), (PEOPLE,)), "the tables are whole again"


@pytest.mark.usefixtures("small")
def test_a_table_that_is_read_in_another_way_stays_whole_and_nobody_appears_twice(tmp_path: Path) -> None:
    from sqlglot import parse_one

    view = parse_one("SELECT patient_id, born FROM patients AS p WHERE p.born >= 0")
    tables = {
        ("", "patients"): TableMapping(table="shown", query=view),
        ("", "events"): TableMapping(table="events"),
    }
    backend = Backend(name="views", title="Views", tables=tables)
    source = files_in(tmp_path)
    with DuckDB.open(source) as engine:
        plan = engine.compile(QUESTION, backend=backend)
        assert isinstance(plan, duckdb_parts.PlanByPatient)
        assert plan.by_patient == {"events": "patient_id"} and not plan.is_everything
        rows, steps = answered(engine, backend)
        assert ", part 1 of " in steps[0].purpose
        assert rows.column("patient_id").to_pylist() == list(range(1, PEOPLE + 1))
        assert rows.equals(answered(engine)[0])


@pytest.mark.usefixtures("small")
def test_what_is_not_sorted_by_patient_is_read_at_once(tmp_path: Path) -> None:
    source = files_in(tmp_path, sort=False)
    with DuckDB.open(source) as engine:
        assert parts_of(engine.compile(QUESTION, backend=DIRECT), source, memory=10**9) == ()
        assert answered(engine)[0].num_rows == PEOPLE


@pytest.mark.usefixtures("small")
def test_sums_over_patients_and_several_results_are_not_taken_apart(tmp_path: Path) -> None:
    source = files_in(tmp_path)
    events = n.SeriesCollectionFrame(members=(("code", n.SelectColumn(TAKEN, "code")),))
    question = n.Dataset(QUESTION.population, QUESTION.variables, events=(("taken", events),))
    with DuckDB.open(source) as engine:
        assert parts_of(engine.compile(question, backend=DIRECT), source, memory=10**9) == ()
        assert len(parts_of(engine.compile(QUESTION, backend=DIRECT), source, memory=10**9)) == 4


@pytest.mark.usefixtures("small")
def test_stopping_in_the_middle_of_the_parts_leaves_whole_tables(tmp_path: Path) -> None:
    with DuckDB.open(files_in(tmp_path)) as engine:
        running = engine.execute(engine.compile(QUESTION, backend=DIRECT))
        next(next(running).rows.__iter__())
        running.close()
        assert engine.connection.execute("SELECT count(*) FROM events").fetchone() == (3 * PEOPLE,)
        assert answered(engine)[0].num_rows == PEOPLE
