"""The tables of the `omop` namespace. Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = ['condition_occurrence', 'death', 'device_exposure', 'drug_exposure', 'measurement', 'observation', 'observation_period', 'person', 'procedure_occurrence', 'visit_occurrence']

class _condition_occurrence_row(PatientFrame):
    """Diagnoses, signs and symptoms."""
    @property
    def condition_occurrence_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def condition_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the condition."""
    @property
    def condition_start_date(self) -> s.DatePatientSeries:
        """Day the condition began or was first recorded."""
    @property
    def condition_end_date(self) -> s.DatePatientSeries:
        """Day the condition ended."""
    @property
    def condition_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def condition_status_concept_id(self) -> s.IntPatientSeries:
        """When in the episode it was diagnosed, such as on admission."""
    @property
    def stop_reason(self) -> s.StrPatientSeries:
        """Why the condition is no longer there."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who recorded it."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was recorded."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def condition_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def condition_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def condition_status_source_value(self) -> s.StrPatientSeries:
        """Status as written in the source."""

class _condition_occurrence(EventFrame):
    """Diagnoses, signs and symptoms."""
    @property
    def condition_occurrence_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def condition_concept_id(self) -> s.IntEventSeries:
        """Standard concept of the condition."""
    @property
    def condition_start_date(self) -> s.DateEventSeries:
        """Day the condition began or was first recorded."""
    @property
    def condition_end_date(self) -> s.DateEventSeries:
        """Day the condition ended."""
    @property
    def condition_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def condition_status_concept_id(self) -> s.IntEventSeries:
        """When in the episode it was diagnosed, such as on admission."""
    @property
    def stop_reason(self) -> s.StrEventSeries:
        """Why the condition is no longer there."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who recorded it."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was recorded."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def condition_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def condition_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def condition_status_source_value(self) -> s.StrEventSeries:
        """Status as written in the source."""
    def sort_by(self, *order: Any) -> _condition_occurrence_sorted: ...

class _condition_occurrence_sorted(_condition_occurrence):
    """Diagnoses, signs and symptoms."""
    def first_for_patient(self) -> _condition_occurrence_row: ...
    def last_for_patient(self) -> _condition_occurrence_row: ...

condition_occurrence: _condition_occurrence

class _death(PatientFrame):
    """One row for each person known to have died."""
    @property
    def death_date(self) -> s.DatePatientSeries:
        """Date of death."""
    @property
    def death_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def cause_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the cause of death."""
    @property
    def cause_source_value(self) -> s.StrPatientSeries:
        """Cause as written in the source."""
    @property
    def cause_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source value."""

death: _death

