from ehrql import INTERVAL, create_dataset, create_measures, years
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.events = clinical_events.count_for_patient()
measures = create_measures()
measures.define_measure(
    "seen",
    numerator=clinical_events.where(clinical_events.date.is_during(INTERVAL)).exists_for_patient(),
    denominator=patients.exists_for_patient(),
    intervals=years(2).starting_on("2020-01-01"),
)
