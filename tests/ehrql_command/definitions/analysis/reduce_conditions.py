from codelists import diabetes, ethnicity, statins
from ehrql import case, create_dataset, when
from ehrql.tables.core import clinical_events, medications, patients
from helpers import age_band, any_of, last_before

dataset = create_dataset()
conditions = [
    clinical_events.where(clinical_events.snomedct_code.is_in([code])).exists_for_patient()
    for code in diabetes
]
dataset.define_population(
    any_of(conditions) | medications.where(medications.dmd_code.is_in(statins)).exists_for_patient()
)
dataset.age_band = age_band(patients.age_on("2022-01-01"))
dataset.n_conditions = sum(c.as_int() for c in conditions[1:]) + conditions[0].as_int()
dataset.last_ethnicity = last_before(clinical_events, ethnicity, "2022-01-01").snomedct_code.to_category(
    ethnicity
)
dataset.label = case(*[when(c).then(f"condition {i}") for i, c in enumerate(conditions)], otherwise="none")