class _device_exposure_row(PatientFrame):
    """Devices implanted or used, supplies included."""
    @property
    def device_exposure_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def device_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the device."""
    @property
    def device_exposure_start_date(self) -> s.DatePatientSeries:
        """First day of use."""
    @property
    def device_exposure_end_date(self) -> s.DatePatientSeries:
        """Last day of use."""
    @property
    def device_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def unique_device_id(self) -> s.StrPatientSeries:
        """Identifier of the device."""
    @property
    def production_id(self) -> s.StrPatientSeries:
        """Production identifier of the device."""
    @property
    def quantity(self) -> s.IntPatientSeries:
        """How many."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who used it."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was used."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def device_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def device_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def unit_concept_id(self) -> s.IntPatientSeries:
        """Unit of the quantity."""
    @property
    def unit_source_value(self) -> s.StrPatientSeries:
        """Unit as written in the source."""
    @property
    def unit_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source unit."""

class _device_exposure(EventFrame):
    """Devices implanted or used, supplies included."""
    @property
    def device_exposure_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def device_concept_id(self) -> s.IntEventSeries:
        """Standard concept of the device."""
    @property
    def device_exposure_start_date(self) -> s.DateEventSeries:
        """First day of use."""
    @property
    def device_exposure_end_date(self) -> s.DateEventSeries:
        """Last day of use."""
    @property
    def device_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def unique_device_id(self) -> s.StrEventSeries:
        """Identifier of the device."""
    @property
    def production_id(self) -> s.StrEventSeries:
        """Production identifier of the device."""
    @property
    def quantity(self) -> s.IntEventSeries:
        """How many."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who used it."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was used."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def device_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def device_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def unit_concept_id(self) -> s.IntEventSeries:
        """Unit of the quantity."""
    @property
    def unit_source_value(self) -> s.StrEventSeries:
        """Unit as written in the source."""
    @property
    def unit_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source unit."""
    def sort_by(self, *order: Any) -> _device_exposure_sorted: ...

class _device_exposure_sorted(_device_exposure):
    """Devices implanted or used, supplies included."""
    def first_for_patient(self) -> _device_exposure_row: ...
    def last_for_patient(self) -> _device_exposure_row: ...

device_exposure: _device_exposure

class _drug_exposure_row(PatientFrame):
    """Drugs prescribed, dispensed, administered or reported, vaccines included."""
    @property
    def drug_exposure_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def drug_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the drug."""
    @property
    def drug_exposure_start_date(self) -> s.DatePatientSeries:
        """First day of the exposure."""
    @property
    def drug_exposure_end_date(self) -> s.DatePatientSeries:
        """Last day of the exposure."""
    @property
    def verbatim_end_date(self) -> s.DatePatientSeries:
        """Last day, as written in the source."""
    @property
    def drug_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def stop_reason(self) -> s.StrPatientSeries:
        """Why the drug was stopped."""
    @property
    def refills(self) -> s.IntPatientSeries:
        """How often it may be dispensed again."""
    @property
    def quantity(self) -> s.FloatPatientSeries:
        """How much was given, in the unit of the drug."""
    @property
    def days_supply(self) -> s.IntPatientSeries:
        """How many days the quantity lasts."""
    @property
    def sig(self) -> s.StrPatientSeries:
        """Directions as written on the prescription."""
    @property
    def route_concept_id(self) -> s.IntPatientSeries:
        """How it enters the body."""
    @property
    def lot_number(self) -> s.StrPatientSeries:
        """Lot of the maker."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who prescribed or gave it."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was recorded."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def drug_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def drug_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def route_source_value(self) -> s.StrPatientSeries:
        """Route as written in the source."""
    @property
    def dose_unit_source_value(self) -> s.StrPatientSeries:
        """Unit as written in the source."""

class _drug_exposure(EventFrame):
    """Drugs prescribed, dispensed, administered or reported, vaccines included."""
    @property
    def drug_exposure_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def drug_concept_id(self) -> s.IntEventSeries:
        """Standard concept of the drug."""
    @property
    def drug_exposure_start_date(self) -> s.DateEventSeries:
        """First day of the exposure."""
    @property
    def drug_exposure_end_date(self) -> s.DateEventSeries:
        """Last day of the exposure."""
    @property
    def verbatim_end_date(self) -> s.DateEventSeries:
        """Last day, as written in the source."""
    @property
    def drug_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def stop_reason(self) -> s.StrEventSeries:
        """Why the drug was stopped."""
    @property
    def refills(self) -> s.IntEventSeries:
        """How often it may be dispensed again."""
    @property
    def quantity(self) -> s.FloatEventSeries:
        """How much was given, in the unit of the drug."""
    @property
    def days_supply(self) -> s.IntEventSeries:
        """How many days the quantity lasts."""
    @property
    def sig(self) -> s.StrEventSeries:
        """Directions as written on the prescription."""
    @property
    def route_concept_id(self) -> s.IntEventSeries:
        """How it enters the body."""
    @property
    def lot_number(self) -> s.StrEventSeries:
        """Lot of the maker."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who prescribed or gave it."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was recorded."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def drug_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def drug_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def route_source_value(self) -> s.StrEventSeries:
        """Route as written in the source."""
    @property
    def dose_unit_source_value(self) -> s.StrEventSeries:
        """Unit as written in the source."""
    def sort_by(self, *order: Any) -> _drug_exposure_sorted: ...

class _drug_exposure_sorted(_drug_exposure):
    """Drugs prescribed, dispensed, administered or reported, vaccines included."""
    def first_for_patient(self) -> _drug_exposure_row: ...
    def last_for_patient(self) -> _drug_exposure_row: ...

