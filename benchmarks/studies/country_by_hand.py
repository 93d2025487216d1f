"""The study of a country as a person writes it in SQL who knows DuckDB well: the same columns with the same answers.

One reading of a table for each subject, filtered by its codes and by the population, worked out for each patient and
codelist at once, and turned into columns at the end.
"""

from __future__ import annotations

import pyarrow as pa
from studies.country import (
    CONDITION_LISTS,
    DATED,
    INDEX_DATE,
    LAST_ISSUED,
    MEASUREMENTS,
    MEDICINE_LISTS,
    OUTCOMES,
    REPEATED,
    SMOKING,
    codelists,
)

from armslength.query.stores.sample import concepts

DAY = f"DATE '{INDEX_DATE}'"
HEARTS = "('I219', 'I259', 'I500', 'I64')"
CONTACTS = ("smoking", "flu", "covid", "pneumococcal", "seen")


def code_tables() -> dict[str, pa.Table]:
    """Return the codes as tables of list and code, by name."""
    lists = codelists()
    contacts = dict(
        zip(
            CONTACTS,
            (
                tuple(SMOKING), (concepts.FLU_VACCINE.code,), (concepts.COVID_VACCINE.code,),
                (concepts.PNEUMOCOCCAL_VACCINE.code,), lists.consultations,
            ),
            strict=True,
        )
    )  # fmt: skip
    measured = {name: (concept.code,) for name, concept in MEASUREMENTS.items()}
    return {
        "condition_codes": _codes(lists.conditions),
        "medicine_codes": _codes(lists.medicines),
        "measurement_codes": _codes(measured),
        "contact_codes": _codes(contacts),
    }


def _codes(lists: dict[str, tuple[str, ...]]) -> pa.Table:
    pairs = [(name, code) for name, codes in lists.items() for code in codes]
    return pa.table({"list": [name for name, _ in pairs], "code": [code for _, code in pairs]})


def statements() -> dict[str, str]:
    """Return the tables that are made first, by name, in order."""
    return {
        "members": _members(),
        "homes": _homes(),
        "diagnoses": f"""
            SELECT patient_id, list, min(date) FILTER (date <= {DAY}) AS first,
                min(date) FILTER (date > {DAY}) AS new, min(date) AS ever
            FROM clinical_events JOIN condition_codes ON snomedct_code = code
            SEMI JOIN members USING (patient_id) GROUP BY ALL""",
        "measurements": f"""
            SELECT patient_id, list, max_by(numeric_value, (date, numeric_value)) AS last, max(date) AS day,
                avg(numeric_value) AS mean, max(numeric_value) AS highest, count(*) AS times
            FROM clinical_events JOIN measurement_codes ON snomedct_code = code
            SEMI JOIN members USING (patient_id)
            WHERE date BETWEEN {DAY} - INTERVAL 5 YEAR AND {DAY} AND numeric_value IS NOT NULL GROUP BY ALL""",
        "contacts": f"""
            SELECT patient_id, list, max_by(snomedct_code, (date, snomedct_code)) FILTER (list = 'smoking') AS code,
                max(date) AS last, min(date) AS first, count(*) AS times,
                max(date) FILTER (date >= {DAY} - INTERVAL 1 YEAR) AS last_of_year,
                count(*) FILTER (date >= {DAY} - INTERVAL 1 YEAR) AS times_of_year
            FROM clinical_events JOIN contact_codes ON snomedct_code = code
            SEMI JOIN members USING (patient_id) WHERE date <= {DAY} GROUP BY ALL""",
        "medicines": f"""
            SELECT patient_id, list, min(date) AS ever, max(date) FILTER (date <= {DAY}) AS last,
                count(*) FILTER (date BETWEEN {DAY} - INTERVAL 6 MONTH AND {DAY}) AS times_of_half,
                count(*) FILTER (date BETWEEN {DAY} - INTERVAL 1 YEAR AND {DAY}) AS times_of_year
            FROM medications JOIN medicine_codes ON dmd_code = code
            SEMI JOIN members USING (patient_id) GROUP BY ALL""",
        **_events_beside_events(),
    }


def _members() -> str:
    return f"""
        WITH here AS (
            SELECT patient_id, max_by((practice_pseudo_id, start_date),
                (start_date, coalesce(end_date, DATE '0001-01-01'), practice_pseudo_id)) AS registered
            FROM practice_registrations WHERE start_date <= {DAY} AND (end_date >= {DAY} OR end_date IS NULL)
            GROUP BY patient_id
        ), aged AS (
            SELECT *, year({DAY}) - year(date_of_birth) - CASE WHEN (month(date_of_birth), day(date_of_birth))
                > (month({DAY}), day({DAY})) THEN 1 ELSE 0 END AS age FROM patients
        )
        SELECT patient_id, sex, age, registered[1] AS practice, registered[2] AS registered_since
        FROM aged JOIN here USING (patient_id)
        WHERE age BETWEEN 18 AND 110 AND sex IN ('female', 'male')
            AND (date_of_death > {DAY} OR date_of_death IS NULL)"""


