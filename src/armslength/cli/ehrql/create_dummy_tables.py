"""`ehrql create-dummy-tables`: the tables of invented patients as files, to look at, edit and use again."""

from __future__ import annotations

import argparse
import sys

from armslength.cli.ehrql.progress import Progress
from armslength.cli.ehrql.settings import add_definition, load_definition
from armslength.cli.ehrql.without_database import invented_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER[:FORMAT]",
        help="where a file for each table is written (csv unless a format is named); without it, standard output",
    )


def run(arguments: argparse.Namespace) -> int:
    """Invent patients for the definition (for its measures, when it has both) and write the tables it reads."""
    progress = Progress()
    loaded = load_definition(arguments, dsn=None)
    invented = invented_for(loaded, progress, measures=loaded.measures is not None)

    from armslength.query.dummy.tables import print_tables, write_tables

    if arguments.folder is None:
        print_tables(invented, sys.stdout.buffer)
        sys.stdout.flush()
        return 0
    for file in write_tables(invented, arguments.folder).values():
        progress.tell(f"wrote {file.rows:,} rows to {file.path}")
    return 0