drug_exposure: _drug_exposure

class _measurement_row(PatientFrame):
    """Results of tests and examinations: laboratory values, vital signs."""
    @property
    def measurement_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def measurement_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of what was measured."""
    @property
    def measurement_date(self) -> s.DatePatientSeries:
        """Day of the measurement."""
    @property
    def measurement_time(self) -> s.StrPatientSeries:
        """Time of day, as written in the source."""
    @property
    def measurement_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def operator_concept_id(self) -> s.IntPatientSeries:
        """Comparison sign of the result, such as less than."""
    @property
    def value_as_number(self) -> s.FloatPatientSeries:
        """Result as a number."""
    @property
    def value_as_concept_id(self) -> s.IntPatientSeries:
        """Result as a concept, such as positive."""
    @property
    def unit_concept_id(self) -> s.IntPatientSeries:
        """Unit of the number."""
    @property
    def range_low(self) -> s.FloatPatientSeries:
        """Lower limit of the normal range."""
    @property
    def range_high(self) -> s.FloatPatientSeries:
        """Upper limit of the normal range."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who measured."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was measured."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def measurement_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def measurement_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def unit_source_value(self) -> s.StrPatientSeries:
        """Unit as written in the source."""
    @property
    def unit_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source unit."""
    @property
    def value_source_value(self) -> s.StrPatientSeries:
        """Result as written in the source."""
    @property
    def measurement_event_id(self) -> s.IntPatientSeries:
        """Key of the record this one belongs to."""
    @property
    def meas_event_field_concept_id(self) -> s.IntPatientSeries:
        """Which table that record is in."""

class _measurement(EventFrame):
    """Results of tests and examinations: laboratory values, vital signs."""
    @property
    def measurement_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def measurement_concept_id(self) -> s.IntEventSeries:
        """Standard concept of what was measured."""
    @property
    def measurement_date(self) -> s.DateEventSeries:
        """Day of the measurement."""
    @property
    def measurement_time(self) -> s.StrEventSeries:
        """Time of day, as written in the source."""
    @property
    def measurement_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def operator_concept_id(self) -> s.IntEventSeries:
        """Comparison sign of the result, such as less than."""
    @property
    def value_as_number(self) -> s.FloatEventSeries:
        """Result as a number."""
    @property
    def value_as_concept_id(self) -> s.IntEventSeries:
        """Result as a concept, such as positive."""
    @property
    def unit_concept_id(self) -> s.IntEventSeries:
        """Unit of the number."""
    @property
    def range_low(self) -> s.FloatEventSeries:
        """Lower limit of the normal range."""
    @property
    def range_high(self) -> s.FloatEventSeries:
        """Upper limit of the normal range."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who measured."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was measured."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def measurement_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def measurement_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def unit_source_value(self) -> s.StrEventSeries:
        """Unit as written in the source."""
    @property
    def unit_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source unit."""
    @property
    def value_source_value(self) -> s.StrEventSeries:
        """Result as written in the source."""
    @property
    def measurement_event_id(self) -> s.IntEventSeries:
        """Key of the record this one belongs to."""
    @property
    def meas_event_field_concept_id(self) -> s.IntEventSeries:
        """Which table that record is in."""
    def sort_by(self, *order: Any) -> _measurement_sorted: ...

class _measurement_sorted(_measurement):
    """Results of tests and examinations: laboratory values, vital signs."""
    def first_for_patient(self) -> _measurement_row: ...
    def last_for_patient(self) -> _measurement_row: ...

measurement: _measurement

class _observation_row(PatientFrame):
    """Clinical facts that fit no other table: social history, family history, lifestyle."""
    @property
    def observation_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def observation_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of what was observed."""
    @property
    def observation_date(self) -> s.DatePatientSeries:
        """Day of the observation."""
    @property
    def observation_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def value_as_number(self) -> s.FloatPatientSeries:
        """What was observed, as a number."""
    @property
    def value_as_string(self) -> s.StrPatientSeries:
        """What was observed, as text."""
    @property
    def value_as_concept_id(self) -> s.IntPatientSeries:
        """What was observed, as a concept."""
    @property
    def qualifier_concept_id(self) -> s.IntPatientSeries:
        """What further describes it, such as severity."""
    @property
    def unit_concept_id(self) -> s.IntPatientSeries:
        """Unit of the number."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who observed."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was observed."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def observation_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def observation_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def unit_source_value(self) -> s.StrPatientSeries:
        """Unit as written in the source."""
    @property
    def qualifier_source_value(self) -> s.StrPatientSeries:
        """Qualifier as written in the source."""
    @property
    def value_source_value(self) -> s.StrPatientSeries:
        """What was observed, as written in the source."""
    @property
    def observation_event_id(self) -> s.IntPatientSeries:
        """Key of the record this one belongs to."""
    @property
    def obs_event_field_concept_id(self) -> s.IntPatientSeries:
        """Which table that record is in."""

class _observation(EventFrame):
    """Clinical facts that fit no other table: social history, family history, lifestyle."""
    @property
    def observation_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def observation_concept_id(self) -> s.IntEventSeries:
        """Standard concept of what was observed."""
    @property
    def observation_date(self) -> s.DateEventSeries:
        """Day of the observation."""
    @property
    def observation_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def value_as_number(self) -> s.FloatEventSeries:
        """What was observed, as a number."""
    @property
    def value_as_string(self) -> s.StrEventSeries:
        """What was observed, as text."""
    @property
    def value_as_concept_id(self) -> s.IntEventSeries:
        """What was observed, as a concept."""
    @property
    def qualifier_concept_id(self) -> s.IntEventSeries:
        """What further describes it, such as severity."""
    @property
    def unit_concept_id(self) -> s.IntEventSeries:
        """Unit of the number."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who observed."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was observed."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def observation_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def observation_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def unit_source_value(self) -> s.StrEventSeries:
        """Unit as written in the source."""
    @property
    def qualifier_source_value(self) -> s.StrEventSeries:
        """Qualifier as written in the source."""
    @property
    def value_source_value(self) -> s.StrEventSeries:
        """What was observed, as written in the source."""
    @property
    def observation_event_id(self) -> s.IntEventSeries:
        """Key of the record this one belongs to."""
    @property
    def obs_event_field_concept_id(self) -> s.IntEventSeries:
        """Which table that record is in."""
    def sort_by(self, *order: Any) -> _observation_sorted: ...

