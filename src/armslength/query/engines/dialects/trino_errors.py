"""What goes wrong in Trino, in words that help. The password and the token of an address are in none of them."""

from __future__ import annotations

import requests
from trino.exceptions import Error, HttpError, TrinoConnectionError, TrinoQueryError

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.trino_address import TrinoAddress
from armslength.query.engines.engine import DATABASE_FAILED, STATEMENT_TIMEOUT, TABLE_MISSING, TOO_COMPLEX
from armslength.query.engines.on_server import cancelled

FAILURES: tuple[type[Exception], ...] = (Error, HttpError, requests.RequestException)
# Errors after which the same statement may do: a machine of the cluster went, or the coordinator forgot the query.
# A table that is there already can only be of an attempt of ours whose answer was lost: its name is of this run.
GONE = frozenset(
    {
        "ABANDONED_QUERY",
        "ABANDONED_TASK",
        "CLUSTER_HAD_A_COMMUNICATION_ERROR",
        "NO_NODES_AVAILABLE",
        "PAGE_TRANSPORT_ERROR",
        "PAGE_TRANSPORT_TIMEOUT",
        "QUERY_QUEUE_FULL",
        "REMOTE_HOST_GONE",
        "REMOTE_TASK_ERROR",
        "REMOTE_TASK_MISMATCH",
        "SERVER_SHUTTING_DOWN",
        "SERVER_STARTING_UP",
        "TABLE_ALREADY_EXISTS",
        "TOO_MANY_REQUESTS_FAILED",
    }
)
STOPPED = ("USER_CANCELED", "ADMINISTRATIVELY_KILLED", "ADMINISTRATIVELY_PREEMPTED")
LATE = ("EXCEEDED_TIME_LIMIT", "EXCEEDED_CPU_LIMIT")
LARGE = (
    "COMPILER_ERROR",
    "EXPRESSION_NOT_SCALAR",
    "OPTIMIZER_TIMEOUT",
    "QUERY_HAS_TOO_MANY_STAGES",
    "QUERY_TEXT_TOO_LARGE",
    "STACK_OVERFLOW",
    "TOO_MANY_ARGUMENTS",
)
ABSENT = (
    "CATALOG_NOT_FOUND",
    "COLUMN_NOT_FOUND",
    "MISSING_CATALOG_NAME",
    "MISSING_SCHEMA_NAME",
    "SCHEMA_NOT_FOUND",
    "TABLE_NOT_FOUND",
)
# What Trino says of these holds the value, which is a patient's.
OUT_OF_RANGE = (
    "DIVISION_BY_ZERO",
    "INVALID_CAST_ARGUMENT",
    "INVALID_FUNCTION_ARGUMENT",
    "NUMERIC_VALUE_OUT_OF_RANGE",
)
UNREACHABLE = (
    502,
    503,
    504,
    404,
    410,
)  # the last two: a coordinator that was started anew knows no query of before


def told(error: Exception) -> str:
    """Return what Trino says, on one line."""
    text = error.message if isinstance(error, TrinoQueryError) else str(error)
    return " ".join(text.split())[:500].rstrip(" .;") or type(error).__name__


def cannot_connect(error: Exception, address: TrinoAddress) -> Mistake:
    """The mistake of a coordinator that cannot be reached, or does not let this user in."""
    text = told(error)
    for secret in address.secrets:
        text = text.replace(secret, "***")
    hint = "check the address, that the coordinator runs, and that this user may ask it"
    return Mistake("Q106", f"Trino cannot be opened: {text}", where=address.shown, hint=hint)


def is_lost(error: Exception) -> bool:
    """Whether the connection, or a part of the cluster, is gone, so that another attempt may fare better."""
    if isinstance(error, TrinoQueryError):
        return error.error_name in GONE
    if isinstance(error, HttpError):
        return any(str(error).startswith(f"error {status}") for status in UNREACHABLE)
    return isinstance(error, (TrinoConnectionError, requests.ConnectionError, requests.Timeout))


def mistake_of(error: Exception, purpose: str) -> Mistake:
    """Say what went wrong while Trino was to do something."""
    name = (error.error_name if isinstance(error, TrinoQueryError) else None) or ""
    kind = (error.error_type if isinstance(error, TrinoQueryError) else None) or ""
    what = f"{purpose}: {told(error)}"
    if name in STOPPED:
        return cancelled(purpose)
    if name in LATE:
        hint = f"give it longer with {STATEMENT_TIMEOUT}, such as `2h`, or ask for fewer variables at once"
        words = f"Trino took longer than it may to {purpose}"
        return Mistake("Q126", words, hint=hint, exit_status=DATABASE_FAILED)
    if name in LARGE:
        hint = "ask for fewer variables at once, or build long calculations in steps"
        words = f"the query is larger than Trino takes, while it was to {what}"
        return Mistake("Q127", words, hint=hint, exit_status=TOO_COMPLEX)
    if kind == "INSUFFICIENT_RESOURCES":
        hint = "its own settings say how much it takes (query.max-memory); or ask for fewer variables at once"
        words = f"Trino ran out of memory or disk while it was to {what}"
        return Mistake("Q107", words, hint=hint, exit_status=TOO_COMPLEX)
    if name in ABSENT:
        hint = "the backend promises a table or column that Trino does not have, or the address names no schema of it"
        words = f"Trino lacks something it should have: {told(error)}"
        return Mistake("Q104", words, hint=hint, exit_status=TABLE_MISSING)
    if name == "PERMISSION_DENIED":
        hint = "this user needs to read the tables of the backend and to make and drop tables in the scratch schema"
        return Mistake("Q128", f"Trino does not allow what it needs to {what}", hint=hint)
    if name in OUT_OF_RANGE:
        hint = "a number became too large for 64 bits, or a date left the calendar: use smaller numbers or floats"
        words = f"a value is out of range while it was to {purpose}: {name}"
        return Mistake("Q110", words, hint=hint, exit_status=DATABASE_FAILED)
    return Mistake("Q111", f"Trino failed while it was to {what}", exit_status=DATABASE_FAILED)
