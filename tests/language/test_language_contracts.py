"""The derived items of contract tables give what their rules say, and every column is described."""

import datetime
import importlib

import pytest
from ehrql import create_dataset
from ehrql.tables import core, omop, tpp

from armslength.query.language.dataset import query_of
from armslength.query.language.tables import describe_columns
from armslength.query.model.reference import evaluate


def day(text):
    return None if text is None else datetime.date.fromisoformat(text)


def ask(series, exists, **tables):
    """Return {patient: value}."""
    dataset = create_dataset()
    dataset.define_population(exists.exists_for_patient())
    dataset.x = series
    return {row[0]: row[1] for row in evaluate(query_of(dataset), tables).rows}


def test_age_and_being_alive():
    patients = [
        {"patient_id": 1, "date_of_birth": day("1990-06-01"), "date_of_death": day("2020-01-10")},
        {"patient_id": 2, "date_of_birth": day("2021-01-01")},
    ]

    def answer(series):
        return list(ask(series, core.patients, patients=patients).values())

    assert answer(core.patients.age_on("2020-05-31")) == [29, -1]
    assert answer(core.patients.age_on("2020-06-01")) == [30, -1]
    assert answer(core.patients.is_alive_on("2020-01-09")) == [True, True]
    assert answer(core.patients.is_alive_on("2020-01-10")) == [False, True]
    assert answer(core.patients.is_dead_on("2020-01-10")) == [False, False]
    assert answer(core.patients.is_dead_on("2020-01-11")) == [True, False]


def registration(patient, start, end, practice):
    return {
        "patient_id": patient,
        "start_date": day(start),
        "end_date": day(end),
        "practice_pseudo_id": practice,
        "practice_systmone_go_live_date": day("2015-01-01"),
    }


REGISTRATIONS = [
    registration(1, "2010-01-01", None, 1),
    registration(1, "2010-01-01", "2020-06-01", 2),
    registration(2, "2010-01-01", "2019-12-31", 3),
    registration(3, "2020-01-01", None, 4),
    registration(3, "2020-01-01", None, 5),
]


@pytest.mark.parametrize("frame", [core.practice_registrations, tpp.practice_registrations])
def test_the_registration_on_a_day(frame):
    data = {"practice_registrations": REGISTRATIONS}
    practice = ask(frame.for_patient_on("2020-01-01").practice_pseudo_id, frame, **data)
    assert practice == {1: 2, 2: None, 3: 5}, "a known end beats none; then the highest practice"
    exists = ask(frame.exists_for_patient_on("2019-12-31"), frame, **data)
    assert exists == {1: True, 2: True, 3: False}
    spanning = frame.spanning("2015-01-01", "2020-06-01").count_for_patient()
    assert ask(spanning, frame, **data) == {1: 2, 2: 0, 3: 0}


def test_registrations_with_systmone():
    frame = tpp.practice_registrations
    data = {"practice_registrations": REGISTRATIONS}
    early = frame.spanning_with_systmone("2014-12-31", "2015-01-01").count_for_patient()
    late = frame.spanning_with_systmone("2015-01-01", "2015-01-02").count_for_patient()
    assert ask(early, frame, **data)[1] == 0
    assert ask(late, frame, **data)[1] == 2


def test_causes_of_death():
    codes = ["A01", "B02"]
    filled = {f"cause_of_death_{k:02d}": "C00" for k in range(1, 16)}
    rows = [
        {"patient_id": 1, "underlying_cause_of_death": "A01"},
        {"patient_id": 2, "cause_of_death_15": "B02"},
        {"patient_id": 3, "underlying_cause_of_death": "C00"},
        {"patient_id": 4, "underlying_cause_of_death": "C00", **filled},
    ]
    found = ask(core.ons_deaths.cause_of_death_is_in(codes), core.ons_deaths, ons_deaths=rows)
    assert found == {1: True, 2: True, 3: None, 4: False}


