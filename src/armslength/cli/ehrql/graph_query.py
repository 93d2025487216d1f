"""`ehrql graph-query`: the graph of a dataset's query, as SVG or in the DOT language."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from armslength.cli.ehrql.dump_dataset_sql import write
from armslength.cli.ehrql.settings import add_definition, load_definition
from armslength.kernel.errors import Mistake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE.svg", help="a .svg or .dot file")


def run(arguments: argparse.Namespace) -> int:
    """Load the definition and draw it; no database is touched."""
    output: Path = arguments.output
    if output.suffix not in (".svg", ".dot"):
        hint = "end it in .svg or .dot"
        raise Mistake("Q121", f"graphs are not written as `{output.name}`", hint=hint, exit_status=2)
    dataset = load_definition(arguments, dsn=os.environ.get("DATABASE_URL")).require_dataset()

    from armslength.query.api.query_graph import as_dot, as_svg

    drawn = as_dot(dataset) if output.suffix == ".dot" else as_svg(dataset, title=arguments.definition.stem)
    write(drawn.rstrip("\n"), output)
    return 0
