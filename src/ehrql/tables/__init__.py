"""TABLES: ready-made contract tables, one module per namespace, and what is needed to define tables."""

from armslength.query.language.files import table_from_file
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
    "EventFrame",
    "PatientFrame",
    "Series",
    "table",
    "table_from_file",
    "table_from_rows",
]
