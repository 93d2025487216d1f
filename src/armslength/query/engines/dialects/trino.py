"""Trino: a query server without temporary tables, so steps become tables of a scratch schema and are dropped again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.trino_address import TrinoAddress, parsed
from armslength.query.engines.dialects.trino_errors import FAILURES, cannot_connect, is_lost, mistake_of
from armslength.query.engines.dialects.trino_scratch import Scratch, new_run
from armslength.query.engines.dialects.trino_session import Session, opened
from armslength.query.engines.dialects.trino_sql import DIALECT, TrinoDialect
from armslength.query.engines.engine import (
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
from armslength.query.engines.on_server import CancelledError, OnServer
from armslength.query.engines.passes import planned
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset

# Where rows held in memory are asked of Trino, as tests and examples do: in the scratch schema of this server.
SCRATCH = "ARMSLENGTH_TRINO_DSN"
# The first EMIS platform wants this column in every table that a query makes, and with this value.
ORGANISATION, MARK = "EMIS_ORGANISATION_HASH", "hashed_organisation"


@dataclass(slots=True, kw_only=True)
class Trino(OnServer[Session]):
    """An open Trino session. Rows held in memory are uploaded to a scratch server, once it is needed.

    What was made stays when a connection is lost, so nothing is made again but the step that failed; its table,
    should it be there after all, is dropped first.
    """

    source: DatabaseServer | ArrowTables
    run: str = field(default_factory=new_run)
    dialect: ClassVar[TrinoDialect] = DIALECT
    failures: ClassVar[tuple[type[Exception], ...]] = FAILURES
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="trino", title="Trino", sql="trino", refused=DIALECT.refused
    )
    _writes: TrinoDialect = DIALECT
    _begun: dict[str, None] = field(default_factory=dict)  # tables that may be there
    _held: dict[str, bool] = field(
        default_factory=dict
    )  # rows held in memory, and whether they are there whole

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> Trino:
        """Open a source. Raises Mistake Q106 (no connection), Q109 (a setting), Q114 (the address)."""
        if not isinstance(source, (DatabaseServer, ArrowTables)):
            hint = "give an address such as `trino://user@host:8443/catalog/schema`"
            raise Mistake("Q114", "the engine `trino` asks a server, not files", hint=hint)
        engine = cls(source=source, settings=(settings or Settings()).completed())
        if isinstance(source, DatabaseServer):
            engine._writes = engine._speaking()
            engine._connection = engine._connect()
        else:
            engine._held = dict.fromkeys(source.tables, False)
        return engine

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the statements of a query; `passes=()` leaves the plan as plain as it can be."""
        self._writes = self._speaking(by_user=backend.scratch_of_user)
        return compile_plan(planned(dataset, passes), dialect=self._writes, backend=backend)

    def _speaking(self, *, by_user: bool = False) -> TrinoDialect:
        """Return the dialect with the names of this run. Without a server, as for showing SQL, names are plain."""
        if isinstance(self.source, ArrowTables) and not os.environ.get(SCRATCH):
            return DIALECT
        scratch = scratch_of(_address(self.source), run=self.run, by_user=by_user)
        return replace(DIALECT, scratch=scratch, held=frozenset(self._held))

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and stream its results; tables in the scratch schema are gone when the iteration ends."""
        try:
            yield from OnServer.execute(self, plan, progress=progress)
        finally:
            self._clear()

    def _connect(self) -> Session:
        address = _address(self.source)
        session = opened(
            address, timeout=self.settings.statement_timeout, is_cancelled=self._cancelled.is_set
        )
        try:
            session.run("SELECT 1")
        except self.failures as error:
            session.end()
            raise cannot_connect(error, address) from None
        return session

    def _is_open(self, connection: Session) -> bool:
        return connection.is_open

    def _ready(self) -> Session:
        """Return a connection. Tables of Trino outlive one, so none is made anew."""
        if self._cancelled.is_set():
            raise CancelledError
        if self._connection is None or not self._is_open(self._connection):
            self._connection = self._connect()
        if isinstance(self.source, ArrowTables):
            self._writes = self._speaking()
            for name, is_there in self._held.items():
                if not is_there:
                    self._upload(self._connection, name, self.source.tables[name])
                    self._held[name] = True
        return self._connection

    def _make(self, connection: Session, statement: Statement) -> None:
        if statement.rows is not None:
            self._upload(connection, statement.creates, statement.rows)
        if statement.sql is not None:
            self._begin(connection, statement.creates)
            connection.run(statement.sql)

    def _upload(self, connection: Session, name: str, rows: pa.Table) -> None:
        self._begin(connection, name)
        connection.upload(self._writes.place(name), rows, dialect=self._writes)

    def _begin(self, connection: Session, name: str) -> None:
        """Note that a table may be there from now on, after dropping what an attempt before may have left."""
        if name in self._begun:
            connection.run(self._dropping(name))
        self._begun[name] = None

    def _dropping(self, name: str) -> str:
        return f"DROP TABLE IF EXISTS {self._writes.place(name).sql(dialect='trino')}"

    def _rows(self, connection: Session, result: ResultQuery) -> Iterator[pa.RecordBatch]:
        return connection.rows(result.sql, result.schema)

    def _drop(self, connection: Session, names: list[str]) -> None:
        """Drop tables, each by itself: that one cannot be dropped is no reason to leave the others."""
        is_cancelled = self._cancelled.is_set()
        self._cancelled.clear()  # or nothing more would run in this session
        try:
            for name in names:
                with contextlib.suppress(*self.failures):
                    connection.run(self._dropping(name))
                    self._begun.pop(name, None)
        finally:
            if is_cancelled:
                self._cancelled.set()

    def _clear(self, *, held: bool = False) -> None:
        """Drop what the last query may have left; with `held`, the rows held in memory too."""
        names = [name for name in self._begun if held or name not in self._held]
        if names:
            with contextlib.suppress(
                Mistake
            ):  # a server that is gone: the tables are found later by their names
                connection = self._connection or self._connect()
                self._connection = connection
                self._drop(connection, names)

    def _stop(self, connection: Session) -> None:
        connection.stop()

    def _end(self, connection: Session) -> None:
        connection.end()

    def _is_lost(self, error: Exception) -> bool:
        return is_lost(error)

    def _mistake(self, error: Exception, purpose: str) -> Mistake:
        return mistake_of(error, purpose)

    def close(self) -> None:
        """Drop the rows that were uploaded, and close the session."""
        try:
            self._clear(held=True)
        finally:
            self._held = dict.fromkeys(self._held, False)
            OnServer.close(self)


def _address(source: DatabaseServer | ArrowTables) -> TrinoAddress:
    if isinstance(source, DatabaseServer):
        return parsed(source.address)
    if address := os.environ.get(SCRATCH):
        return parsed(address)
    hint = f"name one in {SCRATCH} in whose schema tables may be made"
    raise Mistake("Q114", "rows held in memory need a Trino server to be asked", hint=hint)


def scratch_of(address: TrinoAddress, *, run: str, by_user: bool = False) -> Scratch:
    """Return where a run makes its tables: as the address says, or in the user's own schema, or beside the others."""
    *catalog, schema = address.scratch or (address.user if by_user else address.schema,)
    mark = os.environ.get(ORGANISATION)
    return Scratch(
        run=run, schema=schema, catalog=(catalog or [address.catalog])[0], marks={MARK: mark} if mark else {}
    )
