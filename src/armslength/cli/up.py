"""`armslength up`: both sites and the runner on this machine, pre-filled, for a person to click through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from armslength.kernel.errors import Mistake

app = typer.Typer(add_completion=False)
FOLDER = Path(".armslength/up")


@app.command()
def up(
    folder: Annotated[
        Path, typer.Option(help="Where everything of it lies; kept when it is stopped")
    ] = FOLDER,
    patients: Annotated[
        int, typer.Option(min=100, help="How many people to make up, the first time")
    ] = 10_000,
    server_port: Annotated[int, typer.Option(min=1024, max=65535, help="Port of the jobs site")] = 8000,
    airlock_port: Annotated[int, typer.Option(min=1024, max=65535, help="Port of the airlock")] = 8001,
) -> None:
    """Start both sites and the runner here, with invented people and records, and leave them running.

    Safe to repeat: what runs already is left alone, and what was there before is found again.
    """
    from armslength.cli.stage import services
    from armslength.kernel.bubblewrap import why_not_usable

    if reason := why_not_usable():
        raise Mistake("X009", "jobs cannot be confined here, so nothing is run", hint=reason)
    folder = folder.resolve()
    running = services.remembered(folder)
    if running:
        names = ", ".join(service.name for service in running)
        raise Mistake(
            "X011", f"running already: {names}", where=str(folder), hint="`armslength down` stops them"
        )
    stage, cast = _stage(folder, patients=patients, ports=(server_port, airlock_port))
    services.set_up(stage, cast=cast.values())
    services.remember(stage, services.start(stage))
    _tell(stage, cast)


def _stage(folder: Path, *, patients: int, ports: tuple[int, int]) -> tuple[Any, dict[str, Any]]:
    from armslength.cli.stage.cast import STATINS, Actor, cast
    from armslength.cli.stage.layout import Stage
    from armslength.query.formats.store import is_store
    from armslength.query.stores.sample.population import make_sample

    store = folder / "inside" / "store"
    if not is_store(store):
        print(f"making up {patients:,} people …")
        store.parent.mkdir(parents=True, exist_ok=True)
        make_sample(store, patients=patients, seed=1)
    secrets = folder / "people.json"
    people = cast()
    if secrets.exists():
        known = json.loads(secrets.read_text())
        people = {
            name: Actor(**{**_fields(actor), "password": known[name]}) for name, actor in people.items()
        }
    else:
        secrets.touch(mode=0o600)
        secrets.write_text(json.dumps({name: actor.password for name, actor in people.items()}))
    stage = Stage(folder=folder, play=STATINS, store=store, server_port=ports[0], airlock_port=ports[1])
    return stage, people


def _fields(actor: Any) -> dict[str, Any]:
    names = ("username", "name", "part", "roles", "project_roles", "password")
    return {name: getattr(actor, name) for name in names}


def _tell(stage: Any, cast: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\njobs site, outside   [bold]{stage.server}[/]")
    console.print(
        f"airlock, inside      [bold]{stage.airlock}[/]   (token: on your account page of the jobs site)\n"
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("user name", "password", "who"):
        table.add_column(heading, no_wrap=heading != "who")
    for actor in cast.values():
        table.add_row(actor.username, actor.password, f"{actor.name}, {actor.part}")
    console.print(table)
    console.print(f"\nworkspace  {stage.server}/workspaces/{stage.play.workspace}")
    console.print(f"logs       {stage.logs}")
    console.print("stop with  armslength down")
