"""The tables of the `tpp` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['addresses', 'apcs', 'apcs_cost', 'appointments', 'clinical_events', 'clinical_events_ranges', 'covid_therapeutics', 'decision_support_values', 'ec', 'ec_cost', 'emergency_care_attendances', 'ethnicity_from_sus', 'household_memberships_2020', 'medications', 'occupation_on_covid_vaccine_record', 'ons_deaths', 'opa', 'opa_cost', 'opa_diag', 'opa_proc', 'open_prompt', 'parents', 'patients', 'practice_registrations', 'sgss_covid_all_tests', 'ukrr', 'vaccinations', 'wl_clockstops', 'wl_openpathways']

class _addresses_row(PatientFrame):
    """Where a person lived and when, reduced to facts about the area. Periods can overlap."""
    @property
    def address_id(self) -> s.IntPatientSeries:
        """Number of this period at an address."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """First day."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Last day; missing while it goes on."""
    @property
    def address_type(self) -> s.IntPatientSeries:
        """0 permanent, 1 temporary, 3 for letters only."""
    @property
    def rural_urban_classification(self) -> s.IntPatientSeries:
        """From 1, major conurbation, to 8, sparse rural village."""
    @property
    def imd_rounded(self) -> s.IntPatientSeries:
        """Deprivation rank of the area (IMD 2019), rounded to 100; 0 is most deprived of 32,844."""
    @property
    def msoa_code(self) -> s.StrPatientSeries:
        """Middle layer super output area."""
    @property
    def has_postcode(self) -> s.BoolPatientSeries:
        """Whether there is a usable postcode; never missing."""
    @property
    def care_home_is_potential_match(self) -> s.BoolPatientSeries:
        """Whether this may be a care home; never missing."""
    @property
    def care_home_requires_nursing(self) -> s.BoolPatientSeries:
        """Whether that home offers nursing."""
    @property
    def care_home_does_not_require_nursing(self) -> s.BoolPatientSeries:
        """Whether that home offers care without nursing."""
    @property
    def imd_quintile(self) -> s.StrPatientSeries:
        """Fifth of deprivation, `1 (most deprived)` to `5 (least deprived)`; `unknown` without a rank."""
    @property
    def imd_decile(self) -> s.StrPatientSeries:
        """Tenth of deprivation, `1 (most deprived)` to `10 (least deprived)`; `unknown` without a rank."""

class _addresses(EventFrame):
    """Where a person lived and when, reduced to facts about the area. Periods can overlap."""
    @property
    def address_id(self) -> s.IntEventSeries:
        """Number of this period at an address."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """First day."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Last day; missing while it goes on."""
    @property
    def address_type(self) -> s.IntEventSeries:
        """0 permanent, 1 temporary, 3 for letters only."""
    @property
    def rural_urban_classification(self) -> s.IntEventSeries:
        """From 1, major conurbation, to 8, sparse rural village."""
    @property
    def imd_rounded(self) -> s.IntEventSeries:
        """Deprivation rank of the area (IMD 2019), rounded to 100; 0 is most deprived of 32,844."""
    @property
    def msoa_code(self) -> s.StrEventSeries:
        """Middle layer super output area."""
    @property
    def has_postcode(self) -> s.BoolEventSeries:
        """Whether there is a usable postcode; never missing."""
    @property
    def care_home_is_potential_match(self) -> s.BoolEventSeries:
        """Whether this may be a care home; never missing."""
    @property
    def care_home_requires_nursing(self) -> s.BoolEventSeries:
        """Whether that home offers nursing."""
    @property
    def care_home_does_not_require_nursing(self) -> s.BoolEventSeries:
        """Whether that home offers care without nursing."""
    @property
    def imd_quintile(self) -> s.StrEventSeries:
        """Fifth of deprivation, `1 (most deprived)` to `5 (least deprived)`; `unknown` without a rank."""
    @property
    def imd_decile(self) -> s.StrEventSeries:
        """Tenth of deprivation, `1 (most deprived)` to `10 (least deprived)`; `unknown` without a rank."""
    def for_patient_on(self, date: DateLike) -> _addresses_row:
        """The address on a date, one per patient: with a postcode rather than without, then the latest to start."""
    def sort_by(self, *order: Any) -> _addresses_sorted: ...

class _addresses_sorted(_addresses):
    """Where a person lived and when, reduced to facts about the area. Periods can overlap."""
    def first_for_patient(self) -> _addresses_row: ...
    def last_for_patient(self) -> _addresses_row: ...

addresses: _addresses

class _apcs_row(PatientFrame):
    """Stays in hospital: one row for each finished stay within one trust."""
    @property
    def apcs_ident(self) -> s.IntPatientSeries:
        """Number of the stay, the same in all its tables."""
    @property
    def admission_date(self) -> s.DatePatientSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DatePatientSeries:
        """Day of discharge."""
    @property
    def discharge_destination(self) -> s.StrPatientSeries:
        """Where the patient went afterwards: two characters; 79 died or stillborn."""
    @property
    def discharge_method(self) -> s.StrPatientSeries:
        """How the stay ended; 4 died."""
    @property
    def spell_core_hrg_sus(self) -> s.StrPatientSeries:
        """Healthcare resource group of the whole stay."""
    @property
    def admission_method(self) -> s.StrPatientSeries:
        """How the patient came: 1x planned, 2x emergency, 3x maternity."""
    @property
    def primary_diagnosis(self) -> s.CodePatientSeries:
        """Main diagnosis, chosen afterwards, mostly to be paid for."""
    @property
    def secondary_diagnosis(self) -> s.CodePatientSeries:
        """Another diagnosis, of unclear rank: rather use all_diagnoses."""
    @property
    def all_diagnoses(self) -> s.MultiCodeStringPatientSeries:
        """Every ICD-10 code of the stay in one text."""
    @property
    def all_procedures(self) -> s.MultiCodeStringPatientSeries:
        """Every OPCS-4 code of the stay in one text."""
    @property
    def days_in_critical_care(self) -> s.IntPatientSeries:
        """Days, or parts of days, in critical care."""
    @property
    def patient_classification(self) -> s.StrPatientSeries:
        """1 ordinary, 2 day case, 3 regular by day, 4 regular by night, 5 birth only."""

