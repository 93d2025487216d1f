"""Everybody, with one flag for each exclusion; the population is nearly everybody."""

from functools import reduce
from operator import and_
from ehrql import create_dataset, case, when, months
from ehrql.tables.tpp import patients, practice_registrations, addresses, ons_deaths

index = "2022-03-25"
reg = practice_registrations.for_patient_on(index)
criteria = {
    "alive": patients.is_alive_on(index) & (ons_deaths.date.is_null() | (ons_deaths.date > index)),
    "adult": (patients.age_on(index) >= 18) & (patients.age_on(index) <= 110),
    "registered": reg.exists_for_patient(),
    "known_sex": patients.sex.is_in({"male", "female"}),
    "known_imd": addresses.for_patient_on(index).imd_rounded.is_not_null(),
    "known_region": reg.practice_nuts1_region_name.is_not_null() & ~(reg.practice_nuts1_region_name == ""),
    "registered_3m": practice_registrations.spanning("2021-12-25", index).exists_for_patient(),
    "systmone": practice_registrations.spanning_with_systmone("2021-12-25", index).exists_for_patient(),
}
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient() & patients.age_on(index).is_not_null())
for name, condition in criteria.items():
    dataset.add_column(f"inc_{name}", condition)
dataset.included = reduce(and_, criteria.values())
dataset.n_criteria = sum(condition.when_null_then(False).as_int() for condition in criteria.values())
dataset.first_failed = case(
    *[when(~condition.when_null_then(False)).then(name) for name, condition in criteria.items()]
)
dataset.start = reg.start_date
dataset.msoa = addresses.for_patient_on(index).msoa_code
dataset.stp = reg.practice_stp
