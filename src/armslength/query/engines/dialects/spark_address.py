"""Where a Spark is and which tables of it are read: `sc://host:15002/;schema=records;token=…`, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from armslength.kernel.errors import Mistake

# What an address says to this engine; anything else is a parameter of Spark Connect, and goes on to it.
OURS = ("catalog", "schema", "folder", "format")
DEFAULT_PORT = 15002
SCHEME = "sc://"


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkAddress:
    """A Spark Connect server, and where the tables of the backend are in it.

    They are in the `schema` of a `catalog`, or each in a folder of its own name within `folder`, a path or an
    address such as `s3a://bucket/store` that the server can read, in files of one `format`. `connect` is what
    Spark's client is given: it may hold a token, so it is never shown.
    """

    connect: str = field(repr=False)
    shown: str
    catalog: str = ""
    schema: str = ""
    folder: str = ""
    format: str = "parquet"


def parsed(address: str) -> SparkAddress:
    """Take an address apart. Raises Mistake Q114, which does not repeat it: it may hold a token."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        raise _not_understood() from None
    slash, *given = parts.path.split(";")
    pairs = [each.partition("=") for each in given if each]
    named = {name: unquote(value) for name, _, value in pairs}
    if not host or slash not in ("", "/") or parts.query or parts.fragment or not all(named.values()):
        raise _not_understood()
    if parts.username or parts.password:
        raise _not_understood()
    if "folder" in named and {"schema", "catalog"} & set(named):
        hint = "name the schema of a catalogue, or a folder of files"
        raise Mistake("Q114", "the address of Spark names both a folder and a schema", hint=hint)
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    others = "".join(f";{name}={value}" for name, _, value in pairs if name not in OURS)
    ours = {name: named[name] for name in OURS if name in named}
    shown = SCHEME + place + "/" + "".join(f";{name}={value}" for name, value in ours.items())
    return SparkAddress(connect=f"{SCHEME}{place}/{others}", shown=shown, **ours)


def _not_understood() -> Mistake:
    hint = "write it as `sc://host:15002/;schema=records`; in a value, write ; as %3B, = as %3D and % as %25"
    return Mistake("Q114", "the address of the Spark server is not understood", hint=hint)
