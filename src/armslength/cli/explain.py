"""`armslength explain`: what a query reads, how often, what drives its cost, and with `--cost` what it will take."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.ehrql.databases import backend_of, database_for
from armslength.cli.ehrql.settings import dsn_of, load_definition, permissions_from

if TYPE_CHECKING:
    from armslength.query.model.nodes import Dataset

app = typer.Typer(help="Show the plan of a query and what drives its cost.")


Definition = Annotated[Path, typer.Argument(metavar="DEFINITION.py", help="The dataset definition.")]
Parameters = Annotated[
    list[str] | None, typer.Argument(metavar="[-- PARAMETERS…]", help="Parameters of the definition.")
]
LeftOut = Annotated[
    list[str] | None, typer.Option("--without", metavar="PASS", help="Leave a pass out; repeatable.")
]
Cost = Annotated[
    bool, typer.Option("--cost", help="Estimate rows, time and memory from the size of a database's tables.")
]
Dsn = Annotated[
    str, typer.Option("--dsn", envvar="DATABASE_URL", help="The database that `--cost` is about.")
]


@app.command()
def explain_command(
    definition: Definition,
    parameters: Parameters = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show every statement with its reason.")] = False,
    backend: Annotated[str | None, typer.Option("--backend", help="How a database keeps its tables.")] = None,
    without: LeftOut = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print sizes, readings and drivers as JSON.")
    ] = False,
    cost: Cost = False,
    dsn: Dsn = "",
) -> None:
    """Describe the plan in words. No database is touched; for `--cost`, none of its rows are."""
    arguments = argparse.Namespace(
        definition=definition, parameters=parameters or [], backend=backend, dsn=dsn
    )
    left_out = without or []
    address = dsn_of(arguments) if cost else dsn or None
    dataset = load_definition(arguments, dsn=address).require_dataset()
    if cost and address is not None:
        _print_cost(dataset, arguments, address, without=left_out, as_json=as_json)
        return

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


def _print_cost(
    dataset: Dataset, arguments: argparse.Namespace, address: str, *, without: list[str], as_json: bool
) -> None:
    from armslength.query.api.costs import costs_as_data, costs_in_words
    from armslength.query.api.estimates import estimate, estimate_as_data, estimate_in_words

    arguments.query_engine = None
    database = database_for(arguments, dsn=address, question=dataset)
    found = estimate(dataset, database=database, permissions=permissions_from(), without=without)
    if as_json:
        told = {**costs_as_data(dataset, without=without), "estimate": estimate_as_data(found)}
        typer.echo(json.dumps(told, indent=2))
    else:
        typer.echo(costs_in_words(dataset, without=without))
        typer.echo("\n" + estimate_in_words(found))
