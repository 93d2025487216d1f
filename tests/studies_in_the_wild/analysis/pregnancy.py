from ehrql import create_dataset, days, months, case, when
from ehrql.tables.core import clinical_events as ev, patients
from codelists import pregnancy, delivery, snomed

dataset = create_dataset()
preg = ev.where(ev.snomedct_code.is_in(pregnancy)).where(ev.date.is_on_or_between("2020-01-01", "2021-12-31"))
deliv = ev.where(ev.snomedct_code.is_in(delivery)).where(ev.date >= "2020-01-01")
last_preg = preg.sort_by(ev.date).last_for_patient()
next_delivery = deliv.where(ev.date > last_preg.date).where(ev.date <= last_preg.date + days(294))
ended = next_delivery.sort_by(next_delivery.date).first_for_patient()
dataset.define_population(
    (patients.sex == "female")
    & (patients.age_on("2020-01-01") >= 14)
    & (patients.age_on("2020-01-01") < 50)
    & preg.exists_for_patient()
)
dataset.last_preg = last_preg.date
dataset.delivery = ended.date
dataset.estimated_start = case(
    when(ended.exists_for_patient()).then(ended.date - days(280)),
    when(last_preg.exists_for_patient()).then(last_preg.date - months(3)),
)
dataset.trimester = case(
    when((dataset.delivery - last_preg.date).weeks < 13).then("third"),
    when((dataset.delivery - last_preg.date).weeks < 27).then("second"),
    otherwise="first or unknown",
)
dataset.quarter = ((last_preg.date.month - 1) // 3) + 1
dataset.day = last_preg.date.day
dataset.year = last_preg.date.to_first_of_year()
dataset.leap = last_preg.date + months(1) - days(1)
