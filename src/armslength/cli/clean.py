"""`armslength clean`: remove what runs left behind, after saying what that is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.studies import ProjectOption
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.runner.local.study import Study

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True)
class Leftover:
    """One thing that can be removed."""

    path: Path
    about: str
    bytes: int


@app.command()
def clean(
    project: ProjectOption = Path(),
    outputs: Annotated[
        bool, typer.Option("--outputs", help="Also the files that actions declare as outputs.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove it; without, only say what it is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what runs left in a study, and with --yes remove it. The study's own files are never touched."""
    from armslength.runner.local.study import find_study

    study = find_study(project)
    found = list(leftovers(study, outputs=outputs))
    if yes and found:
        remove(study, found)
    if as_json:
        told = [{"path": str(one.path), "about": one.about, "bytes": one.bytes} for one in found]
        print(json.dumps({"removed": yes, "leftovers": told}, indent=2))
        return
    if not found:
        print("there is nothing to remove")
        return
    for one in found:
        print(f"{size(one.bytes):>9}  {one.path.relative_to(study.folder)}  {one.about}")
    total = size(sum(one.bytes for one in found))
    print(f"{total:>9}  removed" if yes else f"{total:>9}  in all; `armslength clean --yes` removes it")


def leftovers(study: Study, *, outputs: bool) -> Iterator[Leftover]:
    """Yield what runs left: what is remembered of them, their logs, and, when asked, their outputs."""
    for path, about in ((study.state, "what is remembered of runs"), (study.folder / "metadata", "logs")):
        if path.is_dir() and not path.is_symlink():
            yield Leftover(path, about, _bytes_in(path))
    if not outputs:
        return
    for action in study.read_pipeline().actions.values():
        for output in action.outputs:
            for path in sorted(study.folder.glob(output.pattern)):
                # A link, or a folder reached through one, may lead out of the study.
                inside = path.resolve().is_relative_to(study.folder)
                if path.is_file() and not path.is_symlink() and inside:
                    yield Leftover(path, f"output of {action.id}", path.stat().st_size)


def remove(study: Study, found: list[Leftover]) -> None:
    """Remove them, after ending what a cut-off run left running. Raises Mistake R052 while a run works, X033."""
    from armslength.runner.local.state import only_run

    with only_run(study):
        _end_jobs(study)
        try:
            for one in found:
                if one.path.is_dir():
                    shutil.rmtree(one.path)
                else:
                    one.path.unlink(missing_ok=True)
        except OSError as error:
            hint = "remove it as the user that it belongs to"
            raise Mistake("X033", f"it cannot be removed: {error.strerror}", error.filename, hint) from None
    # Holding the study made its folder of state anew when there was none.
    if not any(one.path == study.state for one in found):
        return
    shutil.rmtree(study.state, ignore_errors=True)


def _end_jobs(study: Study) -> None:
    from armslength.runner.executor import find_executor

    if not study.jobs.is_dir():
        return
    for name in ("sandbox", "docker"):
        executor = find_executor(name)(study.jobs)
        if executor.why_not_usable() is None:
            for job in executor.jobs():
                executor.cleanup(job)


def _bytes_in(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def size(count: int) -> str:
    """Return a size for people.

    >>> size(512), size(3_500_000)
    ('512 B', '3.5 MB')
    """
    from armslength.cli.data import size_in_words

    return size_in_words(count)
