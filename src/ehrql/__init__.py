"""What study code imports: the query language, under the name public studies know."""

from armslength.query.language.codelists import codelist_from_csv
from armslength.query.language.conditions import case, maximum_of, minimum_of, when
from armslength.query.language.dataset import Dataset, create_dataset
from armslength.query.language.durations import days, months, weeks, years
from armslength.query.language.errors import Error
from armslength.query.language.files import table_from_file
from armslength.query.language.measures import INTERVAL, Measures, create_measures
from armslength.query.language.parameters import get_parameter
from armslength.query.language.permissions import claim_permissions
from armslength.query.language.show import show

__version__ = "0.1.0"

__all__ = [
    "INTERVAL",
    "Dataset",
    "Error",
    "Measures",
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
    "table_from_file",
    "weeks",
    "when",
    "years",
]
