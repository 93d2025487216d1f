from ehrql import create_dataset, case, when, years, days
from ehrql.tables.tpp import (
    decision_support_values as dsv,
    patients,
    household_memberships_2020,
    parents,
    appointments,
    open_prompt,
    practice_registrations,
    vaccinations,
)
from ehrql import claim_permissions

claim_permissions("appointments")
claim_permissions("open_prompt")
dataset = create_dataset()
index = "2020-03-01"
efi = (
    dsv.electronic_frailty_index()
    .where(dsv.calculation_date.is_on_or_before(index))
    .sort_by(dsv.calculation_date)
    .last_for_patient()
)
dataset.define_population(
    (patients.age_on(index) >= 65) & practice_registrations.exists_for_patient_on(index)
)
dataset.efi = efi.numeric_value
dataset.efi_cat = case(
    when(efi.numeric_value <= 0.12).then("fit"),
    when(efi.numeric_value <= 0.24).then("mild"),
    when(efi.numeric_value <= 0.36).then("moderate"),
    when(efi.numeric_value > 0.36).then("severe"),
)
dataset.efi_pct = (efi.numeric_value * 100).as_int()
dataset.household_size = household_memberships_2020.household_size
dataset.household_cat = case(
    when(household_memberships_2020.household_size == 1).then("1"),
    when(household_memberships_2020.household_size.is_in([2, 3])).then("2-3"),
    when(household_memberships_2020.household_size >= 4).then("4+"),
    otherwise="unknown",
)
dataset.mother = parents.mother_id
seen = appointments.where(
    appointments.seen_date.is_not_null() & (appointments.seen_date >= appointments.start_date)
)
dataset.appts = appointments.where(
    appointments.status.is_in(
        ["Arrived", "In Progress", "Finished", "Visit", "Waiting", "Patient Walked Out"]
    )
).count_for_patient()
lead = (seen.start_date - seen.booked_date).days
dataset.lead_mean = lead.mean_for_patient()
dataset.lead_max = lead.maximum_for_patient()
dataset.busy = (lead > 14).as_int().sum_for_patient()
eq5d = open_prompt.where(open_prompt.ctv3_code.is_in(["XaYwo", "XaYw."])).where(
    open_prompt.consultation_date.is_on_or_between(index, "2023-01-01")
)
for n, (low, high) in enumerate([(0, 9), (10, 29), (30, 59)]):
    start = eq5d.consultation_date.minimum_for_patient()
    rows = eq5d.where(eq5d.consultation_date.is_on_or_between(start + days(low), start + days(high)))
    setattr(
        dataset,
        f"prompt_{n}",
        rows.sort_by(rows.consultation_id, rows.consultation_date).first_for_patient().numeric_value,
    )
flu = vaccinations.where(vaccinations.target_disease.contains("INFLUENZA"))
dataset.flu_seasons = (
    flu.date.year + case(when(flu.date.month >= 9).then(1), otherwise=0)
).count_distinct_for_patient()