class _apcs(EventFrame):
    """Stays in hospital: one row for each finished stay within one trust."""
    @property
    def apcs_ident(self) -> s.IntEventSeries:
        """Number of the stay, the same in all its tables."""
    @property
    def admission_date(self) -> s.DateEventSeries:
        """Day of admission."""
    @property
    def discharge_date(self) -> s.DateEventSeries:
        """Day of discharge."""
    @property
    def discharge_destination(self) -> s.StrEventSeries:
        """Where the patient went afterwards: two characters; 79 died or stillborn."""
    @property
    def discharge_method(self) -> s.StrEventSeries:
        """How the stay ended; 4 died."""
    @property
    def spell_core_hrg_sus(self) -> s.StrEventSeries:
        """Healthcare resource group of the whole stay."""
    @property
    def admission_method(self) -> s.StrEventSeries:
        """How the patient came: 1x planned, 2x emergency, 3x maternity."""
    @property
    def primary_diagnosis(self) -> s.CodeEventSeries:
        """Main diagnosis, chosen afterwards, mostly to be paid for."""
    @property
    def secondary_diagnosis(self) -> s.CodeEventSeries:
        """Another diagnosis, of unclear rank: rather use all_diagnoses."""
    @property
    def all_diagnoses(self) -> s.MultiCodeStringEventSeries:
        """Every ICD-10 code of the stay in one text."""
    @property
    def all_procedures(self) -> s.MultiCodeStringEventSeries:
        """Every OPCS-4 code of the stay in one text."""
    @property
    def days_in_critical_care(self) -> s.IntEventSeries:
        """Days, or parts of days, in critical care."""
    @property
    def patient_classification(self) -> s.StrEventSeries:
        """1 ordinary, 2 day case, 3 regular by day, 4 regular by night, 5 birth only."""
    def sort_by(self, *order: Any) -> _apcs_sorted: ...

class _apcs_sorted(_apcs):
    """Stays in hospital: one row for each finished stay within one trust."""
    def first_for_patient(self) -> _apcs_row: ...
    def last_for_patient(self) -> _apcs_row: ...

apcs: _apcs

class _apcs_cost_row(PatientFrame):
    """What each stay in hospital cost; recent years only."""
    @property
    def apcs_ident(self) -> s.IntPatientSeries:
        """Number of the stay, the same in all its tables."""
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

class _apcs_cost(EventFrame):
    """What each stay in hospital cost; recent years only."""
    @property
    def apcs_ident(self) -> s.IntEventSeries:
        """Number of the stay, the same in all its tables."""
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
    def sort_by(self, *order: Any) -> _apcs_cost_sorted: ...

class _apcs_cost_sorted(_apcs_cost):
    """What each stay in hospital cost; recent years only."""
    def first_for_patient(self) -> _apcs_cost_row: ...
    def last_for_patient(self) -> _apcs_cost_row: ...

apcs_cost: _apcs_cost

class _appointments_row(PatientFrame):
    """Appointments booked at the GP practice. Some were duplicated by the supplier; not every contact is one."""
    @property
    def booked_date(self) -> s.DatePatientSeries:
        """Day the booking was made."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """Day of the appointment."""
    @property
    def seen_date(self) -> s.DatePatientSeries:
        """Day the patient was seen."""
    @property
    def status(self) -> s.StrPatientSeries:
        """What became of the appointment."""

class _appointments(EventFrame):
    """Appointments booked at the GP practice. Some were duplicated by the supplier; not every contact is one."""
    @property
    def booked_date(self) -> s.DateEventSeries:
        """Day the booking was made."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """Day of the appointment."""
    @property
    def seen_date(self) -> s.DateEventSeries:
        """Day the patient was seen."""
    @property
    def status(self) -> s.StrEventSeries:
        """What became of the appointment."""
    def sort_by(self, *order: Any) -> _appointments_sorted: ...

class _appointments_sorted(_appointments):
    """Appointments booked at the GP practice. Some were duplicated by the supplier; not every contact is one."""
    def first_for_patient(self) -> _appointments_row: ...
    def last_for_patient(self) -> _appointments_row: ...

appointments: _appointments

class _clinical_events_row(PatientFrame):
    """Coded entries of the record. Each is there twice, once as CTV3 and once as SNOMED CT: filter by one of them."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodePatientSeries:
        """SNOMED CT concept; missing in rows for CTV3."""
    @property
    def ctv3_code(self) -> s.CodePatientSeries:
        """CTV3 code; missing in rows for SNOMED CT."""
    @property
    def numeric_value(self) -> s.FloatPatientSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the consultation."""

class _clinical_events(EventFrame):
    """Coded entries of the record. Each is there twice, once as CTV3 and once as SNOMED CT: filter by one of them."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodeEventSeries:
        """SNOMED CT concept; missing in rows for CTV3."""
    @property
    def ctv3_code(self) -> s.CodeEventSeries:
        """CTV3 code; missing in rows for SNOMED CT."""
    @property
    def numeric_value(self) -> s.FloatEventSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the consultation."""
    def sort_by(self, *order: Any) -> _clinical_events_sorted: ...

class _clinical_events_sorted(_clinical_events):
    """Coded entries of the record. Each is there twice, once as CTV3 and once as SNOMED CT: filter by one of them."""
    def first_for_patient(self) -> _clinical_events_row: ...
    def last_for_patient(self) -> _clinical_events_row: ...

clinical_events: _clinical_events

class _clinical_events_ranges_row(PatientFrame):
    """As clinical_events, with comparator and reference range. Much slower: use it only for those."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodePatientSeries:
        """SNOMED CT concept; missing in rows for CTV3."""
    @property
    def ctv3_code(self) -> s.CodePatientSeries:
        """CTV3 code; missing in rows for SNOMED CT."""
    @property
    def numeric_value(self) -> s.FloatPatientSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""
    @property
    def lower_bound(self) -> s.FloatPatientSeries:
        """Lower end of the reference range."""
    @property
    def upper_bound(self) -> s.FloatPatientSeries:
        """Upper end of the reference range."""
    @property
    def comparator(self) -> s.StrPatientSeries:
        """Sign before the number, as in `<9.5`."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the consultation."""

