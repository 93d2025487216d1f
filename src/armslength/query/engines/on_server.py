"""An engine whose database is a server: its steps are made again when the connection drops, and stop when told."""

from __future__ import annotations

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.engine import (
    LOST,
    Plan,
    Progress,
    ResultQuery,
    ResultTable,
    Settings,
    Statement,
    no_progress,
)
from armslength.query.engines.execution import executed, plan_text
from armslength.query.engines.passes import planned
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset

PAUSES = (0.2, 2.0, 10.0)  # seconds before each further attempt
Connection = TypeVar("Connection")


class CancelledError(Exception):
    """The query was cancelled before its next step began."""


@dataclass(slots=True, kw_only=True)
class OnServer(ABC, Generic[Connection]):
    """What every engine on a server does alike; a database adds how it connects, makes, streams and fails.

    Temporary tables live as long as a connection. When one is lost, every statement so far is run again on
    a new one, and the step that failed is tried again, unless some of its rows were given away already.
    """

    settings: Settings
    dialect: ClassVar[Dialect]
    failures: ClassVar[tuple[type[Exception], ...]]  # what the driver raises
    _connection: Connection | None = None
    _made: list[Statement] = field(default_factory=list)
    _is_given: bool = False
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @abstractmethod
    def _connect(self) -> Connection:
        """Open a session that can write nothing but temporary tables, and bring rows held in memory."""

    @abstractmethod
    def _is_open(self, connection: Connection) -> bool:
        """Say, without asking the server, whether a connection can be used."""

    @abstractmethod
    def _make(self, connection: Connection, statement: Statement) -> None:
        """Make the table of one statement, whole or not at all."""

    @abstractmethod
    def _rows(self, connection: Connection, result: ResultQuery) -> Iterator[pa.RecordBatch]:
        """Stream the rows of a result."""

    @abstractmethod
    def _drop(self, connection: Connection, names: list[str]) -> None:
        """Drop temporary tables, as far as the connection still can."""

    @abstractmethod
    def _stop(self, connection: Connection) -> None:
        """Stop what a connection is doing; called from another thread."""

    @abstractmethod
    def _end(self, connection: Connection) -> None:
        """Close a connection, also one that is broken."""

    @abstractmethod
    def _is_lost(self, error: Exception) -> bool:
        """Say whether an error means that the connection is gone, so that another may do."""

    @abstractmethod
    def _mistake(self, error: Exception, purpose: str) -> Mistake:
        """Say in words what went wrong while the database was to do something, but for lost connections."""

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the statements of a query; `passes=()` leaves the plan as plain as it can be."""
        return compile_plan(planned(dataset, passes), dialect=self.dialect, backend=backend)

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and stream its results; temporary tables are gone when the iteration ends."""
        self._cancelled.clear()
        self._made = []
        try:
            yield from executed(
                plan,
                run=self._run,
                stream=self._stream,
                progress=progress,
                folder=self.settings.spill_folder,
            )
        finally:
            if self._made and self._connection is not None and self._is_open(self._connection):
                self._drop(self._connection, [each.creates for each in self._made])

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
                for batch in self._rows(self._ready(), result):
                    # What was given cannot be taken back, so from here on nothing is repeated.
                    self._is_given = True
                    yield batch
                self._is_given = False
                return

    def _ready(self) -> Connection:
        """Return a connection that has every temporary table made so far, made anew if it must be."""
        if self._cancelled.is_set():
            raise CancelledError
        connection = self._connection
        if connection is None or not self._is_open(connection):
            connection = self._connection = self._connect()
            for statement in self._made:
                self._make(connection, statement)
        return connection

    @contextlib.contextmanager
    def _resumed(self, purpose: str, attempt: int) -> Iterator[None]:
        """Let a lost connection pass, after a pause, for the next attempt; tell anything else as a Mistake."""
        try:
            yield
        except CancelledError:
            raise cancelled(purpose) from None
        except self.failures as error:
            broken = self._connection is None or not self._is_open(self._connection)
            is_lost = broken or self._is_lost(error)
            if is_lost and self._connection is not None:
                self._end(self._connection)
                self._connection = None
            if self._cancelled.is_set():
                raise cancelled(purpose) from error
            if not is_lost:
                raise self._mistake(error, purpose) from error
            if self._is_given or attempt == len(PAUSES):
                raise lost(purpose) from error
            time.sleep(PAUSES[attempt])

    def cancel(self) -> None:
        """Stop what is running on the server, and what would run next in the same execution."""
        self._cancelled.set()
        if self._connection is not None and self._is_open(self._connection):
            self._stop(self._connection)

    def explain(self, plan: Plan) -> str:
        """Return each step's purpose and SQL as one text."""
        return plan_text(plan)

    def close(self) -> None:
        """Close the connection; with it go its temporary tables."""
        if self._connection is not None:
            self._end(self._connection)
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def cancelled(purpose: str) -> Mistake:
    """The mistake of a query that was stopped, here or on the server."""
    return Mistake("Q108", f"the query was cancelled while it was to {purpose}")


def lost(purpose: str) -> Mistake:
    """The mistake of a connection that drops again and again, or while rows were given away."""
    hint = "run it again; results are written whole or not at all"
    what = (
        f"the connection to the database was lost while it was to {purpose}, and again when it was tried anew"
    )
    return Mistake("Q125", what, hint=hint, exit_status=LOST)
