from ehrql import case, create_dataset, days, weeks, when
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
bp = clinical_events.where(clinical_events.numeric_value > 0.0)
dataset.episodes = bp.date.count_episodes_for_patient(days(14))
dataset.long_episodes = bp.date.count_episodes_for_patient(weeks(4))
dataset.codes = bp.snomedct_code.count_distinct_for_patient()
dataset.highest = bp.numeric_value.maximum_for_patient()
dataset.filled = dataset.highest.when_null_then(0.0)
dataset.rounded = case(when(dataset.highest > 10).then(dataset.highest // 10), otherwise=0)
