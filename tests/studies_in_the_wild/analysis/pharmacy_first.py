from ehrql import INTERVAL, create_measures, months, show
from ehrql.tables.tpp import clinical_events, medications, patients, practice_registrations
from datetime import date

start_date = "2023-11-01"
measures = create_measures()
measures.configure_dummy_data(population_size=40)
measures.configure_disclosure_control(enabled=True)
pf_ids = {"service": ["983341000000102", "2129921000000100"]}
conditions = {
    "uti": "16681000",
    "shingles": "4740000",
    "impetigo": "48277006",
    "bite": "262550002",
    "throat": "363746003",
    "sinus": "15805002",
    "ear": "3110003",
}
registered = practice_registrations.for_patient_on(INTERVAL.end_date).exists_for_patient()
events = clinical_events.where(clinical_events.date.is_during(INTERVAL))
pf_consults = events.where(events.snomedct_code.is_in(pf_ids["service"]))
has_pf = pf_consults.exists_for_patient()
pf_events = events.where(events.consultation_id.is_in(pf_consults.consultation_id))
pf_meds = medications.where(medications.consultation_id.is_in(pf_consults.consultation_id)).where(
    medications.date.is_during(INTERVAL)
)
show(pf_events, label="events of such consultations", head=3)
show(has_pf)
measures.define_defaults(denominator=registered, intervals=months(3).starting_on(start_date))
measures.define_measure(name="pf_service", numerator=has_pf)
for name, code in conditions.items():
    measures.define_measure(
        name=f"pf_{name}", numerator=pf_events.where(pf_events.snomedct_code == code).exists_for_patient()
    )
measures.define_measure(
    name="pf_meds",
    numerator=pf_meds.count_for_patient(),
    denominator=registered & has_pf,
    group_by={"sex": patients.sex},
)
