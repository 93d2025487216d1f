"""`armslength attrition`: how many patients each condition of a population removes, rounded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.ehrql import attrition

app = typer.Typer(help="Show how many patients each condition of a population removes, rounded.")


@app.command()
def attrition_command(
    definition: Annotated[Path, typer.Argument(metavar="DEFINITION.py", help="The dataset definition.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[-- PARAMETERS…]", help="Parameters of the definition.")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output", metavar="FILE", help="A flow chart (.svg) or a table (.csv, .json, .txt); repeatable."
        ),
    ] = None,
    dsn: Annotated[
        str | None, typer.Option("--dsn", metavar="STORE", help="The database (default: DATABASE_URL).")
    ] = None,
    backend: Annotated[str | None, typer.Option("--backend", help="How it keeps its tables.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> int:
    """Count who is left after each condition, in the order written."""
    return attrition.run(
        argparse.Namespace(
            definition=definition,
            parameters=parameters or [],
            output=output,
            dsn=dsn,
            backend=backend,
            query_engine=None,
            json=as_json,
        )
    )
