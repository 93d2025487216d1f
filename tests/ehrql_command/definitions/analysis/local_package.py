import codelists
from ehrql import create_dataset
from ehrql.tables.tpp import clinical_events, patients
from lib import demographics

dataset = create_dataset()
dataset.define_population(patients.age_on("2020-01-01").is_not_null())
dataset = demographics.add_demographics(dataset, "2021-06-30")
dataset.diabetes = clinical_events.where(
    clinical_events.snomedct_code.is_in(codelists.diabetes)
).exists_for_patient()
