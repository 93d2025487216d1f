"""Everybody who could be a case or a control: registered at some time of the study, with their first heart attack.

One row per person. A case has the first heart attack within the study; who has one before it is neither.
"""

from ehrql import codelist_from_csv, create_dataset
from ehrql.tables.core import clinical_events, ons_deaths, patients, practice_registrations

STUDY_START, STUDY_END = "2014-01-01", "2025-12-31"

heart_attack_codes = codelist_from_csv("codelists/heart-attack.csv", column="code")

first_heart_attack = (
    clinical_events.where(clinical_events.snomedct_code.is_in(heart_attack_codes))
    .sort_by(clinical_events.date)
    .first_for_patient()
    .date
)
# Who moves takes the record along: from joining a first practice to leaving the last.
registered_from = practice_registrations.start_date.minimum_for_patient()
last_registration = practice_registrations.sort_by(
    practice_registrations.start_date, practice_registrations.end_date
).last_for_patient()

dataset = create_dataset()
dataset.configure_dummy_data(population_size=1000)
dataset.define_population(
    registered_from.is_on_or_before(STUDY_END)
    & (last_registration.end_date.is_null() | last_registration.end_date.is_on_or_after(STUDY_START))
    & (patients.age_on(STUDY_START) >= 30)
    & (patients.age_on(STUDY_START) < 90)
    & patients.sex.is_in(["female", "male"])
    & (first_heart_attack.is_null() | first_heart_attack.is_on_or_between(STUDY_START, STUDY_END))
)
dataset.sex = patients.sex
dataset.birth_year = patients.date_of_birth.year
dataset.heart_attack = first_heart_attack
dataset.registered_from = registered_from
dataset.registered_until = last_registration.end_date
dataset.died = ons_deaths.date
