"""The tables of the `core` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['clinical_events', 'medications', 'ons_deaths', 'patients', 'practice_registrations']

class _clinical_events_row(PatientFrame):
    """What was written in the GP record as a code: diagnoses, observations, results."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodePatientSeries:
        """SNOMED CT concept."""
    @property
    def numeric_value(self) -> s.FloatPatientSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""

class _clinical_events(EventFrame):
    """What was written in the GP record as a code: diagnoses, observations, results."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day the entry belongs to."""
    @property
    def snomedct_code(self) -> s.CodeEventSeries:
        """SNOMED CT concept."""
    @property
    def numeric_value(self) -> s.FloatEventSeries:
        """A number that goes with the entry; 0.0 may stand for no number."""
    def sort_by(self, *order: Any) -> _clinical_events_sorted: ...

class _clinical_events_sorted(_clinical_events):
    """What was written in the GP record as a code: diagnoses, observations, results."""
    def first_for_patient(self) -> _clinical_events_row: ...
    def last_for_patient(self) -> _clinical_events_row: ...

clinical_events: _clinical_events

class _medications_row(PatientFrame):
    """Prescriptions issued in primary care, one row per issue of an item."""
    @property
    def date(self) -> s.DatePatientSeries:
        """Day of the prescription."""
    @property
    def dmd_code(self) -> s.CodePatientSeries:
        """dm+d code of the product."""

class _medications(EventFrame):
    """Prescriptions issued in primary care, one row per issue of an item."""
    @property
    def date(self) -> s.DateEventSeries:
        """Day of the prescription."""
    @property
    def dmd_code(self) -> s.CodeEventSeries:
        """dm+d code of the product."""
    def sort_by(self, *order: Any) -> _medications_sorted: ...

class _medications_sorted(_medications):
    """Prescriptions issued in primary care, one row per issue of an item."""
    def first_for_patient(self) -> _medications_row: ...
    def last_for_patient(self) -> _medications_row: ...

medications: _medications

class _ons_deaths(PatientFrame):
    """Deaths registered in England and Wales: one per person, with the certified causes."""
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
    def cause_of_death_is_in(self, codelist: Collection[Any]) -> s.BoolPatientSeries:
        """Whether any cause is exactly one of these codes. Missing, which filters count as no, when none is and some causes are empty."""

ons_deaths: _ons_deaths

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
    """Periods for which a person was on the list of a GP practice. They may overlap."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """Day the person joined the list. 1900-01-01 stands for a day nobody knows."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Day the person left the list; missing while registered."""
    @property
    def practice_pseudo_id(self) -> s.IntPatientSeries:
        """A number that stands for the practice."""

class _practice_registrations(EventFrame):
    """Periods for which a person was on the list of a GP practice. They may overlap."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """Day the person joined the list. 1900-01-01 stands for a day nobody knows."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Day the person left the list; missing while registered."""
    @property
    def practice_pseudo_id(self) -> s.IntEventSeries:
        """A number that stands for the practice."""
    def spanning(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, both its days included."""
    def for_patient_on(self, date: DateLike) -> _practice_registrations_row:
        """The registration on a date, one per patient: the latest to start, then the latest to end."""
    def exists_for_patient_on(self, date: DateLike) -> s.BoolPatientSeries:
        """Whether the person was registered anywhere on a date. Cheaper than picking a registration."""
    def sort_by(self, *order: Any) -> _practice_registrations_sorted: ...

class _practice_registrations_sorted(_practice_registrations):
    """Periods for which a person was on the list of a GP practice. They may overlap."""
    def first_for_patient(self) -> _practice_registrations_row: ...
    def last_for_patient(self) -> _practice_registrations_row: ...

practice_registrations: _practice_registrations
