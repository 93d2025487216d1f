"""What goes wrong while a definition runs, each message saying what happened and the likely repair."""

from __future__ import annotations


class EHRQLException(Exception):
    """Everything this language raises on its own account; plain TypeErrors and ValueErrors aside."""


class Error(EHRQLException):
    """The definition does not make sense as written."""


class ParameterError(EHRQLException):
    """A parameter of the definition is missing or cannot be read."""


class EHRQLUserException(EHRQLException):
    """A person can put this right; the command line shows it without a traceback."""


class FileValidationError(EHRQLUserException):
    """A file given to the definition does not hold what it should."""


class CodelistError(ValueError):
    """A codelist file cannot be used."""


Error.__module__ = "ehrql"  # study authors meet it as `ehrql.Error`
