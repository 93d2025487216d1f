"""CORE: primary care tables every provider of GP records should offer; a study using only these runs anywhere."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, Self

from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries, DateLike, IntSeries
from armslength.query.language.tables import Constraint, Series, table
from armslength.query.model.codes import DMDCode, ICD10Code, SNOMEDCTCode

NAMESPACE = "core"

__all__ = ["clinical_events", "medications", "ons_deaths", "patients", "practice_registrations"]


@table
class patients(PatientFrame):
    """Who each patient is: month of birth, sex, and the date of death their GP knows of."""

    date_of_birth = Series(
        datetime.date,
        description="Date of birth, given as the first day of the month.",
        constraints=[Constraint.FirstOfMonth(), Constraint.NotNull()],
    )
    sex = Series(
        str,
        description="The patient's sex. Each provider says how it was established.",
        constraints=[Constraint.Categorical(["female", "male", "intersex", "unknown"]), Constraint.NotNull()],
    )
    date_of_death = Series(
        datetime.date, description="Date of death in the GP record; missing when alive, or when not recorded."
    )

    def age_on(self, date: DateLike) -> IntSeries:
        """Age in whole years on a date, whether or not the patient is then alive; negative before birth.

        Births are known by month only, so the age may be one too high in the weeks before a birthday.
        """
        return (date - self.date_of_birth).years

    def is_alive_on(self, date: DateLike) -> BoolSeries:
        """Whether the patient dies after this date, or is not known to have died. True before birth."""
        return self.date_of_death.is_after(date) | self.date_of_death.is_null()

    def is_dead_on(self, date: DateLike) -> BoolSeries:
        """Whether the patient died before this date. On the day of death neither alive nor dead."""
        return self.date_of_death.is_not_null() & self.date_of_death.is_before(date)


@table
class practice_registrations(EventFrame):
    """Periods for which a person was on the list of a GP practice. They may overlap."""

    class _meta:
        activation_filter_field = None

    start_date = Series(
        datetime.date,
        description="Day the person joined the list. 1900-01-01 stands for a day nobody knows.",
        constraints=[Constraint.NotNull()],
    )
    end_date = Series(
        datetime.date,
        description="Day the person left the list; missing while registered.",
        dummy_data_constraints=[Constraint.Categorical([None])],
    )
    practice_pseudo_id = Series(
        int,
        description="A number that stands for the practice.",
        constraints=[Constraint.NotNull()],
        dummy_data_constraints=[Constraint.ClosedRange(0, 999)],
    )

    def spanning(self, start_date: DateLike, end_date: DateLike) -> Self:
        """Registrations that cover the whole period, both its days included."""
        covers_the_end = self.end_date.is_on_or_after(end_date) | self.end_date.is_null()
        return self.where(self.start_date.is_on_or_before(start_date) & covers_the_end)

    def for_patient_on(self, date: DateLike) -> PatientFrame:
        """The registration on a date, one per patient: the latest to start, then the latest to end."""
        ordered = self.spanning(date, date).sort_by(self.start_date, self.end_date, self.practice_pseudo_id)
        return ordered.last_for_patient()

    def exists_for_patient_on(self, date: DateLike) -> BoolSeries:
        """Whether the person was registered anywhere on a date. Cheaper than picking a registration."""
        return self.spanning(date, date).exists_for_patient()


@table
class clinical_events(EventFrame):
    """What was written in the GP record as a code: diagnoses, observations, results.

    Codes stay as they were recorded, so codelists need retired codes too.
    """

    class _meta:
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day the entry belongs to.")
    snomedct_code = Series(SNOMEDCTCode, description="SNOMED CT concept.")
    numeric_value = Series(
        float, description="A number that goes with the entry; 0.0 may stand for no number."
    )


@table
class medications(EventFrame):
    """Prescriptions issued in primary care, one row per issue of an item."""

    class _meta:
        activation_filter_field = "date"

    date = Series(datetime.date, description="Day of the prescription.")
    dmd_code = Series(DMDCode, description="dm+d code of the product.")


@table
class ons_deaths(PatientFrame):
    """Deaths registered in England and Wales: one per person, with the certified causes."""

    date = Series(
        datetime.date,
        description="Date of death.",
        dummy_data_constraints=[Constraint.GeneralRange(minimum=datetime.date(2019, 2, 1))],
    )
    underlying_cause_of_death = Series(
        ICD10Code, description="The cause that started the chain leading to death."
    )
    # The position of a cause has no meaning: look at all fifteen.
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

    def cause_of_death_is_in(self, codelist: Collection[Any]) -> BoolSeries:
        """Whether any cause is exactly one of these codes. Missing, which filters count as no, when none is
        and some causes are empty."""
        causes = ["underlying_cause_of_death", *(f"cause_of_death_{number:02d}" for number in range(1, 16))]
        matches: list[BoolSeries] = [getattr(self, cause).is_in(codelist) for cause in causes]
        return reduce(or_, matches)
