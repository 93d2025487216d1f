"""`ehrql generate-dataset`: run a dataset definition on a database and write one row per patient."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from armslength.cli.ehrql.assure import check_file
from armslength.cli.ehrql.databases import add_backend, database_for, require_installed
from armslength.cli.ehrql.progress import Progress
from armslength.cli.ehrql.reliability import add_conformance, require_reliable
from armslength.cli.ehrql.settings import (
    add_definition,
    check_output,
    dsn_of,
    give_receipt,
    load_definition,
    permissions_from,
)
from armslength.cli.ehrql.without_database import answer_dataset, has_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_shared_arguments(parser)
    parser.add_argument(
        "--test-data-file",
        type=Path,
        metavar="TEST.py",
        help="assurance tests to run first; nothing is written when one fails",
    )


def add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what datasets and measures have in common."""
    add_definition(parser)
    parser.add_argument(
        "--output",
        help="a file (.arrow, .csv, .csv.gz, .parquet) or a folder with a format (`results/:csv`); "
        "without it, CSV on standard output",
    )
    parser.add_argument(
        "--receipt",
        type=Path,
        metavar="FILE",
        help="write there how many rows and which bytes the results have, for `armslength data verify`",
    )
    parser.add_argument("--dsn", help="the database: a store's folder (default: DATABASE_URL)")
    add_backend(parser)
    add_conformance(parser)
    ignored = "ignored when there is a database"
    parser.add_argument(
        "--dummy-data-file", type=existing, metavar="FILE", help=f"a ready-made output; {ignored}"
    )
    parser.add_argument(
        "--dummy-tables", type=existing_folder, metavar="FOLDER", help=f"ready-made input tables; {ignored}"
    )


def existing(text: str) -> Path:
    """The path of a file or folder that is there; else a mistake of usage, before anything runs."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"`{text}` does not exist; paths count from the study's folder")
    return path


def existing_folder(text: str) -> Path:
    """The path of a folder that is there."""
    path = existing(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"`{text}` is not a folder; name one with a file for each table")
    return path


def run(arguments: argparse.Namespace) -> int:
    """Load the definition, ask the database, write the files. Without a database, see `without_database.py`."""
    if not has_database(arguments):
        return answer_dataset(arguments)
    dsn, permissions = dsn_of(arguments), permissions_from()
    require_installed(arguments)
    if arguments.output is not None:
        check_output(arguments.output)
    progress = Progress()
    started = time.monotonic()
    dataset = load_definition(arguments, dsn=dsn).require_dataset()
    progress.tell(f"loaded {arguments.definition}")
    require_reliable(arguments, [dataset], progress=progress)
    if arguments.test_data_file is not None:
        check_file(arguments.test_data_file, parameters=arguments.parameters, dsn=dsn)

    from armslength.query.api.datasets import generate_dataset, print_dataset, require_permissions
    from armslength.query.api.estimates import preflight

    require_permissions(dataset, granted=permissions)
    database = database_for(arguments, dsn=dsn, question=dataset)
    progress.tell_held_back(database, permissions=permissions)
    progress.tell_statements([dataset], database=database, permissions=permissions)
    for warning in preflight(dataset, database=database, permissions=permissions):
        progress.tell(warning, level="warning")
    if arguments.output is None:
        counts = print_dataset(
            dataset, database=database, stream=sys.stdout.buffer, permissions=permissions, progress=progress
        )
        sys.stdout.flush()
        written = [f"{rows:,} rows of {name}" for name, rows in counts.items()]
    else:
        generated = generate_dataset(
            dataset, database=database, output=arguments.output, permissions=permissions, progress=progress
        )
        give_receipt(arguments, generated.files)
        written = [f"{file.rows:,} rows to {file.path}" for file in generated.files.values()]
    progress.tell(f"wrote {', '.join(written)} in {time.monotonic() - started:.1f} seconds")
    return 0
