from core_simple import dataset
from ehrql.tables.core import patients

dataset.sex = patients.sex
dataset.configure_dummy_data(
    population_size=10, additional_population_constraint=patients.date_of_birth > "1980-01-01", timeout=5
)
