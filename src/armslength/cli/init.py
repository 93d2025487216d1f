"""`armslength init`: a new study that runs at once, with tests and CI."""

from __future__ import annotations

import json
import shlex
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text

app = typer.Typer(add_completion=False, rich_markup_mode=None)

TEMPLATE = Path(__file__).parent / "templates" / "new-study"
EVERY_LANGUAGE = "any"
# Under their real names, git and CI would take these files of the template for settings of this project.
HIDDEN = {"gitignore": ".gitignore", "github": ".github", "gitlab-ci.yml": ".gitlab-ci.yml"}
USAGE_STATUS = 2


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
    files = {}
    for part in (EVERY_LANGUAGE, language.value):
        root = TEMPLATE / part
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            places = [HIDDEN.get(place, place) for place in path.relative_to(root).parts]
            text = path.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace("{{" + word + "}}", value)
            files["/".join(places)] = text
    return files


def write_new_study(folder: Path, files: dict[str, str]) -> None:
    """Write all of them or none. Raises Mistake X030 when one exists, X031 when they cannot be written."""
    if folder.exists() and not folder.is_dir():
        raise Mistake("X030", f"`{folder}` is a file", str(folder), "name another folder", USAGE_STATUS)
    there = [name for name in sorted(files) if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        named = ", ".join(f"`{name}`" for name in there[:5]) + (" and others" if len(there) > 5 else "")
        hint = "name another folder: `armslength init my-study`"
        if "project.yaml" in there:
            hint += "; or go on with the study that is here: `armslength run run_all`"
        what = f"there is {named} already, and nothing is overwritten"
        raise Mistake("X030", what, str(folder.absolute()), hint, USAGE_STATUS)
    made: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            made += [parent for parent in reversed(path.parents) if not parent.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            made.append(path)
            write_text(path, text)
    except OSError as error:
        for path in reversed(made):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        hint = "choose a folder that you may write to"
        raise Mistake("X031", f"the study cannot be written: {error.strerror}", str(folder), hint) from None


def _in_repository(folder: Path) -> bool:
    return any((place / ".git").exists() for place in (folder.absolute(), *folder.absolute().parents))
