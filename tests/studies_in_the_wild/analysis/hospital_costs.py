"""Event-level and summed costs over several hospital tables."""

from ehrql import create_dataset, claim_permissions, years
from ehrql.tables.tpp import apcs, apcs_cost, ec, ec_cost, opa, opa_cost, opa_diag, opa_proc, patients

claim_permissions("event_level_data")
dataset = create_dataset()
index = "2022-04-01"
dataset.define_population(patients.exists_for_patient() & (patients.age_on(index) > 17))
year = lambda frame, column: frame.where(getattr(frame, column).is_on_or_between(index, "2023-03-31"))  # noqa: E731
a, e, o = year(apcs_cost, "admission_date"), year(ec_cost, "arrival_date"), year(opa_cost, "appointment_date")
for name, frame in dict(apcs=a, ec=e, opa=o).items():
    setattr(dataset, f"{name}_cost", frame.grand_total_payment_mff.sum_for_patient())
    setattr(dataset, f"{name}_mean", frame.tariff_total_payment.mean_for_patient())
    setattr(dataset, f"{name}_n", frame.count_for_patient())
total = getattr(dataset, "apcs_cost").when_null_then(0.0) + dataset.ec_cost.when_null_then(0.0)
dataset.total = total + dataset.opa_cost.when_null_then(0)
dataset.share = dataset.ec_cost / dataset.total
dataset.pounds = dataset.total.as_int()
dataset.squared = (dataset.total - 100) ** 2
dataset.tens = dataset.total // 10
dataset.first_attendances = opa.where(opa.first_attendance.is_in(["1", "3"])).count_for_patient()
dataset.phone = opa.where(opa.consultation_medium_used == "02").exists_for_patient()
dataset.specialty = opa.sort_by(opa.appointment_date).last_for_patient().treatment_function_code
dataset.diag = (
    opa_diag.where(opa_diag.primary_diagnosis_code.is_not_null())
    .sort_by(opa_diag.appointment_date, opa_diag.opa_ident)
    .first_for_patient()
    .primary_diagnosis_code
)
dataset.proc = opa_proc.sort_by(opa_proc.appointment_date).first_for_patient().primary_procedure_code
dataset.linked = apcs.where(apcs.apcs_ident.is_in(a.apcs_ident)).count_for_patient()
dataset.add_event_table(
    "stays",
    apcs_ident=a.apcs_ident,
    admitted=a.admission_date,
    cost=a.grand_total_payment_mff,
    sex=patients.sex,
    days=(a.discharge_date - a.admission_date).days,
)
dataset.stays.expensive = a.grand_total_payment_mff > 1000
dataset.add_event_table("visits", date=ec.arrival_date, hrg=ec.sus_hrg_code)
