"""RAW TPP: tables of the TPP backend almost as supplied, for those who prepare data rather than do research."""

from __future__ import annotations

import datetime

from armslength.query.language.frames import EventFrame
from armslength.query.language.tables import Constraint, Series, table
from armslength.query.model.codes import DMDCode, ICD10Code

NAMESPACE = "raw.tpp"
YES_NO = Constraint.Categorical(["YES", "NO", "Unknown"])
# The supplier calls the statuses: 0 normal, 4 historical, 5 blue script, 6 private, 7 not in possession, 8 repeat
# dispensed, 9 in possession, 10 dental, 11 hospital, 12 problem substance, 13 patient group direction, 14 to take out,
# 15 on admission, 16 regular, 17 as required, 18 variable dose, 19 rate-controlled single regular, 20 only once,
# 21 outpatient, 22 rate-controlled multiple regular, 23 rate-controlled multiple only once, 24 rate-controlled single
# only once, 25 placeholder, 26 unconfirmed, 27 infusion, 28 reducing dose blue script. What 1 to 3 mean is not known.
STATUS = Constraint.ClosedRange(0, 28)

__all__ = [
    "apcs_cost_historical",
    "apcs_historical",
    "isaric",
    "medications",
    "ons_deaths",
    "repeat_medications",
    "wl_clockstops",
    "wl_openpathways",
]


@table
class apcs_cost_historical(EventFrame):
    """What stays in hospital cost, as the snapshot of October 2023 had it.

    For exploration only, and it may go. A cost without its stay has no dates.
    """

    apcs_ident = Series(int, description="Number of the stay.", constraints=[Constraint.NotNull()])
    grand_total_payment_mff = Series(float, description="All that was paid, with the market forces payment.")
    tariff_initial_amount = Series(float, description="National tariff to begin with.")
    tariff_total_payment = Series(float, description="National tariff in total.")
    admission_date = Series(datetime.date, description="Day of admission.")
    discharge_date = Series(datetime.date, description="Day of discharge.")


@table
class apcs_historical(EventFrame):
    """Stays in hospital of all past years, from the snapshot of October 2023, the last to hold them.

    For exploration only, and it may go.
    """

    apcs_ident = Series(int, description="Number of the stay.", constraints=[Constraint.NotNull()])
    admission_date = Series(datetime.date, description="Day of admission.")
    discharge_date = Series(datetime.date, description="Day of discharge.")
    spell_core_hrg_sus = Series(str, description="Healthcare resource group of the stay.")


