"""Find what a query is asked of: the engine, the backend, and the source that a database address names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import DIRECT, Backend
from armslength.query.engines.engine import (
    ArrowTables,
    DatabaseFile,
    Engine,
    ParquetFiles,
    Settings,
    Source,
    find_engine,
)
from armslength.query.formats.store import Store, read_store
from armslength.query.formats.store_layout import DESCRIPTION
from armslength.query.model.nodes import (
    Dataset,
    InlinePatientTable,
    SelectPatientTable,
    SelectTable,
    tables_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What a query is asked of.

    `dsn` is the path of a store (the folder of `store.json`) or `duckdb:///path/to/file.duckdb`. With
    `tables`, rows held in memory under the names of the contract, there is no address and no backend.
    """

    dsn: str = ""
    backend: str = "core"
    engine: str = "duckdb"
    settings: Settings = field(default_factory=Settings)
    tables: Mapping[str, pa.Table] | None = None

    def find_backend(self) -> Backend:
        """Return how this database keeps its tables. Raises Mistake Q113."""
        return find_backend(self.backend) if self.tables is None else DIRECT


def find_backend(name: str) -> Backend:
    """Load the backend installed under this name. Raises Mistake Q113 when there is none."""
    installed = {point.name: point for point in entry_points(group="armslength.backends")}
    if name not in installed:
        known = ", ".join(sorted(installed)) or "none"
        raise Mistake("Q113", f"no backend is called `{name}`", hint=f"installed backends: {known}")
    return installed[name].load()  # type: ignore[no-any-return]


def open_database(database: Database, *, dataset: Dataset, backend: Backend) -> Engine:
    """Open what a database address names, for the tables of one query, and nothing else of it.

    Raises Mistakes of the store (D…), Q103 (the backend lacks a table), Q104 (the store lacks it),
    Q106 (it cannot be opened), Q114 (the address is not understood).
    """
    source: Source
    if database.tables is not None:
        source = ArrowTables(tables=database.tables)
    else:
        source = source_of(database.dsn, dataset=dataset, backend=backend)
    return find_engine(database.engine).open(source, settings=database.settings)


def source_of(dsn: str, *, dataset: Dataset, backend: Backend) -> Source:
    """Return the source that a database address names, with only the tables that a query reads."""
    scheme = urlsplit(dsn).scheme
    if scheme == "duckdb":
        return DatabaseFile(path=_path_of(dsn))
    if scheme and not Path(dsn).exists():
        hint = "give the folder of a store, or `duckdb:///path/to/file.duckdb`"
        raise Mistake("Q114", f"database addresses that start with `{scheme}:` are not known", hint=hint)
    store = read_store(Path(dsn))
    physical = dict.fromkeys(_physical_table(table, store, backend) for table in named_tables(dataset))
    return ParquetFiles(tables={name: tuple(store.files_of(name)) for name in physical})


def _path_of(dsn: str) -> Path:
    """Read the path of `duckdb:///absolute` or `duckdb://relative`, as other database addresses are read."""
    parts = urlsplit(dsn)
    if parts.query or parts.fragment or not (parts.netloc + parts.path):
        hint = "write it as `duckdb:///path/to/file.duckdb`"
        raise Mistake("Q114", f"the database address `{dsn}` is not understood", hint=hint)
    return Path(unquote(parts.netloc + parts.path))


def named_tables(dataset: Dataset) -> list[SelectTable | SelectPatientTable]:
    """Return the contract tables a query reads, without those that travel with it."""
    return [table for table in tables_of(dataset) if not isinstance(table, InlinePatientTable)]  # type: ignore[misc]


def _physical_table(table: SelectTable | SelectPatientTable, store: Store, backend: Backend) -> str:
    """Return the physical name of a table, after making sure that the store has it with all its columns."""
    mapping = backend.mapping_of(table)
    where = str(store.path / DESCRIPTION)
    if mapping.table not in store.tables:
        offered = ", ".join(sorted(store.tables)) or "no table"
        hint = f"it holds {offered}; perhaps it belongs to another backend than `{backend.name}`"
        raise Mistake("Q104", f"the store has no table `{mapping.table}`", where=where, hint=hint)
    present = {column.name for column in store.tables[mapping.table].columns}
    needed = {mapping.patient_id, *(mapping.columns.get(name, name) for name in table.schema.names)}
    missing = sorted(name for name in needed if isinstance(name, str) and name not in present)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        hint = "make the store again with this version, or tell whoever provides it"
        raise Mistake("Q104", f"table `{mapping.table}` lacks {names}", where=where, hint=hint)
    return mapping.table
