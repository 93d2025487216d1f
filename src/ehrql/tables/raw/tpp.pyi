"""The tables of the `raw.tpp` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['apcs_cost_historical', 'apcs_historical', 'isaric', 'medications', 'ons_deaths', 'repeat_medications', 'wl_clockstops', 'wl_openpathways']

class _apcs_cost_historical_row(PatientFrame):
    """What stays in hospital cost, as the snapshot of October 2023 had it."""
    @property
    def apcs_ident(self) -> s.IntPatientSeries:
        """Number of the stay."""
    @property
    def grand_total_payment_mff(self) -> s.FloatPatientSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_initial_amount(self) -> s.FloatPatientSeries:
        """National tariff to begin with."""
    @property
    def tariff_total_payment(self) -> s.FloatPatientSeries:
        """National tariff in total."""
    @property
    def admission_date(self) -> s.DatePatientSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DatePatientSeries:
        """Day of discharge."""

class _apcs_cost_historical(EventFrame):
    """What stays in hospital cost, as the snapshot of October 2023 had it."""
    @property
    def apcs_ident(self) -> s.IntEventSeries:
        """Number of the stay."""
    @property
    def grand_total_payment_mff(self) -> s.FloatEventSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_initial_amount(self) -> s.FloatEventSeries:
        """National tariff to begin with."""
    @property
    def tariff_total_payment(self) -> s.FloatEventSeries:
        """National tariff in total."""
    @property
    def admission_date(self) -> s.DateEventSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DateEventSeries:
        """Day of discharge."""
    def sort_by(self, *order: Any) -> _apcs_cost_historical_sorted: ...

class _apcs_cost_historical_sorted(_apcs_cost_historical):
    """What stays in hospital cost, as the snapshot of October 2023 had it."""
    def first_for_patient(self) -> _apcs_cost_historical_row: ...
    def last_for_patient(self) -> _apcs_cost_historical_row: ...

apcs_cost_historical: _apcs_cost_historical

class _apcs_historical_row(PatientFrame):
    """Stays in hospital of all past years, from the snapshot of October 2023, the last to hold them."""
    @property
    def apcs_ident(self) -> s.IntPatientSeries:
        """Number of the stay."""
    @property
    def admission_date(self) -> s.DatePatientSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DatePatientSeries:
        """Day of discharge."""
    @property
    def spell_core_hrg_sus(self) -> s.StrPatientSeries:
        """Healthcare resource group of the stay."""

class _apcs_historical(EventFrame):
    """Stays in hospital of all past years, from the snapshot of October 2023, the last to hold them."""
    @property
    def apcs_ident(self) -> s.IntEventSeries:
        """Number of the stay."""
    @property
    def admission_date(self) -> s.DateEventSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DateEventSeries:
        """Day of discharge."""
    @property
    def spell_core_hrg_sus(self) -> s.StrEventSeries:
        """Healthcare resource group of the stay."""
    def sort_by(self, *order: Any) -> _apcs_historical_sorted: ...

class _apcs_historical_sorted(_apcs_historical):
    """Stays in hospital of all past years, from the snapshot of October 2023, the last to hold them."""
    def first_for_patient(self) -> _apcs_historical_row: ...
    def last_for_patient(self) -> _apcs_historical_row: ...

apcs_historical: _apcs_historical

class _isaric_row(PatientFrame):
    """People admitted to hospital with COVID-19 who are in the ISARIC study: 49 of its 891 columns."""
    @property
    def age(self) -> s.StrPatientSeries:
        """Age when admitted, as written down."""
    @property
    def age_factor(self) -> s.StrPatientSeries:
        """Group of ages; what it means is not documented."""
    @property
    def calc_age(self) -> s.StrPatientSeries:
        """Age worked out from birth and enrolment; unreliable about 29 February."""
    @property
    def sex(self) -> s.StrPatientSeries:
        """Sex at birth."""
    @property
    def ethnic___1(self) -> s.StrPatientSeries:
        """Whether the box for Arab is ticked."""
    @property
    def ethnic___2(self) -> s.StrPatientSeries:
        """Whether the box for Black is ticked."""
    @property
    def ethnic___3(self) -> s.StrPatientSeries:
        """Whether the box for East Asian is ticked."""
    @property
    def ethnic___4(self) -> s.StrPatientSeries:
        """Whether the box for South Asian is ticked."""
    @property
    def ethnic___5(self) -> s.StrPatientSeries:
        """Whether the box for West Asian is ticked."""
    @property
    def ethnic___6(self) -> s.StrPatientSeries:
        """Whether the box for Latin American is ticked."""
    @property
    def ethnic___7(self) -> s.StrPatientSeries:
        """Whether the box for White is ticked."""
    @property
    def ethnic___8(self) -> s.StrPatientSeries:
        """Whether the box for Aboriginal or First Nations is ticked."""
    @property
    def ethnic___9(self) -> s.StrPatientSeries:
        """Whether the box for another group is ticked."""
    @property
    def ethnic___10(self) -> s.StrPatientSeries:
        """Whether the box for a group not known is ticked."""
    @property
    def covid19_vaccine(self) -> s.StrPatientSeries:
        """Whether any licensed vaccine against COVID-19 had been given."""
    @property
    def covid19_vaccined(self) -> s.DatePatientSeries:
        """Day of the first dose."""
    @property
    def covid19_vaccine2d(self) -> s.DatePatientSeries:
        """Day of the second dose."""
    @property
    def covid19_vaccined_nk(self) -> s.StrPatientSeries:
        """Whether the day of the first dose is unknown."""
    @property
    def corona_ieorres(self) -> s.StrPatientSeries:
        """Whether an infection was suspected or shown."""
    @property
    def coriona_ieorres2(self) -> s.StrPatientSeries:
        """Whether an infection was shown or very likely."""
    @property
    def coriona_ieorres3(self) -> s.StrPatientSeries:
        """Whether an infection was shown."""
    @property
    def inflammatory_mss(self) -> s.StrPatientSeries:
        """Whether it counts as multisystem inflammatory syndrome."""
    @property
    def cestdat(self) -> s.DatePatientSeries:
        """Day of the first symptom."""
    @property
    def chrincard(self) -> s.StrPatientSeries:
        """Chronic or congenital heart disease; hypertension does not count."""
    @property
    def hypertension_mhyn(self) -> s.StrPatientSeries:
        """Hypertension, as a doctor found."""
    @property
    def chronicpul_mhyn(self) -> s.StrPatientSeries:
        """Chronic lung disease; asthma does not count."""
    @property
    def asthma_mhyn(self) -> s.StrPatientSeries:
        """Asthma, as a doctor found."""
    @property
    def renal_mhyn(self) -> s.StrPatientSeries:
        """Chronic kidney disease."""
    @property
    def mildliver(self) -> s.StrPatientSeries:
        """Liver disease that is mild."""
    @property
    def modliv(self) -> s.StrPatientSeries:
        """Liver disease that is moderate or severe."""
    @property
    def chronicneu_mhyn(self) -> s.StrPatientSeries:
        """Chronic disease of the nervous system."""
    @property
    def malignantneo_mhyn(self) -> s.StrPatientSeries:
        """Malignant tumour."""
    @property
    def chronichaemo_mhyn(self) -> s.StrPatientSeries:
        """Chronic disease of the blood."""
    @property
    def aidshiv_mhyn(self) -> s.StrPatientSeries:
        """HIV or AIDS."""
    @property
    def obesity_mhyn(self) -> s.StrPatientSeries:
        """Obesity, as the clinician judged."""
    @property
    def diabetes_type_mhyn(self) -> s.StrPatientSeries:
        """Whether diabetes, and of which type; not checked."""
    @property
    def diabetescom_mhyn(self) -> s.StrPatientSeries:
        """Diabetes that has complications."""
    @property
    def diabetes_mhyn(self) -> s.StrPatientSeries:
        """Diabetes that has no complications."""
    @property
    def rheumatologic_mhyn(self) -> s.StrPatientSeries:
        """Rheumatic disease."""
    @property
    def dementia_mhyn(self) -> s.StrPatientSeries:
        """Whether there is dementia."""
    @property
    def malnutrition_mhyn(self) -> s.StrPatientSeries:
        """Whether there is malnutrition."""
    @property
    def smoking_mhyn(self) -> s.StrPatientSeries:
        """Whether the person smokes or did; not checked."""
    @property
    def hostdat(self) -> s.DatePatientSeries:
        """Day of admission here."""
    @property
    def hooccur(self) -> s.StrPatientSeries:
        """Whether brought from another hospital."""
    @property
    def hostdat_transfer(self) -> s.DatePatientSeries:
        """Day of admission to the hospital before."""
    @property
    def hostdat_transfernk(self) -> s.StrPatientSeries:
        """Whether that day is unknown."""
    @property
    def readm_cov19(self) -> s.StrPatientSeries:
        """Whether back in hospital with COVID-19."""
    @property
    def dsstdat(self) -> s.DatePatientSeries:
        """Day of joining the study."""
    @property
    def dsstdtc(self) -> s.DatePatientSeries:
        """Day of the outcome."""

class _isaric(EventFrame):
    """People admitted to hospital with COVID-19 who are in the ISARIC study: 49 of its 891 columns."""
    @property
    def age(self) -> s.StrEventSeries:
        """Age when admitted, as written down."""
    @property
    def age_factor(self) -> s.StrEventSeries:
        """Group of ages; what it means is not documented."""
    @property
    def calc_age(self) -> s.StrEventSeries:
        """Age worked out from birth and enrolment; unreliable about 29 February."""
    @property
    def sex(self) -> s.StrEventSeries:
        """Sex at birth."""
    @property
    def ethnic___1(self) -> s.StrEventSeries:
        """Whether the box for Arab is ticked."""
    @property
    def ethnic___2(self) -> s.StrEventSeries:
        """Whether the box for Black is ticked."""
    @property
    def ethnic___3(self) -> s.StrEventSeries:
        """Whether the box for East Asian is ticked."""
    @property
    def ethnic___4(self) -> s.StrEventSeries:
        """Whether the box for South Asian is ticked."""
    @property
    def ethnic___5(self) -> s.StrEventSeries:
        """Whether the box for West Asian is ticked."""
    @property
    def ethnic___6(self) -> s.StrEventSeries:
        """Whether the box for Latin American is ticked."""
    @property
    def ethnic___7(self) -> s.StrEventSeries:
        """Whether the box for White is ticked."""
    @property
    def ethnic___8(self) -> s.StrEventSeries:
        """Whether the box for Aboriginal or First Nations is ticked."""
    @property
    def ethnic___9(self) -> s.StrEventSeries:
        """Whether the box for another group is ticked."""
    @property
    def ethnic___10(self) -> s.StrEventSeries:
        """Whether the box for a group not known is ticked."""
    @property
    def covid19_vaccine(self) -> s.StrEventSeries:
        """Whether any licensed vaccine against COVID-19 had been given."""
    @property
    def covid19_vaccined(self) -> s.DateEventSeries:
        """Day of the first dose."""
    @property
    def covid19_vaccine2d(self) -> s.DateEventSeries:
        """Day of the second dose."""
    @property
    def covid19_vaccined_nk(self) -> s.StrEventSeries:
        """Whether the day of the first dose is unknown."""
    @property
    def corona_ieorres(self) -> s.StrEventSeries:
        """Whether an infection was suspected or shown."""
    @property
    def coriona_ieorres2(self) -> s.StrEventSeries:
        """Whether an infection was shown or very likely."""
    @property
    def coriona_ieorres3(self) -> s.StrEventSeries:
        """Whether an infection was shown."""
    @property
    def inflammatory_mss(self) -> s.StrEventSeries:
        """Whether it counts as multisystem inflammatory syndrome."""
    @property
    def cestdat(self) -> s.DateEventSeries:
        """Day of the first symptom."""
    @property
    def chrincard(self) -> s.StrEventSeries:
        """Chronic or congenital heart disease; hypertension does not count."""
    @property
    def hypertension_mhyn(self) -> s.StrEventSeries:
        """Hypertension, as a doctor found."""
    @property
    def chronicpul_mhyn(self) -> s.StrEventSeries:
        """Chronic lung disease; asthma does not count."""
    @property
    def asthma_mhyn(self) -> s.StrEventSeries:
        """Asthma, as a doctor found."""
    @property
    def renal_mhyn(self) -> s.StrEventSeries:
        """Chronic kidney disease."""
    @property
    def mildliver(self) -> s.StrEventSeries:
        """Liver disease that is mild."""
    @property
    def modliv(self) -> s.StrEventSeries:
        """Liver disease that is moderate or severe."""
    @property
    def chronicneu_mhyn(self) -> s.StrEventSeries:
        """Chronic disease of the nervous system."""
    @property
    def malignantneo_mhyn(self) -> s.StrEventSeries:
        """Malignant tumour."""
    @property
    def chronichaemo_mhyn(self) -> s.StrEventSeries:
        """Chronic disease of the blood."""
    @property
    def aidshiv_mhyn(self) -> s.StrEventSeries:
        """HIV or AIDS."""
    @property
    def obesity_mhyn(self) -> s.StrEventSeries:
        """Obesity, as the clinician judged."""
    @property
    def diabetes_type_mhyn(self) -> s.StrEventSeries:
        """Whether diabetes, and of which type; not checked."""
    @property
    def diabetescom_mhyn(self) -> s.StrEventSeries:
        """Diabetes that has complications."""
    @property
    def diabetes_mhyn(self) -> s.StrEventSeries:
        """Diabetes that has no complications."""
    @property
    def rheumatologic_mhyn(self) -> s.StrEventSeries:
        """Rheumatic disease."""
    @property
    def dementia_mhyn(self) -> s.StrEventSeries:
        """Whether there is dementia."""
    @property
    def malnutrition_mhyn(self) -> s.StrEventSeries:
        """Whether there is malnutrition."""
    @property
    def smoking_mhyn(self) -> s.StrEventSeries:
        """Whether the person smokes or did; not checked."""
    @property
    def hostdat(self) -> s.DateEventSeries:
        """Day of admission here."""
    @property
    def hooccur(self) -> s.StrEventSeries:
        """Whether brought from another hospital."""
    @property
    def hostdat_transfer(self) -> s.DateEventSeries:
        """Day of admission to the hospital before."""
    @property
    def hostdat_transfernk(self) -> s.StrEventSeries:
        """Whether that day is unknown."""
    @property
    def readm_cov19(self) -> s.StrEventSeries:
        """Whether back in hospital with COVID-19."""
    @property
    def dsstdat(self) -> s.DateEventSeries:
        """Day of joining the study."""
    @property
    def dsstdtc(self) -> s.DateEventSeries:
        """Day of the outcome."""
    def sort_by(self, *order: Any) -> _isaric_sorted: ...

class _isaric_sorted(_isaric):
    """People admitted to hospital with COVID-19 who are in the ISARIC study: 49 of its 891 columns."""
    def first_for_patient(self) -> _isaric_row: ...
    def last_for_patient(self) -> _isaric_row: ...

isaric: _isaric

class _medications_row(PatientFrame):
    """Prescriptions issued, with columns that are still being understood."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day of the consultation in which it was issued."""
    @property
    def dmd_code(self) -> s.CodePatientSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the consultation."""
    @property
    def medication_status(self) -> s.IntPatientSeries:
        """What kind of issue it was, unconfirmed; see the comment in the code."""
    @property
    def quantity(self) -> s.StrPatientSeries:
        """How much, as text such as `63 tablet`; older entries keep to no form."""
    @property
    def repeat_medication_id(self) -> s.IntPatientSeries:
        """Number of the repeat template; -1 when there is none."""

class _medications(EventFrame):
    """Prescriptions issued, with columns that are still being understood."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day of the consultation in which it was issued."""
    @property
    def dmd_code(self) -> s.CodeEventSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the consultation."""
    @property
    def medication_status(self) -> s.IntEventSeries:
        """What kind of issue it was, unconfirmed; see the comment in the code."""
    @property
    def quantity(self) -> s.StrEventSeries:
        """How much, as text such as `63 tablet`; older entries keep to no form."""
    @property
    def repeat_medication_id(self) -> s.IntEventSeries:
        """Number of the repeat template; -1 when there is none."""
    def sort_by(self, *order: Any) -> _medications_sorted: ...

class _medications_sorted(_medications):
    """Prescriptions issued, with columns that are still being understood."""
    def first_for_patient(self) -> _medications_row: ...
    def last_for_patient(self) -> _medications_row: ...

medications: _medications

class _ons_deaths_row(PatientFrame):
    """Registered deaths as supplied: a person may have several rows. `tpp.ons_deaths` has one."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Date of death."""
    @property
    def place(self) -> s.StrPatientSeries:
        """What kind of place the person died in."""
    @property
    def underlying_cause_of_death(self) -> s.CodePatientSeries:
        """The cause that started the chain leading to death."""
    @property
    def cause_of_death_01(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_02(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_03(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_04(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_05(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_06(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_07(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_08(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_09(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_10(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_11(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_12(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_13(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_14(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_15(self) -> s.CodePatientSeries:
        """One of up to fifteen conditions on the certificate."""

class _ons_deaths(EventFrame):
    """Registered deaths as supplied: a person may have several rows. `tpp.ons_deaths` has one."""
    @property
    def date(self) -> s.DateEventSeries:
        """Date of death."""
    @property
    def place(self) -> s.StrEventSeries:
        """What kind of place the person died in."""
    @property
    def underlying_cause_of_death(self) -> s.CodeEventSeries:
        """The cause that started the chain leading to death."""
    @property
    def cause_of_death_01(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_02(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_03(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_04(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_05(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_06(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_07(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_08(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_09(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_10(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_11(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_12(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_13(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_14(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    @property
    def cause_of_death_15(self) -> s.CodeEventSeries:
        """One of up to fifteen conditions on the certificate."""
    def sort_by(self, *order: Any) -> _ons_deaths_sorted: ...

class _ons_deaths_sorted(_ons_deaths):
    """Registered deaths as supplied: a person may have several rows. `tpp.ons_deaths` has one."""
    def first_for_patient(self) -> _ons_deaths_row: ...
    def last_for_patient(self) -> _ons_deaths_row: ...

ons_deaths: _ons_deaths

class _repeat_medications_row(PatientFrame):
    """Templates of repeat prescriptions. For those who prepare data, not for research."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day of the consultation in which it was made or changed."""
    @property
    def dmd_code(self) -> s.CodePatientSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the consultation."""
    @property
    def repeat_medication_id(self) -> s.IntPatientSeries:
        """Number of the template."""
    @property
    def medication_status(self) -> s.IntPatientSeries:
        """What kind of template it is, unconfirmed."""
    @property
    def quantity(self) -> s.StrPatientSeries:
        """How much, as text."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """First day."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Last day; 9999-12-31 may stand for none."""

class _repeat_medications(EventFrame):
    """Templates of repeat prescriptions. For those who prepare data, not for research."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day of the consultation in which it was made or changed."""
    @property
    def dmd_code(self) -> s.CodeEventSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the consultation."""
    @property
    def repeat_medication_id(self) -> s.IntEventSeries:
        """Number of the template."""
    @property
    def medication_status(self) -> s.IntEventSeries:
        """What kind of template it is, unconfirmed."""
    @property
    def quantity(self) -> s.StrEventSeries:
        """How much, as text."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """First day."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Last day; 9999-12-31 may stand for none."""
    def sort_by(self, *order: Any) -> _repeat_medications_sorted: ...

class _repeat_medications_sorted(_repeat_medications):
    """Templates of repeat prescriptions. For those who prepare data, not for research."""
    def first_for_patient(self) -> _repeat_medications_row: ...
    def last_for_patient(self) -> _repeat_medications_row: ...

repeat_medications: _repeat_medications

class _wl_clockstops_row(PatientFrame):
    """Waits for hospital treatment that ended, with every value the text that was supplied."""
    @property
    def activity_treatment_function_code(self) -> s.StrPatientSeries:
        """Speciality."""
    @property
    def priority_type_code(self) -> s.StrPatientSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrPatientSeries:
        """Stands for who issued the pathway number; hexadecimal capitals."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrPatientSeries:
        """Stands for the pathway; hexadecimal capitals."""
    @property
    def pseudo_referral_identifier(self) -> s.StrPatientSeries:
        """Stands for the referral; hexadecimal capitals."""
    @property
    def referral_request_received_date(self) -> s.StrPatientSeries:
        """Day the referral came in, as text."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.StrPatientSeries:
        """Day the clock stopped, as text."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.StrPatientSeries:
        """Day the clock started, as text."""
    @property
    def source_of_referral_for_outpatients(self) -> s.StrPatientSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrPatientSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.StrPatientSeries:
        """Last day of the week reported, as text."""

class _wl_clockstops(EventFrame):
    """Waits for hospital treatment that ended, with every value the text that was supplied."""
    @property
    def activity_treatment_function_code(self) -> s.StrEventSeries:
        """Speciality."""
    @property
    def priority_type_code(self) -> s.StrEventSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrEventSeries:
        """Stands for who issued the pathway number; hexadecimal capitals."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrEventSeries:
        """Stands for the pathway; hexadecimal capitals."""
    @property
    def pseudo_referral_identifier(self) -> s.StrEventSeries:
        """Stands for the referral; hexadecimal capitals."""
    @property
    def referral_request_received_date(self) -> s.StrEventSeries:
        """Day the referral came in, as text."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.StrEventSeries:
        """Day the clock stopped, as text."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.StrEventSeries:
        """Day the clock started, as text."""
    @property
    def source_of_referral_for_outpatients(self) -> s.StrEventSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrEventSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.StrEventSeries:
        """Last day of the week reported, as text."""
    def sort_by(self, *order: Any) -> _wl_clockstops_sorted: ...

class _wl_clockstops_sorted(_wl_clockstops):
    """Waits for hospital treatment that ended, with every value the text that was supplied."""
    def first_for_patient(self) -> _wl_clockstops_row: ...
    def last_for_patient(self) -> _wl_clockstops_row: ...

wl_clockstops: _wl_clockstops

class _wl_openpathways_row(PatientFrame):
    """Waits for hospital treatment that were still open, with every value the text that was supplied."""
    @property
    def activity_treatment_function_code(self) -> s.StrPatientSeries:
        """Speciality."""
    @property
    def current_pathway_period_start_date(self) -> s.StrPatientSeries:
        """Start of the present wait, as text."""
    @property
    def priority_type_code(self) -> s.StrPatientSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrPatientSeries:
        """Stands for who issued the pathway number; hexadecimal capitals."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrPatientSeries:
        """Stands for the pathway; hexadecimal capitals."""
    @property
    def pseudo_referral_identifier(self) -> s.StrPatientSeries:
        """Stands for the referral; hexadecimal capitals."""
    @property
    def referral_request_received_date(self) -> s.StrPatientSeries:
        """Day the referral came in, as text."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.StrPatientSeries:
        """Day the clock stopped, as text."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.StrPatientSeries:
        """Day the clock started, as text."""
    @property
    def source_of_referral(self) -> s.StrPatientSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrPatientSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.StrPatientSeries:
        """Last day of the week reported, as text."""

class _wl_openpathways(EventFrame):
    """Waits for hospital treatment that were still open, with every value the text that was supplied."""
    @property
    def activity_treatment_function_code(self) -> s.StrEventSeries:
        """Speciality."""
    @property
    def current_pathway_period_start_date(self) -> s.StrEventSeries:
        """Start of the present wait, as text."""
    @property
    def priority_type_code(self) -> s.StrEventSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrEventSeries:
        """Stands for who issued the pathway number; hexadecimal capitals."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrEventSeries:
        """Stands for the pathway; hexadecimal capitals."""
    @property
    def pseudo_referral_identifier(self) -> s.StrEventSeries:
        """Stands for the referral; hexadecimal capitals."""
    @property
    def referral_request_received_date(self) -> s.StrEventSeries:
        """Day the referral came in, as text."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.StrEventSeries:
        """Day the clock stopped, as text."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.StrEventSeries:
        """Day the clock started, as text."""
    @property
    def source_of_referral(self) -> s.StrEventSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrEventSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.StrEventSeries:
        """Last day of the week reported, as text."""
    def sort_by(self, *order: Any) -> _wl_openpathways_sorted: ...

class _wl_openpathways_sorted(_wl_openpathways):
    """Waits for hospital treatment that were still open, with every value the text that was supplied."""
    def first_for_patient(self) -> _wl_openpathways_row: ...
    def last_for_patient(self) -> _wl_openpathways_row: ...

wl_openpathways: _wl_openpathways
