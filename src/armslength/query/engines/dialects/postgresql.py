"""PostgreSQL: a database server. Read only but for temporary tables, resumed when the connection drops."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import psycopg
import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.statements import compile_plan
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
    Plan,
    Progress,
    ResultQuery,
    ResultTable,
    Settings,
    Source,
    Statement,
    no_progress,
)
from armslength.query.engines.execution import executed, plan_text
from armslength.query.engines.passes import planned
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset

# Where rows held in memory are asked of PostgreSQL, as tests and examples do: in temporary tables of this server.
SCRATCH = "ARMSLENGTH_POSTGRESQL_DSN"
PAUSES = (0.2, 2.0, 10.0)  # seconds before each further attempt
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
class PostgreSQL:
    """An open PostgreSQL session. Rows held in memory are uploaded to a scratch server, once it is needed."""

    source: DatabaseServer | ArrowTables
    settings: Settings
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="postgresql", title="PostgreSQL", sql="postgres", refused=DIALECT.refused
    )
    _connection: psycopg.Connection[Any] | None = None
    _made: list[Statement] = field(default_factory=list)
    _is_given: bool = False
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> PostgreSQL:
        """Open a source. Raises Mistake Q106 (no connection), Q109 (a setting), Q114 (the address)."""
        if not isinstance(source, (DatabaseServer, ArrowTables)):
            hint = "give an address such as `postgresql://user@host:5432/database`"
            raise Mistake("Q114", "the engine `postgresql` asks a server, not files", hint=hint)
        engine = cls(source=source, settings=(settings or Settings()).completed())
        if isinstance(source, DatabaseServer):
            engine._connect()
        return engine

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the statements of a query; `passes=()` leaves the plan as plain as it can be."""
        return compile_plan(planned(dataset, passes), dialect=DIALECT, backend=backend)

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and stream its results; temporary tables are gone when the iteration ends."""
        self._cancelled.clear()
        self._made = []
        try:
            yield from executed(plan, run=self._run, stream=self._stream, progress=progress)
        finally:
            self._drop()

    def _run(self, statement: Statement) -> None:
        for attempt in range(len(PAUSES) + 1):
            with self._resumed(statement.purpose, attempt):
                self._make(self._ready(), statement)
                self._made.append(statement)
                return

    def _stream(self, result: ResultQuery) -> Generator[pa.RecordBatch, None, None]:
        self._is_given = False
        for attempt in range(len(PAUSES) + 1):
            with self._resumed(result.purpose, attempt):
                for batch in streamed(self._ready(), result.sql, result.schema):
                    self._is_given = (
                        True  # what was given cannot be taken back, so from here on nothing is repeated
                    )
                    yield batch
                self._is_given = False
                return

    def _make(self, connection: psycopg.Connection[Any], statement: Statement) -> None:
        # The planner knows nothing of a new table until it is analysed, and joins it as if it were small.
        with connection.transaction():
            if statement.rows is not None:
                upload(connection, statement.creates, statement.rows)
            if statement.sql is not None:
                connection.execute(statement.sql.encode())
                connection.execute(f"ANALYZE {identifier(statement.creates)}".encode())

    def _ready(self) -> psycopg.Connection[Any]:
        """Return a connection that has every temporary table made so far, made anew if it must be."""
        if self._cancelled.is_set():
            raise psycopg.errors.QueryCanceled("cancelled")
        if self._connection is None or self._connection.closed:
            connection = self._connect()
            for statement in self._made:
                self._make(connection, statement)
        assert self._connection is not None  # noqa: S101 - made above
        return self._connection

    @contextlib.contextmanager
    def _resumed(self, purpose: str, attempt: int) -> Iterator[None]:
        """Let a lost connection pass, after a pause, for the next attempt; tell anything else as a Mistake."""
        try:
            yield
        except psycopg.Error as error:
            lost = is_lost(error, self._connection)
            if lost and self._connection is not None:
                self._connection.close()
            is_cancelled = self._cancelled.is_set()
            if not lost or is_cancelled or self._is_given or attempt == len(PAUSES):
                raise mistake_of(error, purpose, is_cancelled=is_cancelled, is_lost=lost) from error
            time.sleep(PAUSES[attempt])

    def _connect(self) -> psycopg.Connection[Any]:
        """Connect, shut the session against writing, and bring rows held in memory."""
        connection = connected(_address(self.source), self.settings)
        try:
            if isinstance(self.source, ArrowTables):
                with connection.transaction():
                    for name, rows in self.source.tables.items():
                        upload(connection, name, rows)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _drop(self) -> None:
        if self._connection is None or self._connection.closed or not self._made:
            return
        names = ", ".join(f"pg_temp.{identifier(each.creates)}" for each in self._made)
        # A connection that failed has lost its temporary tables already.
        with contextlib.suppress(psycopg.OperationalError), self._connection.transaction():
            self._connection.execute(f"DROP TABLE IF EXISTS {names}".encode())

    def cancel(self) -> None:
        """Stop what is running on the server, and what would run next in the same execution."""
        self._cancelled.set()
        if self._connection is not None and not self._connection.closed:
            self._connection.cancel_safe()

    def explain(self, plan: Plan) -> str:
        """Return each step's purpose and SQL as one text."""
        return plan_text(plan)

    def close(self) -> None:
        """Close the connection; with it go its temporary tables."""
        if self._connection is not None:
            self._connection.close()

    def __enter__(self) -> PostgreSQL:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
