"""What goes wrong while a definition runs, each message saying what happened and the likely repair."""

from __future__ import annotations


class EHRQLException(Exception):
    """Everything this language raises on its own account; plain TypeErrors and ValueErrors aside."""


class Error(EHRQLException):
    """The definition does not make sense as written."""


class ParameterError(EHRQLException):
    """A parameter of the definition is missing or cannot be read."""


class DummyDataException(EHRQLException):
    """Invented data cannot be made."""


class CannotGenerate(DummyDataException):
    """No invented patient can satisfy what the query asks for."""


class EHRQLUserException(EHRQLException):
    """A person can put this right; the command line shows it without a traceback."""


class DefinitionError(EHRQLUserException):
    """Something is wrong in or about a definition file. `exit_code` is its own, where it has one."""

    def __init__(self, *told: object, exit_code: int | None = None) -> None:
        super().__init__(*told)
        self.exit_code = exit_code


class AssuranceTestError(EHRQLUserException):
    """A dataset does not give what its assurance tests expect."""


class EHRQLPermissionError(EHRQLUserException):
    """The query reads something that needs a permission."""


class MeasuresTimeout(EHRQLUserException):
    """Calculating the measures would take longer than is allowed."""


class FileValidationError(EHRQLUserException):
    """A file given to the definition does not hold what it should."""


class CodelistError(ValueError):
    """A codelist file cannot be used."""


Error.__module__ = "ehrql"  # study authors meet it as `ehrql.Error`
