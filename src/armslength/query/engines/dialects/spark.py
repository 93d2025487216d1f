"""Spark, through Spark Connect: a cluster, or a Spark of the engine's own on this machine for files and rows.

A step whose table is read once stays a view, which Spark runs together with what reads it. One that is read more
often is kept in the memory and on the disks of the executors, partitioned by patient.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pyarrow as pa
from sqlglot import exp, parse_one

from armslength.kernel.errors import Mistake
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.compile.expressions import literal
from armslength.query.engines.compile.tables import OURS
from armslength.query.engines.dialects.spark_address import SparkAddress, parsed
from armslength.query.engines.dialects.spark_errors import cannot_connect, is_lost, mistake_of
from armslength.query.engines.dialects.spark_local import LocalSpark, started
from armslength.query.engines.dialects.spark_session import FAILURE, Session, identifier, opened
from armslength.query.engines.dialects.spark_sql import DIALECT
from armslength.query.engines.engine import (
    ArrowTables,
    Capabilities,
    DatabaseServer,
    ParquetFiles,
    Plan,
    Progress,
    ResultQuery,
    ResultTable,
    Settings,
    Source,
    Statement,
    no_progress,
)
from armslength.query.engines.on_server import OnServer

# Where files and rows held in memory are asked; without it, of a Spark that the engine starts.
SCRATCH = "ARMSLENGTH_SPARK_DSN"


@dataclass(slots=True, kw_only=True)
class Spark(OnServer[Session]):
    """An open Spark session."""

    source: DatabaseServer | ParquetFiles | ArrowTables
    address: SparkAddress
    local: LocalSpark | None = None
    _kept: set[str] = field(default_factory=set)
    dialect: ClassVar[Dialect] = DIALECT
    failures: ClassVar[tuple[type[Exception], ...]] = (FAILURE,)
    capabilities: ClassVar[Capabilities] = Capabilities(
        name="spark", title="Spark", sql="spark", refused=DIALECT.refused
    )

    @classmethod
    def open(cls, source: Source, *, settings: Settings | None = None) -> Spark:
        """Open a source. Raises Mistake Q106 (no connection), Q109 (a setting), Q114 (the address)."""
        if not isinstance(source, (DatabaseServer, ParquetFiles, ArrowTables)):
            hint = "give an address such as `sc://host:15002/;schema=records`, or the folder of a store"
            raise Mistake(
                "Q114", "the engine `spark` does not read a database file of another engine", hint=hint
            )
        limits, local = (settings or Settings()).completed(), None
        if isinstance(source, DatabaseServer):
            address = parsed(source.address)
        elif scratch := os.environ.get(SCRATCH):
            address = parsed(scratch)
        else:
            local = started(limits)
            address = parsed(local.address)
        engine = cls(source=source, settings=limits, address=address, local=local)
        try:
            engine._connection = engine._connect()
        except FAILURE as error:
            engine.close()
            raise engine._mistake(error, "find the tables") from error
        except BaseException:
            engine.close()
            raise
        return engine

    def execute(self, plan: Plan, *, progress: Progress = no_progress) -> Generator[ResultTable, None, None]:
        """Run a plan and stream its results; temporary tables are gone when the iteration ends."""
        if self.address.folder:
            plan = replace(plan, statements=(*places(plan, self.address), *plan.statements))
        self._kept = read_again(plan)
        return OnServer.execute(self, plan, progress=progress)

    def _connect(self) -> Session:
        session = opened(
            self.address,
            timeout=self.settings.statement_timeout,
            again=lambda error: cannot_connect(error, self.address),
        )
        try:
            if isinstance(self.source, ArrowTables):
                for name, rows in self.source.tables.items():
                    session.upload(name, rows)
            elif isinstance(self.source, ParquetFiles):
                for name, files in self.source.tables.items():
                    session.read_files(name, [str(each.resolve()) for each in files], kind="parquet")
        except BaseException:
            session.end()
            raise
        return session

    def _is_open(self, connection: Session) -> bool:
        return not connection.client.is_closed

    def _make(self, connection: Session, statement: Statement) -> None:
        if statement.rows is not None:
            connection.upload(statement.creates, statement.rows)
        if statement.sql is not None:
            connection.run(statement.sql)
            if statement.creates in self._kept:
                connection.run(f"CACHE TABLE {identifier(statement.creates)}")

    def _rows(self, connection: Session, result: ResultQuery) -> Iterator[pa.RecordBatch]:
        return connection.rows(result.sql)

    def _drop(self, connection: Session, names: list[str]) -> None:
        # A session that is gone took its views with it.
        with contextlib.suppress(FAILURE):
            for name in names:
                if name in self._kept:
                    connection.run(f"UNCACHE TABLE IF EXISTS {identifier(name)}")
            for name in reversed(names):
                connection.run(f"DROP VIEW IF EXISTS {identifier(name)}")

    def _stop(self, connection: Session) -> None:
        connection.stop()

    def _end(self, connection: Session) -> None:
        connection.end()

    def _is_lost(self, error: Exception) -> bool:
        return is_lost(error)

    def _mistake(self, error: Exception, purpose: str) -> Mistake:
        is_late = self._connection is not None and self._connection.is_late
        return mistake_of(error, purpose, is_late=is_late)

    def close(self) -> None:
        """Close the session, and end the Spark that was started for it."""
        OnServer.close(self)
        if self.local is not None:
            self.local.close()
            self.local = None


def read_again(plan: Plan) -> set[str]:
    """Return the temporary tables that are read more than once, which are worth keeping."""
    found: Counter[str] = Counter()
    for sql in _queries(plan):
        found.update(re.findall(rf"(?:FROM|JOIN)\s+`({OURS}\w+)`", sql))
    made = {each.creates for each in plan.statements if each.sql is not None}
    return {name for name in made if found[name] > 1}


def places(plan: Plan, address: SparkAddress) -> Iterator[Statement]:
    """Yield the steps that say where the files of each table are that a plan reads but does not make."""
    made = {each.creates for each in plan.statements}
    read: dict[str, None] = {}
    for sql in _queries(plan):
        query = parse_one(sql, dialect="spark")
        inside = {cte.alias for cte in query.find_all(exp.CTE)}
        read |= dict.fromkeys(t.name for t in query.find_all(exp.Table) if t.name not in {*inside, *made})
    for name in read:
        path = literal(f"{address.folder.rstrip('/')}/{name}").sql(dialect="spark")
        view = f"CREATE TEMPORARY VIEW {identifier(name)} USING {address.format} OPTIONS (path {path})"
        yield Statement(purpose=f"find the files of {name}", creates=name, sql=view)


def _queries(plan: Plan) -> list[str]:
    results = [part for each in plan.results for part in each.parts]
    return [*(each.sql for each in plan.statements if each.sql is not None), *(each.sql for each in results)]
