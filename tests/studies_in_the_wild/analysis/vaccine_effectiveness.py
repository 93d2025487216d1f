import json
from pathlib import Path
from ehrql import Dataset, case, days, when, years, months, claim_permissions, maximum_of
from ehrql.tables.tpp import *
from ehrql.codes import CTV3Code, ICD10Code, SNOMEDCTCode
import codelists as cl
import variable_lib as lib

claim_permissions("sgss_covid_all_tests", "occupation_on_covid_vaccine_record")
studydates = json.loads(Path(__file__).with_name("study-dates.json").read_text())
index_start, index_end = studydates["campaign_start"], studydates["campaign_end"]

covid_vaccinations = vaccinations.where(
    vaccinations.target_disease.is_in(["SARS-2 Coronavirus", "SARS-2 CORONAVIRUS"])
).sort_by(vaccinations.date)
boosters = covid_vaccinations.where(vaccinations.date.is_on_or_between(index_start, index_end))
booster = boosters.first_for_patient()
vax_date = booster.date
baseline_date = vax_date - days(1)

dataset = Dataset()
prior = covid_vaccinations.where(vaccinations.date < vax_date)
registered = practice_registrations.for_patient_on(vax_date)
dataset.define_population(
    booster.exists_for_patient()
    & (patients.age_on(vax_date) >= 50)
    & (patients.age_on(vax_date) < 110)
    & patients.sex.is_in(["female", "male"])
    & registered.exists_for_patient()
    & ~(patients.date_of_death <= vax_date).when_null_then(False)
)
dataset.configure_dummy_data(population_size=50, timeout=120)
dataset.registered_previous_6weeks = practice_registrations.spanning(
    vax_date - days(6 * 7), vax_date
).exists_for_patient()
dataset.vax_boost_date = vax_date
dataset.vax_boost_product = booster.product_name.map_values(
    {
        "COVID-19 mRNA Vaccine Comirnaty 30micrograms/0.3ml dose conc for susp for inj MDV (Pfizer)": "pfizer",
        "COVID-19 mRNA Vaccine Spikevax (nucleoside modified) 0.1mg/0.5mL dose disp for inj MDV (Moderna)": "moderna",
    },
    default="other",
)
dataset.vax_prior_count = prior.count_for_patient()
dataset.vax_interval = (vax_date - prior.last_for_patient().date).days
dataset.weeks_since = (vax_date - prior.last_for_patient().date).weeks
dataset.age = patients.age_on(vax_date)
dataset.age_july = patients.age_on("2022-07-01")
dataset.sex = patients.sex
dataset.hscworker = occupation_on_covid_vaccine_record.where(
    occupation_on_covid_vaccine_record.is_healthcare_worker
).exists_for_patient()
ethnicity_code = (
    clinical_events.where(clinical_events.snomedct_code.is_in(cl.ethnicity_16))
    .where(clinical_events.date.is_on_or_before(vax_date))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .snomedct_code
)
dataset.ethnicity5 = ethnicity_code.to_category(cl.ethnicity_5)
dataset.ethnicity16 = ethnicity_code.to_category(cl.ethnicity_16)
dataset.ethnicity_combined = case(
    when(dataset.ethnicity5 == "1").then("White"),
    when(dataset.ethnicity5 == "2").then("Mixed"),
    when(dataset.ethnicity5.is_null() & ethnicity_from_sus.code.is_in(["A", "B", "C"])).then("White"),
    when(dataset.ethnicity5.is_null() & ethnicity_from_sus.code.is_in(["D", "E", "F", "G"])).then("Mixed"),
    otherwise="Other or unknown",
)
address = addresses.for_patient_on(vax_date)
dataset.imd_quintile = address.imd_quintile
dataset.imd_decile = address.imd_decile
dataset.care_home_tpp = address.care_home_is_potential_match.when_null_then(False)
dataset.care_home_code = lib.has_prior_event(cl.carehome, before=vax_date)
dataset.rural = address.rural_urban_classification
dataset.bmi = (
    clinical_events.where(clinical_events.snomedct_code.is_in(cl.bmi))
    .where(clinical_events.date.is_on_or_between(vax_date - years(5), vax_date))
    .where(clinical_events.numeric_value.is_not_null())
    .where((clinical_events.numeric_value > 4.0) & (clinical_events.numeric_value < 200))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .numeric_value
)
dataset.bmi_cat = case(
    when(dataset.bmi < 30).then("Not obese"),
    when((dataset.bmi >= 30) & (dataset.bmi < 35)).then("Obese I"),
    when((dataset.bmi >= 35) & (dataset.bmi < 40)).then("Obese II"),
    when(dataset.bmi >= 40).then("Obese III"),
    otherwise="Not obese",
)
positive = sgss_covid_all_tests.where(sgss_covid_all_tests.is_positive).except_where(
    sgss_covid_all_tests.specimen_taken_date >= vax_date
)
dataset.prior_covid_tests = positive.count_for_patient()
dataset.prior_covid_episodes = positive.specimen_taken_date.count_episodes_for_patient(days(90))
dataset.postest_date = (
    sgss_covid_all_tests.where(sgss_covid_all_tests.is_positive)
    .where(sgss_covid_all_tests.specimen_taken_date.is_on_or_after(vax_date))
    .sort_by(sgss_covid_all_tests.specimen_taken_date)
    .first_for_patient()
    .specimen_taken_date
)
emergency = lib.emergency_care_diagnosis_matches(
    emergency_care_attendances, ["1240751000000100", "186747009"]
)
dataset.covidemergency_date = (
    emergency.where(emergency.arrival_date.is_on_or_after(vax_date))
    .sort_by(emergency.arrival_date)
    .first_for_patient()
    .arrival_date
)
admissions = (
    apcs.where(apcs.admission_date.is_on_or_after(vax_date))
    .where(apcs.admission_method.is_in(["21", "22", "23", "24", "25", "2A", "2B", "2C", "2D", "28"]))
    .where(apcs.patient_classification == "1")
)
covid_admission = (
    admissions.where(admissions.primary_diagnosis.is_in(cl.covid_icd10))
    .sort_by(apcs.admission_date)
    .first_for_patient()
)
dataset.admitted_covid_date = covid_admission.admission_date
dataset.critcare_days = covid_admission.days_in_critical_care
dataset.covidcritcare_date = (
    admissions.where(apcs.all_diagnoses.contains_any_of(cl.covid_icd10))
    .where(apcs.days_in_critical_care > 0)
    .sort_by(apcs.admission_date)
    .first_for_patient()
    .admission_date
)
dataset.death_date = ons_deaths.date
dataset.death_cause_covid = ons_deaths.cause_of_death_is_in(cl.covid_icd10)
dataset.dereg_date = registered.end_date
dataset.cev = lib.has_prior_event(cl.snomed("shielding"), before=vax_date)
dataset.household = household_memberships_2020.household_size
