"""What goes wrong in SQL Server, in words that help. The password of an address is in none of them.

The driver gives the server's words and a state of ODBC, not the server's number. Its words are English, for the session
asks for that, and have stayed the same for decades; the numbers stand beside them.
"""

from __future__ import annotations

import re

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.mssql_login import Login
from armslength.query.engines.engine import DATABASE_FAILED, STATEMENT_TIMEOUT, TABLE_MISSING, TOO_COMPLEX
from armslength.query.engines.on_server import cancelled

# Another attempt may fare better: the connection is gone, or the server is busy with something else.
LOST = (
    "Communication link failure",
    "TCP Provider",
    "Connection is dead",
    "connection is no longer usable",
    "was deadlocked on",  # 1205
    "session is in the kill state",  # 596
    "transport-level error",  # 64, 121, 233, 10053, 10054, 10060
    "SHUTDOWN is in progress",  # 6005
    "service is currently busy",  # 40501
    "is not currently available",  # 40613
    "has encountered an error processing your request",  # 40197
    "Not enough resources to process request",  # 49918
    "Cannot process create or update request",  # 49919
    "Too many operations in progress",  # 49920
    "Snapshot isolation transaction aborted",  # 3960
    "could not be completed because the server is failing over",
)
STATES_OF_LOST = ("Communication link error", "Connection not open", "Connection failure during transaction")
NO_ROOM = (
    "insufficient system memory",  # 701, 802
    "waiting for memory resources",  # 8645
    "Could not allocate",  # 1101, 1105
    "The transaction log for database",  # 9002
    "low memory condition",  # 8902
)
TOO_LARGE = (
    "nested to level 10",  # 125
    "nested too deeply",  # 191
    "query processor ran out of",  # 8621, 8623
    "Server stack limit",  # 8631
    "expression services limit",  # 8632
    "maximum of 4096 columns",  # 1056
    "allowable maximum row size",  # 511
    "exceeds the maximum",  # 1702, 8618, 8003
    "minimum row size",  # 1701
    "Too many parameters",  # 8003
)
LACKING = ("Invalid object name", "Invalid column name", "could not be bound")  # 208, 207, 4104
FORBIDDEN = (
    "permission was denied",
    "permission denied",
    "under the current security context",
)  # 229, 262, 916
OUT_OF_RANGE = (
    "Arithmetic overflow",  # 220, 232, 8115
    "caused an overflow",  # 517
    "resulted in an overflow",  # 535
    "Divide by zero",  # 8134
    "invalid floating point operation",  # 3623
    "Conversion failed",  # 241, 245
    "Error converting data type",  # 8114
    "Cannot construct data type",  # 289
)


def told(error: Exception) -> str:
    """Return what the server said, in one line, without the names of the programs it came through."""
    said = str(getattr(error, "ddbc_error", "") or error)
    return " ".join(re.sub(r"\[(Microsoft|SQL Server|ODBC Driver[^]]*)\]", "", said).split())


def cannot_connect(error: Exception, login: Login) -> Mistake:
    """The mistake of a server that cannot be reached, or does not let this user in."""
    words = told(error)
    if login.password:
        words = words.replace(login.password, "***")
    hint = "check the address, that the server runs, and that this user may connect to this database"
    return Mistake("Q106", f"the database cannot be opened: {words}", where=login.shown, hint=hint)


def is_lost(error: Exception) -> bool:
    """Whether the connection is gone, or the server says that another attempt may fare better."""
    return getattr(error, "driver_error", "") in STATES_OF_LOST or _says(error, LOST)


def mistake_of(error: Exception, purpose: str) -> Mistake:
    """Say what went wrong while the database was to do something."""
    if _says(error, ("timeout expired",)):
        hint = f"give it longer with {STATEMENT_TIMEOUT}, such as `2h`, or ask for fewer variables at once"
        what = f"the database took longer than it may to {purpose}"
        return Mistake("Q126", what, hint=hint, exit_status=DATABASE_FAILED)
    if _says(error, ("Operation cancel", "Operation was cancel")):
        return cancelled(purpose)
    if _says(error, LACKING):
        hint = (
            "the backend promises a table or column that the database does not have; tell whoever provides it"
        )
        what = f"the database lacks something it should have: {told(error)}"
        return Mistake("Q104", what, hint=hint, exit_status=TABLE_MISSING)
    return _limit_reached(error, purpose) or Mistake(
        "Q111", f"the database failed while it was to {purpose}: {told(error)}", exit_status=DATABASE_FAILED
    )


def _limit_reached(error: Exception, purpose: str) -> Mistake | None:
    if _says(error, NO_ROOM):
        hint = "tempdb holds temporary tables: give it room, or ask for fewer variables at once"
        what = f"the database ran out of memory or disk while it was to {purpose}: {told(error)}"
        return Mistake("Q107", what, hint=hint, exit_status=TOO_COMPLEX)
    if _says(error, TOO_LARGE):
        hint = "ask for fewer variables at once, or build long calculations in steps"
        what = f"the query is larger than the database takes, while it was to {purpose}: {told(error)}"
        return Mistake("Q127", what, hint=hint, exit_status=TOO_COMPLEX)
    if _says(error, FORBIDDEN):
        hint = "this user needs to read the tables of the backend; temporary tables need no permission of their own"
        what = f"the database does not allow what it needs to {purpose}: {told(error)}"
        return Mistake("Q128", what, hint=hint)
    if _says(error, OUT_OF_RANGE):
        # What SQL Server says of these may hold the value, which is a patient's.
        hint = "a number became too large for 64 bits, or a date left the calendar: use smaller numbers or floats"
        what = f"a value is out of range while it was to {purpose}"
        return Mistake("Q110", what, hint=hint, exit_status=DATABASE_FAILED)
    return None


def _says(error: Exception, phrases: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return any(phrase.lower() in said for phrase in phrases)
