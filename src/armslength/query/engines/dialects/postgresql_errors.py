"""What goes wrong in PostgreSQL, in words that help. The password of an address is in none of them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from armslength.kernel.errors import Mistake
from armslength.query.engines.engine import DATABASE_FAILED, STATEMENT_TIMEOUT, TABLE_MISSING, TOO_COMPLEX
from armslength.query.engines.on_server import cancelled

# States in which a server ends a connection that was in order, or takes none for now.
ENDED = frozenset({"57P01", "57P02", "57P03", "57P05"})


def parsed(address: str) -> dict[str, str]:
    """Take a database address apart. Raises Mistake Q114, which does not repeat it: it may hold a password."""
    scheme, colon, rest = address.partition(":")
    plain = scheme.partition("+")[0] + colon + rest  # `postgresql+psycopg:`, as other tools write it
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(plain).items() if value is not None}
    except psycopg.ProgrammingError:
        parts = {"port": "not understood"}
    # A password with a slash in it ends up in parts that are shown.
    is_split = "@" in parts.get("dbname", "") + parts.get("host", "")
    if is_split or not parts.get("port", "0").replace(",", "").isdecimal():
        hint = "write it as `postgresql://user@host/database`; in a password, write / as %2F and @ as %40"
        raise Mistake("Q114", "the address of the PostgreSQL database is not understood", hint=hint)
    return parts


def shown(parts: Mapping[str, str]) -> str:
    """Return an address as it may be told to anybody: who, where, which database.

    >>> shown({"user": "reader", "password": "secret", "host": "db", "dbname": "records"})
    'postgresql://reader@db/records'
    """
    user = quote(parts["user"]) + "@" if "user" in parts else ""
    host = quote(parts.get("host", ""), safe=",") + (f":{parts['port']}" if "port" in parts else "")
    return f"postgresql://{user}{host}/{quote(parts.get('dbname', ''))}"


def cannot_connect(error: psycopg.Error, parts: Mapping[str, str]) -> Mistake:
    """The mistake of a server that cannot be reached, or does not let this user in."""
    text = " ".join(str(error).split())
    if secret := parts.get("password"):
        text = text.replace(secret, "***")
    hint = "check the address, that the server runs, and that this user may connect to this database"
    return Mistake("Q106", f"the database cannot be opened: {text}", where=shown(parts), hint=hint)


def is_lost(error: Exception) -> bool:
    """Whether the server says that it ended the connection, so that another one may fare better."""
    return isinstance(error, psycopg.OperationalError) and error.sqlstate in ENDED


def mistake_of(error: psycopg.Error, purpose: str) -> Mistake:
    """Say what went wrong while the database was to do something."""
    state = error.sqlstate or ""
    if isinstance(error, psycopg.errors.QueryCanceled):
        return _stopped(error, purpose)
    told = f"{purpose}: {first_line(error)}"
    if state in ("53100", "53200"):
        hint = "its own settings say how much it takes (work_mem, temp_file_limit); or ask for fewer variables at once"
        what = f"the database ran out of memory or disk while it was to {told}"
        return Mistake("Q107", what, hint=hint, exit_status=TOO_COMPLEX)
    if state.startswith("54"):
        hint = "ask for fewer variables at once, or build long calculations in steps"
        what = f"the query is larger than the database takes, while it was to {told}"
        return Mistake("Q127", what, hint=hint, exit_status=TOO_COMPLEX)
    if state in ("42P01", "42703", "3F000"):
        hint = (
            "the backend promises a table or column that the database does not have; tell whoever provides it"
        )
        what = f"the database lacks something it should have: {first_line(error)}"
        return Mistake("Q104", what, hint=hint, exit_status=TABLE_MISSING)
    if state in ("42501", "25006"):
        hint = (
            "this user needs to read the tables of the backend and to make temporary tables in this database"
        )
        return Mistake("Q128", f"the database does not allow what it needs to {told}", hint=hint)
    if state.startswith("22"):
        # What PostgreSQL says of these holds the value, which is a patient's.
        hint = "a number became too large for 64 bits, or a date left the calendar: use smaller numbers or floats"
        what = f"a value is out of range while it was to {purpose}: {type(error).__name__}"
        return Mistake("Q110", what, hint=hint, exit_status=DATABASE_FAILED)
    return Mistake("Q111", f"the database failed while it was to {told}", exit_status=DATABASE_FAILED)


def _stopped(error: psycopg.Error, purpose: str) -> Mistake:
    if "timeout" not in str(error):
        return cancelled(purpose)
    hint = f"give it longer with {STATEMENT_TIMEOUT}, such as `2h`, or ask for fewer variables at once"
    what = f"the database took longer than it may to {purpose}"
    return Mistake("Q126", what, hint=hint, exit_status=DATABASE_FAILED)


def first_line(error: psycopg.Error) -> str:
    """Return what the server says first, without the SQL it quotes after it."""
    return error.diag.message_primary or str(error).split("\n", 1)[0]
