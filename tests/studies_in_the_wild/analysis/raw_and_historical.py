from ehrql import create_dataset, claim_permissions
from ehrql.tables import core
from ehrql.tables.raw.tpp import (
    apcs_historical,
    apcs_cost_historical,
    medications as medications_raw,
    repeat_medications,
    ons_deaths as ons_deaths_raw,
    isaric,
)
from ehrql.tables.tpp import patients, apcs

claim_permissions("isaric", "anything")

dataset = create_dataset()
dataset.define_population(patients.date_of_birth.is_not_null() & (patients.date_of_birth > "1930-01-01"))
dataset.admissions = apcs_historical.admission_date.count_distinct_for_patient()
dataset.cost = apcs_cost_historical.grand_total_payment_mff.sum_for_patient()
dataset.deaths = ons_deaths_raw.sort_by(ons_deaths_raw.date).last_for_patient().underlying_cause_of_death
dataset.n_deaths = ons_deaths_raw.count_for_patient()
dataset.repeats = repeat_medications.where(
    repeat_medications.end_date.is_null()
).dmd_code.count_distinct_for_patient()
dataset.status = medications_raw.sort_by(medications_raw.date).first_for_patient().medication_status
dataset.first_death = core.ons_deaths.date
