"""`armslength demo`: the whole story once, unattended, on this machine, with invented people."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from armslength.kernel.errors import Mistake

app = typer.Typer(add_completion=False)
SHOWN_ROWS = 20


@app.command()
def demo(
    omop: Annotated[
        Path | None, typer.Option(help="Run the study's sibling on this OMOP CDM export instead")
    ] = None,
    patients: Annotated[int, typer.Option(min=100, help="How many people to make up")] = 50_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people")] = 1,
    keep: Annotated[Path | None, typer.Option(help="Keep everything in this new folder")] = None,
) -> None:
    """Tell the whole story once: request, run, review by two, release, publish, verify.

    Starts both sites and the runner on this machine, plays every person through the pages they would
    use, and stops everything it started.
    """
    from armslength.kernel.bubblewrap import why_not_usable

    if reason := why_not_usable():
        raise Mistake("X009", "jobs cannot be confined here, so nothing is run", hint=reason)
    if omop is not None and not omop.exists():
        raise Mistake(
            "X010", "there is no such export", where=str(omop), hint="name a zip or a folder of CSV files"
        )
    with _folder(keep) as folder:
        Telling(folder).tell(omop=omop, patients=patients, seed=seed)
    if keep:
        print(f"\neverything is kept in {keep}")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="armslength-demo-") as folder:
            yield Path(folder)
        return
    try:
        keep.mkdir(parents=True)
    except FileExistsError:
        raise Mistake("X010", "this folder exists already", where=str(keep), hint="name a new one") from None
    yield keep.resolve()


class Telling:
    """Tells the story step by step, with what was found and how long it took."""

    def __init__(self, folder: Path) -> None:
        from rich.console import Console

        self.folder = folder
        self.console = Console(highlight=False, soft_wrap=True)
        self.began = time.monotonic()
        self.chapter = 0

    def tell(self, *, omop: Path | None, patients: int, seed: int) -> None:
        """Play the story on the made-up population, or on an OMOP export."""
        from armslength.cli.stage import services
        from armslength.cli.stage.cast import STATINS, STATINS_OMOP, cast
        from armslength.cli.stage.layout import Stage, free_ports
        from armslength.cli.stage.story import Troupe

        self.title("Data")
        store = self._import(omop) if omop else self._sample(patients, seed)
        server_port, airlock_port = free_ports(2)
        stage = Stage(
            folder=self.folder,
            play=STATINS_OMOP if omop else STATINS,
            store=store,
            server_port=server_port,
            airlock_port=airlock_port,
        )
        troupe = Troupe(stage=stage, cast=cast())
        self.title("Two sites and a runner, on either side of a wall")
        services.set_up(stage, cast=troupe.cast.values())
        with services.running(stage):
            self.say(f"outside: the jobs site at {stage.server}")
            self.say(f"inside:  the airlock at {stage.airlock}, and the runner, which only calls out")
            self._story(troupe)
        self.say("")
        self.console.print(
            f"[bold]Done[/] in {time.monotonic() - self.began:.0f} s; everything started here has stopped."
        )

    def _sample(self, patients: int, seed: int) -> Path:
        from armslength.query.stores.sample.population import make_sample

        store = make_sample(self.folder / "inside" / "store", patients=patients, seed=seed)
        rows = sum(table.rows for table in store.tables.values())
        self.say(
            f"made up {patients:,} people with {rows:,} records ({store.bytes / 2**20:.0f} MB of Parquet)"
        )
        return store.path

    def _import(self, export: Path) -> Path:
        from armslength.query.stores.omop import import_omop

        store, report = import_omop(export, to=self.folder / "inside" / "store")
        people = store.table("person").rows
        self.say(
            f"imported {export.name}: {people:,} people, {report.rows_kept:,} rows, {report.rows_refused:,} refused"
        )
        return store.path

    def _story(self, troupe: Any) -> None:
        from armslength.cli.stage import story

        play, cast = troupe.stage.play, troupe.cast
        self.title(f"{cast['ann'].name} asks for a run of “{play.title}”")
        address = story.ask_for_a_run(troupe)
        self.say("the request is a public entry of the ledger before anything happens")
        for state in story.wait_for_the_run(troupe, address):
            self.say(f"runner: {state.lower()}")
        self.title(f"{cast['ann'].name} looks at the outputs, inside")
        for path, said in story.look_at_the_outputs(troupe).items():
            self.say(f"{path}: {said}")
        self._what_hides(troupe)
        self.title("Two output checkers decide, not seeing one another's votes")
        request = story.request_the_release(troupe)
        for checker in ("bob", "cat"):
            count = story.review(troupe, checker, request)
            self.say(f"{cast[checker].name} looked at {count} files and approved their very bytes")
        self.title("Release")
        self.say(story.release(troupe, "cat", request))
        self.title("Publication")
        publication = story.ask_for_publication(troupe)
        self.say(f"{cast['ann'].name} asks for it to be public")
        story.publish(troupe, publication)
        self.say(f"{cast['pat'].name}, who is neither author nor checker, agrees: {publication}")
        self._show_table(story.read_as_the_public(troupe, publication, play.outputs[0]).decode())
        self.title("Anybody can check all of this")
        self._verify(troupe)

    def _what_hides(self, troupe: Any) -> None:
        """Show what the same checks say of a table that was not made safe."""
        from armslength.disclosure.check import check_bytes

        unsafe = b"group,patients,on_statin\n40-49,163,84\n50-59,391,3\n"
        findings = check_bytes(unsafe, name="unsafe.csv").findings
        told = "; ".join(f"{finding.code} {finding.what}" for finding in findings)
        self.say(f"of the same table, unrounded, they would have said: {told}")

    def _show_table(self, text: str) -> None:
        import csv

        from rich.table import Table

        header, *rows = list(csv.reader(text.splitlines()))
        table = Table(title="as the public sees it", title_justify="left", box=None, pad_edge=False)
        for name in header:
            table.add_column(name, justify="right" if name not in {"characteristic", "group"} else "left")
        for row in rows[:SHOWN_ROWS]:
            table.add_row(*[cell.replace("[", r"\[") for cell in row])
        self.console.print()
        self.console.print(table)
        hidden = sum(cell == "[REDACTED]" for row in rows for cell in row)
        if hidden:
            self.say(
                f"{hidden} of {sum(map(len, rows))} cells are hidden, because so few people are behind them"
            )

    def _verify(self, troupe: Any) -> None:
        import httpx

        from armslength.ledger import PublicKey
        from armslength.ledger.verify import BadEntry, verify_export

        site = troupe.stage.server
        key = PublicKey.parse((troupe.stage.inside / "ledger-public-key").read_text().strip(), where="inside")
        lines = httpx.get(f"{site}/ledger/entries.jsonl", timeout=30).raise_for_status().content.splitlines()
        summary = verify_export(lines, where=site, key=key)
        kinds = ", ".join(f"{count} {kind.value}" for kind, count in summary.kinds.items())
        self.say(f"armslength ledger verify {site}")
        self.say(f"{summary.entries} entries; chain, tree and signature hold: {kinds}")
        vote = next(number for number, line in enumerate(lines) if b'"kind":"vote"' in line)
        forged = [*lines[:vote], lines[vote].replace(b"approved", b"undecided"), *lines[vote + 1 :]]
        try:
            verify_export(forged, where="a copy with one vote changed", key=key)
        except BadEntry as bad:
            self.say(f"in a copy with one vote changed: {bad.what}")
        else:
            raise Mistake("X008", "a forged copy of the ledger was not found out", where=site)

    def title(self, words: str) -> None:
        self.chapter += 1
        elapsed = f"{time.monotonic() - self.began:5.1f} s"
        self.console.print(f"\n[bold]{self.chapter}. {words}[/]  [dim]{elapsed}[/]")

    def say(self, words: str) -> None:
        from rich.markup import escape

        self.console.print(f"   {escape(words)}" if words else "")
