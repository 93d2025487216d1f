"""`ehrql debug`: run a definition with `show()` switched on; what it shows goes to stderr."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from armslength.cli.ehrql.settings import add_definition
from armslength.kernel.errors import Mistake

USAGE_STATUS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument(
        "--dummy-tables",
        type=Path,
        metavar="FOLDER",
        help="the tables `show()` looks at (default: the example data of `ehrql dump-example-data`)",
    )
    parser.add_argument("--display-format", choices=("ascii", "html"), default="ascii")
    parser.add_argument(
        "--no-subprocess", action="store_true", help="accepted and ignored: definitions always run isolated"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the definition; it need not define a dataset."""
    from armslength.query.loading.isolation import Isolation
    from armslength.query.loading.load import Showing, load

    folder = arguments.dummy_tables
    if folder is not None and not folder.is_dir():
        what = f"`{folder}` is not a folder of tables"
        raise Mistake("Q054", what, "--dummy-tables", exit_status=USAGE_STATUS)
    load(
        arguments.definition,
        parameters=arguments.parameters,
        isolate=Isolation.from_environment(),
        real_data=bool(os.environ.get("DATABASE_URL")),
        showing=Showing(display_format=arguments.display_format, tables=folder),
    )
    return 0
