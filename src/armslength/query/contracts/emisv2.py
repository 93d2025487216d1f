"""EMISV2: what the second EMIS backend offers: core tables, a registration per patient, and the area of the home."""

from __future__ import annotations

import datetime
from typing import Self

from armslength.query.contracts import core
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries, DateLike
from armslength.query.language.tables import Constraint, Series, table

NAMESPACE = "emisv2"

__all__ = ["addresses", "clinical_events", "medications", "patients", "practice_registrations"]

clinical_events = core.clinical_events
medications = core.medications
patients = core.patients


@table
class addresses(EventFrame):
    """The area of the home, as a period as long as the registration."""

    start_date = Series(datetime.date, description="First day of the registration.")
    end_date = Series(
        datetime.date,
        description="Last day of the registration.",
        dummy_data_constraints=[Constraint.DateAfter(["start_date"])],
    )
    imd_rounded = Series(
        int,
        description="Deprivation rank of the area, rounded to 100; 0 is most deprived.",
        constraints=[Constraint.ClosedRange(0, 32800, 100)],
    )
    msoa_code = Series(
        str, description="Middle layer super output area.", constraints=[Constraint.Regex("E020[0-9]{5}")]
    )

    def for_patient_on(self, date: DateLike) -> PatientFrame:
        """The address on a date, one per patient: the latest to start."""
        current = self.where(self.start_date.is_on_or_before(date)).except_where(
            self.end_date.is_before(date)
        )
        return current.sort_by(self.start_date).last_for_patient()


@table
class practice_registrations(EventFrame):
    """The registration of a person with a practice."""

    start_date = Series(
        datetime.date, description="First day on the list.", constraints=[Constraint.NotNull()]
    )
    end_date = Series(
        datetime.date,
        description="Last day on the list; missing while registered.",
        dummy_data_constraints=[Constraint.Categorical([None])],
    )

    def spanning(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, both its days included."""
        covers_the_end = self.end_date.is_on_or_after(end_date) | self.end_date.is_null()
        return self.where(self.start_date.is_on_or_before(start_date) & covers_the_end)

    def for_patient_on(self, date: DateLike) -> PatientFrame:
        """The registration on a date, one per patient: the latest to start."""
        return self.spanning(date, date).sort_by(self.start_date).last_for_patient()

    def exists_for_patient_on(self, date: DateLike) -> BoolSeries:
        """Whether the person was registered on a date."""
        return self.spanning(date, date).exists_for_patient()
