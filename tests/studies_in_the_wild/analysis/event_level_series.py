"""Much is computed row by row before anything is counted."""

from ehrql import case, create_dataset, days, maximum_of, minimum_of, months, when, years
from ehrql.tables.tpp import (
    apcs,
    clinical_events as ev,
    emergency_care_attendances as ed,
    medications as rx,
    patients,
)
from codelists import systolic, diastolic, hba1c, statins, acei

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient() & ev.exists_for_patient())
age_then = (ev.date - patients.date_of_birth).years
dataset.youngest, dataset.oldest = age_then.minimum_for_patient(), age_then.maximum_for_patient()
kind = case(
    when(ev.snomedct_code.is_in(systolic)).then("sys"),
    when(ev.snomedct_code.is_in(diastolic)).then("dia"),
    otherwise="other",
)
dataset.kinds = kind.count_distinct_for_patient()
dataset.first_kind = kind.minimum_for_patient()
rounded = (ev.numeric_value / 10.0).as_int() * 10
dataset.common = ev.where(rounded > 50).count_for_patient()
dataset.highest = ev.where(kind == "sys").numeric_value.maximum_for_patient()
dataset.highest_date = ev.where(kind == "sys").sort_by(ev.numeric_value, ev.date).last_for_patient().date
first_high = ev.where((kind == "sys") & (ev.numeric_value > 140)).sort_by(ev.date).first_for_patient()
dataset.treated = (
    rx.where(rx.dmd_code.is_in(acei))
    .where(rx.date.is_on_or_between(first_high.date, first_high.date + months(6)))
    .exists_for_patient()
)
dataset.stopped = ~rx.where(rx.dmd_code.is_in(statins)).where(rx.date > "2022-01-01").exists_for_patient()
supply_end = rx.date + days(28)
dataset.covered = rx.where(rx.dmd_code.is_in(statins)).where(supply_end > "2021-06-30").count_for_patient()
stay_end = maximum_of(apcs.discharge_date, apcs.admission_date)
dataset.last_stay_end = stay_end.maximum_for_patient()
dataset.over_new_year = apcs.where(apcs.discharge_date.year > apcs.admission_date.year).exists_for_patient()
dataset.from_ed = apcs.where(apcs.admission_date.is_in(ed.arrival_date)).count_for_patient()
dataset.not_from_ed = apcs.where(apcs.admission_date.is_not_in(ed.arrival_date)).count_for_patient()
dataset.crit = apcs.days_in_critical_care.when_null_then(0).sum_for_patient()
dataset.any_null = ev.where(ev.numeric_value.is_null() | ev.date.is_null()).exists_for_patient()
dataset.negative_sort = ev.sort_by(-ev.numeric_value, ev.date).first_for_patient().numeric_value
dataset.bool_sort = ev.sort_by((ev.numeric_value > 10).as_int(), ev.date).last_for_patient().snomedct_code
dataset.chained = (
    ev.sort_by(ev.date).where(kind != "other").sort_by(ev.numeric_value).first_for_patient().date
)
dataset.birthday = (ev.date.month == patients.date_of_birth.month).as_int().sum_for_patient()
dataset.next_year = (ev.date + years(1)).to_first_of_month().maximum_for_patient()
