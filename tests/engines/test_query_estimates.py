"""What a query will take is told before it is asked: rows as they are, time and memory of the right order."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armslength.query.api import estimates
from armslength.query.api.databases import Database
from armslength.query.api.estimates import estimate, estimate_in_words, memory_limit, preflight, warnings_of
from armslength.query.engines.engine import Settings
from armslength.query.engines.passes import PASSES
from armslength.query.engines.table_sizes import MOST_FOOTERS, size_of_parquet
from armslength.query.formats.store import read_store
from armslength.query.language.dataset import query_of
from armslength.query.model.nodes import Dataset
from armslength.query.stores.sample.population import make_sample

PATIENTS = 20_000
DEFINITION = """
from ehrql import create_dataset
from ehrql.tables.core import clinical_events as events, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
for number, code in enumerate(["195967001", "44054006", "59621000", "35489007", "53741008"]):
    found = events.where(events.snomedct_code.is_in([code]))
    dataset.add_column(f"has_{number}", found.exists_for_patient())
    dataset.add_column(f"first_{number}", found.date.minimum_for_patient())
    dataset.add_column(f"times_{number}", found.count_for_patient())
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estimates") / "store"
    make_sample(path, patients=PATIENTS, seed=1)
    return path


@pytest.fixture
def question() -> Dataset:
    names: dict[str, object] = {}
    exec(DEFINITION, names)
    return query_of(names["dataset"])  # type: ignore[arg-type]


def test_rows_bytes_and_width_are_those_of_the_store(store: Path, question: Dataset) -> None:
    found = estimate(question, database=Database(dsn=str(store)))
    tables = read_store(store).tables
    readings = {each.table: each for each in found.readings}
    assert set(readings) == {"core.patients", "core.clinical_events"}
    events = readings["core.clinical_events"]
    assert events.rows == tables["clinical_events"].rows and events.times == 1 and events.answers == 15
    assert events.bytes is not None and 0 < events.bytes < tables["clinical_events"].bytes
    assert found.people == PATIENTS and found.columns == 16
    assert found.statements > 1 and found.characters > 100
    told = estimate_in_words(found)
    assert f"{tables['clinical_events'].rows:,} rows" in told and "at most 20,000 rows of 16 columns" in told


def test_time_and_memory_are_of_the_right_order(store: Path, question: Dataset, tmp_path: Path) -> None:
    """Measured in a process of its own, by the processor: other work on the machine changes little of it."""
    program = f"""if True:
        import resource
        {DEFINITION.replace(chr(10), chr(10) + " " * 8)}
        from pathlib import Path
        from armslength.query.api.databases import Database
        from armslength.query.api.datasets import generate_dataset
        from armslength.query.language.dataset import query_of
        import armslength.query.engines.dialects.duckdb
        query, used = query_of(dataset), resource.getrusage(resource.RUSAGE_SELF)
        database = Database(dsn={str(store)!r})
        generate_dataset(query, database=database, output=Path({str(tmp_path / "out.parquet")!r}))
        after = resource.getrusage(resource.RUSAGE_SELF)
        print(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime, after.ru_maxrss * 1024)
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-c", program]
    done = subprocess.run(line, capture_output=True, text=True, env=environment, check=True)
    processor, memory = map(float, done.stdout.split())
    found = estimate(question, database=Database(dsn=str(store)))
    assert found.processor is not None and processor / 20 < found.processor < processor * 20
    assert found.memory is not None and memory / 10 < found.memory < memory * 10


def test_what_drives_the_cost_is_named_with_a_hint(store: Path, question: Dataset) -> None:
    found = estimate(question, database=Database(dsn=str(store)))
    assert any("core.clinical_events: 1 reading" in each and "of the time" in each for each in found.drivers)
    without = [each.__name__ for each in PASSES]
    apart = estimate(question, database=Database(dsn=str(store)), without=without)
    assert apart.processor is not None and found.processor is not None
    assert apart.processor > found.processor


def test_what_is_far_too_large_is_warned_of_and_usually_nothing_is(
    store: Path, question: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = estimate(question, database=Database(dsn=str(store)))
    assert warnings_of(found) == ()
    (long,) = warnings_of(dataclasses.replace(found, seconds=100 * 3600.0))
    assert "about 100 hours" in long and "explain --cost" in long
    (large,) = warnings_of(dataclasses.replace(found, memory=found.memory_limit + found.spill_free + 1))
    assert "ARMSLENGTH_MEMORY_LIMIT" in large and "ARMSLENGTH_SPILL_FOLDER" in large
    assert preflight(question, database=Database(dsn=str(store))) == ()
    monkeypatch.setattr(estimates, "SMALL", 1)
    monkeypatch.setattr(estimates, "FAR_TOO_LONG", 0)
    (told,) = preflight(question, database=Database(dsn=str(store)))
    assert "will take about" in told


def test_a_table_of_many_files_is_judged_by_some_of_them(tmp_path: Path) -> None:
    files = []
    for number in range(2 * MOST_FOOTERS + 1):
        files.append(tmp_path / f"{number}.parquet")
        pq.write_table(pa.table({"patient_id": range(1_000), "code": ["x"] * 1_000}), files[-1])
    few, many = size_of_parquet(files[:3]), size_of_parquet(files)
    assert few.rows == 3_000 and few.is_exact
    assert many.rows == pytest.approx(1_000 * len(files), rel=0.1) and not many.is_exact
    assert many.columns["patient_id"] > many.columns["code"] > 0


@pytest.mark.parametrize(
    ("limit", "size"), [("12GB", 12e9), ("512 MiB", 512 * 2**20), ("1.5gb", 1.5e9), ("100", 100)]
)
def test_a_memory_limit_is_read_as_the_database_reads_it(limit: str, size: float) -> None:
    assert memory_limit(Database(settings=Settings(memory_limit=limit))) == size


def test_postgresql_tells_sizes_from_its_catalogue_and_no_time(postgresql: str, question: Dataset) -> None:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE TABLE patients (patient_id bigint, date_of_birth date, sex text)")
        connection.execute("CREATE TABLE clinical_events (patient_id bigint, date date, snomedct_code text)")
        connection.execute("INSERT INTO patients SELECT i FROM generate_series(1, 1000) i")
        connection.execute("ANALYZE patients")
        try:
            found = estimate(question, database=Database(dsn=postgresql))
        finally:
            connection.execute("DROP TABLE patients, clinical_events")
    readings = {each.table: each for each in found.readings}
    assert readings["core.patients"].rows == 1_000
    assert readings["core.clinical_events"].rows is None, "nobody has analysed it"
    assert found.seconds is None and "time and memory: not known" in estimate_in_words(found)


def test_the_command_prints_words_and_json(store: Path, tmp_path: Path) -> None:
    definition = tmp_path / "study.py"
    definition.write_text(DEFINITION)
    line = [sys.executable, "-m", "armslength", "explain", str(definition), "--cost"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    words = subprocess.run([*line, "--dsn", str(store)], capture_output=True, text=True, env=environment)
    assert words.returncode == 0 and "What it will take" in words.stdout, words.stderr
    told = subprocess.run(
        [*line, "--json", "--dsn", str(store)], capture_output=True, text=True, env=environment
    )
    assert json.loads(told.stdout)["estimate"]["people"] == PATIENTS
    nowhere = subprocess.run(line, capture_output=True, text=True, env=environment)
    assert nowhere.returncode != 0 and "Q050" in nowhere.stderr
