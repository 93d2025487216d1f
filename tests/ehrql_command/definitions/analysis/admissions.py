from codelists import stroke_icd10
from ehrql import create_dataset, days
from ehrql.tables.tpp import apcs, emergency_care_attendances, opa, patients

dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
stroke = apcs.where(
    apcs.primary_diagnosis.is_in(stroke_icd10) | apcs.all_diagnoses.contains_any_of(stroke_icd10)
)
unplanned = stroke.where(stroke.admission_method.is_in(["21", "22", "23", "24", "25", "2A", "2B"]))
first = unplanned.sort_by(unplanned.admission_date, unplanned.apcs_ident).first_for_patient()
dataset.stroke_date = first.admission_date
dataset.stay = (first.discharge_date - first.admission_date).days
readmitted = apcs.where(
    apcs.admission_date.is_between_but_not_on(first.discharge_date, first.discharge_date + days(30))
).where(apcs.apcs_ident != first.apcs_ident)
dataset.readmitted = readmitted.exists_for_patient()
dataset.emergency = emergency_care_attendances.where(
    emergency_care_attendances.arrival_date.is_in(apcs.admission_date)
).count_for_patient()
dataset.outpatients = opa.where(opa.appointment_date >= "2020-01-01").count_for_patient()
