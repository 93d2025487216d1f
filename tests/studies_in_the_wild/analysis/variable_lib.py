import operator
from functools import reduce

from ehrql import case, days, when
from ehrql.codes import ICD10Code
from ehrql.tables.tpp import (
    apcs,
    clinical_events,
    emergency_care_attendances,
    medications,
    ons_deaths,
    practice_registrations,
)

import codelists


def any_of(conditions):
    return reduce(operator.or_, conditions)


def has_prior_event(codelist, where=True, events=clinical_events, before=None):
    rows = events.where(where).where(events.snomedct_code.is_in(codelist))
    if before is not None:
        rows = rows.where(events.date < before)
    return rows.sort_by(events.date).last_for_patient().exists_for_patient()


def last_matching_event(codelist, before, where=True):
    return (
        clinical_events.where(where)
        .where(clinical_events.snomedct_code.is_in(codelist))
        .where(clinical_events.date.is_on_or_before(before))
        .sort_by(clinical_events.date)
        .last_for_patient()
    )


def first_matching_event(codelist, start, end):
    return (
        clinical_events.where(clinical_events.snomedct_code.is_in(codelist))
        .where(clinical_events.date.is_on_or_between(start, end))
        .sort_by(clinical_events.date)
        .first_for_patient()
    )


def last_meds(codelist, before, window=180):
    rows = medications.where(medications.dmd_code.is_in(codelist)).where(
        medications.date.is_on_or_between(before - days(window), before)
    )
    return rows.sort_by(medications.date).last_for_patient()


def emergency_care_diagnosis_matches(attendances, codelist):
    conditions = [
        getattr(attendances, column_name).is_in(codelist)
        for column_name in [f"diagnosis_{i:02d}" for i in range(1, 25)]
    ]
    return attendances.where(any_of(conditions))


def hospitalisation_diagnosis_matches(admissions, codelist):
    code_strings = set()
    for code in codelist:
        ICD10Code(code)
        code_strings.add(code[:3])
        code_strings.add(code[:4])
    return admissions.where(admissions.all_diagnoses.contains_any_of(sorted(code_strings)))


def cause_of_death_matches(codelist):
    conditions = [
        getattr(ons_deaths, column_name).is_in(codelist)
        for column_name in (["underlying_cause_of_death"] + [f"cause_of_death_{i:02d}" for i in range(1, 16)])
    ]
    return any_of(conditions)


def practice_reg_active(date):
    return practice_registrations.where(
        (practice_registrations.start_date <= date)
        & ((practice_registrations.end_date > date) | practice_registrations.end_date.is_null())
    )


def create_sequential_variables(dataset, variable_name, events, column, num_variables, sort_column=None):
    sort_column = sort_column or column
    for index in range(num_variables):
        next_event = events.sort_by(getattr(events, sort_column)).first_for_patient()
        events = events.where(getattr(events, sort_column) > getattr(next_event, sort_column))
        setattr(dataset, variable_name.format(n=index + 1), getattr(next_event, column))


def age_band(age):
    return case(
        when(age < 18).then("0-17"),
        when((age >= 18) & (age < 40)).then("18-39"),
        when((age >= 40) & (age < 60)).then("40-59"),
        when((age >= 60) & (age < 80)).then("60-79"),
        when(age >= 80).then("80+"),
        otherwise="missing",
    )
