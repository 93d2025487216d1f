from ehrql import case, create_dataset, when, years
from ehrql.tables.beta.core import medications
from ehrql.tables.beta.tpp import clinical_events, patients, practice_registrations

dataset = create_dataset()
registered = practice_registrations.where(practice_registrations.start_date <= "2020-02-01").except_where(
    practice_registrations.end_date <= "2020-01-01"
)
dataset.define_population(registered.exists_for_patient())
dataset.sex = patients.sex
dataset.recent = clinical_events.where(
    clinical_events.date >= patients.date_of_birth + years(30)
).count_for_patient()
dataset.drug = medications.sort_by(medications.date).first_for_patient().dmd_code
dataset.old = case(when(patients.age_on("2020-01-01") > 64).then(1), otherwise=0)
