from datetime import date

from ehrql import create_dataset
from ehrql.tables import PatientFrame, Series, table_from_rows
from ehrql.tables.core import patients


@table_from_rows([(1, date(2020, 1, 1), "a"), (2, None, "b"), (3, date(2021, 1, 1), None)])
class extra(PatientFrame):
    joined = Series(date)
    arm = Series(str)


dataset = create_dataset()
dataset.define_population(patients.exists_for_patient() & extra.exists_for_patient())
dataset.arm = extra.arm
dataset.age_joined = patients.age_on(extra.joined)
