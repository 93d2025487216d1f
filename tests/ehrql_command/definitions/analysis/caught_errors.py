from ehrql import Error, create_dataset
from ehrql.codes import CodelistError, codelist_from_csv
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
try:
    dataset.define_population(~patients.exists_for_patient())
except Error:
    dataset.define_population(patients.exists_for_patient())
try:
    codes = codelist_from_csv("codelists/not_yet_there.csv", column="code")
except CodelistError:
    codes = []
dataset.any = clinical_events.where(clinical_events.snomedct_code.is_in(codes)).exists_for_patient()
dataset.age = patients.age_on("2022-01-01")
dataset.senior = dataset.age > 64
dataset.minor = ~(dataset.age >= 18)
