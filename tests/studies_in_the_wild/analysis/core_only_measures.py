#!/usr/bin/env python
from ehrql import Measures, INTERVAL, years, days, case, when
from ehrql.tables.core import patients, practice_registrations, clinical_events, medications, ons_deaths

m = Measures()
m.define_defaults(intervals=[*days(3).starting_on("2021-02-27"), *years(1).starting_on("2020-02-29")])
died = ons_deaths.date.is_during(INTERVAL)
age = patients.age_on(INTERVAL.start_date)
m.define_measure(
    "deaths",
    numerator=died,
    denominator=patients.exists_for_patient() & (patients.is_alive_on(INTERVAL.start_date)),
    group_by={"sex": patients.sex, "older": age >= 65, "decade": (age // 10) * 10},
)
m.define_measure(
    "gp_events",
    numerator=clinical_events.where(clinical_events.date.is_during(INTERVAL)).count_for_patient(),
    denominator=practice_registrations.exists_for_patient_on(INTERVAL.end_date),
    group_by={},
)
m.define_measure(
    "dead",
    numerator=patients.is_dead_on(INTERVAL.end_date),
    denominator=practice_registrations.count_for_patient(),
)
m.configure_dummy_data(population_size=25)
measures = m
