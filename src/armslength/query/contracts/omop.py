"""OMOP: the clinical tables of the OMOP Common Data Model 5.4, with the model's own table and column names.

`person_id` is the `patient_id` every table has. Moments are given as dates: where the model has both a date and a
datetime, the date is here. Concept ids are ints; source values are text. Facts: the CDM 5.4 specification.
"""

from __future__ import annotations

import datetime

from armslength.query.language.durations import days, months, years
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import DateLike, DateSeries, IntSeries
from armslength.query.language.tables import Constraint, Series, table

NAMESPACE = "omop"
NEVER_MISSING = Constraint.NotNull()

__all__ = [
    "condition_occurrence",
    "death",
    "device_exposure",
    "drug_exposure",
    "measurement",
    "observation",
    "observation_period",
    "person",
    "procedure_occurrence",
    "visit_occurrence",
]


@table
class person(PatientFrame):
    """One row for each person: birth, gender, race, ethnicity."""

    gender_concept_id = Series(
        int,
        description="Standard concept of the gender; 8507 male, 8532 female.",
        constraints=[NEVER_MISSING],
    )
    year_of_birth = Series(int, description="Year of birth.", constraints=[NEVER_MISSING])
    month_of_birth = Series(int, description="Month of birth.")
    day_of_birth = Series(int, description="Day of birth.")
    birth_datetime = Series(datetime.date, description="Date of birth; the time of day is left out.")
    race_concept_id = Series(int, description="Standard concept of the race.", constraints=[NEVER_MISSING])
    ethnicity_concept_id = Series(
        int, description="Standard concept of the ethnicity.", constraints=[NEVER_MISSING]
    )
    location_id = Series(int, description="Where the person lives.")
    provider_id = Series(int, description="The person's usual doctor.")
    care_site_id = Series(int, description="The person's usual place of care.")
    person_source_value = Series(
        str, description="The person's identifier in the source, as far as it may be shown."
    )
    gender_source_value = Series(str, description="Gender as written in the source.")
    gender_source_concept_id = Series(int, description="Concept of the source value.")
    race_source_value = Series(str, description="Race as written in the source.")
    race_source_concept_id = Series(int, description="Concept of the source value.")
    ethnicity_source_value = Series(str, description="Ethnicity as written in the source.")
    ethnicity_source_concept_id = Series(int, description="Concept of the source value.")

    @property
    def date_of_birth(self) -> DateSeries:
        """`birth_datetime`; where it is missing, put together from year, month and day, each missing part as 1."""
        first_of_year = years(self.year_of_birth - 1900) + datetime.date(1900, 1, 1)
        first_of_month = first_of_year + months(self.month_of_birth.when_null_then(1) - 1)
        pieced_together = first_of_month + days(self.day_of_birth.when_null_then(1) - 1)
        return self.birth_datetime.when_null_then(pieced_together)

    def age_on(self, date: DateLike) -> IntSeries:
        """Age in whole years on a date, whether or not the person is then alive; negative before birth."""
        return (date - self.date_of_birth).years


@table
class death(PatientFrame):
    """One row for each person known to have died."""

    death_date = Series(datetime.date, description="Date of death.", constraints=[NEVER_MISSING])
    death_type_concept_id = Series(int, description="Where the record came from.")
    cause_concept_id = Series(int, description="Standard concept of the cause of death.")
    cause_source_value = Series(str, description="Cause as written in the source.")
    cause_source_concept_id = Series(int, description="Concept of the source value.")


@table
class observation_period(EventFrame):
    """Periods during which what happens to a person can be expected to be recorded."""

    observation_period_id = Series(int, description="Key of the period.", constraints=[NEVER_MISSING])
    observation_period_start_date = Series(
        datetime.date, description="First day of the period.", constraints=[NEVER_MISSING]
    )
    observation_period_end_date = Series(
        datetime.date, description="Last day of the period.", constraints=[NEVER_MISSING]
    )
    period_type_concept_id = Series(
        int, description="Where the period was learned from.", constraints=[NEVER_MISSING]
    )


