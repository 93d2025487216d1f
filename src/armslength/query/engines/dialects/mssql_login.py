"""How to get into SQL Server: an address as what the driver takes, and as what anybody may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from armslength.kernel.errors import Mistake
from armslength.query.engines.engine import STATEMENT_TIMEOUT

PORT = 1433
# What an address may ask of the driver after a question mark, and what the driver calls it.
OPTIONS = {
    "encrypt": "Encrypt",
    "trust_server_certificate": "TrustServerCertificate",
    "application_intent": "ApplicationIntent",
    "authentication": "Authentication",
}
UNITS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`text` is for the driver alone, for it holds the password; `shown` is for everybody."""

    text: str = field(repr=False)
    password: str = field(repr=False)
    shown: str


def login_of(address: str) -> Login:
    """Take a database address apart. Raises Mistake Q114, which does not repeat it: it may hold a password."""
    try:
        parts = urlsplit(address)
        port, options = parts.port or PORT, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _not_understood() from None
    host, database = parts.hostname or "", unquote(parts.path.removeprefix("/"))
    # A password with a slash or a question mark in it ends up in parts that are shown.
    if not host or set("@/") & set(database) or "@" in parts.query or parts.fragment or "/" in host:
        raise _not_understood()
    if strange := sorted(options.keys() - OPTIONS.keys()):
        hint = f"an address may have {', '.join(sorted(OPTIONS))}"
        raise Mistake("Q114", f"`{strange[0]}` is no option of a SQL Server's address", hint=hint)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    words = {"Server": f"{host},{port}", "Database": database}
    words |= {"UID": user, "PWD": password} if user else {"Trusted_Connection": "yes"}
    words |= {OPTIONS[name]: value for name, value in options.items()}
    text = ";".join(f"{name}={_braced(value)}" for name, value in words.items() if value)
    who = f"{quote(user)}@" if user else ""
    at = host if port == PORT else f"{host}:{port}"
    return Login(text=text, password=password, shown=f"mssql://{who}{at}/{quote(database)}")


def _not_understood() -> Mistake:
    hint = (
        "write it as `mssql://user@host:1433/database`; in a password, write / as %2F, @ as %40 and ? as %3F"
    )
    return Mistake("Q114", "the address of the SQL Server database is not understood", hint=hint)


def _braced(value: str) -> str:
    """Write a value so that nothing in it ends it.

    >>> _braced("a;b}c")
    '{a;b}}c}'
    """
    return "{" + value.replace("}", "}}") + "}"


def seconds_of(timeout: str | None) -> int:
    """Return a time limit in whole seconds, at least one, and 0 for none. Raises Mistake Q109.

    >>> seconds_of("30min"), seconds_of("2h"), seconds_of("300ms"), seconds_of(None)
    (1800, 7200, 1, 0)
    """
    if not timeout:
        return 0
    found = re.fullmatch(r"\s*(\d+)\s*(ms|s|min|h|d)?\s*", timeout)
    if found is None:
        hint = "write it as `30min` or `2h`"
        raise Mistake("Q109", f"{STATEMENT_TIMEOUT} cannot be {timeout!r}", hint=hint)
    # As in PostgreSQL, a number alone is of thousandths of a second.
    seconds = int(found[1]) * UNITS[found[2] or "ms"]
    return max(1, round(seconds)) if int(found[1]) else 0
