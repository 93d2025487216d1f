"""Both EMIS backends, row by row: ids made of hashes and bytes, ids that are nobody's, and who has opted out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from physical import Copy, physical_tables_of

from armslength.kernel.errors import Mistake
from armslength.query.contracts import core, emis, emisv2, smoketest
from armslength.query.contracts.raw import emis as raw

DAY, MOMENT = datetime.date, datetime.datetime
HASHES = {who: f"{digit}{who:015x}" + "ab" * 56 for who, digit in ((1, "0"), (2, "8"), (3, "f"))}
# The first 16 hexadecimal digits without the last bit, as the database's other readers have always had it.
IDS = {who: int(text[:16], 16) >> 1 for who, text in HASHES.items()}


@pytest.fixture
def first(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("emis")


@pytest.fixture
def second(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("emisv2")


@pytest.mark.parametrize("backend", ["emis", "emisv2"])
def test_the_copy_has_every_table_that_the_backend_reads(
    copy_of: Callable[[str], Copy], backend: str
) -> None:
    assert physical_tables_of(backend) <= set(copy_of(backend).schema)


def test_ids_keep_63_bits_of_a_hash_and_stay_apart(first: Copy) -> None:
    first.fill(patient_all_orgs_v2=[{"registration_id": text, "gender": 1} for text in HASHES.values()])
    assert [row[0] for row in first.rows(emis.patients, "sex")] == sorted(IDS.values())
    assert max(IDS.values()) < 2**63 and len(set(IDS.values())) == 3


def registered(who: int, **more: Any) -> dict[str, Any]:
    return {
        "registration_id": HASHES[who],
        "registered_date": DAY(2010, 1, 1),
        "hashed_organisation": "ff",
    } | more


def test_a_registration_id_that_occurs_twice_is_nobodys_but_its_registrations_stay(first: Copy) -> None:
    first.fill(
        patient_all_orgs_v2=[
            registered(1, gender=2, date_of_birth=DAY(1980, 2, 3), imd_rank=500, rural_urban=3),
            registered(2, gender=1),
            registered(2, gender=2),
        ]
    )
    born, start = DAY(1980, 2, 3), DAY(2010, 1, 1)
    assert first.rows(emis.patients) == [(IDS[1], born, "female", None, start, None, "ff", 3, 500)]
    assert first.rows(core.patients) == [(IDS[1], born, "female", None)]
    assert first.rows(smoketest.patients) == [(IDS[1], born)]
    registrations = first.rows(core.practice_registrations)
    assert [row[0] for row in registrations] == sorted([IDS[1], IDS[2], IDS[2]])
    assert registrations[0][1:] == (start, None, 255)


def test_events_are_of_the_day_they_took_effect(first: Copy) -> None:
    event = {"registration_id": HASHES[1], "snomed_concept_id": 271649006}
    first.fill(
        observation_all_orgs_v2=[
            event | {"effective_date": MOMENT(2020, 5, 6, 7), "value_pq_1": 1.5},
            event,
        ],
        medication_all_orgs_v2=[event | {"effective_date": MOMENT(2020, 5, 6)}],
        immunisation_all_orgs_v2=[event],
    )
    day = DAY(2020, 5, 6)
    assert sorted(first.rows(core.clinical_events), key=lambda row: row[1] is None) == [
        (IDS[1], day, "271649006", 1.5),
        (IDS[1], None, "271649006", None),
    ]
    assert first.rows(core.medications) == [(IDS[1], day, "271649006")]
    assert first.rows(emis.vaccinations) == [(IDS[1], None, "271649006")]


def test_deaths_are_of_the_newest_delivery_and_of_people_who_are_one(first: Copy) -> None:
    def died(number: str, day: str, cause: str | None, delivered: str = "2024-02") -> dict[str, Any]:
        return {"pseudonhsnumber": number, "reg_stat_dod": day, "icd10u": cause, "upload_date": delivered}

    first.fill(
        patient_all_orgs_v2=[
            registered(1, nhs_no="a"),
            registered(2, nhs_no="b"),
            registered(3, nhs_no="c"),
            registered(3, nhs_no="d"),
        ],
        ons_view=[
            died("a", "20200101", "A01", delivered="2024-01"),
            died("a", "20200103", "C34"),
            died("a", "20200102", None),
            died("a", "20200102", "B01"),
            died("c", "20200102", "B01"),
        ],
    )
    columns = ("date", "underlying_cause_of_death")
    assert first.rows(core.ons_deaths, *columns) == [(IDS[1], DAY(2020, 1, 2), "B01")]
    assert len(first.rows(raw.ons_deaths, *columns)) == 3


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"patient_id": bytes([255 - number]) + bytes(14) + bytes([number])} | more


def number_of(row: dict[str, Any]) -> int:
    return int.from_bytes(row["patient_id"][:8], "big") >> 1


def test_second_generation(second: Copy) -> None:
    start = MOMENT(2010, 1, 1, 5)
    one = person(1, sex="I", date_of_birth=MOMENT(1980, 2, 1), registration_start_datetime=start)
    one |= {"imd_rounded": 500.0, "middle_level_super_output_area": "E02000001"}
    event = {"patient_id": one["patient_id"], "effective_datetime": MOMENT(2020, 5, 6, 7)}
    second.fill(
        patient=[one],
        observation=[event | {"snomed_concept_id": 271649006, "numeric_value": 1.5}],
        medication_issue_record=[event | {"dmd_product_code_id": 39113611000001102}],
    )
    who, day = number_of(one), DAY(2010, 1, 1)
    assert second.rows(core.patients) == [(who, DAY(1980, 2, 1), "intersex", None)]
    assert second.rows(emisv2.practice_registrations) == [(who, day, None)]
    assert second.rows(emisv2.addresses) == [(who, day, None, 500, "E02000001")]
    assert second.rows(core.clinical_events) == [(who, DAY(2020, 5, 6), "271649006", 1.5)]
    assert second.rows(core.medications) == [(who, DAY(2020, 5, 6), "39113611000001102")]


def test_no_consent_is_an_opt_out_and_no_answer_is_none(second: Copy) -> None:
    people = [person(1, is_consent_9nu0=False), person(2, is_consent_9nu0=True), person(3)]
    second.fill(patient=people)
    everybody = [number_of(each) for each in people]
    assert {row[0] for row in second.rows(core.patients)} == set(everybody)
    seen = {row[0] for row in second.rows(core.patients, given=frozenset({"include_ndoo"}))}
    assert seen == set(everybody[1:])


def test_what_the_second_generation_does_not_hold_is_refused_by_name(second: Copy) -> None:
    for table, why in (
        (core.ons_deaths, "no registered deaths"),
        (core.practice_registrations, "which practice"),
    ):
        with pytest.raises(Mistake, match=why) as told:
            second.rows(table)
        assert told.value.code == "Q103"