def _homes() -> str:
    return f"""
        SELECT patient_id, max_by((imd_rounded, rural_urban_classification, msoa_code, care_home_is_potential_match),
            (has_postcode, start_date, coalesce(end_date, DATE '0001-01-01'), address_id)) AS home
        FROM addresses SEMI JOIN members USING (patient_id)
        WHERE start_date <= {DAY} AND (end_date >= {DAY} OR end_date IS NULL) GROUP BY patient_id"""


def _events_beside_events() -> dict[str, str]:
    return {
        "treated": """
            SELECT patient_id, min(date) AS statin_after_diabetes
            FROM medications JOIN medicine_codes ON dmd_code = code AND medicine_codes.list = 'statin'
            JOIN diagnoses USING (patient_id) WHERE diagnoses.list = 'type_2_diabetes' AND date >= ever
            GROUP BY patient_id""",
        "before_statin": f"""
            SELECT patient_id, max_by(numeric_value, (date, numeric_value)) AS cholesterol_before_statin
            FROM clinical_events JOIN medicines USING (patient_id)
            WHERE snomedct_code = '{concepts.CHOLESTEROL.code}' AND medicines.list = 'statin'
                AND date BETWEEN ever - 365 AND ever GROUP BY patient_id""",
        "attacks": """
            SELECT patient_id, count(*) AS attacks_after_hypertension
            FROM clinical_events JOIN condition_codes c ON snomedct_code = code AND c.list = 'myocardial_infarction'
            JOIN diagnoses d USING (patient_id) WHERE d.list = 'hypertension' AND date > ever GROUP BY patient_id""",
    }


def result() -> str:
    """Return the query of the result, in the study's order of columns."""
    columns = [*_of_people(), *_of_conditions(), *_of_measurements(), *_of_contacts(), *_of_medicines()]
    columns += [
        "statin_after_diabetes", "cholesterol_before_statin",
        "coalesce(attacks_after_hypertension, 0) AS attacks_after_hypertension", "ons_deaths.date AS died",
        "underlying_cause_of_death AS died_of", f"underlying_cause_of_death IN {HEARTS} AS died_of_heart",
        "(" + " OR ".join(f"{cause} IN {HEARTS}" for cause in _causes()) + ") AS heart_on_certificate",
    ]  # fmt: skip
    return f"""
        SELECT patient_id, {", ".join(columns)}
        FROM members LEFT JOIN homes USING (patient_id)
        LEFT JOIN {_wide("diagnoses", _wide_conditions())} USING (patient_id)
        LEFT JOIN {_wide("measurements", _wide_measurements())} USING (patient_id)
        LEFT JOIN {_wide("contacts", _wide_contacts())} USING (patient_id)
        LEFT JOIN {_wide("medicines", _wide_medicines())} USING (patient_id)
        LEFT JOIN treated USING (patient_id) LEFT JOIN before_statin USING (patient_id)
        LEFT JOIN attacks USING (patient_id) LEFT JOIN ons_deaths USING (patient_id) ORDER BY patient_id"""


def _wide(table: str, columns: list[str]) -> str:
    return f"(SELECT patient_id, {', '.join(columns)} FROM {table} GROUP BY patient_id) AS wide_{table}"


def _causes() -> list[str]:
    return ["underlying_cause_of_death", *(f"cause_of_death_{number:02}" for number in range(1, 16))]


def _of_people() -> list[str]:
    fifths = (6_568, 13_137, 19_706, 26_275, 32_844)
    names = ("1 (most deprived)", "2", "3", "4", "5 (least deprived)")
    quintile = " ".join(f"WHEN home[1] <= {b} THEN '{n}'" for b, n in zip(fifths, names, strict=True))
    return [
        "sex", "age",
        "CASE WHEN age < 30 THEN '18-29' WHEN age < 45 THEN '30-44' WHEN age < 60 THEN '45-59'"
        " WHEN age < 75 THEN '60-74' ELSE '75+' END AS age_band",
        "practice", "registered_since", f"CASE {quintile} ELSE 'unknown' END AS imd_quintile",
        "home[2] AS rurality", "home[3] AS msoa", "coalesce(home[4], false) AS in_care_home",
    ]  # fmt: skip


