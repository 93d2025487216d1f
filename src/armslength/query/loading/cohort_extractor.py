"""Definitions for cohort-extractor, the query tool before ehrQL: recognised, never run, answered with the way on.

`COUNTERPARTS` is the one list of what each of its functions becomes; the how-to prints it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.query.loading.loaded import DEFINITION_STATUS

PACKAGE, HOW_TO = "cohortextractor", "docs/how-to/migrate-from-cohortextractor.md"
MOST_BYTES, MOST_TOLD = 4 << 20, 40
NONE = "nothing: no table of today holds it"
EVENTS = "clinical_events.where(clinical_events.snomedct_code.is_in(codes))"
RANGES = "clinical_events_ranges"
REGISTRATION = "practice_registrations"
DEATHS = "ons_deaths"

# Function of `patients`: what is written in ehrQL instead.
COUNTERPARTS: Mapping[str, str] = {
    "all": "patients.exists_for_patient() in dataset.define_population(…)",
    "random_sample": "nothing: draw the sample in an action after the dataset",
    "sex": "patients.sex (the words female, male, intersex, unknown)",
    "age_as_of": "patients.age_on(date)",
    "date_of_birth": "patients.date_of_birth",
    "registered_as_of": f"{REGISTRATION}.exists_for_patient_on(date)",
    "registered_with_one_practice_between": f"{REGISTRATION}.spanning(start, end).exists_for_patient()",
    "with_complete_history_between": "nothing: it never ran",
    "most_recent_bmi": f"{EVENTS}, then weight / height squared, or .sort_by(date).last_for_patient().numeric_value",
    "mean_recorded_value": f"{EVENTS}.numeric_value.mean_for_patient()",
    "min_recorded_value": f"{EVENTS}.numeric_value.minimum_for_patient()",
    "max_recorded_value": f"{EVENTS}.numeric_value.maximum_for_patient()",
    "with_these_medications": "medications.where(medications.dmd_code.is_in(codes)), then exists, pick or count",
    "with_these_clinical_events": f"{EVENTS}, then exists, pick or count",
    "comparator_from": f"{RANGES}.comparator of the picked row",
    "reference_range_lower_bound_from": f"{RANGES}.lower_bound of the picked row",
    "reference_range_upper_bound_from": f"{RANGES}.upper_bound of the picked row",
    "categorised_as": "case(when(condition).then(value), …, otherwise=value)",
    "satisfying": "the condition itself, with &, | and ~",
    "registered_practice_as_of": f"{REGISTRATION}.for_patient_on(date), and its columns",
    "address_as_of": "addresses.for_patient_on(date), and its columns",
    "care_home_status_as_of": "addresses.for_patient_on(date), its three care-home columns",
    "admitted_to_icu": NONE,
    "with_these_codes_on_death_certificate": f"{DEATHS}.cause_of_death_is_in(codes)",
    "died_from_any_cause": f"{DEATHS}.date",
    "with_death_recorded_in_cpns": NONE,
    "with_death_recorded_in_primary_care": "patients.date_of_death",
    "date_of": "keep the picked row in a variable of Python, and take its .date",
    "with_vaccination_record": "vaccinations.where(…)",
    "with_tpp_vaccination_record": "vaccinations.where(vaccinations.target_disease == …)",
    "with_gp_consultations": "appointments.where(appointments.status.is_in(…))",
    "with_complete_gp_consultation_history_between": f"{REGISTRATION}.spanning_with_systmone(start, end)",
    "with_test_result_in_sgss": "sgss_covid_all_tests.where(…); first tests and case categories are not there",
    "maximum_of": "maximum_of(…)",
    "minimum_of": "minimum_of(…)",
    "fixed_value": "the value itself",
    "household_as_of": "household_memberships_2020, which holds the household and its size only",
    "attended_emergency_care": "emergency_care_attendances.where(…)",
    "date_deregistered_from_all_supported_practices": f"{REGISTRATION}.sort_by(end_date).last_for_patient().end_date",
    "admitted_to_hospital": "apcs.where(…)",
    "with_high_cost_drugs": NONE,
    "with_ethnicity_from_sus": "ethnicity_from_sus.code",
    "with_these_decision_support_values": "decision_support_values.electronic_frailty_index()",
    "with_healthcare_worker_flag_on_covid_vaccine_record": "occupation_on_covid_vaccine_record.where(…)",
    "outpatient_appointment_date": "opa.where(…), with procedures in opa_proc",
    "with_covid_therapeutics": "covid_therapeutics.where(…)",
    "with_value_from_file": "a table read with @table_from_file(…), and its column",
    "which_exist_in_file": "a table read with @table_from_file(…), and exists_for_patient()",
    "with_an_isaric_record": "isaric of the raw tables, which has fewer columns",
    "with_record_in_ukrr": "ukrr.where(…)",
}


def why_not_study_definition(definition: Path) -> Mistake | None:
    """Return what becomes of a definition for cohort-extractor, function by function; None when it is none.

    The file is read and never run.
    """
    try:
        tree = ast.parse(definition.read_bytes()[:MOST_BYTES])
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    line = next(
        (node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt) and _imports_it(node)), None
    )
    if line is None:
        return None
    used = Counter(
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", None) == "patients"
    )
    lines = [
        f"  patients.{name} ({count}) → {COUNTERPARTS.get(name, 'unknown: no such function existed')}"
        for name, count in used.most_common(MOST_TOLD)
    ]
    told = ["write it anew in ehrQL, in a file `dataset_definition.py`; what it asks for becomes:", *lines]
    if any(getattr(node, "id", None) == "Measure" for node in ast.walk(tree)):
        told.append("  Measure(…) → create_measures() and measures.define_measure(…), in a file of their own")
    what = f"`{definition.name}` is a study definition for {PACKAGE}, which is retired and not run"
    hint = "\n".join([*told, f"missing values, dates and codes differ: see {HOW_TO}"])
    return Mistake("Q010", what, f"{definition}:{line}", hint, DEFINITION_STATUS)


def _imports_it(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] == PACKAGE
    return isinstance(node, ast.Import) and any(one.name.partition(".")[0] == PACKAGE for one in node.names)
