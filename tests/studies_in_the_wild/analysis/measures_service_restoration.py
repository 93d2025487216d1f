from ehrql import INTERVAL, create_measures, months, years, case, when, get_parameter
from ehrql.tables.tpp import patients, practice_registrations, clinical_events, addresses
from codelists import snomed, ethnicity_5
import argparse

start_date = get_parameter("start-date", default="2019-04-01")
intervals = int(get_parameter("intervals", type=int, default=6))

measures = create_measures()
measures.configure_dummy_data(population_size=120)
measures.configure_disclosure_control(enabled=False)

registration = practice_registrations.for_patient_on(INTERVAL.start_date)
age = patients.age_on(INTERVAL.start_date)
age_band = case(
    when((age >= 18) & (age <= 39)).then("18-39"),
    when((age >= 40) & (age <= 59)).then("40-59"),
    when((age >= 60) & (age <= 79)).then("60-79"),
    when((age >= 80) & (age <= 120)).then("80+"),
    when(age.is_null()).then("missing"),
)
ethnicity = (
    clinical_events.where(clinical_events.snomedct_code.is_in(ethnicity_5))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .snomedct_code.to_category(ethnicity_5)
)
inclusion = (
    registration.exists_for_patient()
    & (age >= 18)
    & (age <= 120)
    & (patients.date_of_death.is_after(INTERVAL.start_date) | patients.date_of_death.is_null())
)
groups = {
    "practice": registration.practice_pseudo_id,
    "age": age_band,
    "sex": patients.sex,
    "imd": addresses.for_patient_on(INTERVAL.start_date).imd_quintile,
    "region": registration.practice_nuts1_region_name,
    "ethnicity": ethnicity,
}
measures.define_defaults(denominator=inclusion, intervals=months(intervals).starting_on(start_date))
for key in ["sodium", "tsh"]:
    during = clinical_events.where(
        clinical_events.snomedct_code.is_in(snomed(f"sro-{key}")) & clinical_events.date.is_during(INTERVAL)
    )
    measures.define_measure(name=f"sro_{key}", numerator=during.exists_for_patient())
    measures.define_measure(name=f"sro_{key}_events", numerator=during.count_for_patient())
    for name, group in groups.items():
        measures.define_measure(
            name=f"sro_{key}_by_{name}", numerator=during.exists_for_patient(), group_by={name: group}
        )
measures.define_measure(
    "asthma_review",
    numerator=clinical_events.where(
        clinical_events.snomedct_code.is_in(snomed("asthma-review"))
        & clinical_events.date.is_during(INTERVAL)
    ).exists_for_patient(),
    denominator=inclusion
    & clinical_events.where(clinical_events.snomedct_code.is_in(snomed("asthma")))
    .where(clinical_events.date < INTERVAL.start_date)
    .exists_for_patient(),
    group_by={"sex": patients.sex, "age": age_band},
)
