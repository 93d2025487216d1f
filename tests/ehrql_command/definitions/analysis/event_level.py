from ehrql import claim_permissions, create_dataset
from ehrql.tables.core import clinical_events, patients

claim_permissions("event_level_data")
dataset = create_dataset()
dataset.define_population(patients.sex == "female")
dataset.age = patients.age_on("2021-01-01")
dataset.add_event_table(
    "readings",
    date=clinical_events.date,
    value=clinical_events.numeric_value,
    age=clinical_events.date - patients.date_of_birth if False else patients.age_on("2021-01-01"),
)
dataset.readings.code = clinical_events.snomedct_code
