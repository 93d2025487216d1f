from ehrql import create_dataset, weeks, days, months, case, when, minimum_of, maximum_of
from ehrql.tables.tpp import (
    medications as m,
    clinical_events,
    patients,
    apcs,
    practice_registrations,
    ons_deaths,
)
import codelists

index = "2021-06-01"
ab = m.where(m.dmd_code.is_in(codelists.antibiotics))
ab_year = ab.where(m.date.is_on_or_between("2020-06-01", "2021-05-31"))
first_ab = ab.where(m.date.is_on_or_after(index)).sort_by(m.date, m.dmd_code).first_for_patient()
dataset = create_dataset()
has_reg = practice_registrations.spanning(first_ab.date - days(365), first_ab.date).exists_for_patient()
dataset.define_population(
    has_reg & first_ab.exists_for_patient() & patients.age_on(first_ab.date).is_not_null()
)
dataset.ab_date = first_ab.date
dataset.ab_code = first_ab.dmd_code
dataset.ab_count_365 = ab_year.count_for_patient()
dataset.ab_types = ab_year.dmd_code.count_distinct_for_patient()
dataset.ab_episodes = ab_year.date.count_episodes_for_patient(days(14))
dataset.ab_episodes_wk = ab_year.date.count_episodes_for_patient(weeks(4))
dataset.ab_first, dataset.ab_last = ab_year.date.minimum_for_patient(), ab_year.date.maximum_for_patient()
dataset.ab_exposure_period = (dataset.ab_last - dataset.ab_first).days
dataset.ab_interval = dataset.ab_exposure_period.as_float() / dataset.ab_count_365.as_float()
dataset.ab_interval_int = dataset.ab_exposure_period // dataset.ab_count_365
dataset.ab_quantile = case(
    when(dataset.ab_count_365 == 0).then(0),
    when(dataset.ab_count_365 <= 2).then(1),
    when(dataset.ab_count_365 <= 5).then(2),
    otherwise=3,
)
same_day = clinical_events.where(clinical_events.date.is_in(ab_year.date))
dataset.codes_same_day = same_day.snomedct_code.count_distinct_for_patient()
dataset.last_same_day = same_day.date.maximum_for_patient()
readmitted = apcs.where(
    (apcs.admission_date > first_ab.date) & (apcs.admission_date <= first_ab.date + weeks(6))
)
dataset.admissions = readmitted.count_for_patient()
dataset.stay = (
    readmitted.where(apcs.discharge_date.is_not_null())
    .sort_by(apcs.discharge_date)
    .last_for_patient()
    .discharge_date
)
los = (readmitted.discharge_date - readmitted.admission_date).days
dataset.longest = los.maximum_for_patient()
dataset.total_days = los.sum_for_patient()
dataset.exit = minimum_of(
    first_ab.date + days(42),
    ons_deaths.date,
    patients.date_of_death,
    practice_registrations.for_patient_on(first_ab.date).end_date,
    "2023-12-31",
)
dataset.latest = maximum_of(dataset.ab_last, first_ab.date, "2020-01-01")
