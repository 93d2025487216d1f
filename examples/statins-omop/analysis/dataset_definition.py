"""The same question asked of an OMOP database: who with a cardiometabolic condition has had a statin?

One row per adult under observation on the index date.
"""

from ehrql import case, codelist_from_csv, create_dataset, when
from ehrql.tables.omop import condition_occurrence, drug_exposure, observation_period, person

INDEX_DATE = "2021-01-01"

condition_codes = codelist_from_csv("codelists/cardiometabolic.csv", column="code")
statin_codes = codelist_from_csv("codelists/statins-rxnorm.csv", column="code")

dataset = create_dataset()

age = 2021 - person.year_of_birth

under_observation = observation_period.where(
    observation_period.observation_period_start_date.is_on_or_before(INDEX_DATE)
).where(observation_period.observation_period_end_date.is_on_or_after(INDEX_DATE))

conditions = condition_occurrence.where(
    condition_occurrence.condition_source_value.is_in(condition_codes)
).where(condition_occurrence.condition_start_date.is_on_or_before(INDEX_DATE))

statins = drug_exposure.where(drug_exposure.drug_source_value.is_in(statin_codes)).where(
    drug_exposure.drug_exposure_start_date.is_on_or_before(INDEX_DATE)
)

dataset.define_population(under_observation.exists_for_patient() & (age >= 18))

dataset.sex = person.gender_source_value
dataset.age_band = case(when(age < 40).then("18-39"), when(age < 65).then("40-64"), otherwise="65+")
dataset.condition = conditions.exists_for_patient()
dataset.conditions = conditions.count_for_patient()
dataset.statin = statins.exists_for_patient()
