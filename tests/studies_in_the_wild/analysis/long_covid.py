"""Recorded long COVID and its referrals, against everybody else."""

from datetime import date

from databases import *  # noqa: F403
from ehrql import create_dataset, days, case, when, minimum_of
from ehrql.tables.tpp import (
    addresses,
    appointments,
    apcs,
    clinical_events,
    ons_deaths,
    patients,
    practice_registrations,
    sgss_covid_all_tests,
    vaccinations,
)
from variable_lib import (
    age_band,
    cause_of_death_matches,
    create_sequential_variables,
    has_prior_event,
    hospitalisation_diagnosis_matches,
    practice_reg_active,
)
import codelists
from codelists import snomed

study_start_date = date(2020, 11, 1)
study_end_date = date(2023, 3, 31)
lc_dx = snomed("long-covid-dx")
lc_ref = snomed("long-covid-referral")
lc_ass = snomed("long-covid-assessment")
lc_codes_combined = lc_dx + lc_ref + lc_ass

registrations = practice_reg_active(study_start_date)
registration = registrations.sort_by(practice_registrations.start_date).last_for_patient()
registrations_number = registrations.count_for_patient()

lc_events = clinical_events.where(clinical_events.snomedct_code.is_in(lc_codes_combined)).where(
    clinical_events.date.is_on_or_between(study_start_date, study_end_date)
)
first_lc = lc_events.sort_by(clinical_events.date).first_for_patient()

pvf = clinical_events.where(clinical_events.snomedct_code.is_in(snomed("postviral")))
fatigue_before = pvf.date < first_lc.date
first_fatigue = pvf.where(fatigue_before).sort_by(pvf.date).first_for_patient()

end_date = minimum_of(
    study_end_date, patients.date_of_death, registration.end_date, first_lc.date + days(365)
)

dataset = create_dataset()
dataset.configure_dummy_data(population_size=40)
dataset.define_population(
    (patients.age_on("2020-11-01") >= 18)
    & (patients.age_on("2020-11-01") <= 100)
    & registrations.exists_for_patient()
    & (registrations_number == 1)
    & patients.date_of_death.is_null().__or__(patients.date_of_death > study_start_date)
)
dataset.lc_out = first_lc.exists_for_patient()
dataset.lc_first_dx = first_lc.date
dataset.lc_first_code = first_lc.snomedct_code
dataset.lc_type = case(
    when(first_lc.snomedct_code.is_in(lc_dx)).then("diagnosis"),
    when(first_lc.snomedct_code.is_in(lc_ref)).then("referral"),
    when(first_lc.snomedct_code.is_in(lc_ass)).then("assessment"),
)
dataset.n_lc = lc_events.count_for_patient()
dataset.pvf = first_fatigue.date
dataset.end_date = end_date
dataset.follow_up = (end_date - study_start_date).days
dataset.age = patients.age_on(study_start_date)
dataset.age_band = age_band(dataset.age)
dataset.sex = patients.sex
imd = addresses.for_patient_on(study_start_date).imd_rounded
dataset.imd = case(
    when((imd >= 0) & (imd < int(32844 * 1 / 5))).then("1 (most deprived)"),
    when(imd < int(32844 * 2 / 5)).then("2"),
    when(imd < int(32844 * 3 / 5)).then("3"),
    when(imd < int(32844 * 4 / 5)).then("4"),
    when(imd < int(32844 * 5 / 5)).then("5 (least deprived)"),
    otherwise="unknown",
)
dataset.region = registration.practice_nuts1_region_name
dataset.ethnicity = (
    clinical_events.where(clinical_events.snomedct_code.is_in(codelists.ethnicity_5))
    .where(clinical_events.date.is_on_or_before(study_start_date))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .snomedct_code.to_category(codelists.ethnicity_5)
)
covid_hosp = hospitalisation_diagnosis_matches(apcs, codelists.covid_icd10)
create_sequential_variables(
    dataset,
    "covid_hosp_{n}",
    covid_hosp.where(covid_hosp.admission_date >= study_start_date),
    "admission_date",
    num_variables=3,
)
vax = vaccinations.where(vaccinations.target_disease == "SARS-2 CORONAVIRUS")
create_sequential_variables(dataset, "vax_date_{n}", vax, "date", num_variables=4)
create_sequential_variables(dataset, "vax_product_{n}", vax, "product_name", 3, sort_column="date")
dataset.no_prev_vacc = vax.where(vax.date < end_date).date.count_distinct_for_patient()
dataset.death_covid = cause_of_death_matches(codelists.covid_icd10)
dataset.ons_death = ons_deaths.date
for condition in ["diabetes", "chd", "copd", "asthma", "dementia", "cancer", "depression", "smi"]:
    setattr(
        dataset, f"{condition}_prior", has_prior_event(getattr(codelists, condition), before=study_start_date)
    )
