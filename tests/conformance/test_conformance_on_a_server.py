"""The same checks and reports, asked of a PostgreSQL server."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Generator

import psycopg
import pytest

from armslength.query.api.conformance import check_database
from armslength.query.api.database_reports import ReportKind, report_on
from armslength.query.api.databases import Database
from armslength.query.conformance.checking import Wishes
from armslength.query.conformance.verdict import Status

AS_OF = datetime.date(2026, 1, 31)
CAUSES = ", ".join(f"CAST(NULL AS TEXT) AS cause_of_death_{n:02}" for n in range(1, 16))
TABLES = f"""
CREATE TABLE patients AS SELECT CAST(i AS BIGINT) AS patient_id, DATE '1970-01-01' AS date_of_birth,
  CAST('female' AS TEXT) AS sex, CAST(NULL AS DATE) AS date_of_death FROM generate_series(1, 200) AS r(i);
CREATE TABLE practice_registrations AS SELECT patient_id, DATE '2010-01-01' AS start_date,
  CAST(NULL AS DATE) AS end_date, patient_id % 5 AS practice_pseudo_id FROM patients;
CREATE TABLE clinical_events AS SELECT CAST(1 + i % 200 AS BIGINT) AS patient_id, DATE '2024-01-01' AS date,
  CAST('271649006' AS TEXT) AS snomedct_code, CAST(i AS FLOAT) AS numeric_value FROM generate_series(1, 999) AS r(i);
CREATE TABLE medications AS SELECT patient_id, DATE '2025-06-01' AS date,
  CAST('1.2E+17' AS TEXT) AS dmd_code FROM patients;
CREATE TABLE ons_deaths AS SELECT patient_id, DATE '2025-01-01' AS date,
  CAST('J189' AS TEXT) AS underlying_cause_of_death, {CAUSES} FROM patients WHERE patient_id <= 20;
ALTER TABLE patients DROP COLUMN date_of_death;
INSERT INTO patients VALUES (1, DATE '1970-01-02', 'F');
"""


@pytest.fixture
def server(postgresql: str) -> Generator[Database, None, None]:
    name = f"checked_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = psycopg.conninfo.make_conninfo(postgresql, dbname=name)
    with psycopg.connect(address) as connection:
        connection.execute(TABLES)
    base, _, options = postgresql.partition("?")
    yield Database(dsn=f"{base.rpartition('/')[0]}/{name}" + (f"?{options}" if options else ""))


def test_checks_find_on_a_server_what_they_find_in_files(server: Database) -> None:
    verdict = check_database(server, wishes=Wishes(as_of=AS_OF))
    found = {(each.place, each.kind.value) for each in verdict.with_status(Status.FAILED)}
    assert found == {
        ("core.patients", "patient"),
        ("core.patients.date_of_death", "presence"),
        ("core.patients.date_of_birth", "constraint"),
        ("core.patients.sex", "constraint"),
        ("core.medications.dmd_code", "code format"),
    }
    assert {each.rows for each in verdict.tables if each.table == "core.clinical_events"} == {1_000}


def test_reports_are_made_of_a_server(server: Database) -> None:
    for kind in ReportKind:
        assert report_on(server, kind, as_of=AS_OF).title