@table
class visit_occurrence(EventFrame):
    """Encounters with the health system: inpatient, outpatient, emergency."""

    visit_occurrence_id = Series(int, description="Key of the visit.", constraints=[NEVER_MISSING])
    visit_concept_id = Series(
        int,
        description="Kind of visit; 9201 inpatient, 9202 outpatient, 9203 emergency.",
        constraints=[NEVER_MISSING],
    )
    visit_start_date = Series(
        datetime.date, description="First day of the visit.", constraints=[NEVER_MISSING]
    )
    visit_end_date = Series(datetime.date, description="Last day of the visit.", constraints=[NEVER_MISSING])
    visit_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    provider_id = Series(int, description="Who provided the care.")
    care_site_id = Series(int, description="Where the care was provided.")
    visit_source_value = Series(str, description="Kind of visit as written in the source.")
    visit_source_concept_id = Series(int, description="Concept of the source value.")
    admitted_from_concept_id = Series(int, description="Where the person was admitted from.")
    admitted_from_source_value = Series(str, description="The same, as written in the source.")
    discharged_to_concept_id = Series(int, description="Where the person went afterwards.")
    discharged_to_source_value = Series(str, description="The same, as written in the source.")
    preceding_visit_occurrence_id = Series(int, description="Key of the visit before this one.")


@table
class condition_occurrence(EventFrame):
    """Diagnoses, signs and symptoms."""

    condition_occurrence_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    condition_concept_id = Series(
        int, description="Standard concept of the condition.", constraints=[NEVER_MISSING]
    )
    condition_start_date = Series(
        datetime.date,
        description="Day the condition began or was first recorded.",
        constraints=[NEVER_MISSING],
    )
    condition_end_date = Series(datetime.date, description="Day the condition ended.")
    condition_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    condition_status_concept_id = Series(
        int, description="When in the episode it was diagnosed, such as on admission."
    )
    stop_reason = Series(str, description="Why the condition is no longer there.")
    provider_id = Series(int, description="Who recorded it.")
    visit_occurrence_id = Series(int, description="Visit during which it was recorded.")
    visit_detail_id = Series(int, description="Part of the visit.")
    condition_source_value = Series(str, description="Code as written in the source.")
    condition_source_concept_id = Series(int, description="Concept of the source code.")
    condition_status_source_value = Series(str, description="Status as written in the source.")


@table
class drug_exposure(EventFrame):
    """Drugs prescribed, dispensed, administered or reported, vaccines included."""

    drug_exposure_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    drug_concept_id = Series(int, description="Standard concept of the drug.", constraints=[NEVER_MISSING])
    drug_exposure_start_date = Series(
        datetime.date, description="First day of the exposure.", constraints=[NEVER_MISSING]
    )
    drug_exposure_end_date = Series(
        datetime.date, description="Last day of the exposure.", constraints=[NEVER_MISSING]
    )
    verbatim_end_date = Series(datetime.date, description="Last day, as written in the source.")
    drug_type_concept_id = Series(int, description="Where the record came from.", constraints=[NEVER_MISSING])
    stop_reason = Series(str, description="Why the drug was stopped.")
    refills = Series(int, description="How often it may be dispensed again.")
    quantity = Series(float, description="How much was given, in the unit of the drug.")
    days_supply = Series(int, description="How many days the quantity lasts.")
    sig = Series(str, description="Directions as written on the prescription.")
    route_concept_id = Series(int, description="How it enters the body.")
    lot_number = Series(str, description="Lot of the maker.")
    provider_id = Series(int, description="Who prescribed or gave it.")
    visit_occurrence_id = Series(int, description="Visit during which it was recorded.")
    visit_detail_id = Series(int, description="Part of the visit.")
    drug_source_value = Series(str, description="Code as written in the source.")
    drug_source_concept_id = Series(int, description="Concept of the source code.")
    route_source_value = Series(str, description="Route as written in the source.")
    dose_unit_source_value = Series(str, description="Unit as written in the source.")


@table
class procedure_occurrence(EventFrame):
    """Procedures carried out on a person to diagnose or to treat."""

    procedure_occurrence_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    procedure_concept_id = Series(
        int, description="Standard concept of the procedure.", constraints=[NEVER_MISSING]
    )
    procedure_date = Series(datetime.date, description="Day of the procedure.", constraints=[NEVER_MISSING])
    procedure_end_date = Series(datetime.date, description="Last day of the procedure.")
    procedure_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    modifier_concept_id = Series(int, description="What further describes the procedure, such as the side.")
    quantity = Series(int, description="How often it was done.")
    provider_id = Series(int, description="Who did it.")
    visit_occurrence_id = Series(int, description="Visit during which it was done.")
    visit_detail_id = Series(int, description="Part of the visit.")
    procedure_source_value = Series(str, description="Code as written in the source.")
    procedure_source_concept_id = Series(int, description="Concept of the source code.")
    modifier_source_value = Series(str, description="Modifier as written in the source.")


