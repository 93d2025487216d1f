"""The tables of the `raw.core` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['ons_deaths']

class _ons_deaths_row(PatientFrame):
    """Registered deaths as supplied: a person may have several rows. `core.ons_deaths` has one."""
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

class _ons_deaths(EventFrame):
    """Registered deaths as supplied: a person may have several rows. `core.ons_deaths` has one."""
    @property
    def date(self) -> s.DateEventSeries:
        """Date of death."""
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
    """Registered deaths as supplied: a person may have several rows. `core.ons_deaths` has one."""
    def first_for_patient(self) -> _ons_deaths_row: ...
    def last_for_patient(self) -> _ons_deaths_row: ...

ons_deaths: _ons_deaths
