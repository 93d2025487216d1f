"""A small database of a provider, in which two people opted out, and the policy of a project that may write SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from attacks import MOST

from armslength.query.backends.tpp import BACKEND
from armslength.sqlrunner.catalogue import Catalogue, catalogue_of

POLICY = """
version = 1
backend = "tpp"

[server]
url = "https://jobs.example.org"
ledger_key = "{key}"

[limits]
memory_megabytes = 1000
minutes = 60
processes = 100
disk_megabytes = 1000
jobs_at_once = 2
"""
PROJECT = """
[projects.{slug}]
repositories = ["https://github.com/example/curation"]
branches = ["main"]
workspaces = ["curation"]
environments = ["python:v2"]
data_permissions = {permissions}
approved_by = "Dana Okafor"
approved_on = 2020-01-01
expires_on = {end}
"""


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six people, of whom 3 and 4 opted out; each has one event whose value is a hundred times their id."""
    path = tmp_path_factory.mktemp("sqlrunner") / "tpp.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE TABLE Patient (Patient_ID BIGINT, Sex VARCHAR, DateOfBirth DATE);
            INSERT INTO Patient SELECT i, CASE WHEN i % 2 = 0 THEN 'F' ELSE 'M' END, '1960-01-01' FROM range(1, 7) t(i);
            CREATE TABLE CodedEvent (Patient_ID BIGINT, CodedEvent_ID BIGINT, CTV3Code VARCHAR, NumericValue REAL);
            INSERT INTO CodedEvent SELECT i, i, 'XE2eD', i * 100 FROM range(1, 7) t(i);
            CREATE TABLE Relationship (Patient_ID BIGINT, Patient_ID_Relationship_With BIGINT);
            INSERT INTO Relationship VALUES (1, 3), (3, 1), (1, 2);
            CREATE TABLE Appointment (Patient_ID BIGINT, Appointment_ID BIGINT);
            CREATE TABLE Organisation (Organisation_ID BIGINT, Region VARCHAR);
            INSERT INTO Organisation VALUES (1, 'North');
            CREATE TABLE PatientsWithTypeOneDissent (Patient_ID BIGINT);
            INSERT INTO PatientsWithTypeOneDissent VALUES (3), (4);
            CREATE TABLE PatientsWithoutNDOO (Patient_ID BIGINT);
            INSERT INTO PatientsWithoutNDOO VALUES (1), (3), (5), (6);
            CREATE TABLE Household (Household_ID BIGINT, HouseholdSize INTEGER);
            CREATE VIEW everybody AS SELECT * FROM Patient;
            CREATE MACRO everyone() AS TABLE SELECT * FROM Patient;
            """
        )
    return path


@pytest.fixture
def catalogue() -> Catalogue:
    return catalogue_of(BACKEND.widened(MOST), dialect="duckdb")


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy with projects that may, may not, and might have."""
    projects = {
        "curation": (sorted(MOST), date(2099, 1, 1)),
        "everything": (sorted({*MOST, "include_t1oo"}), date(2099, 1, 1)),
        "held-to-all": (["include_gp_unactivated", "sqlrunner"], date(2099, 1, 1)),
        "not-activated": (["sqlrunner"], date(2099, 1, 1)),
        "research": (["include_ndoo"], date(2099, 1, 1)),
        "ended": (sorted(MOST), date(2021, 1, 1)),
    }
    text = POLICY.format(key="0" * 64)
    for slug, (permissions, end) in projects.items():
        text += PROJECT.format(slug=slug, permissions=list(permissions), end=end)
    path = tmp_path / "policy.toml"
    path.write_text(text)
    return path