@table
class isaric(EventFrame):
    """People admitted to hospital with COVID-19 who are in the ISARIC study: 49 of its 891 columns.

    Only together with researchers of ISARIC. Everything is text as supplied, but for dates, where `NA` is missing, and
    conditions, where `NA` is NO. The spelling `coriona` is the source's own.
    """

    class _meta:
        table_name = "isaric_raw"
        required_permission = "isaric"

    age = Series(str, description="Age when admitted, as written down.")
    age_factor = Series(str, description="Group of ages; what it means is not documented.")
    calc_age = Series(
        str, description="Age worked out from birth and enrolment; unreliable about 29 February."
    )
    sex = Series(str, description="Sex at birth.")
    ethnic___1 = Series(str, description="Whether the box for Arab is ticked.")
    ethnic___2 = Series(str, description="Whether the box for Black is ticked.")
    ethnic___3 = Series(str, description="Whether the box for East Asian is ticked.")
    ethnic___4 = Series(str, description="Whether the box for South Asian is ticked.")
    ethnic___5 = Series(str, description="Whether the box for West Asian is ticked.")
    ethnic___6 = Series(str, description="Whether the box for Latin American is ticked.")
    ethnic___7 = Series(str, description="Whether the box for White is ticked.")
    ethnic___8 = Series(str, description="Whether the box for Aboriginal or First Nations is ticked.")
    ethnic___9 = Series(str, description="Whether the box for another group is ticked.")
    ethnic___10 = Series(str, description="Whether the box for a group not known is ticked.")
    covid19_vaccine = Series(str, description="Whether any licensed vaccine against COVID-19 had been given.")
    covid19_vaccined = Series(datetime.date, description="Day of the first dose.")
    covid19_vaccine2d = Series(datetime.date, description="Day of the second dose.")
    covid19_vaccined_nk = Series(str, description="Whether the day of the first dose is unknown.")
    corona_ieorres = Series(str, description="Whether an infection was suspected or shown.")
    coriona_ieorres2 = Series(str, description="Whether an infection was shown or very likely.")
    coriona_ieorres3 = Series(str, description="Whether an infection was shown.")
    inflammatory_mss = Series(str, description="Whether it counts as multisystem inflammatory syndrome.")
    cestdat = Series(datetime.date, description="Day of the first symptom.")
    chrincard = Series(
        str,
        description="Chronic or congenital heart disease; hypertension does not count.",
        constraints=[YES_NO],
    )
    hypertension_mhyn = Series(str, description="Hypertension, as a doctor found.", constraints=[YES_NO])
    chronicpul_mhyn = Series(
        str, description="Chronic lung disease; asthma does not count.", constraints=[YES_NO]
    )
    asthma_mhyn = Series(str, description="Asthma, as a doctor found.", constraints=[YES_NO])
    renal_mhyn = Series(str, description="Chronic kidney disease.", constraints=[YES_NO])
    mildliver = Series(str, description="Liver disease that is mild.", constraints=[YES_NO])
    modliv = Series(str, description="Liver disease that is moderate or severe.", constraints=[YES_NO])
    chronicneu_mhyn = Series(str, description="Chronic disease of the nervous system.", constraints=[YES_NO])
    malignantneo_mhyn = Series(str, description="Malignant tumour.", constraints=[YES_NO])
    chronichaemo_mhyn = Series(str, description="Chronic disease of the blood.", constraints=[YES_NO])
    aidshiv_mhyn = Series(str, description="HIV or AIDS.", constraints=[YES_NO])
    obesity_mhyn = Series(str, description="Obesity, as the clinician judged.", constraints=[YES_NO])
    diabetes_type_mhyn = Series(
        str,
        description="Whether diabetes, and of which type; not checked.",
        constraints=[Constraint.Categorical(["NO", "1", "2", "N/K"])],
    )
    diabetescom_mhyn = Series(str, description="Diabetes that has complications.", constraints=[YES_NO])
    diabetes_mhyn = Series(str, description="Diabetes that has no complications.", constraints=[YES_NO])
    rheumatologic_mhyn = Series(str, description="Rheumatic disease.", constraints=[YES_NO])
    dementia_mhyn = Series(str, description="Whether there is dementia.", constraints=[YES_NO])
    malnutrition_mhyn = Series(str, description="Whether there is malnutrition.", constraints=[YES_NO])
    smoking_mhyn = Series(
        str,
        description="Whether the person smokes or did; not checked.",
        constraints=[Constraint.Categorical(["Yes", "Never Smoked", "Former Smoker", "N/K"])],
    )
    hostdat = Series(datetime.date, description="Day of admission here.")
    hooccur = Series(str, description="Whether brought from another hospital.")
    hostdat_transfer = Series(datetime.date, description="Day of admission to the hospital before.")
    hostdat_transfernk = Series(str, description="Whether that day is unknown.")
    readm_cov19 = Series(str, description="Whether back in hospital with COVID-19.")
    dsstdat = Series(datetime.date, description="Day of joining the study.")
    dsstdtc = Series(datetime.date, description="Day of the outcome.")


@table
class medications(EventFrame):
    """Prescriptions issued, with columns that are still being understood.

    For those who prepare data, not for research.
    """

    class _meta:
        table_name = "medications_raw"
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day of the consultation in which it was issued.")
    dmd_code = Series(DMDCode, description="dm+d code of the product.")
    consultation_id = Series(int, description="Number of the consultation.")
    medication_status = Series(
        int,
        description="What kind of issue it was, unconfirmed; see the comment in the code.",
        constraints=[STATUS],
    )
    quantity = Series(
        str, description="How much, as text such as `63 tablet`; older entries keep to no form."
    )
    repeat_medication_id = Series(int, description="Number of the repeat template; -1 when there is none.")


