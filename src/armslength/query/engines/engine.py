"""What every engine promises: compile a query into a plan, run it, stream the rows, stop when told."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetFiles:
    """A source that is a folder of Parquet files: physical table name to its files."""

    tables: Mapping[str, tuple[Path, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFile:
    """A source that is one database file, opened for reading only."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowTables:
    """A source that is held in memory: physical table name to its rows."""

    tables: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """A source that is a database on a server. The address may hold a password, so it is never shown."""

    address: str = field(repr=False)


# Engines whose driver is too large, or too rarely needed, for everybody who provides data.
ENGINE_EXTRAS = frozenset({"spark", "trino"})

Source = ParquetFiles | DatabaseFile | ArrowTables | DatabaseServer


# Exit statuses that runners translate into advice.
LOST, TABLE_MISSING, DATABASE_FAILED, TOO_COMPLEX = 3, 4, 5, 6
MEMORY_LIMIT, THREADS = "ARMSLENGTH_MEMORY_LIMIT", "ARMSLENGTH_THREADS"
SPILL_FOLDER, STATEMENT_TIMEOUT = "ARMSLENGTH_SPILL_FOLDER", "ARMSLENGTH_STATEMENT_TIMEOUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits an engine works under.

    `memory_limit` is text such as `4GB`, None for the engine's own choice; `spill_folder` is where rows
    go that do not fit, None for the usual place of temporary files. A server has its own of these; there
    `statement_timeout`, such as `30min`, is how long one statement may take, None for the server's own limit.
    What is None may still be set by the environment: see `completed`.
    """

    memory_limit: str | None = None
    threads: int | None = None
    spill_folder: Path | None = None
    statement_timeout: str | None = None

    def completed(self, environment: Mapping[str, str] = os.environ) -> Settings:
        """Take from the environment what is not given. Raises Mistake Q109 for threads that are no number."""
        threads, spill = environment.get(THREADS), environment.get(SPILL_FOLDER)
        if threads and not threads.isdecimal():
            raise Mistake("Q109", f"{THREADS} is {threads!r}", hint="give a whole number from 1")
        return Settings(
            memory_limit=self.memory_limit or environment.get(MEMORY_LIMIT) or None,
            threads=self.threads or (int(threads) if threads else None),
            spill_folder=self.spill_folder or (Path(spill) if spill else None),
            statement_timeout=self.statement_timeout or environment.get(STATEMENT_TIMEOUT) or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One step before the results: SQL to run, or rows to upload as a temporary table called `creates`.

    `purpose` says in words why it is there; it is shown as progress and in explanations. With a `choice` it is decided
    when it runs whether this is the cheaper way.
    """

    purpose: str
    creates: str
    sql: str | None = None
    rows: pa.Table | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Another way to do a step, and how to find out when it is the cheaper one.

    `counted` asks for one row: how many members the population has, then how many people there are in each table of
    patients. When the members are not less than `share` of all, the SQL that `otherwise` gives is run instead, and
    `purpose` says so.
    """

    counted: ResultQuery
    share: float
    otherwise: Callable[[], str]
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultQuery:
    """The query of one result table; its columns are `patient_id` and the named ones, in this order.

    Where a database cannot give that many columns at once, `others` give further ones of the same rows, each with
    the `patient_id` again; all are sorted by it.
    """

    name: str
    purpose: str
    sql: str
    schema: pa.Schema
    others: tuple[ResultQuery, ...] = ()

    @property
    def parts(self) -> tuple[ResultQuery, ...]:
        """Every query that the result is made of."""
        return (self, *self.others)

    @property
    def whole(self) -> pa.Schema:
        """All columns of the result."""
        return pa.schema([*self.schema, *(each for other in self.others for each in list(other.schema)[1:])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All statements of a query, in the order they run. `held_back` says in words what the project may not see."""

    statements: tuple[Statement, ...]
    results: tuple[ResultQuery, ...]
    held_back: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        return len(self.statements) + len(self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where execution stands: step `number` of `of` is done (or, for a result, has given `rows` so far)."""

    number: int
    of: int
    purpose: str
    seconds: float
    rows: int | None = None


Progress = Callable[[Step], None]


def no_progress(step: Step) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    """Rows of one result table, streaming. Exhaust it before asking for the next."""

    name: str
    rows: pa.RecordBatchReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can do.

    `sql` is what sqlglot calls the SQL it speaks. `refused` names operations of the model that it does not
    have, each with the reason.
    """

    name: str
    title: str
    sql: str
    refused: Mapping[str, str] = field(default_factory=dict)


class Engine(Protocol):
    """A database that answers queries. Open one with its `open` class method, and close it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; known of the class, too."""
        ...

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the plan of a query. Touches no data. Raises Mistake for what cannot be expressed."""
        ...

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and yield its result tables in order, leaving no temporary table behind.

        Whoever stops early closes the generator (`contextlib.closing`) before the engine.
        """
        ...

    def cancel(self) -> None:
        """Stop what is running, from another thread; the running call raises Mistake Q108."""
        ...

    def explain(self, plan: Plan) -> str:
        """Return the plan as text a person can read: each step's purpose and its SQL."""
        ...

    def close(self) -> None:
        """Give back the connection and every temporary file."""
        ...


class EngineClass(Protocol):
    """What the entry point of an engine names: a class that can be opened on a source."""

    capabilities: Capabilities

    def open(self, source: Source, *, settings: Settings) -> Engine: ...


def find_engine(name: str) -> EngineClass:
    """Load the engine installed under this name. Raises Mistake Q101 when there is none."""
    installed = {point.name: point for point in entry_points(group="armslength.engines")}
    if name not in installed:
        known = ", ".join(sorted(installed)) or "none"
        raise Mistake("Q101", f"no engine is called `{name}`", hint=f"installed engines: {known}")
    try:
        return installed[name].load()  # type: ignore[no-any-return]
    except ModuleNotFoundError as error:
        extra = name if name in ENGINE_EXTRAS else "provider"
        hint = f"install what it needs: pip install 'armslength[{extra}]'"
        what = f"the engine `{name}` needs the package `{error.name}`, which is not installed"
        raise Mistake("Q101", what, hint=hint) from None


def unsupported(operation: str, *, engine: str, why: str = "") -> Mistake:
    """The refusal of an operation that an engine does not have."""
    return Mistake(
        "Q102",
        f"the engine `{engine}` does not support the operation `{operation}`" + (f": {why}" if why else ""),
        hint="use another engine, or express the variable without this operation",
    )
