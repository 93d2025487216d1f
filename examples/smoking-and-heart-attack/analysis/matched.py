"""What is known of each case and control before the index date of their set.

The population is the file that `match.py` wrote: its people, sets and index dates.
"""

import datetime

from ehrql import create_dataset
from ehrql.query_language import PatientFrame, Series, table_from_file
from ehrql.tables.core import patients
from ehrql.tables.tpp import addresses
from exposures import diabetes_before, hypertension_before, smoking_before


@table_from_file("output/matched.csv.gz")
class matched(PatientFrame):
    set_id = Series(int)
    is_case = Series(bool)
    index_date = Series(datetime.date)


dataset = create_dataset()
dataset.define_population(matched.exists_for_patient())
dataset.set_id = matched.set_id
dataset.is_case = matched.is_case
dataset.sex = patients.sex
dataset.age = patients.age_on(matched.index_date)
dataset.smoking = smoking_before(matched.index_date)
dataset.deprivation = addresses.for_patient_on(matched.index_date).imd_quintile
dataset.diabetes = diabetes_before(matched.index_date)
dataset.hypertension = hypertension_before(matched.index_date)
# In made-up data most would be missing; the models need something to look at.
dataset.configure_dummy_data(
    population_size=1000,
    additional_population_constraint=dataset.smoking.is_not_null() & dataset.deprivation.is_not_null(),
)
