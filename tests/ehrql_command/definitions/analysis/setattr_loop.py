from codelists import diabetes, statins
from ehrql import create_dataset, months
from ehrql.tables.core import clinical_events, medications, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
start = "2020-01-01"
for name, codes in {"diabetes": diabetes, "statins_as_codes": ["44054006"]}.items():
    events = clinical_events.where(clinical_events.snomedct_code.is_in(codes))
    setattr(dataset, f"{name}_any", events.exists_for_patient())
    setattr(dataset, f"{name}_first", events.sort_by(events.date).first_for_patient().date)
    for i in range(3):
        in_quarter = events.where(events.date.is_on_or_between(start, "2020-03-31"))
        dataset.add_column(f"{name}_count_{i}", in_quarter.count_for_patient())
statin_events = medications.where(medications.dmd_code.is_in(statins))
for i in range(1, 4):
    threshold = dataset.diabetes_first + months(6 * i)
    setattr(
        dataset,
        f"statin_within_{6 * i}m",
        statin_events.where(statin_events.date < threshold).exists_for_patient(),
    )