class _clinical_events_ranges(EventFrame):
    """As clinical_events, with comparator and reference range. Much slower: use it only for those."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodeEventSeries:
        """SNOMED CT concept; missing in rows for CTV3."""
    @property
    def ctv3_code(self) -> s.CodeEventSeries:
        """CTV3 code; missing in rows for SNOMED CT."""
    @property
    def numeric_value(self) -> s.FloatEventSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""
    @property
    def lower_bound(self) -> s.FloatEventSeries:
        """Lower end of the reference range."""
    @property
    def upper_bound(self) -> s.FloatEventSeries:
        """Upper end of the reference range."""
    @property
    def comparator(self) -> s.StrEventSeries:
        """Sign before the number, as in `<9.5`."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the consultation."""
    def sort_by(self, *order: Any) -> _clinical_events_ranges_sorted: ...

class _clinical_events_ranges_sorted(_clinical_events_ranges):
    """As clinical_events, with comparator and reference range. Much slower: use it only for those."""
    def first_for_patient(self) -> _clinical_events_ranges_row: ...
    def last_for_patient(self) -> _clinical_events_ranges_row: ...

clinical_events_ranges: _clinical_events_ranges

class _covid_therapeutics_row(PatientFrame):
    """Approved forms asking for antiviral or antibody treatment of COVID-19. A form is not proof of treatment."""
    @property
    def covid_indication(self) -> s.StrPatientSeries:
        """Where the patient was when treatment was asked for."""
    @property
    def current_status(self) -> s.StrPatientSeries:
        """How far the request is."""
    @property
    def intervention(self) -> s.StrPatientSeries:
        """Name of the drug."""
    @property
    def received(self) -> s.DatePatientSeries:
        """Day the form came in."""
    @property
    def region(self) -> s.StrPatientSeries:
        """NHS region."""
    @property
    def risk_cohort(self) -> s.StrPatientSeries:
        """Why the patient is at high risk; several are divided by commas."""
    @property
    def treatment_start_date(self) -> s.DatePatientSeries:
        """First day of treatment, planned or real."""

class _covid_therapeutics(EventFrame):
    """Approved forms asking for antiviral or antibody treatment of COVID-19. A form is not proof of treatment."""
    @property
    def covid_indication(self) -> s.StrEventSeries:
        """Where the patient was when treatment was asked for."""
    @property
    def current_status(self) -> s.StrEventSeries:
        """How far the request is."""
    @property
    def intervention(self) -> s.StrEventSeries:
        """Name of the drug."""
    @property
    def received(self) -> s.DateEventSeries:
        """Day the form came in."""
    @property
    def region(self) -> s.StrEventSeries:
        """NHS region."""
    @property
    def risk_cohort(self) -> s.StrEventSeries:
        """Why the patient is at high risk; several are divided by commas."""
    @property
    def treatment_start_date(self) -> s.DateEventSeries:
        """First day of treatment, planned or real."""
    def sort_by(self, *order: Any) -> _covid_therapeutics_sorted: ...

class _covid_therapeutics_sorted(_covid_therapeutics):
    """Approved forms asking for antiviral or antibody treatment of COVID-19. A form is not proof of treatment."""
    def first_for_patient(self) -> _covid_therapeutics_row: ...
    def last_for_patient(self) -> _covid_therapeutics_row: ...

covid_therapeutics: _covid_therapeutics

class _decision_support_values_row(PatientFrame):
    """Scores that decision support computed: the Electronic Frailty Index of 8 December 2020."""
    @property
    def calculation_date(self) -> s.DatePatientSeries:
        """Day of the computation."""
    @property
    def numeric_value(self) -> s.FloatPatientSeries:
        """The score."""
    @property
    def algorithm_description(self) -> s.StrPatientSeries:
        """What was computed."""
    @property
    def algorithm_version(self) -> s.StrPatientSeries:
        """By which version."""

class _decision_support_values(EventFrame):
    """Scores that decision support computed: the Electronic Frailty Index of 8 December 2020."""
    @property
    def calculation_date(self) -> s.DateEventSeries:
        """Day of the computation."""
    @property
    def numeric_value(self) -> s.FloatEventSeries:
        """The score."""
    @property
    def algorithm_description(self) -> s.StrEventSeries:
        """What was computed."""
    @property
    def algorithm_version(self) -> s.StrEventSeries:
        """By which version."""
    def electronic_frailty_index(self) -> Self:
        """The rows that hold the Electronic Frailty Index."""
    def sort_by(self, *order: Any) -> _decision_support_values_sorted: ...

class _decision_support_values_sorted(_decision_support_values):
    """Scores that decision support computed: the Electronic Frailty Index of 8 December 2020."""
    def first_for_patient(self) -> _decision_support_values_row: ...
    def last_for_patient(self) -> _decision_support_values_row: ...

decision_support_values: _decision_support_values

class _ec_row(PatientFrame):
    """Visits to emergency departments."""
    @property
    def ec_ident(self) -> s.IntPatientSeries:
        """Number of the visit, the same in all its tables."""
    @property
    def arrival_date(self) -> s.DatePatientSeries:
        """Day of arrival."""
    @property
    def sus_hrg_code(self) -> s.StrPatientSeries:
        """Healthcare resource group."""

