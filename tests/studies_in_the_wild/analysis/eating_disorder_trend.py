from ehrql import create_measures, INTERVAL, years, weeks, case, when
from ehrql.tables.beta.tpp import patients, clinical_events, practice_registrations
import codelists as cl

intervals = weeks(6).ending_on("2022-03-27") + years(2).starting_on("2018-01-01")
measures = create_measures()
measures.configure_dummy_data(population_size=100)
dx = clinical_events.where(clinical_events.snomedct_code.is_in(cl.depression))
first_dx = dx.sort_by(dx.date).first_for_patient()
age = patients.age_on("2020-01-01")
measures.define_measure(
    name="incident",
    numerator=first_dx.date.is_during(INTERVAL),
    denominator=practice_registrations.spanning(INTERVAL.start_date, INTERVAL.end_date).exists_for_patient()
    & ~(first_dx.date < INTERVAL.start_date).when_null_then(False),
    intervals=intervals,
    group_by={"sex": patients.sex, "band": case(when(age < 18).then("child"), otherwise="adult")},
)
measures.define_measure(
    "records_per_patient",
    dx.where(dx.date.is_during(INTERVAL)).count_for_patient(),
    dx.count_for_patient(),
    intervals=intervals,
)
