"""What goes wrong in Spark, in words that help. The token of an address is in none of them."""

from __future__ import annotations

import re
import warnings

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.spark_address import SparkAddress
from armslength.query.engines.engine import DATABASE_FAILED, STATEMENT_TIMEOUT, TABLE_MISSING, TOO_COMPLEX
from armslength.query.engines.on_server import cancelled

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
    from pyspark.errors import PySparkException
    from pyspark.errors.exceptions.connect import SparkConnectGrpcException

# What a server says of a session or operation that it no longer has, as after it was started anew.
GONE = ("INVALID_HANDLE", "SESSION_NOT_FOUND", "SESSION_CHANGED", "OPERATION_NOT_FOUND", "NO_ACTIVE_SESSION")
MEMORY = ("OutOfMemoryError", "UNABLE_TO_ACQUIRE_MEMORY", "No space left on device", "maxResultSize")
DEEP = (
    "StackOverflowError",
    "FAILED_TO_PARSE_TOO_COMPLEX",
    "RESOURCE_EXHAUSTED",
    "Received message larger than max",
)
DENIED = ("AccessControlException", "AccessDenied", "INSUFFICIENT_PERMISSIONS", "Permission denied")
ABSENT = (
    "TABLE_OR_VIEW_NOT_FOUND",
    "UNRESOLVED_COLUMN",
    "SCHEMA_NOT_FOUND",
    "PATH_NOT_FOUND",
    "CATALOG_NOT_FOUND",
)


def told(error: Exception) -> str:
    """Return what Spark says first, without the SQL and the Java it quotes after it."""
    text = str(error).strip()
    parts = re.split(r"\n\n?==|\n\nJVM|\n\tat |SQLSTATE: ", text, maxsplit=1)
    return " ".join(parts[0].split())[:500].rstrip(" ;.") or type(error).__name__


def cannot_connect(error: Exception, address: SparkAddress) -> Mistake:
    """The mistake of a server that cannot be reached, does not let this user in, or lacks the schema."""
    text = told(error)
    found = re.search(r'details = "([^"]+)"', text)
    text = found[1] if found else text
    for secret in re.findall(r";token=([^;]+)", address.connect):
        text = text.replace(secret, "***")
    hint = "check the address, that a Spark Connect server runs there, and that this user may use it"
    return Mistake("Q106", f"Spark cannot be opened: {text}", where=address.shown, hint=hint)


def is_lost(error: Exception) -> bool:
    """Whether the connection or the session is gone, so that another one may fare better."""
    is_away = isinstance(error, SparkConnectGrpcException) and error.getGrpcStatusCode().name == "UNAVAILABLE"
    return is_away or _condition(error).startswith(GONE) or type(error).__name__ == "RetriesExceeded"


def _condition(error: Exception) -> str:
    return (error.getCondition() if isinstance(error, PySparkException) else None) or ""


def mistake_of(error: Exception, purpose: str, *, is_late: bool) -> Mistake:
    """Say what went wrong while Spark was to do something."""
    text, condition = str(error), _condition(error)
    state = (error.getSqlState() if isinstance(error, PySparkException) else None) or ""
    what = f"{purpose}: {told(error)}"
    if condition.startswith("OPERATION_CANCELED") or "OPERATION_CANCELED" in text or is_late:
        return _late(purpose) if is_late else cancelled(purpose)
    if any(each in text for each in MEMORY):
        hint = "its own settings say how much it takes (spark.executor.memory, spark.driver.memory); "
        hint += (
            "for a Spark that the engine starts, ARMSLENGTH_MEMORY_LIMIT; or ask for fewer variables at once"
        )
        words = f"Spark ran out of memory or disk while it was to {what}"
        return Mistake("Q107", words, hint=hint, exit_status=TOO_COMPLEX)
    if state.startswith("54") or any(each in text for each in DEEP):
        hint = "ask for fewer variables at once, or build long calculations in steps"
        return Mistake(
            "Q127",
            f"the query is larger than Spark takes, while it was to {what}",
            hint=hint,
            exit_status=TOO_COMPLEX,
        )
    if condition.startswith(ABSENT):
        hint = "the backend promises a table or column that Spark does not have; tell whoever provides it"
        words = f"Spark lacks something it should have: {told(error)}"
        return Mistake("Q104", words, hint=hint, exit_status=TABLE_MISSING)
    if state.startswith("42501") or any(each in text for each in DENIED):
        hint = "this user needs to read the tables of the backend"
        return Mistake("Q128", f"Spark does not allow what it needs to {what}", hint=hint)
    if state.startswith("22"):
        # What Spark says of these holds the value, which is a patient's.
        hint = "a number became too large for 64 bits, or a date left the calendar: use smaller numbers or floats"
        words = f"a value is out of range while it was to {purpose}: {condition or type(error).__name__}"
        return Mistake("Q110", words, hint=hint, exit_status=DATABASE_FAILED)
    return Mistake("Q111", f"Spark failed while it was to {what}", exit_status=DATABASE_FAILED)


def _late(purpose: str) -> Mistake:
    hint = f"give it longer with {STATEMENT_TIMEOUT}, such as `2h`, or ask for fewer variables at once"
    what = f"Spark took longer than it may to {purpose}"
    return Mistake("Q126", what, hint=hint, exit_status=DATABASE_FAILED)
