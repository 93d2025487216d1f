"""Find what a query is asked of: the engine, the backend, and the source that a database address names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.api.folders import folder_source
from armslength.query.api.lists_held import lists_in, lists_on, require_restrictions, required_restrictions
from armslength.query.engines.backend import DIRECT, Backend
from armslength.query.engines.engine import (
    ArrowTables,
    DatabaseFile,
    DatabaseServer,
    Engine,
    EngineClass,
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
    Value,
    tables_of,
)

EMBEDDED = "duckdb"
NOTHING = Dataset(Value(False), ())
ALIASES = {"postgres": "postgresql", "sc": "spark"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What a query is asked of.

    `dsn` is the path of a store (the folder of `store.json`), `duckdb:///path/to/file.duckdb`, or the address of
    a server, such as `postgresql://user@host/database`. `engine` is by itself the one that the address names. With
    `tables`, rows held in memory under the names of the contract, there is no address and no backend.
    `required` are the rules about people without which nothing is asked.
    """

    dsn: str = field(default="", repr=False)  # it may hold a password
    backend: str = "core"
    engine: str = ""
    settings: Settings = field(default_factory=Settings)
    tables: Mapping[str, pa.Table] | None = None
    # Taken from the surroundings by itself, so that no way of asking a database forgets it.
    required: frozenset[str] = field(default_factory=required_restrictions)

    def __post_init__(self) -> None:
        object.__setattr__(self, "engine", self.engine or engine_of_address(self.dsn))

    def find_backend(self, *, given: Iterable[str] = ()) -> Backend:
        """Return how this database keeps its tables, as somebody `given` these data permissions may see them.

        Every list that the database holds is kept to. Raises Mistake Q113 for no such backend, Q120 where a required
        rule cannot be kept, and those of a database that cannot be asked for its lists.
        """
        backend = DIRECT if self.tables is not None else find_backend(self.backend)
        if backend.where_listed and self.dsn:
            backend = backend.holding(self._lists(backend))
        if self.dsn or self.tables is not None:
            require_restrictions(backend, self.required)
        return backend.widened(given)

    def _lists(self, backend: Backend) -> frozenset[str]:
        names = tuple(each.listed_in for each in backend.where_listed)
        found = lists_in(self.dsn, names)
        if found is not None:
            return found
        engine = find_engine_class(self.engine)
        source = source_of(self.dsn, dataset=NOTHING, backend=backend)
        return lists_on(engine, source, names, settings=self.settings)


def find_backend(name: str) -> Backend:
    """Load the backend installed under this name or at this dotted path. Raises Mistake Q113 when there is none."""
    installed = {point.name: point for point in entry_points(group="armslength.backends")}
    found = installed[name].load() if name in installed else at_path(name)
    if not isinstance(found, Backend):
        raise no_such_backend(name, installed)
    return found


def find_engine_class(name: str) -> EngineClass:
    """Load the engine installed under this name or at this dotted path. Raises Mistake Q101 when there is none."""
    found = at_path(name)
    if isinstance(found, type) and hasattr(found, "open"):
        return found  # type: ignore[return-value]
    return find_engine(name)


def engine_of_address(dsn: str) -> str:
    """Return the engine that a database address names, the embedded one when it names none.

    >>> engine_of_address("postgres://reader@db/records"), engine_of_address("some/folder")
    ('postgresql', 'duckdb')
    """
    named = _scheme(dsn)
    return named if named in {point.name for point in entry_points(group="armslength.engines")} else EMBEDDED


def _scheme(dsn: str) -> str:
    """Return what an address starts with, as engines are called: `postgresql+psycopg://` is another way to write it."""
    scheme, colon, _ = dsn.partition("://")
    named = scheme.partition("+")[0].lower() if colon else ""
    return ALIASES.get(named, named)