def _of_conditions() -> list[str]:
    found = []
    for name in CONDITION_LISTS:
        found.append(f"first_{name}_ IS NOT NULL AS has_{name}")
        found += [f"first_{name}_ AS first_{name}"] if name in DATED else []
        found += [f"new_{name}"] if name in OUTCOMES else []
    return found


def _wide_conditions() -> list[str]:
    found = [f"max(first) FILTER (list = '{name}') AS first_{name}_" for name in CONDITION_LISTS]
    return found + [f"max(new) FILTER (list = '{name}') AS new_{name}" for name in OUTCOMES]


def _of_measurements() -> list[str]:
    found = []
    for name in MEASUREMENTS:
        found += [name, f"{name}_date"]
        if name in ("systolic", "hba1c"):
            found += [f"{name}_mean", f"{name}_highest", f"coalesce({name}_times, 0) AS {name}_times"]
    return found


def _wide_measurements() -> list[str]:
    found = []
    for name in MEASUREMENTS:
        found += [
            f"max(last) FILTER (list = '{name}') AS {name}",
            f"max(day) FILTER (list = '{name}') AS {name}_date",
        ]
        if name in ("systolic", "hba1c"):
            found += [
                f"max({each}) FILTER (list = '{name}') AS {name}_{each}"
                for each in ("mean", "highest", "times")
            ]
    return found


def _of_contacts() -> list[str]:
    smoking = " ".join(f"WHEN '{code}' THEN '{label}'" for code, label in SMOKING.items())
    return [
        f"CASE smoking_code {smoking} END AS smoking", "smoking_date",
        "coalesce(flu_times, 0) > 0 AS flu_vaccine", "coalesce(covid_times, 0) AS covid_vaccines",
        "covid_vaccine_first", "pneumococcal_date IS NOT NULL AS pneumococcal_vaccine",
        "coalesce(seen_times, 0) AS consultations", "consultation_last",
    ]  # fmt: skip


def _wide_contacts() -> list[str]:
    of = {
        "smoking_code": ("code", "smoking"), "smoking_date": ("last", "smoking"), "flu_times": ("times_of_year", "flu"),
        "covid_times": ("times", "covid"), "covid_vaccine_first": ("first", "covid"),
        "pneumococcal_date": ("first", "pneumococcal"), "seen_times": ("times_of_year", "seen"),
        "consultation_last": ("last_of_year", "seen"),
    }  # fmt: skip
    return [f"max({column}) FILTER (list = '{name}') AS {made}" for made, (column, name) in of.items()]


def _of_medicines() -> list[str]:
    found = []
    for name in MEDICINE_LISTS:
        found.append(f"coalesce({name}_half, 0) > 0 AS on_{name}")
        found += [f"{name}_last"] if name in LAST_ISSUED else []
        found += [f"coalesce({name}_year, 0) AS {name}_issues"] if name in REPEATED else []
    return found


def _wide_medicines() -> list[str]:
    found = [f"max(times_of_half) FILTER (list = '{name}') AS {name}_half" for name in MEDICINE_LISTS]
    found += [f"max(last) FILTER (list = '{name}') AS {name}_last" for name in LAST_ISSUED]
    return found + [f"max(times_of_year) FILTER (list = '{name}') AS {name}_year" for name in REPEATED]


# What a bare scan reads: the columns the study needs, nothing done with them.
COLUMNS = {
    "patients": ("patient_id", "date_of_birth", "sex", "date_of_death"),
    "practice_registrations": ("patient_id", "start_date", "end_date", "practice_pseudo_id"),
    "addresses": (
        "patient_id", "address_id", "start_date", "end_date", "rural_urban_classification", "imd_rounded",
        "msoa_code", "has_postcode", "care_home_is_potential_match",
    ),
    "clinical_events": ("patient_id", "date", "snomedct_code", "numeric_value"),
    "medications": ("patient_id", "date", "dmd_code"),
    "ons_deaths": ("patient_id", "date", *_causes()),
}  # fmt: skip
TEXT = ("sex", "msoa_code", "snomedct_code", "dmd_code", *_causes())
DATES = ("date_of_birth", "date_of_death", "start_date", "end_date", "date")


def bare_scans() -> dict[str, str]:
    """Return for each table a query that has to read every needed value and does next to nothing with it."""
    return {
        table: f"SELECT {', '.join(_touched(column) for column in columns)} FROM {table}"
        for table, columns in COLUMNS.items()
    }


def _touched(column: str) -> str:
    if column in TEXT:
        return f"sum(strlen({column}))"
    if column in DATES:
        return f"bit_xor({column} - DATE '2000-01-01')"
    return f"count({column})" if column.startswith(("has", "care")) else f"sum({column})"