@table
class device_exposure(EventFrame):
    """Devices implanted or used, supplies included."""

    device_exposure_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    device_concept_id = Series(
        int, description="Standard concept of the device.", constraints=[NEVER_MISSING]
    )
    device_exposure_start_date = Series(
        datetime.date, description="First day of use.", constraints=[NEVER_MISSING]
    )
    device_exposure_end_date = Series(datetime.date, description="Last day of use.")
    device_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    unique_device_id = Series(str, description="Identifier of the device.")
    production_id = Series(str, description="Production identifier of the device.")
    quantity = Series(int, description="How many.")
    provider_id = Series(int, description="Who used it.")
    visit_occurrence_id = Series(int, description="Visit during which it was used.")
    visit_detail_id = Series(int, description="Part of the visit.")
    device_source_value = Series(str, description="Code as written in the source.")
    device_source_concept_id = Series(int, description="Concept of the source code.")
    unit_concept_id = Series(int, description="Unit of the quantity.")
    unit_source_value = Series(str, description="Unit as written in the source.")
    unit_source_concept_id = Series(int, description="Concept of the source unit.")


@table
class measurement(EventFrame):
    """Results of tests and examinations: laboratory values, vital signs."""

    measurement_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    measurement_concept_id = Series(
        int, description="Standard concept of what was measured.", constraints=[NEVER_MISSING]
    )
    measurement_date = Series(
        datetime.date, description="Day of the measurement.", constraints=[NEVER_MISSING]
    )
    measurement_time = Series(str, description="Time of day, as written in the source.")
    measurement_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    operator_concept_id = Series(int, description="Comparison sign of the result, such as less than.")
    value_as_number = Series(float, description="Result as a number.")
    value_as_concept_id = Series(int, description="Result as a concept, such as positive.")
    unit_concept_id = Series(int, description="Unit of the number.")
    range_low = Series(float, description="Lower limit of the normal range.")
    range_high = Series(float, description="Upper limit of the normal range.")
    provider_id = Series(int, description="Who measured.")
    visit_occurrence_id = Series(int, description="Visit during which it was measured.")
    visit_detail_id = Series(int, description="Part of the visit.")
    measurement_source_value = Series(str, description="Code as written in the source.")
    measurement_source_concept_id = Series(int, description="Concept of the source code.")
    unit_source_value = Series(str, description="Unit as written in the source.")
    unit_source_concept_id = Series(int, description="Concept of the source unit.")
    value_source_value = Series(str, description="Result as written in the source.")
    measurement_event_id = Series(int, description="Key of the record this one belongs to.")
    meas_event_field_concept_id = Series(int, description="Which table that record is in.")


@table
class observation(EventFrame):
    """Clinical facts that fit no other table: social history, family history, lifestyle."""

    observation_id = Series(int, description="Key of the record.", constraints=[NEVER_MISSING])
    observation_concept_id = Series(
        int, description="Standard concept of what was observed.", constraints=[NEVER_MISSING]
    )
    observation_date = Series(
        datetime.date, description="Day of the observation.", constraints=[NEVER_MISSING]
    )
    observation_type_concept_id = Series(
        int, description="Where the record came from.", constraints=[NEVER_MISSING]
    )
    value_as_number = Series(float, description="What was observed, as a number.")
    value_as_string = Series(str, description="What was observed, as text.")
    value_as_concept_id = Series(int, description="What was observed, as a concept.")
    qualifier_concept_id = Series(int, description="What further describes it, such as severity.")
    unit_concept_id = Series(int, description="Unit of the number.")
    provider_id = Series(int, description="Who observed.")
    visit_occurrence_id = Series(int, description="Visit during which it was observed.")
    visit_detail_id = Series(int, description="Part of the visit.")
    observation_source_value = Series(str, description="Code as written in the source.")
    observation_source_concept_id = Series(int, description="Concept of the source code.")
    unit_source_value = Series(str, description="Unit as written in the source.")
    qualifier_source_value = Series(str, description="Qualifier as written in the source.")
    value_source_value = Series(str, description="What was observed, as written in the source.")
    observation_event_id = Series(int, description="Key of the record this one belongs to.")
    obs_event_field_concept_id = Series(int, description="Which table that record is in.")