def at_path(name: str) -> Any:
    """Return what `package.module.name` names, or None when there is no such thing.

    >>> at_path("pathlib.Path"), at_path("pathlib"), at_path("os.path"), at_path("no.such.Thing")
    (<class 'pathlib.Path'>, None, None, None)
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(import_module(module), attribute, None) if module else None
    except ImportError:
        return None
    return None if isinstance(found, ModuleType) else found


def no_such_backend(name: str, installed: Iterable[str]) -> Mistake:
    """The mistake of naming a backend that is not installed, with the one that may have been meant."""
    known = sorted(installed)
    close = get_close_matches(name.lower(), known, n=1)
    offered = f"installed backends: {', '.join(known) or 'none'}"
    hint = f"did you mean `{close[0]}`? {offered}" if close else offered
    return Mistake("Q113", f"no backend is called `{name}`", hint=hint)


def open_database(database: Database, *, dataset: Dataset, backend: Backend) -> Engine:
    """Open what a database address names, for the tables of one query, and nothing else of it.

    Raises Mistakes of the store (D…) or of a folder's files (Q281 to Q285), Q103 (the backend lacks a table),
    Q104 (the store lacks it), Q106 (it cannot be opened), Q114 (the address is not understood).
    """
    source: Source
    if database.tables is not None:
        source = ArrowTables(tables=database.tables)
    else:
        source = source_of(database.dsn, dataset=dataset, backend=backend)
    return find_engine_class(database.engine).open(source, settings=database.settings)


def source_of(dsn: str, *, dataset: Dataset, backend: Backend) -> Source:
    """Return the source that a database address names, with only the tables that a query reads."""
    scheme = _scheme(dsn)
    if scheme == EMBEDDED:
        return DatabaseFile(path=_path_of(dsn))
    if scheme and scheme == engine_of_address(dsn):
        return DatabaseServer(address=dsn)
    if scheme and not Path(dsn).exists():
        hint = "give the folder of a store, `duckdb:///path/to/file.duckdb`, or a server such as `postgresql://user@host/database`"
        raise Mistake("Q114", f"database addresses that start with `{scheme}:` are not known", hint=hint)
    if backend.tables is None:
        return folder_source(Path(dsn), dataset, backend=backend)
    store = read_store(Path(dsn))
    physical: dict[str, None] = {}
    for table in named_tables(dataset):
        physical |= dict.fromkeys(_physical_tables(table, store, backend))
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


def _physical_tables(
    table: SelectTable | SelectPatientTable, store: Store, backend: Backend
) -> Iterator[str]:
    """Yield the physical tables of a contract table, after making sure that the store has them with all columns."""
    mapping = backend.mapping_of(table)
    for name in backend.physical_tables(mapping):
        if name not in store.tables:
            offered = ", ".join(sorted(store.tables)) or "no table"
            hint = f"it holds {offered}; perhaps it belongs to another backend than `{backend.name}`"
            where = str(store.path / DESCRIPTION)
            raise Mistake("Q104", f"the store has no table `{name}`", where=where, hint=hint)
        yield name
    if mapping.query is None:
        needed = {mapping.patient_id, *(mapping.columns.get(name, name) for name in table.schema.names)}
        _require_columns(store, mapping.table, {name for name in needed if isinstance(name, str)})
    else:
        for name, columns in _columns_read(mapping.query).items():
            _require_columns(store, name, columns)


def _columns_read(query: exp.Query) -> dict[str, set[str]]:
    """Return the columns of each table that a mapping names together with the table's alias."""
    tables = {table.alias_or_name: table.name for table in query.find_all(exp.Table)}
    found: dict[str, set[str]] = {}
    for column in query.find_all(exp.Column):
        if column.table in tables:
            found.setdefault(tables[column.table], set()).add(column.name)
    return found


def _require_columns(store: Store, table: str, needed: set[str]) -> None:
    present = {column.name for column in store.tables[table].columns}
    missing = sorted(needed - present)
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        hint = "make the store again with this version, or tell whoever provides it"
        where = str(store.path / DESCRIPTION)
        raise Mistake("Q104", f"table `{table}` lacks {names}", where=where, hint=hint)
