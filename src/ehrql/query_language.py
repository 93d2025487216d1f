"""The names older studies import from `ehrql.query_language`."""

from armslength.query.language.conditions import case, maximum_of, minimum_of, when
from armslength.query.language.dataset import Dataset, create_dataset
from armslength.query.language.durations import days, months, weeks, years
from armslength.query.language.files import table_from_file
from armslength.query.language.parameters import get_parameter
from armslength.query.language.tables import (
    Constraint,
    EventFrame,
    PatientFrame,
    Series,
    table,
    table_from_rows,
)

__all__ = [
    "Constraint",
    "Dataset",
    "EventFrame",
    "PatientFrame",
    "Series",
    "case",
    "create_dataset",
    "days",
    "get_parameter",
    "maximum_of",
    "minimum_of",
    "months",
    "table",
    "table_from_file",
    "table_from_rows",
    "weeks",
    "when",
    "years",
]
