"""TPP: everything the TPP (SystmOne) backend offers: the GP record, and hospital, death and test data linked to it."""

from __future__ import annotations

import datetime
from typing import Self

from armslength.query.contracts import core
from armslength.query.language.conditions import case, when
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import DateLike, IntSeries, StrSeries
from armslength.query.language.tables import Constraint, Series, table
from armslength.query.model.codes import (
    CTV3Code,
    ICD10Code,
    ICD10MultiCodeString,
    OPCS4Code,
    OPCS4MultiCodeString,
    SNOMEDCTCode,
)

NAMESPACE = "tpp"
AREAS_RANKED = 32844  # small areas of England in the index of multiple deprivation of 2019
SINCE_2020 = Constraint.GeneralRange(minimum=datetime.date(2020, 1, 1))
SINCE_APRIL_2016 = Constraint.GeneralRange(minimum=datetime.date(2016, 4, 1))
SINCE_APRIL_2019 = Constraint.GeneralRange(minimum=datetime.date(2019, 4, 1))
SINCE_OCTOBER_2017 = Constraint.GeneralRange(minimum=datetime.date(2017, 10, 1))

__all__ = [
    "addresses",
    "apcs",
    "apcs_cost",
    "appointments",
    "clinical_events",
    "clinical_events_ranges",
    "covid_therapeutics",
    "decision_support_values",
    "ec",
    "ec_cost",
    "emergency_care_attendances",
    "ethnicity_from_sus",
    "household_memberships_2020",
    "medications",
    "occupation_on_covid_vaccine_record",
    "ons_deaths",
    "opa",
    "opa_cost",
    "opa_diag",
    "opa_proc",
    "open_prompt",
    "parents",
    "patients",
    "practice_registrations",
    "sgss_covid_all_tests",
    "ukrr",
    "vaccinations",
    "wl_clockstops",
    "wl_openpathways",
]


