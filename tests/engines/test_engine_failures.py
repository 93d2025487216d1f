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
    process = started(output, spill, rows=400_000, memory="10MB")
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


LONG_STATEMENT = """if True:
    import os, signal, threading, time
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    import pyarrow as pa
    from armslength.query.engines.dialects.duckdb import DuckDB
    from armslength.query.engines.engine import ArrowTables, Plan, ResultQuery, Statement

    sql = "SELECT sum(a.range ^ b.range)::BIGINT AS patient_id FROM range(10000000) a, range(10000000) b"
    made = Statement(purpose="count for ever", creates="made", sql="CREATE TEMP TABLE made AS " + sql)
    steps = {"statements": (made,)}
    if %r == "result":
        schema = pa.schema([("patient_id", pa.int64())])
        steps = {"statements": (), "results": (ResultQuery(name="dataset", purpose="count", sql=sql, schema=schema),)}

    def interrupt_once_it_runs(used=time.process_time()):
        while time.process_time() < used + 0.5:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    with DuckDB.open(ArrowTables(tables={})) as engine:
        threading.Thread(target=interrupt_once_it_runs, daemon=True).start()
        try:
            for result in engine.execute(Plan(**{"results": (), **steps})):
                result.rows.read_all()
        except KeyboardInterrupt:
            print("interrupted", engine.connection.execute("SELECT 'and can be asked again'").fetchone())
"""


@pytest.mark.parametrize("step", ["statement", "result"])
def test_control_c_stops_one_long_statement_and_the_fetching_of_rows(tmp_path: Path, step: str) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), SPILL_FOLDER: str(tmp_path)}
    line = [sys.executable, "-c", LONG_STATEMENT % step]
    done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=300)
    assert done.stdout == "interrupted ('and can be asked again',)\n", done.stderr
    assert done.returncode == 0 and list(tmp_path.iterdir()) == []


def test_what_a_killed_engine_spilled_is_removed_by_the_next_and_what_is_in_use_is_not(
    tmp_path: Path,
) -> None:
    program = """if True:
        import sys
        from armslength.query.engines.dialects.duckdb import DuckDB
        from armslength.query.engines.engine import ArrowTables
        with DuckDB.open(ArrowTables(tables={})) as engine:
            (engine.spill.path / "rows.tmp").write_text("spilled")
            print("open", flush=True)
            sys.stdin.read()
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), SPILL_FOLDER: str(tmp_path)}
    line = [sys.executable, "-c", program]
    killed = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    with killed:
        assert killed.stdout is not None and killed.stdout.readline() == "open\n"
        (abandoned,) = tmp_path.iterdir()
        with DuckDB.open(ArrowTables(tables={}), settings=Settings(spill_folder=tmp_path)) as engine:
            assert sorted(tmp_path.iterdir()) == sorted([abandoned, engine.spill.path])
        killed.kill()
        killed.wait(timeout=60)
    assert (abandoned / "rows.tmp").exists()
    with DuckDB.open(ArrowTables(tables={}), settings=Settings(spill_folder=tmp_path)) as engine:
        assert list(tmp_path.iterdir()) == [engine.spill.path]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".arrow", ".parquet"])
def test_a_disk_that_fills_while_results_are_written_is_told_and_nothing_stays(
    tmp_path: Path, suffix: str
) -> None:
    output, spill = tmp_path / f"out{suffix}", tmp_path / "spill"
    output.write_text("the result before\n")
    process = started(output, spill, rows=300_000, memory="2GB", largest_file=1 << 16)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 1, told
    assert "Q123" in told and "free some space" in told and str(output) in told
    assert output.read_text() == "the result before\n"
    assert sorted(tmp_path.iterdir()) == sorted([output, spill]) and list(spill.iterdir()) == []


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
        assert engine.spill.path.parent == tmp_path
    assert found == ("190.7 MiB", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [(THREADS, "many"), (SPILL_FOLDER, "/nowhere/at/all")])
def test_a_limit_that_makes_no_sense_is_told(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Mistake) as told:
        DuckDB.open(ArrowTables(tables={}))
    assert told.value.code == "Q109" and name in str(told.value)
