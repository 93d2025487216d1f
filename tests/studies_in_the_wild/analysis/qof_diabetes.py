"""Indicator DM020-like: register rules in order, exceptions, and the last HbA1c."""

from ehrql import case, create_dataset, when, months, years, get_parameter
from ehrql.tables.tpp import (
    patients,
    clinical_events as events,
    medications as meds,
    practice_registrations as regs,
)
from codelists import *
from variable_lib import last_matching_event, first_matching_event, last_meds

index_date = get_parameter("index", default="2023-03-31")
from datetime import datetime

index = datetime.strptime(index_date, "%Y-%m-%d").date()
dataset = create_dataset()
dataset.configure_dummy_data(population_size=60)

last_dm = last_matching_event(diabetes, index)
resolved = last_matching_event(snomed("resolved-diabetes"), index)
dm_lat = last_dm.date
dm_res = resolved.date
age = patients.age_on(index)
is_registered = regs.exists_for_patient_on(index)

r1 = dm_lat.is_not_null() & (dm_res.is_null() | (dm_res < dm_lat))
r2 = age < 17
on_register = r1 & ~r2
dataset.define_population(is_registered & patients.is_alive_on(index) & on_register & (age < 120))

for lookback in (3, 6, 12):
    last = last_matching_event(hba1c, index, where=events.date > index - months(lookback))
    dataset.add_column(f"hba1c_value_{lookback}m", last.numeric_value)
    dataset.add_column(f"hba1c_date_{lookback}m", last.date)
    dataset.add_column(f"hba1c_code_{lookback}m", last.snomedct_code)
dataset.hba1c_band = case(
    when(dataset.hba1c_value_12m <= 58).then("at target"),
    when(dataset.hba1c_value_12m <= 75).then("above"),
    when(dataset.hba1c_value_12m > 75).then("high"),
    otherwise="not measured",
)
frail = last_matching_event(snomed("frailty"), index)
dataset.frailty = frail.exists_for_patient()
first_dm = events.where(events.snomedct_code.is_in(diabetes)).sort_by(events.date).first_for_patient()
dataset.diagnosed_9m_ago = first_dm.date > (index - months(9))
dataset.age_at_diagnosis = (first_dm.date - patients.date_of_birth).years
dataset.years_with = (index - first_dm.date).years
dataset.months_with = (index - first_dm.date).months
dataset.mean_hba1c = (
    events.where(events.snomedct_code.is_in(hba1c))
    .where(events.date.is_between_but_not_on(index - years(2), index))
    .numeric_value.mean_for_patient()
)
dataset.sum_hba1c = events.where(events.snomedct_code.is_in(hba1c)).numeric_value.sum_for_patient()
dataset.max_hba1c = events.where(events.snomedct_code.is_in(hba1c)).numeric_value.maximum_for_patient()
dataset.rule = case(
    when(dataset.hba1c_band == "at target").then(1),
    when(dataset.frailty).then(2),
    when(dataset.diagnosed_9m_ago).then(3),
    otherwise=0,
)
dataset.insulin = last_meds(insulin, index).exists_for_patient()
dataset.metformin_items = (
    meds.where(meds.dmd_code.is_in(metformin))
    .except_where(meds.date.is_before(index - months(12)) | meds.date.is_after(index))
    .count_for_patient()
)
bp_rows = events.where(events.snomedct_code.is_in(systolic)).where(events.date.is_on_or_before(index))
latest_bp_day = bp_rows.date.maximum_for_patient()
dataset.sbp = bp_rows.where(bp_rows.date == latest_bp_day).numeric_value.minimum_for_patient()
dataset.bp_month = latest_bp_day.to_first_of_month()
dataset.bp_year = latest_bp_day.year
dataset.retinal = (
    events.where(events.snomedct_code.is_in(snomed("foot-exam")))
    .date.maximum_for_patient()
    .is_on_or_after(index - years(1))
)
