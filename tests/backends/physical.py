"""Copies of a provider's database: its tables as its schema describes them, filled by a test, asked as a study asks.

A copy is made with plain SQL statements, so that another kind of database needs another `Copy` and nothing else.
"""

from __future__ import annotations

import datetime
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from armslength.policy.data_permissions import DataPermission
from armslength.query.api.databases import Database, find_backend
from armslength.query.api.datasets import results_of
from armslength.query.model import nodes as n

HERE = Path(__file__).parent
EVERYTHING = frozenset(DataPermission)
# What a type of the schema is called in the copy, and a value for a column that a test does not care about.
TYPES: dict[str, tuple[str, Any]] = {
    "varchar": ("VARCHAR", ""),
    "char": ("VARCHAR", ""),
    "bigint": ("BIGINT", 0),
    "int": ("INTEGER", 0),
    "integer": ("INTEGER", 0),
    "tinyint": ("SMALLINT", 0),
    "bit": ("BOOLEAN", False),
    "boolean": ("BOOLEAN", False),
    "real": ("REAL", 0.0),
    "double": ("DOUBLE", 0.0),
    "decimal": ("DECIMAL(20,3)", 0),
    "date": ("DATE", datetime.date(2000, 1, 1)),
    "time": ("TIME", datetime.time(0)),
    "datetime": ("TIMESTAMP", datetime.datetime(2000, 1, 1)),
    "timestamp": ("TIMESTAMP", datetime.datetime(2000, 1, 1)),
    "varbinary": ("BLOB", b""),
}
Schema = dict[str, dict[str, tuple[str, bool]]]


def read_schema(name: str) -> Schema:
    """Return the columns of each table of a provider's database: their type and whether a value may be missing."""
    tables: Schema = {}
    table = ""
    for line in (HERE / f"{name}_schema.txt").read_text().splitlines():
        if line.startswith("  "):
            column, kind, *_ = line.removesuffix(" !").split()
            tables[table][column] = (kind.partition("(")[0], not line.endswith(" !"))
        elif line and not line.startswith("#"):
            table = line
            tables[table] = {}
    return tables


class Copy:
    """A copy of a provider's database in a DuckDB file."""

    def __init__(self, backend: str, path: Path) -> None:
        self.backend, self.path, self.schema = backend, path, read_schema(backend)
        self.execute([self.create_table(table) for table in self.schema])

    @property
    def dsn(self) -> str:
        return f"duckdb://{self.path}"

    def execute(self, statements: list[Any]) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.begin()  # one change of the file, not one for each row
            for statement in statements:
                sql, values = statement if isinstance(statement, tuple) else (statement, [])
                connection.execute(sql, values)
            connection.commit()

    def create_table(self, table: str) -> str:
        columns = [
            f'"{name}" {TYPES[kind][0]}{"" if nullable else " NOT NULL"}'
            for name, (kind, nullable) in self.schema[table].items()
        ]
        return f'CREATE TABLE "{table}" ({", ".join(columns)})'

    def fill(self, **tables: list[dict[str, Any]]) -> Copy:
        """Insert rows. A column that a row does not name is missing, or a plain value where it must not be."""
        self.execute([self.insert(table, row) for table, rows in tables.items() for row in rows])
        return self

    def refill(self, **tables: list[dict[str, Any]]) -> Copy:
        """Have these rows and no others in the tables that are named."""
        empty = [f'DELETE FROM "{table}"' for table in tables]
        self.execute(empty + [self.insert(table, row) for table, rows in tables.items() for row in rows])
        return self

    def insert(self, table: str, row: dict[str, Any]) -> tuple[str, list[Any]]:
        columns = self.schema[table]
        assert set(row) <= set(columns), set(row) - set(columns)
        plain = {name: None if nullable else TYPES[kind][1] for name, (kind, nullable) in columns.items()}
        marks = ", ".join("?" for _ in columns)
        return f'INSERT INTO "{table}" VALUES ({marks})', [(plain | row)[name] for name in columns]

    def rows(self, contract: Any, *columns: str, given: frozenset[str] = EVERYTHING) -> list[tuple[Any, ...]]:
        """Return patient_id and some columns of a contract table, as a study would see them, in order."""
        node = contract._node
        names = columns or node.schema.names
        picked = tuple((name, n.SelectColumn(node, name)) for name in names)
        if isinstance(node, n.SelectPatientTable):
            question = n.Dataset(n.Exists(node), picked)
        else:
            question = n.Dataset(n.Exists(node), (), (("rows", n.SeriesCollectionFrame(picked)),))
        found = self.ask(question, given=given | {"event_level_data"})
        return found["dataset" if isinstance(node, n.SelectPatientTable) else "rows"]

    def ask(
        self, question: n.Dataset, *, given: frozenset[str] = EVERYTHING
    ) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of each result of a question."""
        asked = results_of(question, database=Database(dsn=self.dsn, backend=self.backend), permissions=given)
        found = {}
        with closing(asked) as results:
            for result in results:
                table = result.rows.read_all()
                found[result.name] = list(zip(*(c.to_pylist() for c in table.columns), strict=True))
        return found


def physical_tables_of(backend: str) -> set[str]:
    """Return every physical table that some contract table of a backend reads."""
    found = find_backend(backend)
    assert found.tables is not None
    return {name for mapping in found.tables.values() for name in found.physical_tables(mapping)}