class _observation_sorted(_observation):
    """Clinical facts that fit no other table: social history, family history, lifestyle."""
    def first_for_patient(self) -> _observation_row: ...
    def last_for_patient(self) -> _observation_row: ...

observation: _observation

class _observation_period_row(PatientFrame):
    """Periods during which what happens to a person can be expected to be recorded."""
    @property
    def observation_period_id(self) -> s.IntPatientSeries:
        """Key of the period."""
    @property
    def observation_period_start_date(self) -> s.DatePatientSeries:
        """First day of the period."""
    @property
    def observation_period_end_date(self) -> s.DatePatientSeries:
        """Last day of the period."""
    @property
    def period_type_concept_id(self) -> s.IntPatientSeries:
        """Where the period was learned from."""

class _observation_period(EventFrame):
    """Periods during which what happens to a person can be expected to be recorded."""
    @property
    def observation_period_id(self) -> s.IntEventSeries:
        """Key of the period."""
    @property
    def observation_period_start_date(self) -> s.DateEventSeries:
        """First day of the period."""
    @property
    def observation_period_end_date(self) -> s.DateEventSeries:
        """Last day of the period."""
    @property
    def period_type_concept_id(self) -> s.IntEventSeries:
        """Where the period was learned from."""
    def sort_by(self, *order: Any) -> _observation_period_sorted: ...

class _observation_period_sorted(_observation_period):
    """Periods during which what happens to a person can be expected to be recorded."""
    def first_for_patient(self) -> _observation_period_row: ...
    def last_for_patient(self) -> _observation_period_row: ...

observation_period: _observation_period

