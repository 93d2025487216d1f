"""`ehrql dump-dataset-sql`: every statement a definition would run, in order, with all values written out."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from armslength.cli.ehrql.databases import add_backend, backend_of, engine_of
from armslength.cli.ehrql.settings import add_definition, load_definition, permissions_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write there instead of to standard output"
    )
    add_backend(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load the definition and print its statements; no database is touched."""
    backend, engine = backend_of(arguments), engine_of(arguments)
    dataset = load_definition(arguments, dsn=os.environ.get("DATABASE_URL")).require_dataset()

    from armslength.query.api.databases import Database
    from armslength.query.api.explanations import sql_script

    database = Database(dsn="", backend=backend, engine=engine)
    text = sql_script(dataset, database=database, permissions=permissions_from())
    write(text, arguments.output)
    return 0


def write(text: str, output: Path | None) -> None:
    """Write a text to a file, whole or not at all, or to standard output."""
    from armslength.kernel.errors import Mistake
    from armslength.kernel.files import write_text

    if output is None:
        print(text)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_text(output, text + "\n")
    except OSError as error:
        hint = "free some space, or write to another folder; nothing was left half-written"
        raise Mistake("Q123", f"the result cannot be written: {error.strerror}", str(output), hint) from None
