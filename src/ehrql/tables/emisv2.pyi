"""The tables of the `emisv2` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['addresses', 'clinical_events', 'medications', 'patients', 'practice_registrations']

class _addresses_row(PatientFrame):
    """The area of the home, as a period as long as the registration."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """First day of the registration."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Last day of the registration."""
    @property
    def imd_rounded(self) -> s.IntPatientSeries:
        """Deprivation rank of the area, rounded to 100; 0 is most deprived."""
    @property
    def msoa_code(self) -> s.StrPatientSeries:
        """Middle layer super output area."""

class _addresses(EventFrame):
    """The area of the home, as a period as long as the registration."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """First day of the registration."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Last day of the registration."""
    @property
    def imd_rounded(self) -> s.IntEventSeries:
        """Deprivation rank of the area, rounded to 100; 0 is most deprived."""
    @property
    def msoa_code(self) -> s.StrEventSeries:
        """Middle layer super output area."""
    def for_patient_on(self, date: DateLike) -> _addresses_row:
        """The address on a date, one per patient: the latest to start."""
    def sort_by(self, *order: Any) -> _addresses_sorted: ...

class _addresses_sorted(_addresses):
    """The area of the home, as a period as long as the registration."""
    def first_for_patient(self) -> _addresses_row: ...
    def last_for_patient(self) -> _addresses_row: ...

addresses: _addresses

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
    """The registration of a person with a practice."""
    @property
    def start_date(self) -> s.DatePatientSeries:
        """First day on the list."""
    @property
    def end_date(self) -> s.DatePatientSeries:
        """Last day on the list; missing while registered."""

class _practice_registrations(EventFrame):
    """The registration of a person with a practice."""
    @property
    def start_date(self) -> s.DateEventSeries:
        """First day on the list."""
    @property
    def end_date(self) -> s.DateEventSeries:
        """Last day on the list; missing while registered."""
    def spanning(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, both its days included."""
    def for_patient_on(self, date: DateLike) -> _practice_registrations_row:
        """The registration on a date, one per patient: the latest to start."""
    def exists_for_patient_on(self, date: DateLike) -> s.BoolPatientSeries:
        """Whether the person was registered on a date."""
    def sort_by(self, *order: Any) -> _practice_registrations_sorted: ...

class _practice_registrations_sorted(_practice_registrations):
    """The registration of a person with a practice."""
    def first_for_patient(self) -> _practice_registrations_row: ...
    def last_for_patient(self) -> _practice_registrations_row: ...

practice_registrations: _practice_registrations
