"""One session with a Trino coordinator: statements, rows in and rows out, each stopped on the server when told."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from sqlglot import exp
from trino.auth import BasicAuthentication, JWTAuthentication
from trino.dbapi import Connection, Cursor

from armslength.kernel.errors import Mistake
from armslength.query.engines.arrow_types import packed_or_missing
from armslength.query.engines.compile.expressions import literal
from armslength.query.engines.dialects.trino_address import TrinoAddress
from armslength.query.engines.dialects.trino_errors import FAILURES
from armslength.query.engines.dialects.trino_sql import TrinoDialect, finite
from armslength.query.engines.engine import STATEMENT_TIMEOUT
from armslength.query.engines.on_server import CancelledError

ROWS_AT_ONCE = 20_000
# A statement may hold a million characters, and a list of thousands of rows is slow to plan.
VALUES_AT_ONCE, CHARACTERS_AT_ONCE = 5_000, 500_000
UNITS = {"ms": "ms", "s": "s", "min": "m", "h": "h", "d": "d"}
KINDS = (
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_integer, "BIGINT"),
    (pa.types.is_floating, "DOUBLE"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP(6)"),
    (pa.types.is_binary, "VARBINARY"),
)


@dataclass(slots=True, kw_only=True)
class Session:
    """An open session. `is_cancelled` says that nothing more is to run; `cursors` are statements under way."""

    connection: Connection
    is_cancelled: Callable[[], bool]
    is_open: bool = True
    cursors: list[Cursor] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self, sql: str) -> Iterator[Cursor]:
        """Run a statement; it is stopped on the server when it, or the reading of its rows, is left early."""
        cursor = self.connection.cursor(legacy_primitive_types=True, stats_callback=self._look)
        self.cursors.append(cursor)
        try:
            cursor.execute(sql)
            yield cursor
        except BaseException:
            _cancel(cursor)
            raise
        finally:
            self.cursors.remove(cursor)

    def _look(self, _: Any) -> None:
        """Called with every answer of the server: the one moment at which a statement just begun can be stopped."""
        if self.is_cancelled():
            raise CancelledError

    def run(self, sql: str) -> list[list[Any]]:
        """Run a statement and return what little it gives."""
        with self.running(sql) as cursor:
            return list(cursor.fetchall())

    def rows(self, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Stream the rows of a query, some thousand at a time."""
        with self.running(sql) as cursor:
            while found := cursor.fetchmany(ROWS_AT_ONCE):
                columns = zip(*found, strict=True)
                arrays = [as_arrow(values, each.type) for values, each in zip(columns, schema, strict=True)]
                yield pa.record_batch(arrays, schema=schema)

    def upload(self, place: exp.Table, rows: pa.Table, *, dialect: TrinoDialect) -> None:
        """Make a table of rows held here. One that stands there is left over from an attempt that was lost."""
        table = place.sql(dialect="trino")
        marks = dict(dialect.scratch.marks) if dialect.scratch is not None else {}
        columns = [f"{quoted_name(each.name)} {kept_as(each.type)}" for each in rows.schema]
        columns += [f"{quoted_name(name)} VARCHAR" for name in marks]
        self.run(f"CREATE TABLE {table} ({', '.join(columns)})")
        for values in written(rows, tuple(marks.values())):
            self.run(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - constants that are written here

    def stop(self) -> None:
        """Stop everything that this session does; from another thread."""
        for cursor in list(self.cursors):
            _cancel(cursor)

    def end(self) -> None:
        """Close the session, also one that is broken."""
        self.is_open = False
        self.connection.close()  # type: ignore[no-untyped-call]


def opened(address: TrinoAddress, *, timeout: str | None, is_cancelled: Callable[[], bool]) -> Session:
    """Open a session, which asks nothing yet. Raises Mistake Q109 for a timeout that makes no sense."""
    auth: Any = None
    if address.access_token:
        auth = JWTAuthentication(address.access_token)
    elif address.password:
        auth = BasicAuthentication(address.user, address.password)
    connection = Connection(
        host=address.host,
        port=address.port,
        user=address.user,
        catalog=address.catalog,
        schema=address.schema,
        http_scheme=address.scheme,
        auth=auth,
        verify=address.ca or True,
        roles={address.catalog: address.role} if address.role else None,
        source="armslength",
        timezone="UTC",
        session_properties={"query_max_execution_time": _duration(timeout)} if timeout else None,
    )
    return Session(connection=connection, is_cancelled=is_cancelled)


def _duration(text: str) -> str:
    """Write a length of time as Trino does: `30min` is 30m."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+)", text.strip())
    if found is None or found[2] not in UNITS:
        raise Mistake("Q109", f"{STATEMENT_TIMEOUT} cannot be {text!r}", hint="write it as `30min` or `2h`")
    return found[1] + UNITS[found[2]]


def _cancel(cursor: Cursor) -> None:
    # Nothing is lost by a statement that cannot be told to stop: its reader has gone, so the server ends it soon.
    with contextlib.suppress(*FAILURES):
        cursor.cancel()  # type: ignore[no-untyped-call]


def as_arrow(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as they come in JSON: dates as text, and what is no number as its name."""
    if pa.types.is_date(kind):
        return packed_or_missing(values, pa.string()).cast(kind)
    if pa.types.is_floating(kind):
        values = [None if value is None else float(value) for value in values]
    return packed_or_missing(values, kind)


def kept_as(kind: pa.DataType) -> str:
    """Return what a type is called in a new table."""
    return next((sql for is_kind, sql in KINDS if is_kind(kind)), "VARCHAR")


def written(rows: pa.Table, marks: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield rows as lists of values, each short enough for one statement."""
    columns = [map(constant, column.to_pylist()) for column in rows.columns]
    more = "".join(f", {constant(mark)}" for mark in marks)
    found: list[str] = []
    length = 0
    for row in zip(*columns, strict=True):
        text = f"({', '.join(row)}{more})"
        if found and (len(found) == VALUES_AT_ONCE or length + len(text) > CHARACTERS_AT_ONCE):
            yield ", ".join(found)
            found, length = [], 0
        found.append(text)
        length += len(text) + 2
    if found:
        yield ", ".join(found)


def constant(value: Any) -> str:
    """Write a value as a constant.

    >>> constant("it's"), constant(2.5), constant(None), constant(float("inf"))
    ("'it''s'", "CAST('2.5' AS DOUBLE)", 'NULL', 'INFINITY()')
    """
    if value is None:
        return "NULL"
    if isinstance(value, datetime.datetime):
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # thousands of codes of a codelist come with one each
    return finite(literal(value)).sql(dialect="trino")


def quoted_name(name: str) -> str:
    """Write the name of a table or column."""
    return exp.to_identifier(name, quoted=True).sql(dialect="trino")
