from ehrql import Dataset, maximum_of, minimum_of
from ehrql.tables.core import clinical_events as ce
from ehrql.tables.core import medications as m
from ehrql.tables.core import ons_deaths, patients

dataset = Dataset()
dataset.define_population(patients.exists_for_patient() & ~ons_deaths.exists_for_patient())
first_event = ce.sort_by(ce.date).first_for_patient().date
first_drug = m.sort_by(m.date).first_for_patient().date
dataset.first_contact = minimum_of(first_event, first_drug)
dataset.last_contact = maximum_of(
    ce.date.maximum_for_patient(), m.date.maximum_for_patient(), patients.date_of_birth
)
dataset.years_known = (dataset.last_contact - dataset.first_contact).years
dataset.known_in_days = (dataset.last_contact - dataset.first_contact).days
dataset.mean_value = ce.numeric_value.mean_for_patient()
