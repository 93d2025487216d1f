import datetime

from ehrql import create_dataset, table_from_file
from ehrql.tables.core import patients

matched = table_from_file("output/cases.csv", columns={"index_date": datetime.date, "set_id": int})
dataset = create_dataset()
dataset.define_population(matched.exists_for_patient() & patients.exists_for_patient())
dataset.age = patients.age_on(matched.index_date)
dataset.set_id = matched.set_id
