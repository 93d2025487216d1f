"""Each month: of people with hypertension, in how many is it controlled, by age, sex and time since diagnosis?"""

from ehrql import create_measures
from hypertension import MONTHS, age_band, controlled, has_hypertension, known_for, sex

measures = create_measures()
measures.configure_dummy_data(population_size=200)
measures.define_defaults(numerator=controlled, denominator=has_hypertension, intervals=MONTHS)

# ehrQL hides counts up to 7 and rounds the others to the nearest 5 in what it writes.
measures.define_measure("by_age", group_by={"age_band": age_band})
measures.define_measure("by_sex", group_by={"sex": sex})
measures.define_measure("by_known_for", group_by={"known_for": known_for})
