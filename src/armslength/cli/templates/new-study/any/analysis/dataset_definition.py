"""Adults with type 2 diabetes on the index date, and whether they were prescribed a statin in the year before."""

from ehrql import case, codelist_from_csv, create_dataset, when, years
from ehrql.tables.core import clinical_events, medications, patients, practice_registrations

INDEX_DATE = "2025-01-01"

diabetes_codes = codelist_from_csv("local_codelists/type-2-diabetes.csv", column="code")
statin_codes = codelist_from_csv("local_codelists/statins.csv", column="code")

age = patients.age_on(INDEX_DATE)
diagnoses = clinical_events.where(clinical_events.snomedct_code.is_in(diabetes_codes)).where(
    clinical_events.date.is_on_or_before(INDEX_DATE)
)
statins = medications.where(medications.dmd_code.is_in(statin_codes)).where(
    medications.date.is_on_or_between(INDEX_DATE - years(1), INDEX_DATE)
)

dataset = create_dataset()
dataset.configure_dummy_data(population_size=1000)
dataset.define_population(
    practice_registrations.exists_for_patient_on(INDEX_DATE)
    & (age >= 18)
    & (age < 110)
    & diagnoses.exists_for_patient()
)
dataset.sex = patients.sex
dataset.age_band = case(
    when(age < 40).then("18-39"),
    when(age < 60).then("40-59"),
    when(age < 80).then("60-79"),
    otherwise="80 and over",
)
dataset.statin = statins.exists_for_patient()
