import json
from datetime import date

from codelists import diabetes, statins
from ehrql import INTERVAL, Measures, weeks, years
from ehrql.tables.tpp import clinical_events, medications, patients

with open("analysis/dates.json") as file:
    settings = json.load(file)
measures = Measures()
events = clinical_events.where(clinical_events.date.is_during(INTERVAL))
numerators = {
    "diabetes": events.where(events.snomedct_code.is_in(diabetes)).exists_for_patient(),
    "statin": medications.where(medications.date.is_on_or_between(INTERVAL.start_date, INTERVAL.end_date))
    .where(medications.dmd_code.is_in(statins))
    .count_for_patient(),
}
waves = [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in settings["waves"]]
for name, numerator in numerators.items():
    measures.define_measure(
        name=f"{name}_by_wave",
        numerator=numerator,
        denominator=patients.exists_for_patient() & patients.is_alive_on(INTERVAL.end_date),
        group_by={"sex": patients.sex},
        intervals=waves,
    )
    measures.define_measure(
        f"{name}_recent",
        numerator=numerator,
        denominator=(patients.date_of_birth <= INTERVAL.start_date - years(18)),
        intervals=weeks(2).ending_on("2021-12-31"),
    )
