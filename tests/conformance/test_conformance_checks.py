"""Each check, against a database in which exactly that is broken."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable

import pytest

from armslength.kernel.errors import Mistake
from armslength.query.api.conformance import asked_database, check_database, offered_tables
from armslength.query.api.databases import Database, find_backend
from armslength.query.conformance.checking import Wishes
from armslength.query.conformance.page import page
from armslength.query.conformance.verdict import Kind, Status, Verdict

Checker = Callable[..., Verdict]


def not_passed(verdict: Verdict) -> set[tuple[str, str, str]]:
    return {(e.place, e.kind.value, e.status.value) for e in verdict.checks if e.status is not Status.PASSED}


def test_a_sound_database_keeps_every_promise(verdict_on: Checker) -> None:
    verdict = verdict_on()
    assert not_passed(verdict) == set()
    assert verdict.status is Status.PASSED
    assert {each.table for each in verdict.tables} == {
        "core.clinical_events",
        "core.medications",
        "core.ons_deaths",
        "core.patients",
        "core.practice_registrations",
    }
    assert {each.kind for each in verdict.checks} >= set(Kind) - {Kind.FRESHNESS, Kind.DRIFT}


BROKEN = [
    ("DROP TABLE medications", "core.medications", "presence", "failed"),
    ("ALTER TABLE patients DROP date_of_death", "core.patients.date_of_death", "presence", "failed"),
    (
        "ALTER TABLE patients ALTER date_of_birth TYPE VARCHAR",
        "core.patients.date_of_birth",
        "type",
        "failed",
    ),
    (
        "ALTER TABLE clinical_events ALTER snomedct_code TYPE BIGINT",
        "core.clinical_events.snomedct_code",
        "type",
        "failed",
    ),
    ("UPDATE patients SET sex = 'F' WHERE patient_id = 1", "core.patients.sex", "constraint", "failed"),
    ("UPDATE patients SET sex = NULL WHERE patient_id = 1", "core.patients.sex", "constraint", "failed"),
    (
        "UPDATE patients SET date_of_birth = DATE '1980-02-03' WHERE patient_id = 1",
        "core.patients.date_of_birth",
        "constraint",
        "failed",
    ),
    (
        "UPDATE clinical_events SET snomedct_code = '1.2E+17' WHERE numeric_value = 5",
        "core.clinical_events.snomedct_code",
        "code format",
        "warned",
    ),
    (
        "UPDATE clinical_events SET snomedct_code = '0123' WHERE numeric_value < 500",
        "core.clinical_events.snomedct_code",
        "code format",
        "failed",
    ),
    (
        "UPDATE ons_deaths SET cause_of_death_07 = 'J18.9' WHERE patient_id = 1",
        "core.ons_deaths.cause_of_death_07",
        "code format",
        "failed",
    ),
    (
        "INSERT INTO patients SELECT * FROM patients WHERE patient_id = 1",
        "core.patients",
        "patient",
        "failed",
    ),
    (
        "UPDATE medications SET patient_id = NULL WHERE patient_id = 1",
        "core.medications",
        "patient",
        "failed",
    ),
    (
        "INSERT INTO clinical_events SELECT * FROM clinical_events WHERE numeric_value = 7",
        "core.clinical_events",
        "duplicates",
        "warned",
    ),
    ("UPDATE medications SET patient_id = 999 WHERE patient_id = 1", "core.medications", "orphans", "warned"),
    (
        "UPDATE medications SET patient_id = 999 + patient_id WHERE patient_id < 50",
        "core.medications",
        "orphans",
        "failed",
    ),
    (
        "UPDATE medications SET date = DATE '2026-02-01' WHERE patient_id = 1",
        "core.medications.date",
        "impossible date",
        "warned",
    ),
    (
        "UPDATE medications SET date = DATE '1940-01-01' WHERE patient_id = 1",
        "core.medications.date",
        "impossible date",
        "warned",
    ),
    (
        "UPDATE patients SET date_of_death = DATE '2020-01-01' WHERE patient_id = 150",
        "core.medications.date",
        "impossible date",
        "warned",
    ),
]


@pytest.mark.parametrize(("statement", "place", "kind", "status"), BROKEN)
def test_what_is_broken_is_found(
    verdict_on: Checker, statement: str, place: str, kind: str, status: str
) -> None:
    assert (place, kind, status) in not_passed(verdict_on(statement))


def test_a_day_that_stands_for_an_unknown_one_is_not_before_birth(verdict_on: Checker) -> None:
    unknown = "UPDATE practice_registrations SET start_date = DATE '1900-01-01'"
    assert not_passed(verdict_on(unknown)) == set()


def test_one_broken_column_hides_no_other(verdict_on: Checker) -> None:
    found = not_passed(
        verdict_on(
            "ALTER TABLE patients DROP date_of_death", "UPDATE patients SET sex = 'x' WHERE patient_id = 1"
        )
    )
    assert {"core.patients.date_of_death", "core.patients.sex"} <= {place for place, _, _ in found}


def test_old_records_fail_where_an_age_is_allowed(verdict_on: Checker) -> None:
    ages = {"core.medications": 30, "": 90}
    found = {
        each.table: each.status for each in verdict_on(allowed_age=ages).checks if each.kind is Kind.FRESHNESS
    }
    assert found["core.medications"] is Status.FAILED
    assert found["core.clinical_events"] is Status.PASSED
    future = "UPDATE medications SET date = DATE '2099-01-01' WHERE patient_id = 1"
    still = verdict_on(future, allowed_age=ages)
    assert Status.FAILED in {each.status for each in still.checks if each.kind is Kind.FRESHNESS}


def test_a_share_of_broken_rows_may_be_tolerated(verdict_on: Checker) -> None:
    broken = "UPDATE patients SET sex = 'x' WHERE patient_id = 1"
    assert verdict_on(broken).status is Status.FAILED
    assert verdict_on(broken, tolerated=0.01).status is Status.WARNED


def test_each_table_is_read_once_for_all_its_checks(
    database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    from armslength.query.engines.dialects.duckdb import DuckDB

    asked: list[str] = []
    execute = DuckDB.execute

    def noted(self: DuckDB, plan: object, **more: object) -> object:
        asked.extend(result.sql for result in plan.results)  # type: ignore[attr-defined]
        return execute(self, plan, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(DuckDB, "execute", noted)
    verdict = check_database(database(), wishes=Wishes(as_of=datetime.date(2026, 1, 31), pictures=False))
    reading = [sql for sql in asked if not re.search(r"WHERE\s+FALSE", sql)]
    assert len(reading) == len(verdict.tables) == 5
    assert len(verdict.checks) > 100


def test_no_small_number_is_in_the_verdict_or_on_the_page(verdict_on: Checker) -> None:
    verdict = verdict_on(
        "UPDATE patients SET sex = 'intersex' WHERE patient_id <= 3",
        "UPDATE clinical_events SET snomedct_code = '9999999' WHERE numeric_value < 5",
        "UPDATE clinical_events SET date = DATE '1999-07-01' WHERE numeric_value < 6",
        "UPDATE clinical_events SET numeric_value = -5 WHERE numeric_value < 7",
        "DELETE FROM ons_deaths WHERE patient_id > 4",
        "UPDATE medications SET date = DATE '2027-01-01' WHERE patient_id <= 6",
        pictures=True,
    )
    text = verdict.model_dump_json()
    assert not [rare for rare in ("9999999", "1999-07", "below 0", "2027-01") if rare in text]
    bars = [bar for table in verdict.tables for shape in table.distributions for bar in shape.bars]
    assert bars and all(
        bar.rows >= 10 and bar.rows % 5 == 0 and bar.label not in ("9999999", "intersex") for bar in bars
    )
    assert all(each.broken is None or each.broken % 5 == 0 for each in verdict.checks)
    assert all(each.share is None or each.share == 0 or each.broken for each in verdict.checks)
    deaths = next(each for each in verdict.tables if each.table == "core.ons_deaths")
    assert (
        deaths.rows is None and deaths.latest is None and all(not each.bars for each in deaths.distributions)
    )
    assert "9999999" not in page(verdict)


def test_what_a_database_holds_cannot_become_markup(verdict_on: Checker) -> None:
    verdict = verdict_on(
        "UPDATE patients SET sex = '<script>alert(1)</script>' WHERE patient_id < 100", pictures=True
    )
    assert "<script" not in page(verdict)
    assert "&lt;script&gt;" in page(verdict)


def test_the_verdict_survives_being_written(verdict_on: Checker) -> None:
    verdict = verdict_on(pictures=True)
    assert json.loads(verdict.model_dump_json())["format"] == "armslength.conformance"
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


def test_only_what_a_backend_claims_can_be_asked_for(database: Callable[..., Database]) -> None:
    backend = find_backend("core")
    assert [each.name for each in offered_tables(backend, tables=["patients"])] == ["core.patients"]
    for more in ({"tables": ["core.nothing"]}, {"contracts": ["emis"]}):
        with pytest.raises(Mistake) as told:
            offered_tables(backend, **more)
        assert told.value.code == "Q292"


@pytest.mark.parametrize("backend", ["core", "omop", "omop-uk", "tpp", "emis", "emisv2"])
def test_every_table_of_every_backend_can_be_asked_for(backend: str) -> None:
    found = offered_tables(find_backend(backend))
    places = [each.mapping.table for each in found]
    assert found and len(places) == len(set(places))


def test_nobody_widens_whom_a_check_sees(database: Callable[..., Database]) -> None:
    everything = ["include_t1oo", "include_ndoo", "include_gp_unactivated", "ukrr"]
    with asked_database(database(), permissions=everything) as asked:
        assert asked.backend.given == {"ukrr"}
