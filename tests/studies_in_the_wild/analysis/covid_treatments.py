"""Antivirals and antibodies for people at highest risk."""

from ehrql import case, claim_permissions, create_dataset, days, when
from ehrql.tables.tpp import (
    covid_therapeutics,
    patients,
    sgss_covid_all_tests as tests,
    addresses,
    practice_registrations,
    apcs,
    clinical_events,
    medications,
    vaccinations,
    ons_deaths,
    ethnicity_from_sus,
    ukrr,
)

claim_permissions("covid_therapeutics", "sgss_covid_all_tests")
claim_permissions("ukrr")
import codelists
from variable_lib import *

study_start, study_end = "2021-12-16", "2022-10-01"
nonhosp = (
    covid_therapeutics.where(covid_therapeutics.covid_indication.is_in(["non_hospitalised"]))
    .where(covid_therapeutics.current_status.is_in(["Approved", "Treatment Complete"]))
    .where(covid_therapeutics.treatment_start_date.is_on_or_between(study_start, study_end))
)
drugs = {
    "paxlovid": "Paxlovid",
    "sotrovimab": "Sotrovimab",
    "molnupiravir": "Molnupiravir",
    "casirivimab": "Casirivimab and imdevimab",
}
dataset = create_dataset()
for name, label in drugs.items():
    rows = nonhosp.where(nonhosp.intervention == label)
    dataset.add_column(
        f"{name}_covid_therapeutics",
        rows.sort_by(rows.treatment_start_date).first_for_patient().treatment_start_date,
    )
first = nonhosp.sort_by(nonhosp.treatment_start_date).first_for_patient()
dataset.date_treated = first.treatment_start_date
dataset.drug = first.intervention
dataset.risk = first.risk_cohort
dataset.high_risk_haem = first.risk_cohort.contains("haematological") | first.risk_cohort.contains(
    "Haematologic"
)
positive = tests.where(tests.is_positive).where(
    tests.specimen_taken_date.is_on_or_between(study_start, study_end)
)
first_test = positive.sort_by(tests.specimen_taken_date).first_for_patient()
previous = tests.where(
    tests.is_positive
    & (tests.specimen_taken_date >= first_test.specimen_taken_date - days(30))
    & (tests.specimen_taken_date < first_test.specimen_taken_date)
).exists_for_patient()
dataset.covid_test_date = first_test.specimen_taken_date
dataset.symptomatic = case(
    when(first_test.was_symptomatic).then("Y"),
    when(~first_test.was_symptomatic).then("N"),
    otherwise="unknown",
)
dataset.variant = first_test.variant
dataset.days_to_treat = (first.treatment_start_date - first_test.specimen_taken_date).days
dataset.treated_within_5 = (dataset.days_to_treat >= 0) & (dataset.days_to_treat <= 5)
dataset.define_population(
    (patients.age_on(study_start) >= 18)
    & (patients.age_on(study_start) < 110)
    & first_test.exists_for_patient()
    & ~previous
    & practice_registrations.for_patient_on(first_test.specimen_taken_date).exists_for_patient()
)
dataset.configure_dummy_data(
    population_size=30,
    additional_population_constraint=(patients.sex == "female") | patients.date_of_death.is_null(),
)
dataset.age = patients.age_on(first_test.specimen_taken_date)
dataset.immuno = has_prior_event(codelists.immunosuppression, before=first_test.specimen_taken_date)
dataset.transplant = ukrr.where(ukrr.treatment_modality_prevalence.is_in(["Tx", "T"])).exists_for_patient()
dataset.dialysis = ukrr.where(
    (ukrr.dataset == "2021_prevalence")
    & ukrr.treatment_modality_prevalence.is_in(["ICHD", "HHD", "HD", "PD"])
).exists_for_patient()
dataset.egfr_rr = (
    ukrr.where(ukrr.rrt_start_date.is_on_or_before(study_start))
    .sort_by(ukrr.rrt_start_date)
    .last_for_patient()
    .latest_egfr
)
dataset.steroids = (
    medications.where(medications.dmd_code.is_in(codelists.dmd("prednisolone")))
    .where(
        medications.date.is_on_or_between(
            first_test.specimen_taken_date - days(90), first_test.specimen_taken_date
        )
    )
    .count_for_patient()
    >= 2
)
dataset.vaccinated = vaccinations.where(
    (vaccinations.target_disease == "SARS-2 CORONAVIRUS")
    & (vaccinations.date < first_test.specimen_taken_date)
).count_for_patient()
dataset.vax_status = case(
    when(dataset.vaccinated == 0).then("un"),
    when(dataset.vaccinated == 1).then("one"),
    when(dataset.vaccinated == 2).then("two"),
    when(dataset.vaccinated >= 3).then("three or more"),
)
elective = apcs.where(apcs.admission_method.is_in(["11", "12", "13"]))
dataset.day_case = elective.where(elective.admission_date == elective.discharge_date).exists_for_patient()
dataset.hosp = (
    hospitalisation_diagnosis_matches(apcs, codelists.covid_icd10)
    .sort_by(apcs.admission_date, apcs.discharge_date)
    .first_for_patient()
    .discharge_method
)
