"""`ehrql test-connection`: whether the configured database can be opened, said in one word."""

from __future__ import annotations

import argparse
import os

from armslength.cli.ehrql.databases import backend_called, is_plain_folder
from armslength.cli.ehrql.settings import no_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("-b", "--backend", help="default: BACKEND, then OPENSAFELY_BACKEND")
    parser.add_argument("-u", "--url", help="the database (default: DATABASE_URL)")


def run(arguments: argparse.Namespace) -> int:
    """Open the database as a query would, and close it."""
    dsn = arguments.url or os.environ.get("DATABASE_URL")
    if not dsn:
        raise no_database()
    named = arguments.backend or os.environ.get("BACKEND") or os.environ.get("OPENSAFELY_BACKEND", "")

    from armslength.query.api.databases import Database, find_backend, open_database
    from armslength.query.model.nodes import Dataset, Value

    nothing = Dataset(population=Value(False))
    backend = find_backend(backend_called(named))
    if is_plain_folder(dsn):
        print("SUCCESS")
        return 0
    database = Database(dsn=dsn, backend=backend.name)
    open_database(database, dataset=nothing, backend=backend).close()
    print("SUCCESS")
    return 0
