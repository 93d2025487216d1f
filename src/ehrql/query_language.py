"""The names older studies import from `ehrql.query_language`: the language and its classes."""

from armslength.query.language.codelists import codelist_from_csv
from armslength.query.language.conditions import case, maximum_of, minimum_of, when
from armslength.query.language.dataset import Dataset, create_dataset
from armslength.query.language.durations import Duration, days, months, weeks, years
from armslength.query.language.errors import Error
from armslength.query.language.files import table_from_file
from armslength.query.language.frames import BaseFrame
from armslength.query.language.measures import INTERVAL, Measures, create_measures
from armslength.query.language.parameters import get_parameter
from armslength.query.language.permissions import claim_permissions
from armslength.query.language.series import *  # noqa: F403
from armslength.query.language.series import __all__ as _series
from armslength.query.language.show import show
from armslength.query.language.tables import (
    Constraint,
    EventFrame,
    PatientFrame,
    Series,
    table,
    table_from_rows,
)

__all__ = [
    "INTERVAL",
    "BaseFrame",
    "Constraint",
    "Dataset",
    "Duration",
    "Error",
    "EventFrame",
    "Measures",
    "PatientFrame",
    "Series",
    "case",
    "claim_permissions",
    "codelist_from_csv",
    "create_dataset",
    "create_measures",
    "days",
    "get_parameter",
    "maximum_of",
    "minimum_of",
    "months",
    "show",
    "table",
    "table_from_file",
    "table_from_rows",
    "weeks",
    "when",
    "years",
]
__all__ += _series
