"""DuckDB: the embedded engine. Parquet files or a database file, read only, locked to what it was opened on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile.scope import named
from armslength.query.engines.compile.statements import compile_plan
from armslength.query.engines.dialects.duckdb_calls import Calls, SpillFolder, new_spill_folder
from armslength.query.engines.dialects.duckdb_parts import Part, by_patient, limited_to, of_part, parts_of
from armslength.query.engines.dialects.duckdb_sql import DuckDBDialect
from armslength.query.engines.engine import (
    DATABASE_FAILED,
    LOST,
    MEMORY_LIMIT,
    SPILL_FOLDER,
    TABLE_MISSING,
    TOO_COMPLEX,
    ArrowTables,
    Capabilities,
    DatabaseFile,
    DatabaseServer,
    ParquetFiles,
    Plan,
    Progress,
    ResultQuery,
    ResultTable,
    Settings,
    Source,
    Statement,
    Step,
    no_progress,
)
from armslength.query.engines.execution import executed, plan_text
from armslength.query.engines.passes import planned
from armslength.query.engines.query_plan import Pass
from armslength.query.engines.table_sizes import TableSize, size_in_bytes, size_of_arrow, size_of_parquet
from armslength.query.model.nodes import Dataset

BATCH_ROWS = 64_000
HIDDEN_PREFIX = "armslength_"

DIALECT = DuckDBDialect(name="duckdb")


@dataclass(slots=True, kw_only=True)
class DuckDB:
    """An open DuckDB. It can read what it was opened on, write temporary tables, and nothing else."""

    connection: duckdb.DuckDBPyConnection
    spill: SpillFolder
    source: Source
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="duckdb", title="DuckDB", sql="duckdb", refused=DIALECT.refused
    )
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        self._calls = Calls(self.connection)

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> DuckDB:
        """Open a source. Raises Mistake Q106 when it cannot be opened, Q109 for a setting it refuses."""
        settings = (settings or Settings()).completed()
        spill = new_spill_folder(settings)
        try:
            connection = _connected(source)
            try:
                _configure(connection, source, settings, spill.path)
            except BaseException:
                connection.close()
                raise
        except BaseException:
            spill.remove()
            raise
        return cls(connection=connection, spill=spill, source=source)

    def compile(self, dataset: Dataset, *, backend: Backend, passes: tuple[Pass, ...] | None = None) -> Plan:
        """Return the statements of a query; `passes=()` leaves the plan as plain as it can be."""
        plan = compile_plan(planned(dataset, passes), dialect=DIALECT, backend=backend)
        return by_patient(plan, dataset, backend=backend)

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and stream its results; temporary tables are gone when the iteration ends.

        A large one runs for one range of patients after the other.
        """
        self._cancelled.clear()
        parts = parts_of(plan, self.source, memory=self._memory())
        if parts:
            (result,) = plan.results
            with contextlib.closing(self._in_parts(plan, parts, progress)) as rows:
                reader = pa.RecordBatchReader.from_batches(result.schema, rows)
                yield ResultTable(name=result.name, rows=reader)
        else:
            yield from self._at_once(plan, progress)

    def _at_once(self, plan: Plan, progress: Progress) -> Generator[ResultTable, None, None]:
        try:
            yield from executed(plan, run=self._run, stream=self._stream, progress=progress)
        finally:
            self._drop(plan)

    def _in_parts(
        self, plan: Plan, parts: tuple[Part, ...], progress: Progress
    ) -> Generator[pa.RecordBatch, None, None]:
        try:
            for number, part in enumerate(parts):
                self._show(part, plan)
                told = partial(_told_of_part, progress, number=number, of=len(parts))
                with contextlib.closing(self._at_once(limited_to(plan, part), told)) as results:
                    for result in results:
                        yield from result.rows
        finally:
            # A connection that failed has lost nothing that anybody will ask for.
            with contextlib.suppress(duckdb.Error, Mistake):
                _make_tables(self.connection, self.source)

    def _show(self, part: Part, plan: Plan) -> None:
        """Let the tables of files have only the rows of the patients of a part."""
        with self._told_as_mistakes("read a part of the tables"):
            for name, files in part.files.items():
                rows = exp.select("*").from_(_files(files)).where(of_part(plan, name, part))
                _create(self.connection, name, rows, kind="VIEW")

    def _memory(self) -> int:
        """Return how many bytes of memory the database may use."""
        (limit,) = self.connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
        return size_in_bytes(limit) or 0

    def _run(self, statement: Statement) -> None:
        with self._told_as_mistakes(statement.purpose):
            self._require_not_cancelled()
            if statement.sql is not None:
                self._calls.run(partial(self.connection.execute, statement.sql))
                return
            upload = f"{statement.creates}_upload"
            self.connection.register(upload, statement.rows)
            try:
                create = exp.Create(
                    this=named(statement.creates),
                    kind="TABLE",
                    properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
                    expression=exp.select("*").from_(named(upload)),
                )
                self._calls.run(partial(self.connection.execute, create.sql(dialect="duckdb")))
            finally:
                self.connection.unregister(upload)

    def _stream(self, result: ResultQuery) -> Generator[pa.RecordBatch, None, None]:
        with self._told_as_mistakes(result.purpose):
            self._require_not_cancelled()
            # A fresh cursor is not used: temporary tables belong to this connection.
            yield from self._calls.batches(
                lambda: self.connection.sql(result.sql).to_arrow_reader(BATCH_ROWS)
            )

    def _require_not_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise duckdb.InterruptException("cancelled")

    def _drop(self, plan: Plan) -> None:
        for statement in reversed(plan.statements):
            drop = exp.Drop(tables=[named(statement.creates)], kind="TABLE", exists=True)
            # A connection that failed has lost its temporary tables already.
            with contextlib.suppress(duckdb.ConnectionException, duckdb.FatalException):
                self.connection.execute(drop.sql(dialect="duckdb"))

    def cancel(self) -> None:
        """Stop what is running, and what would run next in the same execution."""
        self._cancelled.set()
        self.connection.interrupt()

    def explain(self, plan: Plan) -> str:
        """Return each step's purpose and SQL as one text."""
        return plan_text(plan)

    def sizes(self, tables: Iterable[str]) -> dict[str, TableSize]:
        """Return how large tables are, from the footers of their files or the database's catalogue."""
        if isinstance(self.source, ParquetFiles):
            known = self.source.tables
            return {name: size_of_parquet(known[name]) for name in tables if name in known}
        if isinstance(self.source, ArrowTables):
            held = self.source.tables
            return {name: size_of_arrow(held[name]) for name in tables if name in held}
        rows = self.connection.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall()
        return {name: TableSize(rows=size) for name, size in rows if name in set(tables)}

    def close(self) -> None:
        """Close the connection and remove what it spilled."""
        self._calls.close()
        self.connection.close()
        self.spill.remove()

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _told_as_mistakes(self, purpose: str) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise _mistake(error, purpose) from error
        except pa.ArrowException as error:
            # Errors of a query that is already streaming arrive dressed as Arrow's.
            raise _mistake(error, purpose) from error


