from codelists import diabetes_types, statins_by_intensity
from ehrql import case, create_dataset, when
from ehrql.tables.core import clinical_events, medications, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
last = (
    clinical_events.where(clinical_events.snomedct_code.is_in(diabetes_types))
    .sort_by(clinical_events.date)
    .last_for_patient()
)
dataset.diabetes_type = last.snomedct_code.to_category(diabetes_types, default="none")
high = [code for code, kind in statins_by_intensity.items() if kind == "high"]
dataset.high_intensity = medications.where(medications.dmd_code.is_in(high)).exists_for_patient()
dataset.group = dataset.diabetes_type.map_values({"T1": 1, "T2": 2}, default=9)
dataset.sex_label = patients.sex.map_values({"female": "F", "male": "M"}, default="other")
dataset.flag = case(when(dataset.diabetes_type == "T1").then("yes"), otherwise="no")