class _ec(EventFrame):
    """Visits to emergency departments."""
    @property
    def ec_ident(self) -> s.IntEventSeries:
        """Number of the visit, the same in all its tables."""
    @property
    def arrival_date(self) -> s.DateEventSeries:
        """Day of arrival."""
    @property
    def sus_hrg_code(self) -> s.StrEventSeries:
        """Healthcare resource group."""
    def sort_by(self, *order: Any) -> _ec_sorted: ...

class _ec_sorted(_ec):
    """Visits to emergency departments."""
    def first_for_patient(self) -> _ec_row: ...
    def last_for_patient(self) -> _ec_row: ...

ec: _ec

class _ec_cost_row(PatientFrame):
    """What each visit to an emergency department cost."""
    @property
    def ec_ident(self) -> s.IntPatientSeries:
        """Number of the visit, the same in all its tables."""
    @property
    def grand_total_payment_mff(self) -> s.FloatPatientSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_total_payment(self) -> s.FloatPatientSeries:
        """National tariff in total."""
    @property
    def arrival_date(self) -> s.DatePatientSeries:
        """Day of arrival."""
    @property
    def ec_decision_to_admit_date(self) -> s.DatePatientSeries:
        """Day of the decision to admit."""
    @property
    def ec_injury_date(self) -> s.DatePatientSeries:
        """Day of the injury."""

class _ec_cost(EventFrame):
    """What each visit to an emergency department cost."""
    @property
    def ec_ident(self) -> s.IntEventSeries:
        """Number of the visit, the same in all its tables."""
    @property
    def grand_total_payment_mff(self) -> s.FloatEventSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_total_payment(self) -> s.FloatEventSeries:
        """National tariff in total."""
    @property
    def arrival_date(self) -> s.DateEventSeries:
        """Day of arrival."""
    @property
    def ec_decision_to_admit_date(self) -> s.DateEventSeries:
        """Day of the decision to admit."""
    @property
    def ec_injury_date(self) -> s.DateEventSeries:
        """Day of the injury."""
    def sort_by(self, *order: Any) -> _ec_cost_sorted: ...

class _ec_cost_sorted(_ec_cost):
    """What each visit to an emergency department cost."""
    def first_for_patient(self) -> _ec_cost_row: ...
    def last_for_patient(self) -> _ec_cost_row: ...

ec_cost: _ec_cost

