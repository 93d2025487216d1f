"""PostgreSQL: a database server. Read only but for temporary tables, resumed when the connection drops."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg
import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.dialects.postgresql_errors import (
    cannot_connect,
    first_line,
    is_lost,
    mistake_of,
    parsed,
    shown,
)
from armslength.query.engines.dialects.postgresql_rows import identifier, streamed, upload
from armslength.query.engines.dialects.postgresql_sql import DIALECT
from armslength.query.engines.engine import (
    STATEMENT_TIMEOUT,
    ArrowTables,
    Capabilities,
    DatabaseServer,
    ResultQuery,
    Settings,
    Source,
    Statement,
)
from armslength.query.engines.on_server import OnServer
from armslength.query.engines.table_sizes import TableSize

# Where rows held in memory are asked of PostgreSQL, as tests and examples do: in temporary tables of this server.
SCRATCH = "ARMSLENGTH_POSTGRESQL_DSN"
SESSION = {
    "default_transaction_read_only": "on",
    "standard_conforming_strings": "on",  # or a backslash in a constant would mean something
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    # Queries are wide: compiling hundreds of expressions takes longer than most of them run.
    "jit": "off",
    "client_min_messages": "error",
}


@dataclass(slots=True, kw_only=True)
class PostgreSQL(OnServer[psycopg.Connection[Any]]):
    """An open PostgreSQL session. Rows held in memory are uploaded to a scratch server, once it is needed."""

    source: DatabaseServer | ArrowTables
    dialect: ClassVar[Dialect] = DIALECT
    failures: ClassVar[tuple[type[Exception], ...]] = (psycopg.Error,)
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="postgresql", title="PostgreSQL", sql="postgres", refused=DIALECT.refused
    )

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> PostgreSQL:
        """Open a source. Raises Mistake Q106 (no connection), Q109 (a setting), Q114 (the address)."""
        if not isinstance(source, (DatabaseServer, ArrowTables)):
            hint = "give an address such as `postgresql://user@host:5432/database`"
            raise Mistake("Q114", "the engine `postgresql` asks a server, not files", hint=hint)
        engine = cls(source=source, settings=(settings or Settings()).completed())
        if isinstance(source, DatabaseServer):
            engine._connection = engine._connect()
        return engine

    def sizes(self, tables: Iterable[str]) -> dict[str, TableSize]:
        """Return how large tables are by the catalogue: as many rows as when they were last analysed."""
        found = self._ready().execute(
            "SELECT t.name, c.reltuples::bigint, pg_total_relation_size(c.oid) FROM unnest(%s::text[]) AS t(name)"
            " JOIN pg_class c ON c.oid = to_regclass(quote_ident(t.name)) WHERE c.reltuples >= 0",
            (list(tables),),
        )
        return {name: TableSize(rows=rows, bytes=size, is_exact=False) for name, rows, size in found}

    def _connect(self) -> psycopg.Connection[Any]:
        connection = connected(_address(self.source), self.settings)
        try:
            if isinstance(self.source, ArrowTables):
                with connection.transaction():
                    for name, rows in self.source.tables.items():
                        upload(connection, name, rows)
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_open(self, connection: psycopg.Connection[Any]) -> bool:
        return not connection.closed

    def _make(self, connection: psycopg.Connection[Any], statement: Statement) -> None:
        # The planner knows nothing of a new table until it is analysed, and joins it as if it were small.
        with connection.transaction():
            if statement.rows is not None:
                upload(connection, statement.creates, statement.rows)
            if statement.sql is not None:
                connection.execute(statement.sql.encode())
                connection.execute(f"ANALYZE {identifier(statement.creates)}".encode())

    def _rows(self, connection: psycopg.Connection[Any], result: ResultQuery) -> Iterator[pa.RecordBatch]:
        return streamed(connection, result.sql, result.schema)

    def _drop(self, connection: psycopg.Connection[Any], names: list[str]) -> None:
        tables = ", ".join(f"pg_temp.{identifier(name)}" for name in names)
        # A connection that failed has lost its temporary tables already.
        with contextlib.suppress(psycopg.OperationalError), connection.transaction():
            connection.execute(f"DROP TABLE IF EXISTS {tables}".encode())

    def _stop(self, connection: psycopg.Connection[Any]) -> None:
        connection.cancel_safe()

    def _end(self, connection: psycopg.Connection[Any]) -> None:
        connection.close()

    def _is_lost(self, error: Exception) -> bool:
        return is_lost(error)

    def _mistake(self, error: Exception, purpose: str) -> Mistake:
        assert isinstance(error, psycopg.Error)  # noqa: S101 - the only failures there are
        return mistake_of(error, purpose)


def _address(source: DatabaseServer | ArrowTables) -> str:
    if isinstance(source, DatabaseServer):
        return source.address
    if address := os.environ.get(SCRATCH):
        return address
    hint = f"name one in {SCRATCH} in which temporary tables may be made"
    raise Mistake("Q114", "rows held in memory need a PostgreSQL server to be asked", hint=hint)


def connected(address: str, settings: Settings) -> psycopg.Connection[Any]:
    """Connect to a server. Transactions of blocks may write, which only temporary tables are made in."""
    parts = parsed(address)
    wanted = {"connect_timeout": "30", "application_name": "armslength", **parts}
    try:
        connection = psycopg.connect(autocommit=True, **wanted)  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise cannot_connect(error, parts) from None
    try:
        connection.read_only = False
        for name, value in SESSION.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        if settings.statement_timeout:
            _limit(connection, settings.statement_timeout)
    except psycopg.Error as error:
        connection.close()
        what = f"the session cannot be prepared: {first_line(error)}"
        raise Mistake("Q106", what, where=shown(parts)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _limit(connection: psycopg.Connection[Any], timeout: str) -> None:
    try:
        connection.execute("SELECT set_config('statement_timeout', %s, false)", (timeout,))
    except psycopg.DataError as error:
        hint = "write it as `30min` or `2h`"
        what = f"{STATEMENT_TIMEOUT} cannot be {timeout!r}: {first_line(error)}"
        raise Mistake("Q109", what, hint=hint) from None