def _deprivation_group(rank: IntSeries, groups: int) -> StrSeries:
    """Cut the ranks into equal groups, the last bound of each being rounded down."""
    notes = {1: " (most deprived)", groups: " (least deprived)"}
    bounds = [AREAS_RANKED * group // groups for group in range(1, groups + 1)]
    conditions = [(rank >= 0) & (rank <= bounds[0]), *(rank <= bound for bound in bounds[1:])]
    labels = [f"{group}{notes.get(group, '')}" for group in range(1, groups + 1)]
    cases = [when(condition).then(label) for condition, label in zip(conditions, labels, strict=True)]
    group: StrSeries = case(*cases, otherwise="unknown")
    return group


@table
class addresses(EventFrame):
    """Where a person lived and when, reduced to facts about the area. Periods can overlap."""

    address_id = Series(int, description="Number of this period at an address.")
    start_date = Series(datetime.date, description="First day.")
    end_date = Series(
        datetime.date,
        description="Last day; missing while it goes on.",
        dummy_data_constraints=[Constraint.DateAfter(["start_date"])],
    )
    address_type = Series(
        int,
        description="0 permanent, 1 temporary, 3 for letters only.",
        constraints=[Constraint.Categorical([0, 1, 3])],
    )
    rural_urban_classification = Series(
        int,
        description="From 1, major conurbation, to 8, sparse rural village.",
        constraints=[Constraint.ClosedRange(1, 8)],
    )
    imd_rounded = Series(
        int,
        description="Deprivation rank of the area (IMD 2019), rounded to 100; 0 is most deprived of 32,844.",
        constraints=[Constraint.ClosedRange(0, 32800, 100)],
    )
    msoa_code = Series(
        str, description="Middle layer super output area.", constraints=[Constraint.Regex("E020[0-9]{5}")]
    )
    has_postcode = Series(bool, description="Whether there is a usable postcode; never missing.")
    care_home_is_potential_match = Series(bool, description="Whether this may be a care home; never missing.")
    care_home_requires_nursing = Series(bool, description="Whether that home offers nursing.")
    care_home_does_not_require_nursing = Series(
        bool, description="Whether that home offers care without nursing."
    )

    def for_patient_on(self, date: DateLike) -> PatientFrame:
        """The address on a date, one per patient: with a postcode rather than without, then the latest to start."""
        current = self.where(self.start_date.is_on_or_before(date)).except_where(
            self.end_date.is_before(date)
        )
        with_postcode_last = when(self.has_postcode).then(1).otherwise(0)
        return current.sort_by(
            with_postcode_last, self.start_date, self.end_date, self.address_id
        ).last_for_patient()

    @property
    def imd_quintile(self) -> StrSeries:
        """Fifth of deprivation, `1 (most deprived)` to `5 (least deprived)`; `unknown` without a rank."""
        return _deprivation_group(self.imd_rounded, 5)

    @property
    def imd_decile(self) -> StrSeries:
        """Tenth of deprivation, `1 (most deprived)` to `10 (least deprived)`; `unknown` without a rank."""
        return _deprivation_group(self.imd_rounded, 10)


@table
class apcs(EventFrame):
    """Stays in hospital: one row for each finished stay within one trust."""

    apcs_ident = Series(
        int, description="Number of the stay, the same in all its tables.", constraints=[Constraint.NotNull()]
    )
    admission_date = Series(
        datetime.date, description="Day of admission.", dummy_data_constraints=[SINCE_APRIL_2016]
    )
    discharge_date = Series(
        datetime.date,
        description="Day of discharge.",
        dummy_data_constraints=[SINCE_APRIL_2016, Constraint.DateAfter(["admission_date"])],
    )
    discharge_destination = Series(
        str, description="Where the patient went afterwards: two characters; 79 died or stillborn."
    )
    discharge_method = Series(str, description="How the stay ended; 4 died.")
    spell_core_hrg_sus = Series(str, description="Healthcare resource group of the whole stay.")
    admission_method = Series(
        str, description="How the patient came: 1x planned, 2x emergency, 3x maternity."
    )
    primary_diagnosis = Series(
        ICD10Code, description="Main diagnosis, chosen afterwards, mostly to be paid for."
    )
    secondary_diagnosis = Series(
        ICD10Code, description="Another diagnosis, of unclear rank: rather use all_diagnoses."
    )
    all_diagnoses = Series(ICD10MultiCodeString, description="Every ICD-10 code of the stay in one text.")
    all_procedures = Series(OPCS4MultiCodeString, description="Every OPCS-4 code of the stay in one text.")
    days_in_critical_care = Series(int, description="Days, or parts of days, in critical care.")
    patient_classification = Series(
        str, description="1 ordinary, 2 day case, 3 regular by day, 4 regular by night, 5 birth only."
    )


@table
class apcs_cost(EventFrame):
    """What each stay in hospital cost; recent years only."""

    apcs_ident = Series(
        int, description="Number of the stay, the same in all its tables.", constraints=[Constraint.NotNull()]
    )
    grand_total_payment_mff = Series(float, description="All that was paid, with the market forces payment.")
    tariff_initial_amount = Series(float, description="National tariff to begin with.")
    tariff_total_payment = Series(float, description="National tariff in total.")
    admission_date = Series(
        datetime.date, description="Day of admission.", dummy_data_constraints=[SINCE_APRIL_2016]
    )
    discharge_date = Series(
        datetime.date,
        description="Day of discharge.",
        dummy_data_constraints=[SINCE_APRIL_2016, Constraint.DateAfter(["admission_date"])],
    )


@table
class appointments(EventFrame):
    """Appointments booked at the GP practice. Some were duplicated by the supplier; not every contact is one."""

    class _meta:
        required_permission = "appointments"
        activation_filter_field = "booked_date"

    booked_date = Series(datetime.date, description="Day the booking was made.")
    start_date = Series(
        datetime.date,
        description="Day of the appointment.",
        dummy_data_constraints=[Constraint.DateAfter(["booked_date"])],
    )
    seen_date = Series(
        datetime.date,
        description="Day the patient was seen.",
        dummy_data_constraints=[Constraint.DateAfter(["booked_date", "start_date"])],
    )
    status = Series(
        str,
        description="What became of the appointment.",
        constraints=[
            Constraint.Categorical(
                [
                    "Booked",
                    "Arrived",
                    "Did Not Attend",
                    "In Progress",
                    "Finished",
                    "Requested",
                    "Blocked",
                    "Visit",
                    "Waiting",
                    "Cancelled by Patient",
                    "Cancelled by Unit",
                    "Cancelled by Other Service",
                    "No Access Visit",
                    "Cancelled Due To Death",
                    "Patient Walked Out",
                ]
            )
        ],
    )


@table
class clinical_events(EventFrame):
    """Coded entries of the record. Each is there twice, once as CTV3 and once as SNOMED CT: filter by one of them."""

    class _meta:
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day the entry belongs to.")
    snomedct_code = Series(SNOMEDCTCode, description="SNOMED CT concept; missing in rows for CTV3.")
    ctv3_code = Series(CTV3Code, description="CTV3 code; missing in rows for SNOMED CT.")
    numeric_value = Series(
        float, description="A number that goes with the entry; 0.0 may stand for no number."
    )
    consultation_id = Series(int, description="Number of the consultation.")


@table
class clinical_events_ranges(EventFrame):
    """As clinical_events, with comparator and reference range. Much slower: use it only for those."""

    class _meta:
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day the entry belongs to.")
    snomedct_code = Series(SNOMEDCTCode, description="SNOMED CT concept; missing in rows for CTV3.")
    ctv3_code = Series(CTV3Code, description="CTV3 code; missing in rows for SNOMED CT.")
    numeric_value = Series(
        float, description="A number that goes with the entry; 0.0 may stand for no number."
    )
    lower_bound = Series(float, description="Lower end of the reference range.")
    upper_bound = Series(float, description="Upper end of the reference range.")
    comparator = Series(
        str,
        description="Sign before the number, as in `<9.5`.",
        constraints=[Constraint.Categorical(["~", "=", ">=", ">", "<", "<="])],
    )
    consultation_id = Series(int, description="Number of the consultation.")


@table
class covid_therapeutics(EventFrame):
    """Approved forms asking for antiviral or antibody treatment of COVID-19. A form is not proof of treatment."""

    class _meta:
        required_permission = "covid_therapeutics"

    covid_indication = Series(
        str,
        description="Where the patient was when treatment was asked for.",
        constraints=[Constraint.Categorical(["non_hospitalised", "hospitalised_with", "hospital_onset"])],
    )
    current_status = Series(
        str,
        description="How far the request is.",
        constraints=[
            Constraint.Categorical(
                ["Approved", "Treatment Complete", "Treatment Not Started", "Treatment Stopped"]
            )
        ],
    )
    intervention = Series(str, description="Name of the drug.")
    received = Series(datetime.date, description="Day the form came in.")
    region = Series(str, description="NHS region.")
    risk_cohort = Series(str, description="Why the patient is at high risk; several are divided by commas.")
    treatment_start_date = Series(datetime.date, description="First day of treatment, planned or real.")


@table
class decision_support_values(EventFrame):
    """Scores that decision support computed: the Electronic Frailty Index of 8 December 2020."""

    calculation_date = Series(
        datetime.date,
        description="Day of the computation.",
        dummy_data_constraints=[Constraint.NotNull(), Constraint.Categorical([datetime.date(2020, 12, 8)])],
    )
    numeric_value = Series(float, description="The score.")
    algorithm_description = Series(str, description="What was computed.")
    algorithm_version = Series(str, description="By which version.")

    def electronic_frailty_index(self) -> Self:
        """The rows that hold the Electronic Frailty Index."""
        index = self.where(self.algorithm_description == "UK Electronic Frailty Index (eFI)")
        return index.where(index.algorithm_version == "1.0")


@table
class ec(EventFrame):
    """Visits to emergency departments."""

    ec_ident = Series(
        int,
        description="Number of the visit, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    arrival_date = Series(
        datetime.date, description="Day of arrival.", dummy_data_constraints=[SINCE_OCTOBER_2017]
    )
    sus_hrg_code = Series(
        str,
        description="Healthcare resource group.",
        constraints=[Constraint.Regex("[a-zA-Z]{2}[0-9]{2}[a-zA-Z]")],
    )


@table
class ec_cost(EventFrame):
    """What each visit to an emergency department cost."""

    ec_ident = Series(
        int,
        description="Number of the visit, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    grand_total_payment_mff = Series(float, description="All that was paid, with the market forces payment.")
    tariff_total_payment = Series(float, description="National tariff in total.")
    arrival_date = Series(
        datetime.date,
        description="Day of arrival.",
        dummy_data_constraints=[SINCE_OCTOBER_2017, Constraint.DateAfter(["ec_injury_date"])],
    )
    ec_decision_to_admit_date = Series(
        datetime.date,
        description="Day of the decision to admit.",
        dummy_data_constraints=[SINCE_OCTOBER_2017, Constraint.DateAfter(["ec_injury_date", "arrival_date"])],
    )
    ec_injury_date = Series(
        datetime.date, description="Day of the injury.", dummy_data_constraints=[SINCE_OCTOBER_2017]
    )


@table
class emergency_care_attendances(EventFrame):
    """Visits to emergency departments, with where the patient went next and up to 24 diagnoses."""

    id = Series(int, description="Number of the visit, as ec_ident.", constraints=[Constraint.NotNull()])
    arrival_date = Series(
        datetime.date, description="Day of arrival.", dummy_data_constraints=[SINCE_OCTOBER_2017]
    )
    discharge_destination = Series(SNOMEDCTCode, description="Where the patient went next.")
    diagnosis_01 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_02 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_03 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_04 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_05 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_06 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_07 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_08 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_09 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_10 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_11 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_12 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_13 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_14 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_15 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_16 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_17 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_18 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_19 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_20 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_21 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_22 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_23 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")
    diagnosis_24 = Series(SNOMEDCTCode, description="One of up to 24 diagnoses.")


@table
class ethnicity_from_sus(PatientFrame):
    """The ethnic category hospitals recorded most often for each person."""

    code = Series(
        str,
        description="Letter of the category in the census of 2001.",
        constraints=[
            Constraint.Categorical(
                ["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "R", "S"]
            )
        ],
    )


@table
class household_memberships_2020(PatientFrame):
    """With how many others a person lived on 1 February 2020, as the supplier inferred it."""

    household_pseudo_id = Series(int, description="A number that stands for the household.")
    household_size = Series(int, description="How many people live in it.")


@table
class medications(core.medications.__class__):  # type: ignore[misc,valid-type]
    """Prescriptions issued, one row per issue of an item, with the consultation."""

    class _meta:
        activation_filter_field = "date"

    consultation_id = Series(int, description="Number of the consultation.")


@table
class occupation_on_covid_vaccine_record(EventFrame):
    """People who said at a COVID-19 vaccination that they work in health or social care."""

    class _meta:
        required_permission = "occupation_on_covid_vaccine_record"

    is_healthcare_worker = Series(bool, description="Always true.")


@table
class ons_deaths(core.ons_deaths.__class__):  # type: ignore[misc,valid-type]
    """Registered deaths as in core, with the kind of place."""

    place = Series(
        str,
        description="Kind of place of death.",
        constraints=[
            Constraint.Categorical(
                ["Care Home", "Elsewhere", "Home", "Hospice", "Hospital", "Other communal establishment"]
            )
        ],
    )


@table
class opa(EventFrame):
    """Hospital outpatient appointments."""

    opa_ident = Series(
        int,
        description="Number of the appointment, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    appointment_date = Series(
        datetime.date,
        description="Day of the appointment.",
        dummy_data_constraints=[SINCE_APRIL_2019, Constraint.DateAfter(["referral_request_received_date"])],
    )
    attendance_status = Series(
        str,
        description="Whether the patient came: 5 and 6 yes, 2 to 4 and 7 no.",
        constraints=[Constraint.Categorical(["5", "6", "7", "2", "3", "4", "0"])],
    )
    consultation_medium_used = Series(
        str,
        description="In person, by telephone, by video and so on.",
        constraints=[Constraint.Categorical(["01", "02", "03", "04", "05", "09", "10", "11", "98"])],
    )
    first_attendance = Series(
        str,
        description="First or follow-up, in person or not.",
        constraints=[Constraint.Categorical(["1", "2", "3", "4", "5", "9"])],
    )
    hrg_code = Series(
        str,
        description="Healthcare resource group.",
        constraints=[Constraint.Regex("[a-zA-Z]{2}[0-9]{2}[a-zA-Z]")],
    )
    outcome_of_attendance = Series(
        str,
        description="What was decided at the end.",
        constraints=[Constraint.Categorical(["1", "2", "3", "4", "5"])],
    )
    referral_request_received_date = Series(
        datetime.date, description="Day the referral came in.", dummy_data_constraints=[SINCE_APRIL_2019]
    )
    treatment_function_code = Series(str, description="Speciality.")


@table
class opa_cost(EventFrame):
    """What each outpatient appointment cost."""

    opa_ident = Series(
        int,
        description="Number of the appointment, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    tariff_opp = Series(float, description="National tariff to begin with, where there was a procedure.")
    grand_total_payment_mff = Series(float, description="All that was paid, with the market forces payment.")
    tariff_total_payment = Series(float, description="National tariff in total.")
    appointment_date = Series(
        datetime.date,
        description="Day of the appointment.",
        dummy_data_constraints=[SINCE_APRIL_2019, Constraint.DateAfter(["referral_request_received_date"])],
    )
    referral_request_received_date = Series(
        datetime.date, description="Day the referral came in.", dummy_data_constraints=[SINCE_APRIL_2019]
    )


@table
class opa_diag(EventFrame):
    """Diagnoses made at outpatient appointments."""

    opa_ident = Series(
        int,
        description="Number of the appointment, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    primary_diagnosis_code = Series(ICD10Code, description="Main diagnosis, ICD-10.")
    primary_diagnosis_code_read = Series(CTV3Code, description="Main diagnosis, CTV3.")
    secondary_diagnosis_code_1 = Series(ICD10Code, description="Another diagnosis, ICD-10.")
    secondary_diagnosis_code_1_read = Series(CTV3Code, description="Another diagnosis, CTV3.")
    appointment_date = Series(
        datetime.date,
        description="Day of the appointment.",
        dummy_data_constraints=[SINCE_APRIL_2019, Constraint.DateAfter(["referral_request_received_date"])],
    )
    referral_request_received_date = Series(
        datetime.date, description="Day the referral came in.", dummy_data_constraints=[SINCE_APRIL_2019]
    )


@table
class opa_proc(EventFrame):
    """Procedures done at outpatient appointments."""

    opa_ident = Series(
        int,
        description="Number of the appointment, the same in all its tables.",
        constraints=[Constraint.NotNull()],
    )
    primary_procedure_code = Series(OPCS4Code, description="Main procedure, OPCS-4.")
    primary_procedure_code_read = Series(CTV3Code, description="Main procedure, CTV3.")
    procedure_code_2 = Series(OPCS4Code, description="Another procedure, OPCS-4.")
    procedure_code_2_read = Series(CTV3Code, description="Another procedure, CTV3.")
    appointment_date = Series(
        datetime.date,
        description="Day of the appointment.",
        dummy_data_constraints=[SINCE_APRIL_2019, Constraint.DateAfter(["referral_request_received_date"])],
    )
    referral_request_received_date = Series(
        datetime.date, description="Day the referral came in.", dummy_data_constraints=[SINCE_APRIL_2019]
    )


@table
class open_prompt(EventFrame):
    """Answers to the questionnaires of the OpenPROMPT study."""

    class _meta:
        required_permission = "open_prompt"

    ctv3_code = Series(
        CTV3Code,
        description="The answer as CTV3, or the question when the answer has no code.",
        constraints=[Constraint.NotNull()],
    )
    snomedct_code = Series(
        SNOMEDCTCode, description="The answer as SNOMED CT, or the question when it has no code."
    )
    creation_date = Series(
        datetime.date, description="Day the form was filled in.", constraints=[Constraint.NotNull()]
    )
    consultation_date = Series(
        datetime.date,
        description="The date that was answered, else the day the form was filled in.",
        constraints=[Constraint.NotNull()],
    )
    consultation_id = Series(int, description="Number of the form.", constraints=[Constraint.NotNull()])
    numeric_value = Series(float, description="The number that was answered.")


@table
class parents(PatientFrame):
    """Who a person's mother is, where the record says so."""

    mother_id = Series(int, description="The mother's patient_id.")


patients = core.patients


@table
class practice_registrations(core.practice_registrations.__class__):  # type: ignore[misc,valid-type]
    """Periods on the list of a practice as in core, with its region and when it began to use SystmOne."""

    class _meta:
        activation_filter_field = None

    practice_stp = Series(
        str,
        description="Code of the partnership (STP) the practice belongs to.",
        constraints=[Constraint.Regex("E540000[0-9]{2}")],
    )
    practice_nuts1_region_name = Series(
        str,
        description="Region of England.",
        constraints=[
            Constraint.Categorical(
                [
                    "North East",
                    "North West",
                    "Yorkshire and The Humber",
                    "East Midlands",
                    "West Midlands",
                    "East",
                    "London",
                    "South East",
                    "South West",
                ]
            )
        ],
    )
    practice_systmone_go_live_date = Series(
        datetime.date, description="Since when the practice has used SystmOne."
    )

    def spanning_with_systmone(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, at practices that used SystmOne from its first day on."""
        spanning: Self = self.spanning(start_date, end_date)
        kept: Self = spanning.where(spanning.practice_systmone_go_live_date.is_on_or_before(start_date))
        return kept


@table
class sgss_covid_all_tests(EventFrame):
    """Results of all SARS-CoV-2 tests that laboratories reported nationally."""

    class _meta:
        required_permission = "sgss_covid_all_tests"

    specimen_taken_date = Series(
        datetime.date,
        description="Day of the test.",
        constraints=[Constraint.NotNull()],
        dummy_data_constraints=[SINCE_2020],
    )
    is_positive = Series(bool, description="Whether the virus was found.", constraints=[Constraint.NotNull()])
    lab_report_date = Series(
        datetime.date,
        description="Day of the report.",
        constraints=[Constraint.NotNull()],
        dummy_data_constraints=[SINCE_2020, Constraint.DateAfter(["specimen_taken_date"])],
    )
    was_symptomatic = Series(bool, description="Whether the person had symptoms.")
    sgtf_status = Series(
        int, description="Code of the S-gene target.", constraints=[Constraint.ClosedRange(0, 9)]
    )
    variant = Series(str, description="Variant that was found.")
    variant_detection_method = Series(
        str,
        description="How the variant was found.",
        constraints=[
            Constraint.Categorical(["Private Lab Sequencing", "Reflex Assay", "Sanger Provisional Result"])
        ],
    )


@table
class ukrr(EventFrame):
    """People in one of the cohorts of the UK Renal Registry."""

    class _meta:
        required_permission = "ukrr"

    dataset = Series(
        str,
        description="Which cohort.",
        constraints=[
            Constraint.Categorical(
                ["2019_prevalence", "2020_prevalence", "2021_prevalence", "2020_incidence", "2020_ckd"]
            )
        ],
    )
    renal_centre = Series(str, description="Code of the renal centre.")
    rrt_start_date = Series(datetime.date, description="Latest start of renal replacement therapy.")
    latest_creatinine = Series(float, description="Latest creatinine.")
    latest_egfr = Series(float, description="Latest estimated filtration rate (CKD-EPI).")
    treatment_modality_start = Series(str, description="Kind of treatment at its start.")
    treatment_modality_prevalence = Series(str, description="Kind of treatment in the prevalence cohort.")


@table
class vaccinations(EventFrame):
    """Vaccinations in the GP record: a row per target disease, so one jab may have several."""

    class _meta:
        activation_filter_field = "date"

    vaccination_id = Series(int, description="Number of the vaccination.")
    date = Series(datetime.date, description="Day of the vaccination.")
    target_disease = Series(str, description="Against which disease.")
    product_name = Series(str, description="Which product.")


@table
class wl_clockstops(EventFrame):
    """Waits for hospital treatment that ended between May 2021 and May 2022."""

    class _meta:
        required_permission = "waiting_list"

    activity_treatment_function_code = Series(
        str, description="Speciality.", constraints=[Constraint.Regex("[a-zA-Z0-9]{3}")]
    )
    priority_type_code = Series(
        str,
        description="How urgent.",
        constraints=[Constraint.Categorical(["routine", "urgent", "two week wait"])],
    )
    pseudo_organisation_code_patient_pathway_identifier_issuer = Series(
        str, description="Stands for who issued the pathway number."
    )
    pseudo_patient_pathway_identifier = Series(str, description="Stands for the pathway.")
    pseudo_referral_identifier = Series(str, description="Stands for the referral.")
    referral_request_received_date = Series(datetime.date, description="Day the referral came in.")
    referral_to_treatment_period_end_date = Series(
        datetime.date,
        description="Day the clock stopped.",
        dummy_data_constraints=[Constraint.DateAfter(["referral_to_treatment_period_start_date"])],
    )
    referral_to_treatment_period_start_date = Series(datetime.date, description="Day the clock started.")
    source_of_referral_for_outpatients = Series(str, description="Who referred.")
    waiting_list_type = Series(
        str,
        description="Which list.",
        constraints=[Constraint.Categorical(["ORTT", "IRTT", "PTLO", "PTLI", "RTTO", "RTTI"])],
    )
    week_ending_date = Series(datetime.date, description="Sunday at the end of the week reported.")


@table
class wl_openpathways(EventFrame):
    """Waits for hospital treatment that were still open in May 2022."""

    class _meta:
        required_permission = "waiting_list"

    activity_treatment_function_code = Series(
        str, description="Speciality.", constraints=[Constraint.Regex("[a-zA-Z0-9]{3}")]
    )
    current_pathway_period_start_date = Series(datetime.date, description="Start of the present wait.")
    priority_type_code = Series(
        str,
        description="How urgent.",
        constraints=[Constraint.Categorical(["routine", "urgent", "two week wait"])],
    )
    pseudo_organisation_code_patient_pathway_identifier_issuer = Series(
        str, description="Stands for who issued the pathway number."
    )
    pseudo_patient_pathway_identifier = Series(str, description="Stands for the pathway.")
    pseudo_referral_identifier = Series(str, description="Stands for the referral.")
    referral_request_received_date = Series(datetime.date, description="Day the referral came in.")
    referral_to_treatment_period_end_date = Series(
        datetime.date,
        description="Day the clock stopped.",
        dummy_data_constraints=[Constraint.DateAfter(["referral_to_treatment_period_start_date"])],
    )
    referral_to_treatment_period_start_date = Series(datetime.date, description="Day the clock started.")
    source_of_referral = Series(
        str, description="Who referred.", constraints=[Constraint.Regex("[a-zA-Z0-9]{2}")]
    )
    waiting_list_type = Series(
        str,
        description="Which list.",
        constraints=[
            Constraint.Categorical(["ORTT", "IRTT", "ONON", "INON", "PTLO", "PTLI", "RTTO", "RTTI"])
        ],
    )
    week_ending_date = Series(datetime.date, description="Sunday at the end of the week reported.")
