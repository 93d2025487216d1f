"""Where a Trino is: `trino://user:password@host:8443/catalog/schema?scratch=…`, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from armslength.kernel.errors import Mistake

# What may follow the `?`. Anything else is refused: a misspelt `scheme` must not send a password in the open.
NAMES = ("access_token", "ca", "role", "scheme", "scratch")
PORTS = {"http": 8080, "https": 443}
HINT = "write it as `trino://user@host:8443/catalog/schema`; in a password, write / as %2F, @ as %40 and % as %25"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrinoAddress:
    """A Trino coordinator, and where in it the tables of the backend are.

    `scratch` is the schema, or catalog and schema, in which queries make their tables; empty means that of the
    backend's tables. `ca` is a file of certificates to trust. Passwords and tokens are never shown.
    """

    host: str
    port: int
    user: str
    scheme: str
    catalog: str
    schema: str
    scratch: tuple[str, ...] = ()
    role: str = ""
    ca: str = ""
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The address as it may be told to anybody."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        return f"trino://{quote(self.user)}@{place}:{self.port}/{quote(self.catalog)}/{quote(self.schema)}"

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(each for each in (self.password, self.access_token) if each)


def parsed(address: str) -> TrinoAddress:
    """Take an address apart. Raises Mistake Q114, which does not repeat it: it may hold a password.

    >>> parsed("trino://reader@localhost/lake/records").shown
    'trino://reader@localhost:8080/lake/records'
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        given = dict(
            parse_qsl(parts.query, strict_parsing=True, keep_blank_values=True) if parts.query else []
        )
    except ValueError:
        raise _not_understood() from None
    path = [unquote(each) for each in parts.path.strip("/").split("/")]
    # A password with a slash in it ends up in parts that are shown.
    is_split = any("@" in each for each in (*path, host or ""))
    if not host or not parts.username or len(path) != 2 or not all(path) or parts.fragment or is_split:
        raise _not_understood()
    if unknown := sorted(set(given) - set(NAMES)):
        what = f"the address of Trino has {', '.join(f'`{each}`' for each in unknown)} after the `?`"
        raise Mistake("Q114", what, hint=f"known are {', '.join(NAMES)}")
    password = unquote(parts.password or "")
    scheme = _scheme(given, host=host, is_secret=bool(password or given.get("access_token")))
    return TrinoAddress(
        host=host,
        port=port or PORTS[scheme],
        user=unquote(parts.username),
        scheme=scheme,
        catalog=path[0],
        schema=path[1],
        scratch=_scratch(given.get("scratch", "")),
        role=given.get("role", ""),
        ca=given.get("ca", ""),
        password=password,
        access_token=given.get("access_token", ""),
    )


def _scratch(text: str) -> tuple[str, ...]:
    found = tuple(text.split(".")) if text else ()
    if len(found) > 2 or not all(found):
        hint = "write `schema` or `catalog.schema`"
        raise Mistake("Q114", "the scratch schema of Trino is not understood", hint=hint)
    return found


def _scheme(given: dict[str, str], *, host: str, is_secret: bool) -> str:
    """Return how to speak: in the open only with this machine, or where the address says so, and never secrets."""
    scheme = given.get("scheme") or ("http" if _is_here(host) and not is_secret else "https")
    if scheme not in PORTS:
        raise Mistake("Q114", "Trino is spoken to by `http` or `https`", hint="leave `scheme` out for https")
    if scheme == "http" and is_secret:
        hint = "leave `scheme=http` out, or the password and the token"
        raise Mistake("Q114", "a password or token for Trino would travel in the open", hint=hint)
    return scheme


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _not_understood() -> Mistake:
    return Mistake("Q114", "the address of the Trino server is not understood", hint=HINT)
