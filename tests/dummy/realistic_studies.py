"""Definitions as studies really write them, for tests and the benchmark."""

from __future__ import annotations

import datetime
from typing import Any

from ehrql import INTERVAL, case, create_dataset, create_measures, days, minimum_of, months, when, years
from ehrql.tables import EventFrame, PatientFrame, Series, core, table, table_from_rows, tpp


def codes(group: int, count: int = 200) -> list[str]:
    """A codelist of SNOMED CT codes."""
    return [str(10_000_000 + group * 1_000_000 + number * 7) for number in range(count)]


def vaccination_study() -> Any:
    """Doses in order, gaps between them, risk groups, outcomes after the second dose."""
    index = "2020-12-08"
    vaccinations, events, patients = tpp.vaccinations, tpp.clinical_events, tpp.patients
    covid = vaccinations.where(vaccinations.target_disease == "SARS-2 Coronavirus").where(
        vaccinations.date.is_on_or_after(index)
    )
    first = covid.sort_by(covid.date).first_for_patient()
    later = covid.where(covid.date > first.date + days(18))
    second = later.sort_by(later.date).first_for_patient()
    age = patients.age_on("2021-03-31")
    registered = tpp.practice_registrations.for_patient_on(first.date)
    dataset = create_dataset()
    dataset.configure_dummy_data(population_size=60)
    dataset.define_population(
        (age >= 16)
        & (age < 110)
        & patients.sex.is_in(["male", "female"])
        & second.exists_for_patient()
        & (second.date <= first.date + months(6))
        & registered.exists_for_patient()
        & (patients.date_of_death.is_null() | patients.date_of_death.is_after(second.date))
    )
    dataset.first_dose = first.date
    dataset.second_dose = second.date
    dataset.product = first.product_name
    dataset.gap = (second.date - first.date).days
    dataset.age = age
    dataset.jcvi = case(
        when(age >= 80).then("02"),
        when(age >= 75).then("03"),
        when(age >= 70).then("04"),
        when(age >= 65).then("05"),
        when(age >= 50).then("07"),
        otherwise="12",
    )
    dataset.region = registered.practice_nuts1_region_name
    for group in range(8):
        ever = events.where(events.snomedct_code.is_in(codes(group))).where(events.date.is_before(first.date))
        dataset.add_column(f"risk_{group}", ever.exists_for_patient())
        last = ever.sort_by(events.date).last_for_patient()
        dataset.add_column(f"value_{group}", last.numeric_value)
    admitted = tpp.apcs.where(tpp.apcs.admission_date.is_on_or_between(second.date, second.date + years(1)))
    covid_stay = admitted.where(admitted.all_diagnoses.contains_any_of(["U071", "U072"]))
    dataset.admitted = covid_stay.sort_by(admitted.admission_date).first_for_patient().admission_date
    dataset.died = tpp.ons_deaths.date
    dataset.outcome = minimum_of(dataset.admitted, dataset.died)
    return dataset


def ethnicity_and_deprivation() -> Any:
    """Inclusion by registration, address and age; categories from codelists; several null tests."""
    index = "2023-04-01"
    patients, events = tpp.patients, tpp.clinical_events
    address = tpp.addresses.for_patient_on(index)
    groups = {code: str(1 + number % 5) for number, code in enumerate(codes(30))}
    ethnic = events.where(events.snomedct_code.is_in(list(groups))).where(events.date.is_on_or_before(index))
    code = ethnic.sort_by(ethnic.date).last_for_patient().snomedct_code
    recent = tpp.practice_registrations.spanning("2022-04-01", index)
    dataset = create_dataset()
    dataset.configure_dummy_data(population_size=80)
    dataset.define_population(
        recent.exists_for_patient()
        & patients.is_alive_on(index)
        & (patients.age_on(index) >= 18)
        & (patients.age_on(index) <= 105)
        & patients.sex.is_in(["female", "male"])
        & address.imd_rounded.is_not_null()
        & (code.is_not_null() | tpp.ethnicity_from_sus.code.is_not_null())
    )
    dataset.ethnicity = code.to_category(groups)
    dataset.sus = tpp.ethnicity_from_sus.code
    dataset.imd = case(
        when((address.imd_rounded >= 0) & (address.imd_rounded < 6569)).then("1 (most deprived)"),
        when(address.imd_rounded < 13138).then("2"),
        when(address.imd_rounded < 19707).then("3"),
        when(address.imd_rounded < 26276).then("4"),
        when(address.imd_rounded <= 32844).then("5 (least deprived)"),
        otherwise="unknown",
    )
    dataset.rural = address.rural_urban_classification
    bmi = events.where(events.snomedct_code.is_in(codes(31))).where(
        events.date.is_on_or_between("2018-04-01", index)
    )
    latest = bmi.where(bmi.numeric_value > 4.0).where(bmi.numeric_value < 200.0).sort_by(bmi.date)
    value = latest.last_for_patient().numeric_value
    dataset.bmi = case(
        when(value < 18.5).then("underweight"),
        when(value < 25.0).then("healthy"),
        when(value < 30.0).then("overweight"),
        when(value >= 30.0).then("obese"),
    )
    dataset.visits = events.where(events.date.is_during((index, "2024-03-31"))).count_for_patient()
    dataset.distinct_codes = events.snomedct_code.count_distinct_for_patient()
    return dataset


