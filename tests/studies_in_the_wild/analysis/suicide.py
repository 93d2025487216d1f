from ehrql import *
from ehrql.tables.tpp import *
import operator, functools
from codelists import icd10, snomed, ethnicity_5

dataset = create_dataset()
self_harm, suicide_codes = icd10("self-harm"), icd10("suicide")
start = "2019-01-01"
end = "2022-12-31"
dataset.define_population(
    ons_deaths.date.is_on_or_between(start, end)
    & (
        functools.reduce(operator.or_, [ons_deaths.underlying_cause_of_death == c for c in suicide_codes])
        | ons_deaths.cause_of_death_01.is_in(self_harm)
    )
)
dataset.cod = ons_deaths.underlying_cause_of_death
dataset.place = ons_deaths.place
dataset.dod = ons_deaths.date
dataset.tpp_dod = patients.date_of_death
dataset.gap = (ons_deaths.date - patients.date_of_death).days
dataset.gap_abs = dataset.gap.absolute()
for c in range(1, 16):
    dataset.add_column(f"cod_{c}", getattr(ons_deaths, f"cause_of_death_{c:02}"))
window = lambda f, col, n: f.where(
    getattr(f, col).is_on_or_between(ons_deaths.date - days(n), ons_deaths.date)
)  # noqa: E731
for n in (7, 30, 90, 365):
    setattr(dataset, f"gp_{n}", window(clinical_events, "date", n).date.count_distinct_for_patient())
    setattr(dataset, f"rx_{n}", window(medications, "date", n).count_for_patient())
    setattr(dataset, f"ed_{n}", window(emergency_care_attendances, "arrival_date", n).count_for_patient())
    setattr(dataset, f"ip_{n}", window(apcs, "admission_date", n).exists_for_patient())
eth = clinical_events.where(clinical_events.snomedct_code.is_in(ethnicity_5.keys() | set()))
dataset.eth = eth.sort_by(eth.date).last_for_patient().snomedct_code.to_category(ethnicity_5, default="0")
dataset.sus_eth = ethnicity_from_sus.code
dataset.died_in_hospital = (
    apcs.where(apcs.discharge_method == "4").discharge_date.maximum_for_patient() == ons_deaths.date
)
dataset.where_to = (
    emergency_care_attendances.sort_by(emergency_care_attendances.arrival_date, emergency_care_attendances.id)
    .last_for_patient()
    .discharge_destination
)