class _person(PatientFrame):
    """One row for each person: birth, gender, race, ethnicity."""
    @property
    def gender_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the gender; 8507 male, 8532 female."""
    @property
    def year_of_birth(self) -> s.IntPatientSeries:
        """Year of birth."""
    @property
    def month_of_birth(self) -> s.IntPatientSeries:
        """Month of birth."""
    @property
    def day_of_birth(self) -> s.IntPatientSeries:
        """Day of birth."""
    @property
    def birth_datetime(self) -> s.DatePatientSeries:
        """Date of birth; the time of day is left out."""
    @property
    def race_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the race."""
    @property
    def ethnicity_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the ethnicity."""
    @property
    def location_id(self) -> s.IntPatientSeries:
        """Where the person lives."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """The person's usual doctor."""
    @property
    def care_site_id(self) -> s.IntPatientSeries:
        """The person's usual place of care."""
    @property
    def person_source_value(self) -> s.StrPatientSeries:
        """The person's identifier in the source, as far as it may be shown."""
    @property
    def gender_source_value(self) -> s.StrPatientSeries:
        """Gender as written in the source."""
    @property
    def gender_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source value."""
    @property
    def race_source_value(self) -> s.StrPatientSeries:
        """Race as written in the source."""
    @property
    def race_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source value."""
    @property
    def ethnicity_source_value(self) -> s.StrPatientSeries:
        """Ethnicity as written in the source."""
    @property
    def ethnicity_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source value."""
    @property
    def date_of_birth(self) -> s.DatePatientSeries:
        """`birth_datetime`; where it is missing, put together from year, month and day, each missing part as 1."""
    def age_on(self, date: DateLike) -> s.IntPatientSeries:
        """Age in whole years on a date, whether or not the person is then alive; negative before birth."""

person: _person

class _procedure_occurrence_row(PatientFrame):
    """Procedures carried out on a person to diagnose or to treat."""
    @property
    def procedure_occurrence_id(self) -> s.IntPatientSeries:
        """Key of the record."""
    @property
    def procedure_concept_id(self) -> s.IntPatientSeries:
        """Standard concept of the procedure."""
    @property
    def procedure_date(self) -> s.DatePatientSeries:
        """Day of the procedure."""
    @property
    def procedure_end_date(self) -> s.DatePatientSeries:
        """Last day of the procedure."""
    @property
    def procedure_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def modifier_concept_id(self) -> s.IntPatientSeries:
        """What further describes the procedure, such as the side."""
    @property
    def quantity(self) -> s.IntPatientSeries:
        """How often it was done."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who did it."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Visit during which it was done."""
    @property
    def visit_detail_id(self) -> s.IntPatientSeries:
        """Part of the visit."""
    @property
    def procedure_source_value(self) -> s.StrPatientSeries:
        """Code as written in the source."""
    @property
    def procedure_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source code."""
    @property
    def modifier_source_value(self) -> s.StrPatientSeries:
        """Modifier as written in the source."""

