"""EMIS: what the EMIS backend offers: the core tables, patients with their one registration, vaccinations."""

from __future__ import annotations

import datetime

from armslength.query.contracts import core
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries, DateLike, IntSeries
from armslength.query.language.tables import Constraint, Series, table
from armslength.query.model.codes import SNOMEDCTCode

NAMESPACE = "emis"

__all__ = [
    "clinical_events",
    "medications",
    "ons_deaths",
    "patients",
    "practice_registrations",
    "vaccinations",
]

clinical_events = core.clinical_events
medications = core.medications
ons_deaths = core.ons_deaths


@table
class patients(PatientFrame):
    """Who each patient is, with the present registration and the area of the home. There is no earlier history."""

    date_of_birth = Series(
        datetime.date,
        description="Date of birth, given as the first day of the month.",
        constraints=[Constraint.FirstOfMonth(), Constraint.NotNull()],
    )
    sex = Series(
        str,
        description="The patient's sex, as declared or as observed.",
        constraints=[Constraint.Categorical(["female", "male", "unknown"]), Constraint.NotNull()],
    )
    date_of_death = Series(datetime.date, description="Date of death the GP knows of.")
    registration_start_date = Series(
        datetime.date, description="First day on the list.", constraints=[Constraint.NotNull()]
    )
    registration_end_date = Series(
        datetime.date, description="Last day on the list; missing while registered."
    )
    practice_pseudo_id = Series(
        str, description="A text that stands for the practice.", constraints=[Constraint.NotNull()]
    )
    rural_urban_classification = Series(
        int,
        description="From 1, major conurbation, to 8, sparse rural village.",
        constraints=[Constraint.ClosedRange(1, 8)],
    )
    imd_rounded = Series(
        int,
        description="Deprivation rank of the area, rounded to 100; 0 is most deprived.",
        constraints=[Constraint.ClosedRange(0, 32800, 100)],
    )

    def age_on(self, date: DateLike) -> IntSeries:
        """Age in whole years on a date, whether or not the patient is then alive; negative before birth."""
        return (date - self.date_of_birth).years

    def has_practice_registration_spanning(self, start_date: DateLike, end_date: DateLike) -> BoolSeries:
        """Whether the registration began by the first day and goes on after the last."""
        goes_on = self.registration_end_date.is_after(end_date) | self.registration_end_date.is_null()
        return self.registration_start_date.is_on_or_before(start_date) & goes_on


@table
class practice_registrations(core.practice_registrations.__class__):  # type: ignore[misc,valid-type]
    """The present registration, in the shape of the core table."""

    class _meta:
        activation_filter_field = None


@table
class vaccinations(EventFrame):
    """Vaccinations in the GP record, as procedures."""

    date = Series(datetime.date, description="Day of the vaccination.")
    procedure_code = Series(SNOMEDCTCode, description="SNOMED CT concept of the vaccination.")
