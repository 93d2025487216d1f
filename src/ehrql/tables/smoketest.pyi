"""The tables of the `smoketest` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['patients']

class _patients(PatientFrame):
    """Patients and their month of birth, nothing else."""
    @property
    def date_of_birth(self) -> s.DatePatientSeries:
        """Date of birth, given as the first day of the month."""

patients: _patients
