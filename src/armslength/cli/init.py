"""`armslength init`: a new study that runs at once, with tests and CI."""

from __future__ import annotations

import json
import shlex
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.new_folder import TEMPLATES, files_of_template, write_new_folder

app = typer.Typer(add_completion=False, rich_markup_mode=None)

EVERY_LANGUAGE = "any"


class Language(StrEnum):
    """What the analysis is written in."""

    PYTHON = "python"
    R = "r"


# What a language needs in the templates: its script, and the packages of a machine that runs it.
WORDS = {
    Language.PYTHON: {"script": "describe_statins.py", "packages": ""},
    Language.R: {"script": "describe_statins.R", "packages": " r-base-core"},
}


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where; made when it does not exist.")
    ] = Path(),
    language: Annotated[
        Language, typer.Option("--language", "-l", help="What the analysis is written in.")
    ] = Language.PYTHON,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a small, whole study: a definition, its tests, an analysis, CI. Nothing that exists is overwritten."""
    files = files_of_new_study(folder.absolute().name, language=language)
    write_new_study(folder, files)
    if as_json:
        print(json.dumps({"folder": str(folder), "files": sorted(files)}, indent=2))
        return
    print(f"made a study of {len(files)} files in {folder.absolute()}\n")
    steps = [
        *([f"cd {shlex.quote(str(folder))}"] if folder != Path() else []),
        "armslength run run_all     # all of it, on people who never lived",
        "pytest                     # the tests of the definition",
        "armslength doctor          # if something is missing on this machine",
        *(["git init && git add ."] if shutil.which("git") and not _in_repository(folder) else []),
    ]
    print("next:\n" + "\n".join(f"  {step}" for step in steps))


def files_of_new_study(name: str, *, language: Language) -> dict[str, str]:
    """Return the files of a new study: paths in it, and texts."""
    words = WORDS[language] | {"study": name or "A study"}
    files: dict[str, str] = {}
    for part in (EVERY_LANGUAGE, language.value):
        files |= files_of_template(TEMPLATES / "new-study" / part, words)
    return files


def write_new_study(folder: Path, files: dict[str, str]) -> None:
    """Write all of them or none. Raises Mistake X030 when one exists, X031 when they cannot be written."""
    hint = "name another folder: `armslength init my-study`"
    if (folder / "project.yaml").exists():
        hint += "; or go on with the study that is here: `armslength run run_all`"
    write_new_folder(folder, files, made="the study", hint=hint)


def _in_repository(folder: Path) -> bool:
    return any((place / ".git").exists() for place in (folder.absolute(), *folder.absolute().parents))