@table
class ons_deaths(EventFrame):
    """Registered deaths as supplied: a person may have several rows. `tpp.ons_deaths` has one."""

    class _meta:
        table_name = "ons_deaths_raw"

    date = Series(datetime.date, description="Date of death.")
    place = Series(
        str,
        description="What kind of place the person died in.",
        constraints=[
            Constraint.Categorical(
                ["Care Home", "Elsewhere", "Home", "Hospice", "Hospital", "Other communal establishment"]
            )
        ],
    )
    underlying_cause_of_death = Series(
        ICD10Code, description="The cause that started the chain leading to death."
    )
    cause_of_death_01 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_02 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_03 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_04 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_05 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_06 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_07 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_08 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_09 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_10 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_11 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_12 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_13 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_14 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")
    cause_of_death_15 = Series(ICD10Code, description="One of up to fifteen conditions on the certificate.")


@table
class repeat_medications(EventFrame):
    """Templates of repeat prescriptions. For those who prepare data, not for research."""

    class _meta:
        table_name = "repeat_medications_raw"
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day of the consultation in which it was made or changed.")
    dmd_code = Series(DMDCode, description="dm+d code of the product.")
    consultation_id = Series(int, description="Number of the consultation.")
    repeat_medication_id = Series(int, description="Number of the template.")
    medication_status = Series(
        int, description="What kind of template it is, unconfirmed.", constraints=[STATUS]
    )
    quantity = Series(str, description="How much, as text.")
    start_date = Series(datetime.date, description="First day.")
    end_date = Series(datetime.date, description="Last day; 9999-12-31 may stand for none.")


@table
class wl_clockstops(EventFrame):
    """Waits for hospital treatment that ended, with every value the text that was supplied."""

    class _meta:
        table_name = "wl_clockstops_raw"
        required_permission = "waiting_list"

    activity_treatment_function_code = Series(str, description="Speciality.")
    priority_type_code = Series(str, description="How urgent.")
    pseudo_organisation_code_patient_pathway_identifier_issuer = Series(
        str, description="Stands for who issued the pathway number; hexadecimal capitals."
    )
    pseudo_patient_pathway_identifier = Series(
        str, description="Stands for the pathway; hexadecimal capitals."
    )
    pseudo_referral_identifier = Series(str, description="Stands for the referral; hexadecimal capitals.")
    referral_request_received_date = Series(str, description="Day the referral came in, as text.")
    referral_to_treatment_period_end_date = Series(str, description="Day the clock stopped, as text.")
    referral_to_treatment_period_start_date = Series(str, description="Day the clock started, as text.")
    source_of_referral_for_outpatients = Series(str, description="Who referred.")
    waiting_list_type = Series(str, description="Which list.")
    week_ending_date = Series(str, description="Last day of the week reported, as text.")


@table
class wl_openpathways(EventFrame):
    """Waits for hospital treatment that were still open, with every value the text that was supplied."""

    class _meta:
        table_name = "wl_openpathways_raw"
        required_permission = "waiting_list"

    activity_treatment_function_code = Series(str, description="Speciality.")
    current_pathway_period_start_date = Series(str, description="Start of the present wait, as text.")
    priority_type_code = Series(str, description="How urgent.")
    pseudo_organisation_code_patient_pathway_identifier_issuer = Series(
        str, description="Stands for who issued the pathway number; hexadecimal capitals."
    )
    pseudo_patient_pathway_identifier = Series(
        str, description="Stands for the pathway; hexadecimal capitals."
    )
    pseudo_referral_identifier = Series(str, description="Stands for the referral; hexadecimal capitals.")
    referral_request_received_date = Series(str, description="Day the referral came in, as text.")
    referral_to_treatment_period_end_date = Series(str, description="Day the clock stopped, as text.")
    referral_to_treatment_period_start_date = Series(str, description="Day the clock started, as text.")
    source_of_referral = Series(str, description="Who referred.")
    waiting_list_type = Series(str, description="Which list.")
    week_ending_date = Series(str, description="Last day of the week reported, as text.")
