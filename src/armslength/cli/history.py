"""`armslength history`: keep what was released, so that new outputs can be compared with it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.check_outputs import options
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.disclosure.history.cells import Release

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def history() -> None:
    """Keep what was released in a folder, which `check-outputs --history` compares with."""


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="The folder of earlier releases; it is made if need be")],
    paths: Annotated[list[Path], typer.Argument(help="The released files, or folders of them")],
    name: Annotated[str, typer.Option("--as", help="The name of the release, such as 2026-11")],
    on: Annotated[str, typer.Option(help="The day of the release; today if not given")] = "",
    backend: options.Backend = "",
    refresh: options.Refresh = "",
    population: options.Population = "",
    codelists: options.Codelists = None,
) -> int:
    """Record a release: its files are copied, with what is known of them."""
    from armslength.cli.check_outputs.examining import today
    from armslength.disclosure.history.record import record_release

    released = facts_of(
        name, on=_day(on) if on else today(), backend=backend, refresh=refresh, population=population,
        codelists=codelists,
    )  # fmt: skip
    files = _files(paths)
    try:
        target = record_release(folder, released, files)
    except OSError as error:
        raise Mistake(
            "C002", f"`{error.filename}` cannot be copied: {error.strerror}", where=str(folder),
            hint="nothing was recorded",
        ) from None  # fmt: skip
    print(f"recorded {len(files)} {'file' if len(files) == 1 else 'files'} in {target}")
    return 0


@app.command("list")
def list_releases(folder: Annotated[Path, typer.Argument(help="The folder of earlier releases")]) -> int:
    """List the releases that were recorded."""
    from armslength.disclosure.history.record import standing_of

    for standing in standing_of(folder):
        on = standing.on.isoformat() if standing.on else "no record"
        print(f"{standing.name}  {on}  {standing.files} {'file' if standing.files == 1 else 'files'}")
    return 0


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="The folder of earlier releases")]) -> int:
    """Say whether every release still holds the files that were recorded; the exit status is 1 if one does not."""
    from armslength.disclosure.history.record import standing_of

    standings = list(standing_of(folder))
    for standing in standings:
        print(f"{standing.name}: {'as recorded' if not standing.wrong else '; '.join(standing.wrong)}")
    print(f"{sum(not standing.wrong for standing in standings)} of {len(standings)} releases are as recorded")
    return int(any(standing.wrong for standing in standings))


def facts_of(
    name: str, *, on: date, backend: str, refresh: str, population: str, codelists: Path | None
) -> Release:
    """What is known of a release. Raises Mistake C018 for a day that is none or codelists that cannot be read."""
    from armslength.disclosure.history.cells import Release
    from armslength.disclosure.history.codelists import fingerprint, read_codelists

    people = Path(population) if population else None
    try:
        if people is not None and people.is_file():
            population = hashlib.sha256(people.read_bytes()).hexdigest()
        codes = fingerprint(read_codelists(codelists)) if codelists is not None else ""
    except OSError as error:
        raise Mistake("C018", f"`{error.filename}` cannot be read: {error.strerror}", exit_status=2) from None
    if codelists is not None and not codes:
        raise Mistake("C018", "there is no codelist in this folder", where=str(codelists), exit_status=2)
    return Release(
        id=name, project="", on=on, backend="+".join(sorted(backend.lower().split("+"))), population=population,
        refresh=_day(refresh).isoformat() if refresh else "", codelists=codes,
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise Mistake(
            "C018", f"`{text}` is not a day", hint="write it as 2026-11-21", exit_status=2
        ) from None


def _files(paths: list[Path]) -> list[tuple[str, Path]]:
    """The files of a release, each under its name in it: its path below the folder that was named."""
    from armslength.cli.check_outputs.examining import files_of

    found: dict[str, Path] = {}
    for path in paths:
        for _, file in files_of([path]):
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if name in found:
                raise Mistake(
                    "C016", f"the release would have two files called `{name}`", where=str(file),
                    hint="name the folder above them",
                )  # fmt: skip
            if file.is_symlink() or not file.is_file():
                raise Mistake("C002", f"`{name}` is not a file; links are not followed", where=str(file))
            found[name] = file
    return list(found.items())
