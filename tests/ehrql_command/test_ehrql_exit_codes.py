"""Exit codes that runners translate: time limits and failures of databases."""

from __future__ import annotations

import duckdb
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.api.time_limit import LIMIT_SECONDS, require_in_time
from armslength.query.engines.dialects.duckdb import _mistake


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
