from sys import argv

from ehrql import create_dataset
from ehrql.tables.core import patients

wave = int(argv[1])
dataset = create_dataset()
dataset.define_population(patients.date_of_birth > f"{1900 + wave}-01-01")
dataset.wave_age = patients.age_on(f"202{wave}-12-31")
