"""`armslength explain`: what a query reads, how often, and what drives its cost; with `--sql` every statement."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.ehrql.databases import backend_of
from armslength.cli.ehrql.settings import load_definition, permissions_from

app = typer.Typer(help="Show the plan of a query and what drives its cost.")


@app.command()
def explain_command(
    definition: Annotated[Path, typer.Argument(metavar="DEFINITION.py", help="The dataset definition.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[-- PARAMETERS…]", help="Parameters of the definition.")
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show every statement with its reason.")] = False,
    backend: Annotated[str | None, typer.Option("--backend", help="How a database keeps its tables.")] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="PASS", help="Leave a pass out; repeatable.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print sizes, readings and drivers as JSON.")
    ] = False,
) -> None:
    """Describe the plan in words. No database is touched."""
    arguments = argparse.Namespace(definition=definition, parameters=parameters or [], backend=backend)
    left_out = without or []
    dataset = load_definition(arguments, dsn=os.environ.get("DATABASE_URL")).require_dataset()

    from armslength.query.api.costs import costs_as_data, costs_in_words
    from armslength.query.api.databases import Database
    from armslength.query.api.explanations import explain, held_back

    permissions = permissions_from()
    if as_json:
        typer.echo(json.dumps(costs_as_data(dataset, without=left_out), indent=2))
    elif sql:
        database = Database(dsn="", backend=backend_of(arguments))
        typer.echo(explain(dataset, database=database, without=left_out, permissions=permissions))
    else:
        typer.echo(costs_in_words(dataset, without=left_out))
        words = held_back(Database(dsn="", backend=backend_of(arguments)), permissions=permissions)
        if words:
            typer.echo("\nHeld back\n" + "\n".join(f"  {each}" for each in words))
