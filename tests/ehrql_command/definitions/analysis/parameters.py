from ehrql import create_dataset, days, get_parameter
from ehrql.tables.core import clinical_events, patients

start_date = get_parameter("start_date", default="2020-01-01")
gap = get_parameter("gap", type=int, default=30)
regions = get_parameter("codes", default=["44054006"])
codes = regions if isinstance(regions, list) else [regions]
dataset = create_dataset()
dataset.define_population(patients.date_of_birth.is_before(start_date))
events = clinical_events.where(clinical_events.date.is_on_or_after(start_date))
dataset.events = events.where(events.snomedct_code.is_in(codes)).count_for_patient()
dataset.soon = events.where(events.date <= patients.date_of_birth + days(gap)).exists_for_patient()
