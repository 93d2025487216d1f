"""SQL Server: a database server. Writes nothing but temporary tables, resumed when the connection drops."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import mssql_python
import pyarrow as pa
from mssql_python.exceptions import Exception as DriverError

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.mssql_errors import cannot_connect, is_lost, mistake_of, told
from armslength.query.engines.dialects.mssql_login import Login, login_of, seconds_of
from armslength.query.engines.dialects.mssql_rows import identifier, upload
from armslength.query.engines.dialects.mssql_sql import DIALECT, MSSQLDialect
from armslength.query.engines.engine import (
    ArrowTables,
    Capabilities,
    DatabaseServer,
    Plan,
    ResultQuery,
    Settings,
    Source,
    Statement,
)
from armslength.query.engines.on_server import OnServer
from armslength.query.engines.passes import planned
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset

# Where rows held in memory are asked of SQL Server, as tests and examples do: in temporary tables of this server.
SCRATCH = "ARMSLENGTH_MSSQL_DSN"
LOGIN_SECONDS = 30
BATCH_ROWS = 30_000
# What a comparison with NULL, a quoted name and a blank at the end of text mean is the session's to say.
SESSION = (
    "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON",
    "SET NUMERIC_ROUNDABORT OFF",
    "SET NOCOUNT ON",
    "SET LANGUAGE us_english",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET DEADLOCK_PRIORITY LOW",
)


@dataclass(slots=True, kw_only=True)
class MSSQL(OnServer[mssql_python.Connection]):
    """An open session of SQL Server. Rows held in memory are uploaded to a scratch server, once it is needed."""

    source: DatabaseServer | ArrowTables
    dialect: ClassVar[MSSQLDialect] = DIALECT
    # The driver says in a RuntimeError that there are no rows to fetch, because the statement was cancelled.
    failures: ClassVar[tuple[type[Exception], ...]] = (DriverError, RuntimeError)
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="mssql", title="SQL Server", sql="tsql", refused=DIALECT.refused
    )
    _running: Any = None

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> MSSQL:
        """Open a source. Raises Mistake Q106 (no connection), Q109 (a setting), Q114 (the address)."""
        if not isinstance(source, (DatabaseServer, ArrowTables)):
            hint = "give an address such as `mssql://user@host:1433/database`"
            raise Mistake("Q114", "the engine `mssql` asks a server, not files", hint=hint)
        engine = cls(source=source, settings=(settings or Settings()).completed())
        if isinstance(source, DatabaseServer):
            engine._connection = engine._connect()
        return engine

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the statements of a query; `passes=()` leaves the plan as plain as it can be."""
        # Rows held in memory are in temporary tables, which T-SQL calls by other names.
        held = frozenset(self.source.tables) if isinstance(self.source, ArrowTables) else frozenset[str]()
        dialect = replace(self.dialect, temporary=held)
        return compile_plan(planned(dataset, passes), dialect=dialect, backend=backend)

    def _connect(self) -> mssql_python.Connection:
        connection = connected(login_of(_address(self.source)), self.settings)
        try:
            if isinstance(self.source, ArrowTables):
                with closed_after(connection) as cursor:
                    for name, rows in self.source.tables.items():
                        upload(cursor, name, rows)
        except self.failures as error:
            self._end(connection)
            if is_lost(error):
                raise
            raise mistake_of(error, "upload the rows that it is asked about") from error
        except BaseException:
            self._end(connection)
            raise
        return connection

    def _is_open(self, connection: mssql_python.Connection) -> bool:
        return not connection.closed

    def _make(self, connection: mssql_python.Connection, statement: Statement) -> None:
        table = identifier(statement.creates)
        with self._cursor(connection) as cursor:
            # What a step left behind that failed half-way is made anew.
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            if statement.rows is not None:
                upload(cursor, statement.creates, statement.rows)
            if statement.sql is not None:
                cursor.execute(statement.sql)
                # Tables are joined by patient: in this order they are read side by side, without sorting.
                cursor.execute(f"CREATE CLUSTERED INDEX [by_patient] ON {table} ([patient_id])")

    def _rows(self, connection: mssql_python.Connection, result: ResultQuery) -> Iterator[pa.RecordBatch]:
        with self._cursor(connection) as cursor:
            cursor.execute(result.sql)
            while (batch := cursor.arrow_batch(BATCH_ROWS)).num_rows:
                yield batch

    def _drop(self, connection: mssql_python.Connection, names: list[str]) -> None:
        tables = ", ".join(identifier(name) for name in names)
        # A connection that failed has lost its temporary tables already.
        with contextlib.suppress(*self.failures), closed_after(connection) as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {tables}")

    def _stop(self, connection: mssql_python.Connection) -> None:
        running = self._running
        if running is not None and not running.closed and running.hstmt is not None:
            # The driver's own readers cancel like this; it has no public way for a statement without one.
            running.hstmt._cancel()

    def _end(self, connection: mssql_python.Connection) -> None:
        with contextlib.suppress(*self.failures):
            connection.close()

    def _is_lost(self, error: Exception) -> bool:
        return is_lost(error)

    def _mistake(self, error: Exception, purpose: str) -> Mistake:
        return mistake_of(error, purpose)

    @contextlib.contextmanager
    def _cursor(self, connection: mssql_python.Connection) -> Iterator[Any]:
        """Give a cursor that `cancel` knows of."""
        with closed_after(connection) as cursor:
            self._running = cursor
            try:
                yield cursor
            finally:
                self._running = None


def _address(source: DatabaseServer | ArrowTables) -> str:
    if isinstance(source, DatabaseServer):
        return source.address
    if address := os.environ.get(SCRATCH):
        return address
    hint = f"name one in {SCRATCH} in which temporary tables may be made"
    raise Mistake("Q114", "rows held in memory need a SQL Server to be asked", hint=hint)


@contextlib.contextmanager
def closed_after(connection: mssql_python.Connection) -> Iterator[Any]:
    """Give a cursor, and close it whatever happens to its connection."""
    cursor = connection.cursor()
    try:
        yield cursor
    finally:
        with contextlib.suppress(*MSSQL.failures):
            cursor.close()


def connected(login: Login, settings: Settings) -> mssql_python.Connection:
    """Connect to a server. Raises Mistake Q106, and Q109 for a time limit that makes no sense."""
    limit = seconds_of(settings.statement_timeout)
    # A connection that comes back out of a pool may be one that was lost.
    mssql_python.pooling(enabled=False)
    try:
        connection = mssql_python.connect(login.text, autocommit=True, timeout=LOGIN_SECONDS)
    except (DriverError, RuntimeError, ValueError) as error:
        raise cannot_connect(error, login) from None
    try:
        with closed_after(connection) as cursor:
            cursor.execute("; ".join(SESSION))
        connection.timeout = limit
    except (DriverError, RuntimeError) as error:
        with contextlib.suppress(*MSSQL.failures):
            connection.close()
        what = f"the session cannot be prepared: {told(error)}"
        raise Mistake("Q106", what, where=login.shown) from error
    return connection
