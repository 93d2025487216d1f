"""Slips that Python explains in its own terms, answered in those of the language: an error and its line give the fix.

The first entry whose patterns are found in the message and in the line speaks. Groups of the message's pattern can be
named in the fix by their number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TABLES = {
    "core": ("patients", "clinical_events", "medications", "practice_registrations", "ons_deaths"),
    "tpp": ("addresses", "apcs", "appointments", "emergency_care_attendances", "opa", "vaccinations"),
}
A_TABLE = "|".join(name for names in TABLES.values() for name in names)
SERIES = r"'?\w*(?:Patient|Event)Series'?"
# What other tools call it, by what it is called here.
OTHER_NAMES = {
    "average": "mean_for_patient",
    "between": "is_on_or_between",
    "count": "count_for_patient",
    "distinct": "count_distinct_for_patient",
    "exists": "exists_for_patient",
    "filter": "where",
    "isin": "is_in",
    "isna": "is_null",
    "isnull": "is_null",
    "fillna": "when_null_then",
    "max": "maximum_for_patient",
    "max_for_patient": "maximum_for_patient",
    "mean": "mean_for_patient",
    "min": "minimum_for_patient",
    "min_for_patient": "minimum_for_patient",
    "notnull": "is_not_null",
    "nunique": "count_distinct_for_patient",
    "sort_values": "sort_by",
    "sum": "sum_for_patient",
}


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: what the message says, what the line has in it, and the fix."""

    message: str
    fix: str
    line: str = ""


SLIPS: tuple[Slip, ...] = (
    Slip(
        r"for -: '(?:int|float)' and 'Date|for [+-]: 'Date\w+' and '(?:int|float)'",
        'a number alone is no time: a date is written "2024-01-31", and a length of time `days(5)` or `years(1)`',
    ),
    Slip(
        r"'DateDifference'",
        "the difference between two dates is a number once it has a unit: `(later - earlier).days`, or `.years`",
    ),
    Slip(r"is_(?:not_)?in\(\) takes 2 positional", "put the values into square brackets: `.is_in([…, …])`"),
    Slip(
        r"expected a list of \w+Code, but it contains int",
        'codes are text, even where they are digits: write them in quotes, `"123456789"`',
    ),
    Slip(
        r"(maximum_of|minimum_of)\(\) missing 1 required",
        "give two or more values: `{1}(a, b)`; the members of a list are given with a star, `{1}(*values)`",
    ),
    Slip(
        rf"object of type '({A_TABLE})' has no len",
        "to count a patient's rows, write `{1}.count_for_patient()`",
    ),
    Slip(
        rf"'({A_TABLE})' object is not subscriptable",
        "a column is an attribute: `{1}.{2}`",
        r"\[['\"](\w+)['\"]\]",
    ),
    Slip(
        rf"'(?:{A_TABLE}|\w+Series)' object is not iterable",
        "a definition says what to ask and sees no rows: choose rows with `.where(…)`, then count or pick them",
    ),
    Slip(
        rf"(?:int|float)\(\) argument must be .*{SERIES}",
        "write `.as_int()` or `.as_float()` after the series",
    ),
    Slip(
        r"doesn't define __round__",
        "round by arithmetic: `(x * 10).as_int()` keeps one decimal as a whole number, or round in the analysis",
    ),
    Slip(
        r"no attribute `(first|last)_for_patient`",
        "rows have no order until they are sorted: `.sort_by(…).{1}_for_patient()`",
    ),
    Slip(
        r"'Code\w+Series' object has no attribute 'contains",
        "a column of single codes is compared with whole codes: `.is_in([…])`; `contains` is for columns of many codes",
    ),
    Slip(
        r"'Str\w+Series' object has no attribute '(?:upper|lower|strip|startswith|endswith|replace|split|len)'",
        "text can be compared, searched with `.contains(…)` and replaced with `.map_values({{…}})`; "
        "change it further in the analysis",
    ),
    Slip(
        r"configure_dummy_data\(\) (?:takes 1 positional|got an unexpected keyword)",
        "its arguments are named: `population_size=1000`, `timeout=60`, `additional_population_constraint=…`",
    ),
    Slip(
        r"nothing called `(define_measure|define_defaults)`",
        "measures have a collection of their own: `measures = create_measures()`, then `measures.{1}(…)`",
    ),
    Slip(r"cannot import name 'hospital_admissions'", "hospital stays are in `apcs` now, with other columns"),
    Slip(
        rf"cannot import name '({A_TABLE})' from 'ehrql(?:\.tables)?'",
        "say whose tables: `from ehrql.tables.core import {1}`, or `ehrql.tables.tpp`",
    ),
    Slip(
        rf"name '({A_TABLE})' is not defined",
        "tables are imported: `from ehrql.tables.core import {1}`, or from `ehrql.tables.tpp`",
    ),
    Slip(
        r"name 'date' is not defined",
        "a column is named with its table, as in `events.date`; Python's dates need `from datetime import date`",
    ),
    Slip(r"name '(datetime|timedelta)' is not defined", "add `from datetime import {1}`"),
    Slip(
        r"No module named '(?:cohortextractor|databuilder)'",
        "this is an older language; a definition starts with `from ehrql import create_dataset`",
    ),
    Slip(
        r"'Dataset' object does not support item assignment",
        'a column is an attribute: `dataset.{1} = …`, or `dataset.add_column("{1}", …)`',
        r"\[['\"](\w+)['\"]\]",
    ),
    Slip(
        r"'Dataset' object does not support item assignment",
        "a column whose name is put together is added with `dataset.add_column(name, series)`",
    ),
    Slip(
        r"no single truth value",
        "whether a value is one of several is asked with `{1}.is_in(…)`",
        r"([\w.]+) (?:not )?in \w",
    ),
    Slip(
        r"cannot be read: 'utf-8' codec",
        "save the file as UTF-8: a spreadsheet calls that “CSV UTF-8”",
    ),
    Slip(
        r"no column `\w+`; there are: '[^',]*(?:;|\\t)",
        "the file's columns are not separated by commas: save it as CSV with commas",
    ),
    Slip(
        r"needs a condition that is true or false",
        'compare the value with something: `patients.sex == "male"`, `age >= 18`, `.is_in([…])`, `.is_not_null()`',
    ),
)


def slip_in(message: str, line: str) -> str | None:
    """Return the fix of a slip, or None when this is not one of them.

    >>> slip_in("object of type 'medications' has no len()", "n = len(medications)")
    "to count a patient's rows, write `medications.count_for_patient()`"
    """
    for slip in SLIPS:
        told, written = re.search(slip.message, message), re.search(slip.line, line)
        if told and written:
            return slip.fix.format("", *told.groups(), *written.groups())
    return None


def name_here(wrong: str, known: list[str]) -> str | None:
    """Return what another tool's name is called here, where the object has it.

    >>> name_here("max", ["mean_for_patient", "maximum_for_patient"])
    'maximum_for_patient'
    """
    meant = OTHER_NAMES.get(wrong)
    return meant if meant in known else None
