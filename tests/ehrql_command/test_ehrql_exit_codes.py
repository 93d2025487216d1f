"""Exit codes that runners translate: time limits and failures of databases."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.api.time_limit import LIMIT_SECONDS, require_in_time
from armslength.query.engines.dialects.duckdb import DuckDB, _mistake
from armslength.query.engines.engine import DatabaseFile


def test_measures_that_would_take_too_long_are_stopped_once_that_is_sure():
    hours = 3600.0
    require_in_time(elapsed=11 * hours, done=11, of=10_000)
    require_in_time(elapsed=12 * hours, done=12, of=72)
    with pytest.raises(Mistake) as told:
        require_in_time(elapsed=12 * hours, done=12, of=73)
    assert told.value.exit_status == 14
    assert "73 hours, and 72 are allowed: 12 of 73 intervals took 720 minutes" in told.value.what
    assert LIMIT_SECONDS == 259_200


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (duckdb.CatalogException("Table with name x does not exist"), "Q104", 4),
        (duckdb.OutOfRangeException("overflow"), "Q110", 5),
        (duckdb.InternalException("assertion"), "Q111", 5),
        (duckdb.OutOfMemoryException("failed to allocate"), "Q107", 6),
    ],
)
def test_failures_of_a_database_have_the_exit_codes_runners_know(error, code, status):
    mistake = _mistake(error, "read a table")
    assert (mistake.code, mistake.exit_status) == (code, status)


WRITER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_database_that_something_else_writes_to_is_worth_another_try(tmp_path):
    path = tmp_path / "records.duckdb"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout.readline() == b"open\n"
        with pytest.raises(Mistake, match="run this again") as told:
            DuckDB.open(DatabaseFile(path=path))
        assert (told.value.code, told.value.exit_status) == ("Q106", 3)
    finally:
        writer.communicate(b"")


def test_a_file_that_is_no_database_is_not_worth_another_try(tmp_path):
    (tmp_path / "records.duckdb").write_text("these are not records, however long one waits for them")
    with pytest.raises(Mistake) as told:
        DuckDB.open(DatabaseFile(path=tmp_path / "records.duckdb"))
    assert (told.value.code, told.value.exit_status) == ("Q106", 1)
