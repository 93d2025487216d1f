"""Which engine and backend a command uses, by any name older project files give them, and what it asks."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.api.databases import Database
    from armslength.query.model.measures import Measures
    from armslength.query.model.nodes import Dataset

USAGE_STATUS = 2
DEFAULT_BACKEND, ENGINE_OF_FILES = "core", "duckdb"
# Older runners always set the variable, with one of these where no real backend was meant.
NO_BACKEND = frozenset({"", "expectations", "test"})
# Whose tables a plain folder may hold: nothing is held back from who asks it, so no provider's backend is among them.
FILES = "files"
ANSWERED_FROM_FILES = frozenset({DEFAULT_BACKEND, FILES})
# A folder with a file for each table is no engine of its own here: DuckDB is asked of the tables read from it.
OF_FILES = frozenset({"localfile", "csv"})
# The last part of a dotted path, as in `package.module.LocalFileQueryEngine`.
CLASSES = {
    "CSVQueryEngine": "csv",
    "LocalFileQueryEngine": "localfile",
    "MSSQLQueryEngine": "mssql",
    "SQLiteQueryEngine": "sqlite",
    "TrinoQueryEngine": "trino",
    "EMISBackend": "emis",
    "EMISV2Backend": "emisv2",
    "TPPBackend": "tpp",
}


def add_backend(parser: argparse.ArgumentParser) -> None:
    """The options that say how the database is organised and what runs the query."""
    parser.add_argument(
        "--backend", help="how the database keeps its tables (default: OPENSAFELY_BACKEND, else core)"
    )
    parser.add_argument(
        "--query-engine",
        metavar="ENGINE",
        help="duckdb, postgresql, mssql, spark, trino, or localfile for a folder with a file for each table "
        "(default: OPENSAFELY_QUERY_ENGINE, else what fits the database)",
    )


def backend_of(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> str:
    """The backend's name, from the option or the environment. Raises Mistake Q113 when it is not installed."""
    return backend_called(arguments.backend or environment.get("OPENSAFELY_BACKEND", ""))


def backend_called(name: str) -> str:
    """Return the backend of this name or dotted path, which is installed or can be imported. Raises Mistake Q113."""
    if name in NO_BACKEND:
        return DEFAULT_BACKEND
    found = _short(name)
    installed = _installed("armslength.backends")
    if found not in installed:
        if _is_importable(name):
            return name
        from armslength.query.api.databases import no_such_backend

        mistake = no_such_backend(name, installed)
        mistake.exit_status = USAGE_STATUS
        raise mistake
    return found


def engine_of(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> str:
    """The engine that is asked for, "" for the one that fits the database. Raises Mistake Q101."""
    name = _asked_engine(arguments, environment)
    return ENGINE_OF_FILES if name in OF_FILES else name


def require_installed(arguments: argparse.Namespace) -> None:
    """Refuse names of what is not installed before anything runs. Raises Mistake Q101 or Q113."""
    backend_of(arguments)
    engine_of(arguments)


def require_known(arguments: argparse.Namespace) -> None:
    """Refuse names that nothing has, where no database is asked: engines of other places are known by name."""
    backend_of(arguments)
    name = arguments.query_engine or os.environ.get("OPENSAFELY_QUERY_ENGINE") or ""
    if _short(name) not in CLASSES.values():
        engine_of(arguments)


def database_for(arguments: argparse.Namespace, *, dsn: str, question: Dataset | Measures) -> Database:
    """Return what a query is asked of: a store, a database file, or a plain folder with a file for each table.

    Raises Mistake Q101 and Q113 for names of what is not installed, Q281 to Q285 for files that do not fit.
    """
    from armslength.query.api.databases import Database
    from armslength.query.api.dummy_data import database_of_tables

    backend, engine = backend_of(arguments), engine_of(arguments)
    if backend != FILES and is_plain_folder(dsn, asked=_asked_engine(arguments) in OF_FILES):
        _require_no_other_backend(backend, dsn)
        answered = Database(dsn=dsn, backend=FILES)
        if not answered.required and not answered.find_backend().applied:
            return database_of_tables(Path(dsn), question)
        return answered  # as the only one of the two that keeps to lists
    return Database(dsn=dsn, backend=backend, engine=engine)


def _require_no_other_backend(backend: str, dsn: str) -> None:
    """Refuse to answer from plain files what a backend would answer from less. Raises Mistake Q119."""
    if backend not in ANSWERED_FROM_FILES:
        what = f"`{dsn}` is a plain folder of tables, and the backend `{backend}` does not read those"
        hint = "leave the backend out, or name the provider's database: opt-outs are applied there and not to files"
        raise Mistake("Q119", what, hint=hint, exit_status=USAGE_STATUS)


def is_plain_folder(dsn: str, *, asked: bool = False) -> bool:
    """Whether an address is a folder of tables and no store. `asked`: the engine of such folders is wanted."""
    from armslength.query.dummy.data_files import SUFFIXES
    from armslength.query.formats.store_layout import DESCRIPTION

    folder = Path(dsn)
    if (folder / DESCRIPTION).exists():
        return False
    return asked or (folder.is_dir() and any(each.name.endswith(SUFFIXES) for each in folder.iterdir()))


def _asked_engine(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> str:
    name: str = arguments.query_engine or environment.get("OPENSAFELY_QUERY_ENGINE") or ""
    found = _short(name)
    installed = _installed("armslength.engines")
    if found and found not in OF_FILES and found not in installed:
        if _is_importable(name):
            return name
        hint = f"installed engines: {', '.join(installed)}, and localfile for a folder with a file for each table"
        raise Mistake("Q101", f"the engine `{name}` is not installed", hint=hint, exit_status=USAGE_STATUS)
    return found


def _short(name: str) -> str:
    """Return the short name of a dotted path that is known, or the name itself.

    >>> _short("somewhere.engines.LocalFileQueryEngine"), _short("duckdb")
    ('localfile', 'duckdb')
    """
    return CLASSES.get(name.rpartition(".")[2], name)


def _is_importable(name: str) -> bool:
    """Whether somebody's own engine or backend is at this dotted path; which of the two, its use will show."""
    from armslength.query.api.databases import at_path

    return at_path(name) is not None


def _installed(group: str) -> list[str]:
    return sorted({point.name for point in entry_points(group=group)})