@pytest.mark.parametrize(
    ("rank", "quintile", "decile"),
    [
        (0, "1 (most deprived)", "1 (most deprived)"),
        (3284, "1 (most deprived)", "1 (most deprived)"),
        (3285, "1 (most deprived)", "2"),
        (6568, "1 (most deprived)", "2"),
        (6569, "2", "3"),
        (13137, "2", "4"),
        (16422, "3", "5"),
        (19706, "3", "6"),
        (26275, "4", "8"),
        (29559, "5 (least deprived)", "9"),
        (29560, "5 (least deprived)", "10 (least deprived)"),
        (32844, "5 (least deprived)", "10 (least deprived)"),
        (32845, "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_deprivation_groups(rank, quintile, decile):
    rows = [{"patient_id": 1, "imd_rounded": rank, "start_date": day("2000-01-01"), "has_postcode": True}]
    picked = tpp.addresses.for_patient_on("2020-01-01")
    assert ask(picked.imd_quintile, tpp.addresses, addresses=rows) == {1: quintile}
    assert ask(picked.imd_decile, tpp.addresses, addresses=rows) == {1: decile}


def test_the_address_on_a_day():
    def row(number, start, end, has_postcode):
        return {
            "patient_id": 1,
            "address_id": number,
            "start_date": day(start),
            "end_date": day(end),
            "has_postcode": has_postcode,
        }

    picked = tpp.addresses.for_patient_on("2020-01-01").address_id

    def chosen(*rows):
        return ask(picked, tpp.addresses, addresses=list(rows))[1]

    assert chosen(row(1, "2010-01-01", None, True), row(2, "2015-01-01", None, False)) == 1
    assert chosen(row(1, "2010-01-01", None, True), row(2, "2015-01-01", None, True)) == 2
    assert chosen(row(1, "2010-01-01", "2020-01-01", True), row(2, "2010-01-01", None, True)) == 1
    assert chosen(row(1, "2010-01-01", "2019-12-31", True)) is None
    assert chosen(row(1, None, None, True)) is None


@pytest.mark.parametrize(
    ("person", "born"),
    [
        ({"birth_datetime": "1980-02-29", "year_of_birth": 1980}, "1980-02-29"),
        ({"year_of_birth": 1980, "month_of_birth": 12, "day_of_birth": 31}, "1980-12-31"),
        ({"year_of_birth": 1980, "month_of_birth": 5}, "1980-05-01"),
        ({"year_of_birth": 1899}, "1899-01-01"),
        ({}, None),
    ],
)
def test_the_birth_of_an_omop_person(person, born):
    row = {"patient_id": 1, **person, "birth_datetime": day(person.get("birth_datetime"))}
    assert ask(omop.person.date_of_birth, omop.person, person=[row]) == {1: day(born)}


CONTRACTS = ["core", "tpp", "emis", "emisv2", "omop", "smoketest", "raw.core", "raw.tpp", "raw.emis"]


@pytest.mark.parametrize("namespace", CONTRACTS)
def test_every_table_and_column_of_a_contract_is_described(namespace):
    module = importlib.import_module(f"armslength.query.contracts.{namespace}")
    assert namespace == module.NAMESPACE
    for name in module.__all__:
        frame = getattr(module, name)
        assert frame.__doc__, name
        assert frame._node.namespace in (namespace, "core", "raw.core")
        for column, series in describe_columns(frame).items():
            assert series.description.endswith("."), f"{name}.{column}"


def test_tables_that_need_a_permission_say_so():
    needed = {t._node.name: t._node.required_permission for t in (getattr(tpp, name) for name in tpp.__all__)}
    assert {name for name in needed.values() if name} == {
        *("appointments", "covid_therapeutics", "occupation_on_covid_vaccine_record", "open_prompt"),
        *("sgss_covid_all_tests", "ukrr", "waiting_list"),
    }
