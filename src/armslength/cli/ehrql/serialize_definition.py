"""`ehrql serialize-definition`: a definition's query as JSON, exactly what crosses from the jail to the engine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from armslength.cli.ehrql.dump_dataset_sql import write
from armslength.cli.ehrql.settings import add_definition, load_definition


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write there instead of to standard output"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the definition, isolated like any other, and write its checked query again."""
    loaded = load_definition(arguments, dsn=os.environ.get("DATABASE_URL"))

    from armslength.query.model import serialize

    document = serialize.write(
        {
            "dataset": loaded.dataset,
            "measures": loaded.measures,
            "claimed_permissions": loaded.claimed_permissions,
            "dummy_data": loaded.dummy_data,
            "problems": loaded.problems,
            "test_data": loaded.test_data,
            "names": loaded.names,
        }
    )
    write(document.decode(), arguments.output)
    return 0
