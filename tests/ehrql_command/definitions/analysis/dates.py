from datetime import date, datetime, timedelta

from ehrql import create_dataset, days, months, weeks, years
from ehrql.tables.core import clinical_events, patients

today = datetime(2021, 3, 29).date()
index_date = date(2021, 3, 29) - timedelta(days=7)
dataset = create_dataset()
dataset.define_population(
    (patients.date_of_birth < index_date - years(18)) & (patients.date_of_birth.year > 1900)
    | (patients.date_of_birth.is_on_or_between(today - weeks(52), today + months(1)))
)
dataset.birth_year = patients.date_of_birth.year
dataset.birth_month = patients.date_of_birth.to_first_of_month()
dataset.eighteenth = patients.date_of_birth + years(18)
dataset.months_old = (index_date - patients.date_of_birth).months
dataset.weeks_old = (str(index_date) - patients.date_of_birth).weeks
window = clinical_events.where(
    (clinical_events.date >= index_date - days(30)) & (clinical_events.date <= index_date)
)
dataset.in_window = window.exists_for_patient()
dataset.gap = (window.date.maximum_for_patient() - window.date.minimum_for_patient()).days
