"""`armslength graph`: the graph of a dataset's query, to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.ehrql import graph_query

app = typer.Typer(help="Draw the graph of a dataset's query.")


@app.command()
def graph_command(
    definition: Annotated[Path, typer.Argument(metavar="DEFINITION.py", help="The dataset definition.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[-- PARAMETERS…]", help="Parameters of the definition.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="A .svg or .dot file.")] = Path(
        "query.svg"
    ),
) -> int:
    """Draw tables on the left, what is asked for on the right, each part of the query once."""
    return graph_query.run(
        argparse.Namespace(definition=definition, parameters=parameters or [], output=output)
    )
