"""Second stage of a matched study: index dates come from a file that an earlier action wrote."""

from datetime import date

from ehrql import create_dataset, days, table_from_file, years
from ehrql.query_language import PatientFrame, Series, table_from_file as from_file
from ehrql.tables.tpp import patients, practice_registrations, apcs, medications, clinical_events
import codelists


@from_file("output/matched.csv")
class matched_cases(PatientFrame):
    age = Series(int)
    sex = Series(str)
    region = Series(str)
    index_date = Series(date)
    set_id = Series(int)
    exposed = Series(bool)


again = table_from_file("output/matched.csv", columns={"index_date": date, "weight": float})
index_date = matched_cases.index_date

dataset = create_dataset()
registered = practice_registrations.where(
    practice_registrations.start_date.is_on_or_before(index_date - years(1))
).except_where(practice_registrations.end_date.is_on_or_before(index_date))
dataset.define_population(
    matched_cases.exists_for_patient() & registered.exists_for_patient() & (patients.age_on(index_date) >= 18)
)
dataset.case_index_date = index_date
dataset.same = again.index_date == index_date
dataset.weight = again.weight * 2
dataset.set_id = matched_cases.set_id
dataset.exposed = matched_cases.exposed
dataset.sex_agrees = matched_cases.sex == patients.sex
dataset.age_difference = (patients.age_on(index_date) - matched_cases.age).absolute()
for name, codes in {
    "mi": codelists.mi_icd10,
    "stroke": codelists.stroke_icd10,
    "vte": codelists.vte_icd10,
}.items():
    admissions = apcs.where(apcs.primary_diagnosis.is_in(codes))
    after = admissions.where(admissions.admission_date.is_on_or_between(index_date, index_date + days(365)))
    dataset.add_column(f"{name}_date", after.sort_by(after.admission_date).first_for_patient().admission_date)
    dataset.add_column(
        f"{name}_before", admissions.where(admissions.admission_date < index_date).exists_for_patient()
    )
    dataset.add_column(
        f"{name}_method", after.sort_by(after.admission_date).first_for_patient().admission_method
    )
dataset.consultations = clinical_events.where(
    clinical_events.date.is_on_or_between(index_date - days(365), index_date - days(1))
).consultation_id.count_distinct_for_patient()
dataset.drugs = medications.where(
    medications.date.is_on_or_between(index_date - days(90), index_date)
).dmd_code.count_distinct_for_patient()