class _procedure_occurrence(EventFrame):
    """Procedures carried out on a person to diagnose or to treat."""
    @property
    def procedure_occurrence_id(self) -> s.IntEventSeries:
        """Key of the record."""
    @property
    def procedure_concept_id(self) -> s.IntEventSeries:
        """Standard concept of the procedure."""
    @property
    def procedure_date(self) -> s.DateEventSeries:
        """Day of the procedure."""
    @property
    def procedure_end_date(self) -> s.DateEventSeries:
        """Last day of the procedure."""
    @property
    def procedure_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def modifier_concept_id(self) -> s.IntEventSeries:
        """What further describes the procedure, such as the side."""
    @property
    def quantity(self) -> s.IntEventSeries:
        """How often it was done."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who did it."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Visit during which it was done."""
    @property
    def visit_detail_id(self) -> s.IntEventSeries:
        """Part of the visit."""
    @property
    def procedure_source_value(self) -> s.StrEventSeries:
        """Code as written in the source."""
    @property
    def procedure_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source code."""
    @property
    def modifier_source_value(self) -> s.StrEventSeries:
        """Modifier as written in the source."""
    def sort_by(self, *order: Any) -> _procedure_occurrence_sorted: ...

class _procedure_occurrence_sorted(_procedure_occurrence):
    """Procedures carried out on a person to diagnose or to treat."""
    def first_for_patient(self) -> _procedure_occurrence_row: ...
    def last_for_patient(self) -> _procedure_occurrence_row: ...

procedure_occurrence: _procedure_occurrence

class _visit_occurrence_row(PatientFrame):
    """Encounters with the health system: inpatient, outpatient, emergency."""
    @property
    def visit_occurrence_id(self) -> s.IntPatientSeries:
        """Key of the visit."""
    @property
    def visit_concept_id(self) -> s.IntPatientSeries:
        """Kind of visit; 9201 inpatient, 9202 outpatient, 9203 emergency."""
    @property
    def visit_start_date(self) -> s.DatePatientSeries:
        """First day of the visit."""
    @property
    def visit_end_date(self) -> s.DatePatientSeries:
        """Last day of the visit."""
    @property
    def visit_type_concept_id(self) -> s.IntPatientSeries:
        """Where the record came from."""
    @property
    def provider_id(self) -> s.IntPatientSeries:
        """Who provided the care."""
    @property
    def care_site_id(self) -> s.IntPatientSeries:
        """Where the care was provided."""
    @property
    def visit_source_value(self) -> s.StrPatientSeries:
        """Kind of visit as written in the source."""
    @property
    def visit_source_concept_id(self) -> s.IntPatientSeries:
        """Concept of the source value."""
    @property
    def admitted_from_concept_id(self) -> s.IntPatientSeries:
        """Where the person was admitted from."""
    @property
    def admitted_from_source_value(self) -> s.StrPatientSeries:
        """The same, as written in the source."""
    @property
    def discharged_to_concept_id(self) -> s.IntPatientSeries:
        """Where the person went afterwards."""
    @property
    def discharged_to_source_value(self) -> s.StrPatientSeries:
        """The same, as written in the source."""
    @property
    def preceding_visit_occurrence_id(self) -> s.IntPatientSeries:
        """Key of the visit before this one."""

class _visit_occurrence(EventFrame):
    """Encounters with the health system: inpatient, outpatient, emergency."""
    @property
    def visit_occurrence_id(self) -> s.IntEventSeries:
        """Key of the visit."""
    @property
    def visit_concept_id(self) -> s.IntEventSeries:
        """Kind of visit; 9201 inpatient, 9202 outpatient, 9203 emergency."""
    @property
    def visit_start_date(self) -> s.DateEventSeries:
        """First day of the visit."""
    @property
    def visit_end_date(self) -> s.DateEventSeries:
        """Last day of the visit."""
    @property
    def visit_type_concept_id(self) -> s.IntEventSeries:
        """Where the record came from."""
    @property
    def provider_id(self) -> s.IntEventSeries:
        """Who provided the care."""
    @property
    def care_site_id(self) -> s.IntEventSeries:
        """Where the care was provided."""
    @property
    def visit_source_value(self) -> s.StrEventSeries:
        """Kind of visit as written in the source."""
    @property
    def visit_source_concept_id(self) -> s.IntEventSeries:
        """Concept of the source value."""
    @property
    def admitted_from_concept_id(self) -> s.IntEventSeries:
        """Where the person was admitted from."""
    @property
    def admitted_from_source_value(self) -> s.StrEventSeries:
        """The same, as written in the source."""
    @property
    def discharged_to_concept_id(self) -> s.IntEventSeries:
        """Where the person went afterwards."""
    @property
    def discharged_to_source_value(self) -> s.StrEventSeries:
        """The same, as written in the source."""
    @property
    def preceding_visit_occurrence_id(self) -> s.IntEventSeries:
        """Key of the visit before this one."""
    def sort_by(self, *order: Any) -> _visit_occurrence_sorted: ...

class _visit_occurrence_sorted(_visit_occurrence):
    """Encounters with the health system: inpatient, outpatient, emergency."""
    def first_for_patient(self) -> _visit_occurrence_row: ...
    def last_for_patient(self) -> _visit_occurrence_row: ...

visit_occurrence: _visit_occurrence
