"""What commands about a whole database share: its address, its backend, and progress on a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from armslength.cli.ehrql.databases import backend_called
from armslength.cli.ehrql.settings import no_database
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.api.databases import Database

BackendOption = Annotated[
    str | None,
    typer.Option(
        "--backend", metavar="NAME", help="How it keeps its tables (default: OPENSAFELY_BACKEND, else core)."
    ),
]
DsnOption = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        metavar="ADDRESS",
        help="A store, a folder, or duckdb:///path (default: DATABASE_URL).",
    ),
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="FOLDER", help="The same for a store: the folder it is in.")
]
TableOption = Annotated[
    list[str] | None,
    typer.Option("--table", metavar="TABLE", help="Only this table; repeatable."),
]
ContractOption = Annotated[
    list[str] | None,
    typer.Option("--contract", metavar="NAMESPACE", help="Only this contract; repeatable."),
]


def database_of(*, dsn: str | None, store: Path | None, backend: str | None) -> Database:
    """Return the database that is meant. Raises Mistake Q050 for none, Q113 for a backend that is not installed."""
    from armslength.query.api.databases import Database

    if dsn and store:
        raise Mistake(
            "Q293", "`--dsn` and `--store` name two databases", hint="give one of them", exit_status=2
        )
    address = dsn or (str(store) if store else "") or os.environ.get("DATABASE_URL", "")
    if not address:
        raise no_database()
    name = backend_called(backend or os.environ.get("OPENSAFELY_BACKEND", ""))
    return Database(dsn=address, backend=name)


@contextmanager
def looking_at() -> Iterator[Callable[[str], None]]:
    """Show which table is being read, on a terminal."""
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("opening")
        yield lambda name: progress.update(task, description=f"reading {name}")
