from ehrql import create_dataset, years
from ehrql.tables.emis import patients, clinical_events, medications, vaccinations, practice_registrations
from codelists import snomed, dmd

dataset = create_dataset()
dataset.define_population(
    patients.has_practice_registration_spanning("2020-01-01", "2021-01-01")
    & (patients.age_on("2020-01-01") > 4)
)
jabs = vaccinations.where(vaccinations.procedure_code.is_in(snomed("flu-vaccine")))
dataset.jab = jabs.sort_by(jabs.date).last_for_patient().date
dataset.by_registration = practice_registrations.for_patient_on("2020-06-01").practice_pseudo_id
dataset.imd = patients.imd_rounded
dataset.rural = patients.rural_urban_classification
dataset.statin = medications.where(medications.dmd_code.is_in(dmd("statins"))).exists_for_patient()
dataset.old = clinical_events.where(
    clinical_events.date < patients.date_of_birth + years(5)
).count_for_patient()
