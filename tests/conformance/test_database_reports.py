"""Reports on a database, and that nobody who opted out is in them, nor in a verdict."""

from __future__ import annotations

import csv
import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from armslength.cli import run as armslength
from armslength.query.api.conformance import check_database
from armslength.query.api.database_reports import ReportKind, report_on
from armslength.query.api.databases import Database
from armslength.query.conformance.checking import Wishes
from armslength.query.conformance.coverage import coverage
from armslength.query.conformance.report_files import as_page, as_text

sys.path.insert(0, str(Path(__file__).parents[1] / "backends"))

from physical import Copy

AS_OF = datetime.date(2026, 1, 31)
DAY = datetime.date
SEEN, OUT = range(1, 21), range(101, 141)
SECRET = "666666"


def filled(copy: Copy, *, with_attack: bool) -> Copy:
    """Fill a copy with 20 people, and with 40 who opted out, whose rows break and shift everything there is."""
    people = [*SEEN, *(OUT if with_attack else ())]
    events = [(who, DAY(2024, 3, 1), "271649006") for who in SEEN]
    if with_attack:
        events += [(who, DAY(2025, 12, 1), SECRET) for who in OUT]
        events += [(who, DAY(1890, 1, 1), "not a code") for who in OUT]
        events += [(100_000 + who, DAY(2027, 1, 1), SECRET) for who in OUT]  # of nobody, and not allowed
    rows: dict[str, list[dict[str, Any]]] = {
        "Patient": [{"Patient_ID": who, "DateOfBirth": DAY(1970, 1, 1), "Sex": "F"} for who in people],
        "PatientsWithTypeOneDissent": [{"Patient_ID": who} for who in OUT[:20]],
        "PatientsWithoutNDOO": [{"Patient_ID": who} for who in (*SEEN, *OUT[:20])],
        "DirectionsAcknowledged": [{"Organisation_ID": 1}],
        "Organisation": [{"Organisation_ID": 1, "GoLiveDate": DAY(2000, 1, 1)}],
        "RegistrationHistory": [
            {"Registration_ID": who, "Patient_ID": who, "Organisation_ID": 1}
            | {"StartDate": DAY(2001, 1, 1), "EndDate": DAY(9999, 12, 31)}
            for who in people
        ],
        "CodedEvent_SNOMED": [
            {"Patient_ID": who, "CodedEvent_ID": number, "ConceptId": code, "ConsultationDate": day}
            for number, (who, day, code) in enumerate(events)
        ],
    }
    return copy.fill(**rows)


@pytest.fixture
def with_and_without(tmp_path: Path) -> tuple[Database, Database]:
    copies = [
        filled(Copy("tpp", tmp_path / f"{attack}.duckdb"), with_attack=attack) for attack in (True, False)
    ]
    attacked, clean = (Database(dsn=copy.dsn, backend="tpp") for copy in copies)
    return attacked, clean


TABLES = ("core.patients", "core.clinical_events", "core.practice_registrations")


@pytest.mark.parametrize("kind", list(ReportKind))
def test_people_who_opted_out_change_no_report(
    with_and_without: tuple[Database, Database], kind: ReportKind
) -> None:
    everything = ["include_t1oo", "include_ndoo", "include_gp_unactivated"]
    attacked, clean = (
        report_on(each, kind, as_of=AS_OF, tables=TABLES, permissions=everything) for each in with_and_without
    )
    assert attacked == clean
    assert SECRET not in as_page(attacked)
    if kind is ReportKind.CODES:
        assert {row[2:] for row in attacked.rows} >= {("271649006", "", 20)}


def test_people_who_opted_out_change_no_verdict(with_and_without: tuple[Database, Database]) -> None:
    attacked, clean = (
        check_database(each, wishes=Wishes(as_of=AS_OF), tables=TABLES) for each in with_and_without
    )
    assert attacked.checks == clean.checks
    assert attacked.tables == clean.tables
    assert attacked.held_back
    assert next(each.rows for each in attacked.tables if each.table == "core.patients") == 20


def test_tables_that_need_a_permission_are_left_out_without_it(
    with_and_without: tuple[Database, Database],
) -> None:
    database = with_and_without[1]
    ask = {"as_of": AS_OF, "tables": ["tpp.appointments"]}
    assert report_on(database, ReportKind.SCHEMA, **ask).sections == ()  # type: ignore[arg-type]
    assert report_on(database, ReportKind.SCHEMA, permissions=["appointments"], **ask).sections  # type: ignore[arg-type]


def test_latest_records_are_those_of_days_with_more_than_a_few(
    database: Callable[..., Database],
) -> None:
    alone = "INSERT INTO medications VALUES (1, DATE '2026-01-30', '39113611000001102')"
    found = report_on(database(alone), ReportKind.LATEST, as_of=AS_OF, tables=["medications"])
    day = "2025-06-01"
    assert found.rows == [("core.medications", "date", 200, "day", day, day, day)]
    assert "2026-01-30" not in as_page(found) + as_text(found)


def test_where_days_have_few_rows_the_latest_month_or_year_is_told() -> None:
    day, one = datetime.date, datetime.timedelta(1)
    spread = {day(2024, 1, 1) + number * 5 * one: 1 for number in range(73)}  # six or seven each month
    assert (coverage(spread).by, coverage(spread).latest, coverage(spread).months) == ("year", "2024", ())
    twice = {each: 2 for each in spread}
    assert (coverage(twice).by, coverage(twice).first, coverage(twice).latest) == (
        "month",
        "2024-01",
        "2024-12",
    )
    assert coverage(twice).complete is None and len(coverage(twice).months) == 12
    few = coverage({day(2024, 1, 1): 7})
    assert (few.rows, few.first, few.latest) == (0, None, None)
    assert coverage({}).rows == 0


def test_reports_are_written_in_every_format(
    database: Callable[..., Database], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codelist = tmp_path / "codelist.csv"
    codelist.write_text("code,category\n271649006,pressure\n1,none\n")
    names = [str(tmp_path / f"codes.{suffix}") for suffix in ("txt", "html", "csv", "parquet")]
    outputs = [part for name in names for part in ("--output", name)]
    ask = ["report", "codes", "--backend", "core", "--dsn", database().dsn, "--codelist", str(codelist)]
    assert armslength([*ask, *outputs]) == 0
    assert "271649006" in Path(names[0]).read_text() and "<table>" in Path(names[1]).read_text()
    row = {
        "table": "core.clinical_events",
        "column": "snomedct_code",
        "value": "271649006",
        "category": "pressure",
        "rows": 665,
    }
    assert [row] == pq.read_table(names[3]).to_pylist()
    with Path(names[2]).open(newline="") as file:
        assert list(csv.DictReader(file)) == [{name: str(value) for name, value in row.items()}]
    assert armslength([*ask, "--output", str(tmp_path / "codes.docx")]) == 2
    codelist.write_text("a,b\n1,2\n")
    assert armslength(ask) == 1
    assert "Q295" in capsys.readouterr().err


def test_the_guide_says_what_a_column_means(database: Callable[..., Database]) -> None:
    text = as_page(report_on(database(), ReportKind.GUIDE, as_of=AS_OF, tables=["core.patients"]))
    assert (
        "One row for each patient" in text and "Date of birth, given as the first day of the month." in text
    )
