from codelists import statins
from ehrql import INTERVAL, case, create_measures, months, when
from ehrql.tables.core import medications, patients, practice_registrations
from helpers import age_band

measures = create_measures()
measures.configure_disclosure_control(enabled=False)
measures.configure_dummy_data(population_size=100, legacy=True)
prescribed = medications.where(medications.date.is_during(INTERVAL)).where(
    medications.dmd_code.is_in(statins)
)
age = patients.age_on(INTERVAL.start_date)
measures.define_defaults(
    numerator=prescribed.exists_for_patient(),
    denominator=practice_registrations.for_patient_on(INTERVAL.start_date).exists_for_patient() & (age >= 18),
    intervals=months(4).starting_on("2021-01-01"),
)
measures.define_measure("statin_rate")
measures.define_measure("statin_by_age", group_by={"age_band": age_band(age)})
measures.define_measure("statin_by_sex", group_by={"sex": patients.sex})
measures.define_measure(
    "statin_by_both",
    group_by={"age_band": age_band(age), "sex": patients.sex},
    numerator=case(when(prescribed.count_for_patient() > 2).then(2), otherwise=0),
)
