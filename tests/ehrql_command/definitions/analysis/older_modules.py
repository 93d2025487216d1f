from datetime import date

from ehrql.measures import INTERVAL, create_measures
from ehrql.query_language import PatientFrame, Series, create_dataset, table_from_file, years
from ehrql.tables.core import clinical_events, patients


@table_from_file("output/cases.csv")
class cohort(PatientFrame):
    index_date = Series(date)


dataset = create_dataset()
dataset.define_population(cohort.exists_for_patient())
dataset.adult_from = patients.date_of_birth + years(18)
measures = create_measures()
measures.define_measure(
    name="events",
    numerator=clinical_events.where(clinical_events.date.is_during(INTERVAL)).count_for_patient(),
    denominator=cohort.exists_for_patient(),
    intervals=years(1).starting_on("2021-01-01"),
)
