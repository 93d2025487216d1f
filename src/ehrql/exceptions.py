"""What goes wrong, for `except` clauses."""

from armslength.query.language.errors import (
    AssuranceTestError,
    CannotGenerate,
    CodelistError,
    DefinitionError,
    DummyDataException,
    EHRQLException,
    EHRQLPermissionError,
    EHRQLUserException,
    Error,
    FileValidationError,
    MeasuresTimeout,
    ParameterError,
)

__all__ = [
    "AssuranceTestError",
    "CannotGenerate",
    "CodelistError",
    "DefinitionError",
    "DummyDataException",
    "EHRQLException",
    "EHRQLPermissionError",
    "EHRQLUserException",
    "Error",
    "FileValidationError",
    "MeasuresTimeout",
    "ParameterError",
]
