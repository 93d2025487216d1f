from ehrql import case, create_dataset, when
from ehrql.tables.tpp import addresses, clinical_events, patients, practice_registrations

dataset = create_dataset()
registrations = practice_registrations.where(
    practice_registrations.start_date.is_on_or_before("2021-01-01")
).except_where(practice_registrations.end_date.is_on_or_before("2021-01-01"))
chosen = registrations.sort_by(registrations.start_date, registrations.end_date).last_for_patient()
dataset.define_population(registrations.exists_for_patient() & patients.sex.is_not_in(["unknown"]))
dataset.practice = chosen.practice_pseudo_id
imd = addresses.for_patient_on("2021-01-01").imd_rounded
dataset.imd5 = case(
    when((imd >= 0) & (imd < int(32844 * 1 / 5))).then("1"),
    when(imd < int(32844 * 2 / 5)).then("2"),
    when(imd < int(32844 * 3 / 5)).then("3"),
    otherwise="other",
)
dataset.care_home = addresses.for_patient_on("2021-01-01").care_home_is_potential_match.when_null_then(False)
dataset.null_check = clinical_events.where(clinical_events.numeric_value.is_null()).exists_for_patient()
