from datetime import date, timedelta
from ehrql import INTERVAL, case, create_measures, days, weeks, when, get_parameter
from ehrql.tables.tpp import (
    appointments,
    apcs,
    clinical_events,
    emergency_care_attendances,
    patients,
    practice_registrations,
)
from ehrql import claim_permissions
from codelists import icd10, ethnicity_5

claim_permissions("appointments")
start = get_parameter("start", type=date.fromisoformat, default=date(2022, 1, 3))
n = get_parameter("weeks", type=int, default=3)
measures = create_measures()
measures.configure_dummy_data(population_size=60)
measures.configure_disclosure_control(enabled=False)
intervals = weeks(n).starting_on(start)
reg = practice_registrations.for_patient_on(INTERVAL.end_date)
rural = reg.practice_stp
resp = apcs.where(apcs.admission_date.is_during(INTERVAL)).where(
    apcs.all_diagnoses.contains_any_of(icd10("all-resp"))
)
kids = patients.age_on(INTERVAL.start_date) < 18
appts = appointments.where(appointments.start_date.is_during(INTERVAL))
dna = appts.where(appts.status == "Did Not Attend")
for label, condition in {"children": kids, "adults": ~kids}.items():
    denominator = reg.exists_for_patient() & condition
    measures.define_measure(
        f"resp_{label}",
        numerator=resp.exists_for_patient(),
        denominator=denominator,
        group_by={"stp": rural},
        intervals=intervals,
    )
    measures.define_measure(
        f"dna_{label}",
        numerator=dna.count_for_patient(),
        denominator=appts.count_for_patient(),
        group_by={f"adult_{label}": condition, "sex": patients.sex},
        intervals=intervals,
    )
eth = (
    clinical_events.where(clinical_events.snomedct_code.is_in(ethnicity_5))
    .sort_by(clinical_events.date)
    .last_for_patient()
)
measures.define_measure(
    "ed",
    numerator=emergency_care_attendances.where(
        emergency_care_attendances.arrival_date.is_on_or_between(
            INTERVAL.start_date - days(6), INTERVAL.end_date
        )
    ).count_for_patient(),
    denominator=reg.exists_for_patient(),
    group_by={
        "ethnicity": case(
            when(eth.snomedct_code.to_category(ethnicity_5) == "1").then("White"),
            when(eth.snomedct_code.to_category(ethnicity_5).is_in(["2", "3", "4"])).then("Other"),
            otherwise="Unknown",
        )
    },
    intervals=[(start, start + timedelta(days=13))],
)
measures.define_measure(
    "value", numerator=eth.numeric_value > 3.0, denominator=eth.exists_for_patient(), intervals=intervals
)
