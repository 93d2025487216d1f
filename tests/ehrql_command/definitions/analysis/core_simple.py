from ehrql import create_dataset
from ehrql.tables.core import medications, patients

index_date = "2021-03-31"
dataset = create_dataset()
is_adult = (patients.age_on(index_date) >= 18) & (patients.age_on(index_date) <= 110)
dataset.define_population(
    is_adult & patients.sex.is_in(["male", "female"]) & patients.is_alive_on(index_date)
)
dataset.configure_dummy_data(population_size=500)
latest = (
    medications.where(medications.dmd_code.is_in(["317291008"])).sort_by(medications.date).last_for_patient()
)
dataset.asthma_med_date = latest.date
dataset.med_code = latest.dmd_code
