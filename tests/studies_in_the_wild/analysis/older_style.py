from ehrql.query_language import (
    BaseFrame,
    BaseSeries,
    BoolPatientSeries,
    Dataset,
    DateEventSeries,
    EventSeries,
    PatientSeries,
    case,
    days,
    when,
    years,
    CodePatientSeries,
    INTERVAL,
    Error,
    Duration,
    DateDifference,
    IntEventSeries,
)
from ehrql.query_language import codelist_from_csv, create_dataset
from ehrql.codes import codelist_from_csv as also
from ehrql.measures import INTERVAL as I, Measures
from ehrql.tables.beta.core import patients, clinical_events as events


class MyDataset(Dataset):
    def add_many(self, **series):
        for name, each in series.items():
            setattr(self, name, each)


dataset = MyDataset()
codes = codelist_from_csv("codelists/diabetes-snomed.csv", column="code")
assert codes == also("codelists/diabetes-snomed.csv", column="code")
dm = events.where(events.snomedct_code.is_in(codes))
assert isinstance(dm.date, (DateEventSeries, EventSeries)) and isinstance(patients.sex, PatientSeries)
assert isinstance(patients.exists_for_patient(), BoolPatientSeries) and isinstance(dm, BaseFrame)
dataset.define_population(dm.exists_for_patient())
dataset.add_many(age=patients.age_on("2020-01-01"), n=dm.count_for_patient())
dataset.first = dm.sort_by(dm.date).first_for_patient().date
