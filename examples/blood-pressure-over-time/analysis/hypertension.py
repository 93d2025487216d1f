"""Who has hypertension in a month, and whether it is controlled: last measured below 140/90, within the year.

Both definitions of measures use these variables, so that they speak of the same people.
"""

from ehrql import INTERVAL, case, codelist_from_csv, months, when, years
from ehrql.tables.core import clinical_events, patients, practice_registrations

MONTHS = months(24).starting_on("2024-01-01")

hypertension_codes = codelist_from_csv("codelists/hypertension.csv", column="code")
systolic_codes = codelist_from_csv("codelists/systolic.csv", column="code")
diastolic_codes = codelist_from_csv("codelists/diastolic.csv", column="code")

age = patients.age_on(INTERVAL.start_date)
registration = practice_registrations.for_patient_on(INTERVAL.start_date)
diagnosis = (
    clinical_events.where(clinical_events.snomedct_code.is_in(hypertension_codes))
    .where(clinical_events.date.is_before(INTERVAL.start_date))
    .sort_by(clinical_events.date)
    .first_for_patient()
    .date
)
has_hypertension = (
    registration.exists_for_patient()
    & patients.is_alive_on(INTERVAL.start_date)
    & (age >= 18)
    & (age < 110)
    & diagnosis.is_not_null()
)

in_the_year = clinical_events.where(
    clinical_events.date.is_on_or_between(INTERVAL.end_date - years(1), INTERVAL.end_date)
).where(clinical_events.numeric_value > 0)


def latest(codes):
    readings = in_the_year.where(in_the_year.snomedct_code.is_in(codes))
    return readings.sort_by(readings.date, readings.numeric_value).last_for_patient().numeric_value


systolic = latest(systolic_codes)
diastolic = latest(diastolic_codes)
# Nobody who was not measured is known to be controlled.
controlled = ((systolic < 140) & (diastolic < 90)).when_null_then(False)

age_band = case(
    when(age < 50).then("18-49"),
    when(age < 60).then("50-59"),
    when(age < 70).then("60-69"),
    when(age < 80).then("70-79"),
    otherwise="80 and over",
)
sex = case(when(patients.sex.is_in(["female", "male"])).then(patients.sex))
years_known = (INTERVAL.start_date - diagnosis).years
known_for = case(
    when(years_known < 1).then("under a year"),
    when(years_known < 3).then("1-2 years"),
    otherwise="3 years and over",
)