def _connected(source: Source) -> duckdb.DuckDBPyConnection:
    if isinstance(source, DatabaseServer):
        hint = "leave the engine out: the address names its own"
        raise Mistake("Q114", "the engine `duckdb` reads files and asks no server", hint=hint)
    try:
        if isinstance(source, DatabaseFile):
            if not source.path.is_file():
                raise Mistake("Q106", "there is no such database file", where=str(source.path))
            return duckdb.connect(str(source.path), read_only=True)
        return duckdb.connect(":memory:")
    except duckdb.Error as error:
        where = str(source.path) if isinstance(source, DatabaseFile) else None
        what = f"the database cannot be opened: {_first_line(error)}"
        if isinstance(error, duckdb.IOException) and "lock" in str(error):
            hint = "something else is writing to it: run this again when that has ended"
            raise Mistake("Q106", what, where=where, hint=hint, exit_status=LOST) from error
        hint = "check that it is a DuckDB file"
        raise Mistake("Q106", what, where=where, hint=hint) from error


def _configure(
    connection: duckdb.DuckDBPyConnection, source: Source, settings: Settings, spill: Path
) -> None:
    """Make the tables known, then shut every door: no other file, no network, no extension, no settings."""
    _make_tables(connection, source)
    wanted: dict[str, Any] = {"temp_directory": str(spill), "preserve_insertion_order": False}
    wanted["enable_progress_bar"] = False  # it draws on standard output, where results may go
    if settings.memory_limit is not None:
        wanted["memory_limit"] = settings.memory_limit
    if settings.threads is not None:
        wanted["threads"] = settings.threads
    if isinstance(source, ParquetFiles):
        wanted["allowed_paths"] = [str(file.absolute()) for files in source.tables.values() for file in files]
    wanted["enable_external_access"] = False
    wanted["lock_configuration"] = True
    for name, value in wanted.items():
        try:
            connection.execute(
                exp.Set(
                    expressions=[exp.SetItem(this=exp.EQ(this=exp.var(name), expression=exp.convert(value)))]
                ).sql(dialect="duckdb")
            )
        except duckdb.IOException as error:
            raise _mistake(error, "make room for its tables") from error
        except duckdb.Error as error:
            raise Mistake(
                "Q109", f"the setting `{name}` cannot be {value!r}: {_first_line(error)}"
            ) from error


