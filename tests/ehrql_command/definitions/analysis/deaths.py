from codelists import stroke_icd10
from ehrql import create_dataset
from ehrql.tables.tpp import ons_deaths, patients

dataset = create_dataset()
dataset.define_population(patients.age_on("2020-01-01") > 0)
dataset.death_date = ons_deaths.date
dataset.stroke_death = ons_deaths.cause_of_death_is_in(stroke_icd10)
dataset.underlying_stroke = ons_deaths.underlying_cause_of_death.is_in(stroke_icd10)
dataset.place = ons_deaths.place
for i in range(1, 16):
    dataset.add_column(f"cause_{i:02}", getattr(ons_deaths, f"cause_of_death_{i:02}"))
