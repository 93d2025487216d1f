"""Memory, disk and processes that give out: told with the figure and the setting, and nothing half-written stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import MEMORY_LIMIT, SPILL_FOLDER, THREADS, ArrowTables, Settings

# A program that asks a query whose answer does not fit into 40 MB and writes it to a file.
PROGRAM = """if True:
    import resource, signal, sys
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    from pathlib import Path
    import pyarrow as pa
    from armslength.query.api.databases import Database
    from armslength.query.api.datasets import generate_dataset
    from armslength.kernel.errors import Mistake
    from armslength.query.engines.engine import Settings
    from armslength.query.model import nodes as n

    rows, output, memory, largest_file = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    people = n.SelectPatientTable("people", n.TableSchema.of({"number": int}))
    events = n.SelectTable("events", n.TableSchema.of({"code": str}))
    numbers = pa.array(range(rows))
    tables = {
        "people": pa.table({"patient_id": numbers, "number": numbers}),
        "events": pa.table({"patient_id": numbers, "code": numbers.cast(pa.string())}),
    }
    distinct = n.CountDistinct(n.SelectColumn(events, "code"))
    query = n.Dataset(n.Exists(people), (("number", n.SelectColumn(people, "number")), ("distinct", distinct)))
    database = Database(tables=tables, settings=Settings(memory_limit=memory, threads=1))
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    print("asking", flush=True)
    try:
        generate_dataset(query, database=database, output=output, progress=lambda step: print(step, flush=True))
    except Mistake as mistake:
        print(mistake)
        sys.exit(mistake.exit_status)
    except KeyboardInterrupt:
        print("interrupted")
        sys.exit(130)
"""


def started(
    output: Path, spill: Path, *, rows: int, memory: str, largest_file: int = 0
) -> subprocess.Popen[str]:
    spill.mkdir()
    line = [sys.executable, "-c", PROGRAM, str(rows), str(output), memory, str(largest_file)]
    environment = os.environ | {SPILL_FOLDER: str(spill), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )


def test_too_little_memory_is_told_with_the_figure_and_the_setting(tmp_path: Path) -> None:
    output, spill = tmp_path / "out.csv", tmp_path / "spill"
    process = started(output, spill, rows=400_000, memory="20MB")
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 6, told
    assert "Q107" in told and "MiB used" in told and MEMORY_LIMIT in told
    assert not output.exists() and sorted(tmp_path.iterdir()) == [spill] and list(spill.iterdir()) == []


def test_a_full_disk_under_the_spill_folder_is_told_with_the_setting(tmp_path: Path) -> None:
    output, spill = tmp_path / "out.csv", tmp_path / "spill"
    process = started(output, spill, rows=1_500_000, memory="50MB", largest_file=1 << 20)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 6, told
    assert "Q107" in told and "the disk is full" in told and SPILL_FOLDER in told
    assert sorted(tmp_path.iterdir()) == [spill] and list(spill.iterdir()) == []


def test_a_process_that_is_killed_leaves_no_result(tmp_path: Path) -> None:
    output, spill = tmp_path / "out.csv", tmp_path / "spill"
    output.write_text("the result before\n")
    process = started(output, spill, rows=1_000_000, memory="1GB")
    assert process.stdout is not None and process.stdout.readline() == "asking\n"
    assert process.stdout.readline()  # its first step is done, the file is not
    process.kill()
    process.wait(timeout=60)
    process.stdout.close()
    assert output.read_text() == "the result before\n"


def test_control_c_stops_the_running_query(tmp_path: Path) -> None:
    output, spill = tmp_path / "out.csv", tmp_path / "spill"
    process = started(output, spill, rows=1_000_000, memory="1GB")
    assert process.stdout is not None and process.stdout.readline() == "asking\n"
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode in (1, 130), told
    assert not output.exists() and list(spill.iterdir()) == []


def test_limits_come_from_the_environment_and_those_given_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_LIMIT, "100MB")
    monkeypatch.setenv(THREADS, "1")
    monkeypatch.setenv(SPILL_FOLDER, str(tmp_path))
    with DuckDB.open(ArrowTables(tables={}), settings=Settings(memory_limit="200MB")) as engine:
        found = engine.connection.execute(
            "SELECT current_setting('memory_limit'), current_setting('threads')"
        ).fetchone()
        assert engine.spill_folder.parent == tmp_path
    assert found == ("190.7 MiB", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [(THREADS, "many"), (SPILL_FOLDER, "/nowhere/at/all")])
def test_a_limit_that_makes_no_sense_is_told(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Mistake) as told:
        DuckDB.open(ArrowTables(tables={}))
    assert told.value.code == "Q109" and name in str(told.value)
