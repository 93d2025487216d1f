"""Small databases with the core tables, sound but for what a test breaks."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from armslength.query.api.conformance import check_database
from armslength.query.api.databases import Database
from armslength.query.conformance.checking import Wishes
from armslength.query.conformance.verdict import Verdict

AS_OF = datetime.date(2026, 1, 31)
CAUSES = ", ".join(f"CAST(NULL AS VARCHAR) AS cause_of_death_{n:02}" for n in range(1, 16))
TABLES = f"""
CREATE TABLE patients AS SELECT i AS patient_id, DATE '1950-01-01' + INTERVAL (i % 600) MONTH AS date_of_birth,
  CASE i % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex, CAST(NULL AS DATE) AS date_of_death
  FROM range(1, 201) AS r(i);
ALTER TABLE patients ALTER date_of_birth TYPE DATE;
CREATE TABLE practice_registrations AS SELECT patient_id, DATE '2010-01-01' AS start_date,
  CAST(NULL AS DATE) AS end_date, CAST(patient_id % 5 AS BIGINT) AS practice_pseudo_id FROM patients;
CREATE TABLE clinical_events AS SELECT 1 + i % 200 AS patient_id, DATE '2024-01-01' + CAST(i % 700 AS INT) AS date,
  CASE i % 3 WHEN 0 THEN '271649006' ELSE '27113001' END AS snomedct_code, CAST(i AS DOUBLE) AS numeric_value
  FROM range(2000) AS r(i);
CREATE TABLE medications AS SELECT patient_id, DATE '2025-06-01' AS date, '39113611000001102' AS dmd_code FROM patients;
CREATE TABLE ons_deaths AS SELECT patient_id, DATE '2025-01-01' AS date, 'J189' AS underlying_cause_of_death, {CAUSES}
  FROM patients WHERE patient_id <= 20;
"""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return path


@pytest.fixture
def database(sound: Path, tmp_path: Path) -> Callable[..., Database]:
    """Make a database in which some statements were run after the sound ones."""

    def make(*statements: str) -> Database:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb"
        path.write_bytes(sound.read_bytes())
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return Database(dsn=f"duckdb://{path}", backend="core")

    return make


@pytest.fixture
def verdict_on(database: Callable[..., Database]) -> Callable[..., Verdict]:
    """Check a database in which some statements were run."""

    def check(*statements: str, **wishes: object) -> Verdict:
        wanted: dict[str, Any] = {"pictures": False, **wishes}
        return check_database(database(*statements), wishes=Wishes(as_of=AS_OF, **wanted))

    return check