class _emergency_care_attendances_row(PatientFrame):
    """Visits to emergency departments, with where the patient went next and up to 24 diagnoses."""
    @property
    def id(self) -> s.IntPatientSeries:
        """Number of the visit, as ec_ident."""
    @property
    def arrival_date(self) -> s.DatePatientSeries:
        """Day of arrival."""
    @property
    def discharge_destination(self) -> s.CodePatientSeries:
        """Where the patient went next."""
    @property
    def diagnosis_01(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_02(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_03(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_04(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_05(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_06(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_07(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_08(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_09(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_10(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_11(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_12(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_13(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_14(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_15(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_16(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_17(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_18(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_19(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_20(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_21(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_22(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_23(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_24(self) -> s.CodePatientSeries:
        """One of up to 24 diagnoses."""

class _emergency_care_attendances(EventFrame):
    """Visits to emergency departments, with where the patient went next and up to 24 diagnoses."""
    @property
    def id(self) -> s.IntEventSeries:
        """Number of the visit, as ec_ident."""
    @property
    def arrival_date(self) -> s.DateEventSeries:
        """Day of arrival."""
    @property
    def discharge_destination(self) -> s.CodeEventSeries:
        """Where the patient went next."""
    @property
    def diagnosis_01(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_02(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_03(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_04(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_05(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_06(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_07(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_08(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_09(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_10(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_11(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_12(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_13(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_14(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_15(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_16(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_17(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_18(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_19(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_20(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_21(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_22(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_23(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    @property
    def diagnosis_24(self) -> s.CodeEventSeries:
        """One of up to 24 diagnoses."""
    def sort_by(self, *order: Any) -> _emergency_care_attendances_sorted: ...

class _emergency_care_attendances_sorted(_emergency_care_attendances):
    """Visits to emergency departments, with where the patient went next and up to 24 diagnoses."""
    def first_for_patient(self) -> _emergency_care_attendances_row: ...
    def last_for_patient(self) -> _emergency_care_attendances_row: ...

emergency_care_attendances: _emergency_care_attendances

class _ethnicity_from_sus(PatientFrame):
    """The ethnic category hospitals recorded most often for each person."""
    @property
    def code(self) -> s.StrPatientSeries:
        """Letter of the category in the census of 2001."""

ethnicity_from_sus: _ethnicity_from_sus

class _household_memberships_2020(PatientFrame):
    """With how many others a person lived on 1 February 2020, as the supplier inferred it."""
    @property
    def household_pseudo_id(self) -> s.IntPatientSeries:
        """A number that stands for the household."""
    @property
    def household_size(self) -> s.IntPatientSeries:
        """How many people live in it."""

household_memberships_2020: _household_memberships_2020

class _medications_row(PatientFrame):
    """Prescriptions issued, one row per issue of an item, with the consultation."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day of the prescription."""
    @property
    def dmd_code(self) -> s.CodePatientSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the consultation."""

class _medications(EventFrame):
    """Prescriptions issued, one row per issue of an item, with the consultation."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day of the prescription."""
    @property
    def dmd_code(self) -> s.CodeEventSeries:
        """dm+d code of the product."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the consultation."""
    def sort_by(self, *order: Any) -> _medications_sorted: ...

class _medications_sorted(_medications):
    """Prescriptions issued, one row per issue of an item, with the consultation."""
    def first_for_patient(self) -> _medications_row: ...
    def last_for_patient(self) -> _medications_row: ...

medications: _medications

class _occupation_on_covid_vaccine_record_row(PatientFrame):
    """People who said at a COVID-19 vaccination that they work in health or social care."""
    @property
    def is_healthcare_worker(self) -> s.BoolPatientSeries:
        """Always true."""

class _occupation_on_covid_vaccine_record(EventFrame):
    """People who said at a COVID-19 vaccination that they work in health or social care."""
    @property
    def is_healthcare_worker(self) -> s.BoolEventSeries:
        """Always true."""
    def sort_by(self, *order: Any) -> _occupation_on_covid_vaccine_record_sorted: ...

class _occupation_on_covid_vaccine_record_sorted(_occupation_on_covid_vaccine_record):
    """People who said at a COVID-19 vaccination that they work in health or social care."""
    def first_for_patient(self) -> _occupation_on_covid_vaccine_record_row: ...
    def last_for_patient(self) -> _occupation_on_covid_vaccine_record_row: ...

occupation_on_covid_vaccine_record: _occupation_on_covid_vaccine_record

class _ons_deaths(PatientFrame):
    """Registered deaths as in core, with the kind of place."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Date of death."""
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
    @property
    def place(self) -> s.StrPatientSeries:
        """Kind of place of death."""
    def cause_of_death_is_in(self, codelist: Collection[Any]) -> s.BoolPatientSeries:
        """Whether any cause is exactly one of these codes. Missing, which filters count as no, when none is and some causes are empty."""

ons_deaths: _ons_deaths

class _opa_row(PatientFrame):
    """Hospital outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntPatientSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def appointment_date(self) -> s.DatePatientSeries:
        """Day of the appointment."""
    @property
    def attendance_status(self) -> s.StrPatientSeries:
        """Whether the patient came: 5 and 6 yes, 2 to 4 and 7 no."""
    @property
    def consultation_medium_used(self) -> s.StrPatientSeries:
        """In person, by telephone, by video and so on."""
    @property
    def first_attendance(self) -> s.StrPatientSeries:
        """First or follow-up, in person or not."""
    @property
    def hrg_code(self) -> s.StrPatientSeries:
        """Healthcare resource group."""
    @property
    def outcome_of_attendance(self) -> s.StrPatientSeries:
        """What was decided at the end."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""
    @property
    def treatment_function_code(self) -> s.StrPatientSeries:
        """Speciality."""

class _opa(EventFrame):
    """Hospital outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntEventSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def appointment_date(self) -> s.DateEventSeries:
        """Day of the appointment."""
    @property
    def attendance_status(self) -> s.StrEventSeries:
        """Whether the patient came: 5 and 6 yes, 2 to 4 and 7 no."""
    @property
    def consultation_medium_used(self) -> s.StrEventSeries:
        """In person, by telephone, by video and so on."""
    @property
    def first_attendance(self) -> s.StrEventSeries:
        """First or follow-up, in person or not."""
    @property
    def hrg_code(self) -> s.StrEventSeries:
        """Healthcare resource group."""
    @property
    def outcome_of_attendance(self) -> s.StrEventSeries:
        """What was decided at the end."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    @property
    def treatment_function_code(self) -> s.StrEventSeries:
        """Speciality."""
    def sort_by(self, *order: Any) -> _opa_sorted: ...

class _opa_sorted(_opa):
    """Hospital outpatient appointments."""
    def first_for_patient(self) -> _opa_row: ...
    def last_for_patient(self) -> _opa_row: ...

opa: _opa

class _opa_cost_row(PatientFrame):
    """What each outpatient appointment cost."""
    @property
    def opa_ident(self) -> s.IntPatientSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def tariff_opp(self) -> s.FloatPatientSeries:
        """National tariff to begin with, where there was a procedure."""
    @property
    def grand_total_payment_mff(self) -> s.FloatPatientSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_total_payment(self) -> s.FloatPatientSeries:
        """National tariff in total."""
    @property
    def appointment_date(self) -> s.DatePatientSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""

class _opa_cost(EventFrame):
    """What each outpatient appointment cost."""
    @property
    def opa_ident(self) -> s.IntEventSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def tariff_opp(self) -> s.FloatEventSeries:
        """National tariff to begin with, where there was a procedure."""
    @property
    def grand_total_payment_mff(self) -> s.FloatEventSeries:
        """All that was paid, with the market forces payment."""
    @property
    def tariff_total_payment(self) -> s.FloatEventSeries:
        """National tariff in total."""
    @property
    def appointment_date(self) -> s.DateEventSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    def sort_by(self, *order: Any) -> _opa_cost_sorted: ...

class _opa_cost_sorted(_opa_cost):
    """What each outpatient appointment cost."""
    def first_for_patient(self) -> _opa_cost_row: ...
    def last_for_patient(self) -> _opa_cost_row: ...

opa_cost: _opa_cost

class _opa_diag_row(PatientFrame):
    """Diagnoses made at outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntPatientSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def primary_diagnosis_code(self) -> s.CodePatientSeries:
        """Main diagnosis, ICD-10."""
    @property
    def primary_diagnosis_code_read(self) -> s.CodePatientSeries:
        """Main diagnosis, CTV3."""
    @property
    def secondary_diagnosis_code_1(self) -> s.CodePatientSeries:
        """Another diagnosis, ICD-10."""
    @property
    def secondary_diagnosis_code_1_read(self) -> s.CodePatientSeries:
        """Another diagnosis, CTV3."""
    @property
    def appointment_date(self) -> s.DatePatientSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""

class _opa_diag(EventFrame):
    """Diagnoses made at outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntEventSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def primary_diagnosis_code(self) -> s.CodeEventSeries:
        """Main diagnosis, ICD-10."""
    @property
    def primary_diagnosis_code_read(self) -> s.CodeEventSeries:
        """Main diagnosis, CTV3."""
    @property
    def secondary_diagnosis_code_1(self) -> s.CodeEventSeries:
        """Another diagnosis, ICD-10."""
    @property
    def secondary_diagnosis_code_1_read(self) -> s.CodeEventSeries:
        """Another diagnosis, CTV3."""
    @property
    def appointment_date(self) -> s.DateEventSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    def sort_by(self, *order: Any) -> _opa_diag_sorted: ...

class _opa_diag_sorted(_opa_diag):
    """Diagnoses made at outpatient appointments."""
    def first_for_patient(self) -> _opa_diag_row: ...
    def last_for_patient(self) -> _opa_diag_row: ...

opa_diag: _opa_diag

class _opa_proc_row(PatientFrame):
    """Procedures done at outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntPatientSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def primary_procedure_code(self) -> s.CodePatientSeries:
        """Main procedure, OPCS-4."""
    @property
    def primary_procedure_code_read(self) -> s.CodePatientSeries:
        """Main procedure, CTV3."""
    @property
    def procedure_code_2(self) -> s.CodePatientSeries:
        """Another procedure, OPCS-4."""
    @property
    def procedure_code_2_read(self) -> s.CodePatientSeries:
        """Another procedure, CTV3."""
    @property
    def appointment_date(self) -> s.DatePatientSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""

class _opa_proc(EventFrame):
    """Procedures done at outpatient appointments."""
    @property
    def opa_ident(self) -> s.IntEventSeries:
        """Number of the appointment, the same in all its tables."""
    @property
    def primary_procedure_code(self) -> s.CodeEventSeries:
        """Main procedure, OPCS-4."""
    @property
    def primary_procedure_code_read(self) -> s.CodeEventSeries:
        """Main procedure, CTV3."""
    @property
    def procedure_code_2(self) -> s.CodeEventSeries:
        """Another procedure, OPCS-4."""
    @property
    def procedure_code_2_read(self) -> s.CodeEventSeries:
        """Another procedure, CTV3."""
    @property
    def appointment_date(self) -> s.DateEventSeries:
        """Day of the appointment."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    def sort_by(self, *order: Any) -> _opa_proc_sorted: ...

class _opa_proc_sorted(_opa_proc):
    """Procedures done at outpatient appointments."""
    def first_for_patient(self) -> _opa_proc_row: ...
    def last_for_patient(self) -> _opa_proc_row: ...

opa_proc: _opa_proc

class _open_prompt_row(PatientFrame):
    """Answers to the questionnaires of the OpenPROMPT study."""
    @property
    def ctv3_code(self) -> s.CodePatientSeries:
        """The answer as CTV3, or the question when the answer has no code."""
    @property
    def snomedct_code(self) -> s.CodePatientSeries:
        """The answer as SNOMED CT, or the question when it has no code."""
    @property
    def creation_date(self) -> s.DatePatientSeries:
        """Day the form was filled in."""
    @property
    def consultation_date(self) -> s.DatePatientSeries:
        """The date that was answered, else the day the form was filled in."""
    @property
    def consultation_id(self) -> s.IntPatientSeries:
        """Number of the form."""
    @property
    def numeric_value(self) -> s.FloatPatientSeries:
        """The number that was answered."""

class _open_prompt(EventFrame):
    """Answers to the questionnaires of the OpenPROMPT study."""
    @property
    def ctv3_code(self) -> s.CodeEventSeries:
        """The answer as CTV3, or the question when the answer has no code."""
    @property
    def snomedct_code(self) -> s.CodeEventSeries:
        """The answer as SNOMED CT, or the question when it has no code."""
    @property
    def creation_date(self) -> s.DateEventSeries:
        """Day the form was filled in."""
    @property
    def consultation_date(self) -> s.DateEventSeries:
        """The date that was answered, else the day the form was filled in."""
    @property
    def consultation_id(self) -> s.IntEventSeries:
        """Number of the form."""
    @property
    def numeric_value(self) -> s.FloatEventSeries:
        """The number that was answered."""
    def sort_by(self, *order: Any) -> _open_prompt_sorted: ...

class _open_prompt_sorted(_open_prompt):
    """Answers to the questionnaires of the OpenPROMPT study."""
    def first_for_patient(self) -> _open_prompt_row: ...
    def last_for_patient(self) -> _open_prompt_row: ...

open_prompt: _open_prompt

class _parents(PatientFrame):
    """Who a person's mother is, where the record says so."""
    @property
    def mother_id(self) -> s.IntPatientSeries:
        """The mother's patient_id."""

parents: _parents

class _patients(PatientFrame):
    """Who each patient is: month of birth, sex, and the date of death their GP knows of."""
    @property
    def date_of_birth(self) -> s.DatePatientSeries:
        """Date of birth, given as the first day of the month."""
    @property
    def sex(self) -> s.StrPatientSeries:
        """The patient's sex. Each provider says how it was established."""
    @property
    def date_of_death(self) -> s.DatePatientSeries:
        """Date of death in the GP record; missing when alive, or when not recorded."""
    def age_on(self, date: DateLike) -> s.IntPatientSeries:
        """Age in whole years on a date, whether or not the patient is then alive; negative before birth."""
    def is_alive_on(self, date: DateLike) -> s.BoolPatientSeries:
        """Whether the patient dies after this date, or is not known to have died. True before birth."""
    def is_dead_on(self, date: DateLike) -> s.BoolPatientSeries:
        """Whether the patient died before this date. On the day of death neither alive nor dead."""

patients: _patients

class _practice_registrations_row(PatientFrame):
    """Periods on the list of a practice as in core, with its region and when it began to use SystmOne."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """Day the person joined the list. 1900-01-01 stands for a day nobody knows."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Day the person left the list; missing while registered."""
    @property
    def practice_pseudo_id(self) -> s.IntPatientSeries:
        """A number that stands for the practice."""
    @property
    def practice_stp(self) -> s.StrPatientSeries:
        """Code of the partnership (STP) the practice belongs to."""
    @property
    def practice_nuts1_region_name(self) -> s.StrPatientSeries:
        """Region of England."""
    @property
    def practice_systmone_go_live_date(self) -> s.DatePatientSeries:
        """Since when the practice has used SystmOne."""

class _practice_registrations(EventFrame):
    """Periods on the list of a practice as in core, with its region and when it began to use SystmOne."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """Day the person joined the list. 1900-01-01 stands for a day nobody knows."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Day the person left the list; missing while registered."""
    @property
    def practice_pseudo_id(self) -> s.IntEventSeries:
        """A number that stands for the practice."""
    @property
    def practice_stp(self) -> s.StrEventSeries:
        """Code of the partnership (STP) the practice belongs to."""
    @property
    def practice_nuts1_region_name(self) -> s.StrEventSeries:
        """Region of England."""
    @property
    def practice_systmone_go_live_date(self) -> s.DateEventSeries:
        """Since when the practice has used SystmOne."""
    def spanning(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, both its days included."""
    def for_patient_on(self, date: DateLike) -> _practice_registrations_row:
        """The registration on a date, one per patient: the latest to start, then the latest to end."""
    def exists_for_patient_on(self, date: DateLike) -> s.BoolPatientSeries:
        """Whether the person was registered anywhere on a date. Cheaper than picking a registration."""
    def spanning_with_systmone(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, at practices that used SystmOne from its first day on."""
    def sort_by(self, *order: Any) -> _practice_registrations_sorted: ...

class _practice_registrations_sorted(_practice_registrations):
    """Periods on the list of a practice as in core, with its region and when it began to use SystmOne."""
    def first_for_patient(self) -> _practice_registrations_row: ...
    def last_for_patient(self) -> _practice_registrations_row: ...

practice_registrations: _practice_registrations

class _sgss_covid_all_tests_row(PatientFrame):
    """Results of all SARS-CoV-2 tests that laboratories reported nationally."""
    @property
    def specimen_taken_date(self) -> s.DatePatientSeries:
        """Day of the test."""
    @property
    def is_positive(self) -> s.BoolPatientSeries:
        """Whether the virus was found."""
    @property
    def lab_report_date(self) -> s.DatePatientSeries:
        """Day of the report."""
    @property
    def was_symptomatic(self) -> s.BoolPatientSeries:
        """Whether the person had symptoms."""
    @property
    def sgtf_status(self) -> s.IntPatientSeries:
        """Code of the S-gene target."""
    @property
    def variant(self) -> s.StrPatientSeries:
        """Variant that was found."""
    @property
    def variant_detection_method(self) -> s.StrPatientSeries:
        """How the variant was found."""

class _sgss_covid_all_tests(EventFrame):
    """Results of all SARS-CoV-2 tests that laboratories reported nationally."""
    @property
    def specimen_taken_date(self) -> s.DateEventSeries:
        """Day of the test."""
    @property
    def is_positive(self) -> s.BoolEventSeries:
        """Whether the virus was found."""
    @property
    def lab_report_date(self) -> s.DateEventSeries:
        """Day of the report."""
    @property
    def was_symptomatic(self) -> s.BoolEventSeries:
        """Whether the person had symptoms."""
    @property
    def sgtf_status(self) -> s.IntEventSeries:
        """Code of the S-gene target."""
    @property
    def variant(self) -> s.StrEventSeries:
        """Variant that was found."""
    @property
    def variant_detection_method(self) -> s.StrEventSeries:
        """How the variant was found."""
    def sort_by(self, *order: Any) -> _sgss_covid_all_tests_sorted: ...

class _sgss_covid_all_tests_sorted(_sgss_covid_all_tests):
    """Results of all SARS-CoV-2 tests that laboratories reported nationally."""
    def first_for_patient(self) -> _sgss_covid_all_tests_row: ...
    def last_for_patient(self) -> _sgss_covid_all_tests_row: ...

sgss_covid_all_tests: _sgss_covid_all_tests

class _ukrr_row(PatientFrame):
    """People in one of the cohorts of the UK Renal Registry."""
    @property
    def dataset(self) -> s.StrPatientSeries:
        """Which cohort."""
    @property
    def renal_centre(self) -> s.StrPatientSeries:
        """Code of the renal centre."""
    @property
    def rrt_start_date(self) -> s.DatePatientSeries:
        """Latest start of renal replacement therapy."""
    @property
    def latest_creatinine(self) -> s.FloatPatientSeries:
        """Latest creatinine."""
    @property
    def latest_egfr(self) -> s.FloatPatientSeries:
        """Latest estimated filtration rate (CKD-EPI)."""
    @property
    def treatment_modality_start(self) -> s.StrPatientSeries:
        """Kind of treatment at its start."""
    @property
    def treatment_modality_prevalence(self) -> s.StrPatientSeries:
        """Kind of treatment in the prevalence cohort."""

class _ukrr(EventFrame):
    """People in one of the cohorts of the UK Renal Registry."""
    @property
    def dataset(self) -> s.StrEventSeries:
        """Which cohort."""
    @property
    def renal_centre(self) -> s.StrEventSeries:
        """Code of the renal centre."""
    @property
    def rrt_start_date(self) -> s.DateEventSeries:
        """Latest start of renal replacement therapy."""
    @property
    def latest_creatinine(self) -> s.FloatEventSeries:
        """Latest creatinine."""
    @property
    def latest_egfr(self) -> s.FloatEventSeries:
        """Latest estimated filtration rate (CKD-EPI)."""
    @property
    def treatment_modality_start(self) -> s.StrEventSeries:
        """Kind of treatment at its start."""
    @property
    def treatment_modality_prevalence(self) -> s.StrEventSeries:
        """Kind of treatment in the prevalence cohort."""
    def sort_by(self, *order: Any) -> _ukrr_sorted: ...

class _ukrr_sorted(_ukrr):
    """People in one of the cohorts of the UK Renal Registry."""
    def first_for_patient(self) -> _ukrr_row: ...
    def last_for_patient(self) -> _ukrr_row: ...

ukrr: _ukrr

class _vaccinations_row(PatientFrame):
    """Vaccinations in the GP record: a row per target disease, so one jab may have several."""
    @property
    def vaccination_id(self) -> s.IntPatientSeries:
        """Number of the vaccination."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day of the vaccination."""
    @property
    def target_disease(self) -> s.StrPatientSeries:
        """Against which disease."""
    @property
    def product_name(self) -> s.StrPatientSeries:
        """Which product."""

class _vaccinations(EventFrame):
    """Vaccinations in the GP record: a row per target disease, so one jab may have several."""
    @property
    def vaccination_id(self) -> s.IntEventSeries:
        """Number of the vaccination."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day of the vaccination."""
    @property
    def target_disease(self) -> s.StrEventSeries:
        """Against which disease."""
    @property
    def product_name(self) -> s.StrEventSeries:
        """Which product."""
    def sort_by(self, *order: Any) -> _vaccinations_sorted: ...

class _vaccinations_sorted(_vaccinations):
    """Vaccinations in the GP record: a row per target disease, so one jab may have several."""
    def first_for_patient(self) -> _vaccinations_row: ...
    def last_for_patient(self) -> _vaccinations_row: ...

vaccinations: _vaccinations

class _wl_clockstops_row(PatientFrame):
    """Waits for hospital treatment that ended between May 2021 and May 2022."""
    @property
    def activity_treatment_function_code(self) -> s.StrPatientSeries:
        """Speciality."""
    @property
    def priority_type_code(self) -> s.StrPatientSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrPatientSeries:
        """Stands for who issued the pathway number."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrPatientSeries:
        """Stands for the pathway."""
    @property
    def pseudo_referral_identifier(self) -> s.StrPatientSeries:
        """Stands for the referral."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.DatePatientSeries:
        """Day the clock stopped."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.DatePatientSeries:
        """Day the clock started."""
    @property
    def source_of_referral_for_outpatients(self) -> s.StrPatientSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrPatientSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.DatePatientSeries:
        """Sunday at the end of the week reported."""

class _wl_clockstops(EventFrame):
    """Waits for hospital treatment that ended between May 2021 and May 2022."""
    @property
    def activity_treatment_function_code(self) -> s.StrEventSeries:
        """Speciality."""
    @property
    def priority_type_code(self) -> s.StrEventSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrEventSeries:
        """Stands for who issued the pathway number."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrEventSeries:
        """Stands for the pathway."""
    @property
    def pseudo_referral_identifier(self) -> s.StrEventSeries:
        """Stands for the referral."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.DateEventSeries:
        """Day the clock stopped."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.DateEventSeries:
        """Day the clock started."""
    @property
    def source_of_referral_for_outpatients(self) -> s.StrEventSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrEventSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.DateEventSeries:
        """Sunday at the end of the week reported."""
    def sort_by(self, *order: Any) -> _wl_clockstops_sorted: ...

class _wl_clockstops_sorted(_wl_clockstops):
    """Waits for hospital treatment that ended between May 2021 and May 2022."""
    def first_for_patient(self) -> _wl_clockstops_row: ...
    def last_for_patient(self) -> _wl_clockstops_row: ...

wl_clockstops: _wl_clockstops

class _wl_openpathways_row(PatientFrame):
    """Waits for hospital treatment that were still open in May 2022."""
    @property
    def activity_treatment_function_code(self) -> s.StrPatientSeries:
        """Speciality."""
    @property
    def current_pathway_period_start_date(self) -> s.DatePatientSeries:
        """Start of the present wait."""
    @property
    def priority_type_code(self) -> s.StrPatientSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrPatientSeries:
        """Stands for who issued the pathway number."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrPatientSeries:
        """Stands for the pathway."""
    @property
    def pseudo_referral_identifier(self) -> s.StrPatientSeries:
        """Stands for the referral."""
    @property
    def referral_request_received_date(self) -> s.DatePatientSeries:
        """Day the referral came in."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.DatePatientSeries:
        """Day the clock stopped."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.DatePatientSeries:
        """Day the clock started."""
    @property
    def source_of_referral(self) -> s.StrPatientSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrPatientSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.DatePatientSeries:
        """Sunday at the end of the week reported."""

class _wl_openpathways(EventFrame):
    """Waits for hospital treatment that were still open in May 2022."""
    @property
    def activity_treatment_function_code(self) -> s.StrEventSeries:
        """Speciality."""
    @property
    def current_pathway_period_start_date(self) -> s.DateEventSeries:
        """Start of the present wait."""
    @property
    def priority_type_code(self) -> s.StrEventSeries:
        """How urgent."""
    @property
    def pseudo_organisation_code_patient_pathway_identifier_issuer(self) -> s.StrEventSeries:
        """Stands for who issued the pathway number."""
    @property
    def pseudo_patient_pathway_identifier(self) -> s.StrEventSeries:
        """Stands for the pathway."""
    @property
    def pseudo_referral_identifier(self) -> s.StrEventSeries:
        """Stands for the referral."""
    @property
    def referral_request_received_date(self) -> s.DateEventSeries:
        """Day the referral came in."""
    @property
    def referral_to_treatment_period_end_date(self) -> s.DateEventSeries:
        """Day the clock stopped."""
    @property
    def referral_to_treatment_period_start_date(self) -> s.DateEventSeries:
        """Day the clock started."""
    @property
    def source_of_referral(self) -> s.StrEventSeries:
        """Who referred."""
    @property
    def waiting_list_type(self) -> s.StrEventSeries:
        """Which list."""
    @property
    def week_ending_date(self) -> s.DateEventSeries:
        """Sunday at the end of the week reported."""
    def sort_by(self, *order: Any) -> _wl_openpathways_sorted: ...

class _wl_openpathways_sorted(_wl_openpathways):
    """Waits for hospital treatment that were still open in May 2022."""
    def first_for_patient(self) -> _wl_openpathways_row: ...
    def last_for_patient(self) -> _wl_openpathways_row: ...

wl_openpathways: _wl_openpathways