def _make_tables(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    if isinstance(source, ArrowTables):
        for name, rows in source.tables.items():
            connection.register(f"{HIDDEN_PREFIX}rows", rows)
            query = exp.select("*").from_(f"{HIDDEN_PREFIX}rows")
            _create(connection, name, query, kind="TABLE")
            connection.unregister(f"{HIDDEN_PREFIX}rows")
    if isinstance(source, ParquetFiles):
        for name, files in source.tables.items():
            try:
                _create(connection, name, exp.select("*").from_(_files(files)), kind="VIEW")
            except duckdb.Error as error:
                hint = "check the store with `armslength data describe --verify`, or make it again"
                what = f"table `{name}` cannot be read: {_first_line(error)}"
                raise Mistake("Q106", what, where=str(files[0].parent), hint=hint) from error


def _files(files: tuple[Path, ...]) -> exp.Expr:
    paths = exp.Array(expressions=[exp.Literal.string(str(file.absolute())) for file in files])
    return exp.func("READ_PARQUET", paths)


def _told_of_part(progress: Progress, step: Step, *, number: int, of: int) -> None:
    """Tell a step of a part as one of the steps of all parts."""
    purpose = f"{step.purpose}, part {number + 1} of {of}"
    progress(replace(step, number=step.number + number * step.of, of=step.of * of, purpose=purpose))


def _create(connection: duckdb.DuckDBPyConnection, name: str, query: exp.Select, *, kind: str) -> None:
    create = exp.Create(this=named(name), kind=kind, expression=query, replace=kind == "VIEW")
    connection.execute(create.sql(dialect="duckdb"))


def _mistake(error: Exception, purpose: str) -> Mistake:
    """Say what went wrong in the database in words that help; the SQL stays in the chained error."""
    text = str(error)
    if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in text:
        return Mistake("Q108", f"the query was cancelled while it was to {purpose}")
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in text:
        hint = f"give it more memory with {MEMORY_LIMIT}, such as `8GB`, or ask for fewer variables at once"
        what = f"the database ran out of memory while it was to {purpose}: {_first_line(error)}"
        return Mistake("Q107", what, hint=hint, exit_status=TOO_COMPLEX)
    if "Could not write file" in text or "No space left" in text:
        hint = f"free some space, or name a folder on a larger disk with {SPILL_FOLDER}"
        what = f"the disk is full that rows are spilled to, while it was to {purpose}: {_first_line(error)}"
        return Mistake("Q107", what, hint=hint, exit_status=TOO_COMPLEX)
    if isinstance(error, duckdb.CatalogException):
        hint = "the backend promises a table that the database does not have; tell whoever provides it"
        return Mistake(
            "Q104",
            f"the database lacks something it should have: {_first_line(error)}",
            hint=hint,
            exit_status=TABLE_MISSING,
        )
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        hint = "a number became too large for 64 bits; use smaller numbers or floats"
        return Mistake(
            "Q110",
            f"a value is out of range while it was to {purpose}: {_first_line(error)}",
            hint=hint,
            exit_status=DATABASE_FAILED,
        )
    return Mistake(
        "Q111",
        f"the database failed while it was to {purpose}: {_first_line(error)}",
        exit_status=DATABASE_FAILED,
    )


def _first_line(error: Exception) -> str:
    """Return the first line that says something, without the engine's name for the kind of error."""
    return str(error).split("\n", 1)[0].removeprefix("Out of Memory Error: ").removeprefix("IO Error: ")
