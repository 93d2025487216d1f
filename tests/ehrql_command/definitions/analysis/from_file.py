from datetime import date

from ehrql import create_dataset, days, table_from_file
from ehrql.tables import PatientFrame, Series
from ehrql.tables.core import clinical_events


@table_from_file("output/cases.csv")
class cases(PatientFrame):
    index_date = Series(date)
    exposed = Series(bool)


dataset = create_dataset()
dataset.define_population(cases.exists_for_patient())
dataset.exposed = cases.exposed
after = clinical_events.where(
    clinical_events.date.is_on_or_between(cases.index_date, cases.index_date + days(90))
)
dataset.events_after = after.count_for_patient()
