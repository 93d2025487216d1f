"""`armslength up`: both sites and the runner on this machine, pre-filled, for a person to click through."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text

if TYPE_CHECKING:
    from armslength.cli.stage.cast import Actor
    from armslength.cli.stage.layout import Stage
    from armslength.cli.stage.story import Troupe

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
    empty: Annotated[bool, typer.Option("--empty", help="Let nothing happen yet")] = False,
) -> None:
    """Start both sites and the runner here, with invented people and records, and leave them running.

    The first time, the example study is run and its release requested, so that there is something to look
    at and to review. Safe to repeat: what runs already is left alone, what was there before is found again.
    """
    from armslength.cli.stage import services
    from armslength.kernel.bubblewrap import why_not_usable

    if reason := why_not_usable():
        raise Mistake("X009", "jobs cannot be confined here, so nothing is run", hint=reason)
    folder = folder.resolve()
    running = services.remembered(folder)
    if len(running) == len(services.PROGRAMS):
        print("running already")
        return _tell(_found(folder))
    services.stop(running)
    troupe = _troupe(folder, patients=patients, ports=(server_port, airlock_port))
    services.set_up(troupe.stage, cast=troupe.cast.values())
    services.remember(troupe.stage, services.start(troupe.stage))
    if not empty:
        _fill(troupe)
    _tell(troupe)


def _troupe(folder: Path, *, patients: int, ports: tuple[int, int]) -> Troupe:
    from armslength.cli.stage.cast import STATINS, cast
    from armslength.cli.stage.layout import Stage
    from armslength.cli.stage.story import Troupe
    from armslength.query.formats.store import is_store
    from armslength.query.stores.sample.population import make_sample

    store = folder / "inside" / "store"
    if not is_store(store):
        print(f"making up {patients:,} people …")
        store.parent.mkdir(parents=True, exist_ok=True)
        make_sample(store, patients=patients, seed=1)
    stage = Stage(folder=folder, play=STATINS, store=store, server_port=ports[0], airlock_port=ports[1])
    people = cast()
    secrets = folder / "cast.json"
    if secrets.exists():
        people = _with_secrets(people, secrets)
    else:
        secrets.touch(mode=0o600)
        secrets.write_text(
            json.dumps({name: (actor.password, actor.passphrase) for name, actor in people.items()})
        )
    write_text(folder / "ports.json", json.dumps(ports))
    return Troupe(stage=stage, cast=people)


def _with_secrets(people: dict[str, Actor], secrets: Path) -> dict[str, Actor]:
    known = json.loads(secrets.read_text())
    return {
        name: replace(actor, password=known[name][0], passphrase=known[name][1])
        for name, actor in people.items()
    }


def _found(folder: Path) -> Troupe:
    from armslength.cli.stage.cast import STATINS, cast
    from armslength.cli.stage.layout import Stage
    from armslength.cli.stage.story import Troupe

    server_port, airlock_port = json.loads((folder / "ports.json").read_text())
    stage: Stage = Stage(
        folder=folder,
        play=STATINS,
        store=folder / "inside" / "store",
        server_port=server_port,
        airlock_port=airlock_port,
    )
    return Troupe(stage=stage, cast=_with_secrets(cast(), folder / "cast.json"))


def _fill(troupe: Troupe) -> None:
    """Once: run the example study and ask for the release of what it made."""
    from armslength.cli.stage import story

    done = troupe.stage.folder / "filled"
    if done.exists():
        return
    print("running the example study …")
    for _ in story.wait_for_the_run(troupe, story.ask_for_a_run(troupe)):
        pass
    story.request_the_release(troupe)
    done.touch()


def _tell(troupe: Troupe) -> None:
    from rich.console import Console
    from rich.table import Table

    stage = troupe.stage
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\njobs site, outside   [bold]{stage.server}[/]")
    console.print(
        f"airlock, inside      [bold]{stage.airlock}[/]   (token: on your account page of the jobs site)\n"
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("user name", "password", "passphrase inside", "who"):
        table.add_column(heading, no_wrap=heading != "who")
    for actor in troupe.cast.values():
        table.add_row(
            actor.username,
            actor.password,
            actor.passphrase if actor.checks_outputs else "",
            f"{actor.name}, {actor.part}",
        )
    console.print(table)
    console.print(f"\nworkspace  {stage.server}/workspaces/{stage.play.workspace}")
    console.print(f"to review  {stage.airlock}/reviews (as bob, then as cat)")
    console.print(f"logs       {stage.logs}")
    console.print("stop with  armslength down")
