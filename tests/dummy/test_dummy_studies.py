"""Invented patients for studies as they are really written: as many as asked, in the population, covering branches."""

from __future__ import annotations

from functools import cache

import pytest
from realistic_studies import DATASETS, case_control, monthly_measures, own_tables

from armslength.query.dummy.coverage import Outcome
from armslength.query.dummy.inventor import Invented
from armslength.query.dummy.lives import BIRTH, DEATH
from armslength.query.dummy.ordering import invent_for_dataset, invent_for_measures
from armslength.query.dummy.tables import as_arrow
from armslength.query.language.dataset import query_of
from armslength.query.language.measures import measures_of
from armslength.query.model import nodes as n
from armslength.query.model.measures import intervals_of, queries_for
from armslength.query.model.reference import evaluate


def rows_of(invented: Invented) -> dict[str, list[dict[str, object]]]:
    return {name: table.to_pylist() for name, table in as_arrow(invented).items()}


@cache
def made(name: str) -> tuple[n.Dataset, Invented]:
    dataset = DATASETS[name]()
    return query_of(dataset), invent_for_dataset(query_of(dataset), dataset._dummy_data)


@pytest.mark.parametrize("name", DATASETS)
def test_the_population_has_as_many_patients_as_asked(name):
    query, invented = made(name)
    answer = evaluate(query, rows_of(invented))
    asked = DATASETS[name]()._dummy_data.population_size
    assert invented.why_fewer == ""
    assert sorted(row[0] for row in answer.rows) == sorted(invented.patients)
    assert len(answer.rows) == asked


@pytest.mark.parametrize("name", DATASETS)
def test_every_branch_and_filter_is_shown(name):
    _, invented = made(name)
    # Nobody whose deprivation is known can fall outside all its bands.
    never = ["`imd`: the default ('unknown')"] if name == "ethnicity" else []
    missed = [each.target.about for each in invented.coverage.findings if each.outcome is not Outcome.SHOWN]
    assert missed == never


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_definition_gives_the_same_patients(name):
    query, invented = made(name)
    again = invent_for_dataset(query, DATASETS[name]()._dummy_data)
    assert as_arrow(again) == as_arrow(invented)


@pytest.mark.parametrize("name", DATASETS)
def test_some_patients_of_the_tables_are_not_in_the_population(name):
    query, invented = made(name)
    inside = {row[0] for row in evaluate(query, rows_of(invented)).rows}
    assert invented.others
    assert not inside & set(invented.others)


@pytest.mark.parametrize("name", DATASETS)
def test_contracts_are_kept(name):
    _, invented = made(name)
    for table in invented.question.tables.values():
        for use in table.columns.values():
            for value in invented.tables[table.name][use.name]:
                assert all(each.validate(value) for each in use.hard), (use.table, use.name, value)


def test_dates_follow_one_another_and_unique_values_are_unique():
    _, invented = made("own tables")
    stays = invented.tables["stays"]
    pairs = zip(stays["begin"], stays["end"], strict=True)
    assert all(end is None or end >= begin for begin, end in pairs)
    assert len(set(stays["number"])) == len(stays["number"])


@pytest.mark.parametrize("name", ["vaccination", "ethnicity"])
def test_hardly_anything_is_recorded_before_birth_or_after_death(name):
    _, invented = made(name)
    patients = invented.tables["patients"]
    births = dict(zip(patients["patient_id"], patients[BIRTH], strict=True))
    deaths = dict(zip(patients["patient_id"], patients[DEATH], strict=True))
    events = invented.tables["clinical_events"]
    dated = [(p, day) for p, day in zip(events["patient_id"], events["date"], strict=True) if day is not None]
    early = [day for p, day in dated if day < births[p]]
    late = [day for p, day in dated if deaths[p] is not None and day > deaths[p]]
    assert early == []
    assert len(late) <= len(dated) // 50


def test_measures_have_patients_in_every_interval_and_numerator():
    measures = measures_of(monthly_measures())
    invented = invent_for_measures(measures)
    assert len(invented.patients) == 10 * 2 * 12 * 3
    rows = rows_of(invented)
    for interval in intervals_of(measures):
        for query, asked in queries_for(measures, interval):
            for measure, sums in zip(asked, evaluate(query, rows).measures, strict=True):
                assert sum(row[0] for row in sums) > 0, (measure.name, interval)
    totals = [
        sums
        for query, _ in queries_for(measures, intervals_of(measures)[0])
        for sums in evaluate(query, rows).measures
    ]
    assert all(sum(row[1] for row in sums) > 0 for sums in totals)


def test_patients_of_a_file_are_used_and_a_file_that_is_too_small_is_told():
    dataset = case_control(rows=5)
    invented = invent_for_dataset(query_of(dataset), dataset._dummy_data)
    assert sorted(invented.patients) == [1000, 1003, 1006, 1009, 1012]
    assert "found nobody" in invented.why_fewer


def test_a_branch_that_can_never_be_taken_is_proved_so():
    from ehrql import case, create_dataset, when
    from ehrql.tables.core import patients

    age = patients.age_on("2020-01-01")
    dataset = create_dataset()
    dataset.define_population(age > 0)
    dataset.band = case(when(age < 40).then("young"), when(age < 20).then("never"), otherwise="old")
    dataset.other = case(when(patients.sex == "x").then("never"), otherwise="always")
    invented = invent_for_dataset(query_of(dataset))
    impossible = [finding.target.about for finding in invented.coverage.of(Outcome.IMPOSSIBLE)]
    assert impossible == ["`band`: branch 2 of 2 ('never')", "`other`: branch 1 of 1 ('never')"]
    reasons = [finding.reason for finding in invented.coverage.of(Outcome.IMPOSSIBLE)]
    assert "patients.date_of_birth" in reasons[0]
    assert "patients.sex" in reasons[1]


def test_a_population_that_nobody_can_be_in_is_told_with_the_reason():
    from ehrql import create_dataset
    from ehrql.tables.core import patients

    dataset = create_dataset()
    dataset.define_population((patients.age_on("2020-01-01") >= 80) & (patients.age_on("2020-01-01") < 18))
    invented = invent_for_dataset(query_of(dataset))
    assert invented.patients == []
    assert "nobody can be in the population" in invented.why_fewer
    assert "date_of_birth" in invented.why_fewer


def test_an_additional_constraint_holds_for_every_patient():
    from ehrql import create_dataset
    from ehrql.tables.core import patients

    dataset = create_dataset()
    dataset.define_population(patients.age_on("2020-01-01") >= 18)
    dataset.configure_dummy_data(
        population_size=30, additional_population_constraint=patients.sex == "intersex"
    )
    dataset.sex = patients.sex
    invented = invent_for_dataset(query_of(dataset), dataset._dummy_data)
    answer = evaluate(query_of(dataset), rows_of(invented))
    assert {row[1] for row in answer.rows if row[0] in invented.patients} == {"intersex"}


def test_dummy_constraints_steer_but_give_way_to_the_query():
    from ehrql import create_dataset
    from ehrql.tables.core import practice_registrations as registrations

    dataset = create_dataset()
    left = registrations.where(registrations.end_date.is_on_or_after("2020-01-01"))
    dataset.define_population(left.exists_for_patient())
    invented = invent_for_dataset(query_of(dataset))
    assert len(invented.patients) == 10


def test_time_that_runs_out_is_told():
    dataset = own_tables()
    dataset.configure_dummy_data(population_size=1000, timeout=0)
    invented = invent_for_dataset(query_of(dataset), dataset._dummy_data)
    assert "time ran out" in invented.why_fewer