def case_control(rows: int = 40) -> Any:
    """Patients of an earlier action's file, each with their own index date."""

    @table_from_rows(
        [
            (1000 + 3 * number, datetime.date(2021, 1 + number % 12, 1 + number % 28), number % 2 == 0)
            for number in range(rows)
        ]
    )
    class matches(PatientFrame):
        index_date = Series(datetime.date)
        is_case = Series(bool)

    events, patients = core.clinical_events, core.patients
    dataset = create_dataset()
    dataset.configure_dummy_data(population_size=25)
    before = events.where(
        events.date.is_on_or_between(matches.index_date - years(1), matches.index_date - days(1))
    )
    dataset.define_population(
        matches.exists_for_patient()
        & (patients.age_on(matches.index_date) >= 18)
        & before.exists_for_patient()
    )
    dataset.is_case = matches.is_case
    dataset.index_date = matches.index_date
    dataset.before = before.count_for_patient()
    dataset.frequent = before.count_for_patient() >= 5
    after = events.where(events.date.is_after(matches.index_date)).sort_by(events.date).first_for_patient()
    dataset.days_to_event = (after.date - matches.index_date).days
    return dataset


def own_tables() -> Any:
    """A table of the study's own, with every kind of promise."""
    from ehrql.tables import Constraint

    @table
    class stays(EventFrame):
        number = Series(int, constraints=[Constraint.Unique(), Constraint.NotNull()])
        begin = Series(datetime.date, constraints=[Constraint.NotNull()])
        end = Series(datetime.date, constraints=[Constraint.DateAfter(["begin"])])
        month = Series(datetime.date, constraints=[Constraint.FirstOfMonth()])
        ward = Series(str, constraints=[Constraint.Regex("W[0-9]{3}(-[AB])?")])
        score = Series(int, constraints=[Constraint.ClosedRange(0, 100, 5)])
        share = Series(float, constraints=[Constraint.GeneralRange(0.0, 1.0)])
        kind = Series(str, constraints=[Constraint.Categorical(["day", "night"])])

    dataset = create_dataset()
    dataset.configure_dummy_data(population_size=40)
    long = stays.where((stays.end - stays.begin).days >= 3).where(stays.kind == "night")
    dataset.define_population(long.exists_for_patient() & (stays.score.maximum_for_patient() > 50))
    last = stays.sort_by(stays.begin).last_for_patient()
    dataset.ward = last.ward
    dataset.number = last.number
    dataset.month = last.month
    dataset.share = stays.share.mean_for_patient()
    dataset.total = stays.score.sum_for_patient()
    dataset.episodes = stays.begin.count_episodes_for_patient(days(10))
    return dataset


def monthly_measures(count: int = 12) -> Any:
    """Prescribing and monitoring by sex, age band and region, per month."""
    patients, events = tpp.patients, tpp.clinical_events
    registration = tpp.practice_registrations.for_patient_on(INTERVAL.start_date)
    age = patients.age_on(INTERVAL.start_date)
    band = case(
        when((age >= 18) & (age < 40)).then("18-39"),
        when((age >= 40) & (age < 65)).then("40-64"),
        when(age >= 65).then("65+"),
    )
    tested = events.where(events.snomedct_code.is_in(codes(50))).where(events.date.is_during(INTERVAL))
    drugs = tpp.medications.where(tpp.medications.dmd_code.is_in(codes(51))).where(
        tpp.medications.date.is_on_or_between(INTERVAL.start_date - months(6), INTERVAL.start_date)
    )
    measures = create_measures()
    measures.define_defaults(
        denominator=registration.exists_for_patient()
        & (age >= 18)
        & patients.is_alive_on(INTERVAL.start_date),
        intervals=months(count).starting_on("2022-01-01"),
    )
    measures.define_measure("tested", numerator=tested.exists_for_patient(), group_by={"sex": patients.sex})
    measures.define_measure("tests", numerator=tested.count_for_patient(), group_by={"age_band": band})
    measures.define_measure(
        "monitored",
        numerator=tested.exists_for_patient() & drugs.exists_for_patient(),
        denominator=drugs.exists_for_patient() & registration.exists_for_patient(),
        group_by={"region": registration.practice_nuts1_region_name},
    )
    return measures


DATASETS = {
    "vaccination": vaccination_study,
    "ethnicity": ethnicity_and_deprivation,
    "case control": case_control,
    "own tables": own_tables,
}
