"""Queries of the stand-in: run by DuckDB in threads of their own, told, stopped, and failed as Trino's are."""

from __future__ import annotations

import base64
import contextlib
import datetime
import decimal
import math
import re
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

import duckdb

from trino_server.translation import RefusedError, translated

CATALOG, SCHEMAS = "lake", ("records", "scratch")
TYPES = {
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "HUGEINT": "decimal(38,0)",
    "DOUBLE": "double",
    "FLOAT": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "VARCHAR": "varchar",
    "TIMESTAMP": "timestamp(6)",
    "BLOB": "varbinary",
}
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Warehouse:
    """The tables behind the stand-in: one catalog, with a schema of records and one to scratch in."""

    def __init__(self) -> None:
        self.database = duckdb.connect(":memory:", config={"threads": 1})
        self.database.execute(f"ATTACH ':memory:' AS {CATALOG}")
        for schema in SCHEMAS:
            self.database.execute(f"CREATE SCHEMA {CATALOG}.{schema}")

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL of DuckDB, as whoever provides the data does."""
        with self.database.cursor() as cursor:
            cursor.execute(f"USE {CATALOG}.records")
            return cursor.execute(sql).fetchall()

    def tables(self, schema: str) -> list[str]:
        found = self.execute(
            f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY 1"
        )
        return [name for (name,) in found]


@dataclass
class Session:
    """What a request says beside its SQL."""

    user: str
    catalog: str | None
    schema: str | None
    properties: dict[str, str]


@dataclass
class Query:
    """One query, from its POST until its last page is fetched."""

    sql: str
    session: Session
    warehouse: Warehouse
    id: str = field(
        default_factory=lambda: f"{datetime.datetime.now(datetime.UTC):%Y%m%d_%H%M%S}_{uuid.uuid4().hex[:5]}"
    )
    update: str = ""
    columns: list[dict[str, Any]] | None = None
    rows: list[list[Any]] = field(default_factory=list)
    count: int | None = None
    error: RefusedError | None = None
    done: threading.Event = field(default_factory=threading.Event)
    stopping: RefusedError | None = None
    cursor: duckdb.DuckDBPyConnection | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self, why: RefusedError) -> None:
        """End the query. Its reader is told why."""
        self.stopping = self.stopping or why
        if self.cursor is not None and not self.done.is_set():
            threading.Thread(target=self._interrupt, args=(self.cursor,), daemon=True).start()

    def _interrupt(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Interrupt until the query has ended: what comes before DuckDB has begun with it is lost."""
        while not self.done.is_set():
            with contextlib.suppress(duckdb.Error):  # closed in between
                cursor.interrupt()
            self.done.wait(0.05)

    def _run(self) -> None:
        timer = None
        try:
            if limit := self._limit():
                late = RefusedError(
                    "EXCEEDED_TIME_LIMIT",
                    "Query exceeded the maximum execution time limit",
                    "INSUFFICIENT_RESOURCES",
                )
                timer = threading.Timer(limit, self.stop, [late])
                timer.start()
            self._execute()
        except RefusedError as error:
            self.error = error
        except duckdb.Error as error:
            self.error = self.stopping or _told(error)
        except RecursionError:
            self.error = RefusedError(
                "STACK_OVERFLOW", "statement is too large (stack overflow during analysis)"
            )
        except Exception as error:
            self.error = RefusedError("GENERIC_INTERNAL_ERROR", repr(error), "INTERNAL_ERROR")
            raise
        finally:
            if self.stopping is not None:
                self.error = self.stopping
            if timer is not None:
                timer.cancel()
            self.done.set()

    def _limit(self) -> float | None:
        if unknown := set(self.session.properties) - {"query_max_execution_time"}:
            raise RefusedError(
                "INVALID_SESSION_PROPERTY", f"Session property '{unknown.pop()}' does not exist"
            )
        text = self.session.properties.get("query_max_execution_time")
        if text is None:
            return None
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-z]+)", text)
        if found is None or found[2] not in UNITS:
            raise RefusedError("INVALID_SESSION_PROPERTY", f"Invalid duration: {text}")
        return float(found[1]) * UNITS[found[2]]

    def _execute(self) -> None:
        ready = translated(self.sql)
        with self.warehouse.database.cursor() as cursor:
            self.cursor = cursor
            catalog, schema = self.session.catalog, self.session.schema
            try:
                cursor.execute(f'USE "{catalog}"."{schema}"')
            except duckdb.Error:
                is_there = catalog == CATALOG
                name, what = ("SCHEMA_NOT_FOUND", schema) if is_there else ("CATALOG_NOT_FOUND", catalog)
                raise RefusedError(name, f"'{what}' does not exist") from None
            if self.stopping is not None:
                raise self.stopping
            done = cursor.execute(ready.sql)
            self.update = ready.update
            if not ready.update:
                self.columns = [column_of(name, str(kind)) for name, kind, *_ in done.description or []]
                self.rows = [[in_json(value) for value in row] for row in done.fetchall()]
            elif ready.counts:
                ((self.count,),) = done.fetchall()
                self.columns, self.rows = [column_of("rows", "BIGINT")], [[self.count]]


def column_of(name: str, kind: str) -> dict[str, Any]:
    """Describe a column as the protocol does."""
    made = TYPES.get(kind) or kind.lower()
    raw, _, rest = made.partition("(")
    numbers = [int(each) for each in rest.rstrip(")").split(",")] if rest else []
    numbers = [2147483647] if raw == "varchar" else numbers
    arguments = [{"kind": "LONG", "value": each} for each in numbers]
    return {"name": name, "type": made, "typeSignature": {"rawType": raw, "arguments": arguments}}


def in_json(value: Any) -> Any:
    """Write a value as the protocol does: JSON has no dates and no infinite numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (datetime.datetime, datetime.date, decimal.Decimal)):
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _told(error: duckdb.Error) -> RefusedError:
    text = str(error).split("\n")[0]
    if isinstance(error, duckdb.CatalogException):
        is_there = "already exists" in text
        name = (
            "TABLE_ALREADY_EXISTS"
            if is_there
            else "TABLE_NOT_FOUND"
            if "Table" in text
            else "FUNCTION_NOT_FOUND"
        )
        return RefusedError(name, text)
    if isinstance(error, duckdb.BinderException):
        return RefusedError("COLUMN_NOT_FOUND" if "column" in text else "TYPE_MISMATCH", text)
    if isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return RefusedError("NUMERIC_VALUE_OUT_OF_RANGE", text)
    if isinstance(error, duckdb.OutOfMemoryException):
        return RefusedError("EXCEEDED_LOCAL_MEMORY_LIMIT", text, "INSUFFICIENT_RESOURCES")
    if isinstance(error, duckdb.InvalidInputException) and "ROW comparison" in text:
        return RefusedError("NOT_SUPPORTED", text)
    return RefusedError("GENERIC_INTERNAL_ERROR", f"{type(error).__name__}: {text}", "INTERNAL_ERROR")
