from analysis.helpers import age_band
from analysis.lib.demographics import add_demographics
from ehrql import create_dataset
from ehrql.tables.tpp import patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
add_demographics(dataset, "2021-06-30")
dataset.band = age_band(dataset.age)
