"""Who has type 2 diabetes, and who of them is prescribed a statin?

One row per adult of 40 to 84 years who is registered with a practice on the index date and was
diagnosed before it.
"""

from ehrql import case, codelist_from_csv, create_dataset, when, years
from ehrql.tables.core import clinical_events, medications, ons_deaths, patients, practice_registrations
from ehrql.tables.tpp import addresses

INDEX_DATE = "2025-01-01"

diabetes_codes = codelist_from_csv("codelists/type-2-diabetes.csv", column="code")
hba1c_codes = codelist_from_csv("codelists/hba1c.csv", column="code")
statin_codes = codelist_from_csv("codelists/statins.csv", column="code")

dataset = create_dataset()

age = patients.age_on(INDEX_DATE)

first_diagnosis = (
    clinical_events.where(clinical_events.snomedct_code.is_in(diabetes_codes))
    .where(clinical_events.date.is_on_or_before(INDEX_DATE))
    .sort_by(clinical_events.date)
    .first_for_patient()
)

dataset.define_population(
    practice_registrations.exists_for_patient_on(INDEX_DATE)
    & patients.is_alive_on(INDEX_DATE)
    & (age >= 40)
    & (age < 85)
    & first_diagnosis.exists_for_patient()
)

statins_last_year = medications.where(medications.dmd_code.is_in(statin_codes)).where(
    medications.date.is_on_or_between(INDEX_DATE - years(1), INDEX_DATE)
)
latest_hba1c = (
    clinical_events.where(clinical_events.snomedct_code.is_in(hba1c_codes))
    .where(clinical_events.date.is_on_or_before(INDEX_DATE))
    .sort_by(clinical_events.date)
    .last_for_patient()
)

dataset.sex = patients.sex
dataset.age_band = case(
    when(age < 50).then("40-49"),
    when(age < 60).then("50-59"),
    when(age < 70).then("60-69"),
    when(age < 80).then("70-79"),
    otherwise="80-84",
)
dataset.deprivation = addresses.for_patient_on(INDEX_DATE).imd_quintile
dataset.years_since_diagnosis = (INDEX_DATE - first_diagnosis.date).years
dataset.statin = statins_last_year.exists_for_patient()
dataset.statin_items = statins_last_year.count_for_patient()
dataset.hba1c = latest_hba1c.numeric_value
dataset.died_within_a_year = ons_deaths.date.is_on_or_between(
    INDEX_DATE, years(1) + INDEX_DATE
).when_null_then(False)
