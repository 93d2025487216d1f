"""What commands share that make a new folder from a template: a study, a backend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text

TEMPLATES = Path(__file__).parent / "templates"
# Under their real names, git and CI would take these files of a template for settings of this project.
HIDDEN = {"gitignore": ".gitignore", "github": ".github", "gitlab-ci.yml": ".gitlab-ci.yml"}
# What is no Python before its words are put in is kept under a name that no tool takes for Python.
UNFINISHED = ".template"
USAGE_STATUS = 2


def files_of_template(root: Path, words: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a template, paths in it and texts, with each `{{word}}` put in."""
    files = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        places = [_filled(HIDDEN.get(place, place), words) for place in path.relative_to(root).parts]
        files["/".join(places).removesuffix(UNFINISHED)] = _filled(path.read_text(encoding="utf-8"), words)
    return files


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace("{{" + word + "}}", value)
    return text


def write_new_folder(folder: Path, files: Mapping[str, str], *, made: str, hint: str) -> None:
    """Write all files or none. Raises Mistake X030 when one exists, X031 when they cannot be written.

    `made` says what is made, as in `the study`, and `hint` how to name another folder.
    """
    if folder.exists() and not folder.is_dir():
        raise Mistake("X030", f"`{folder}` is a file", str(folder), "name another folder", USAGE_STATUS)
    there = [name for name in sorted(files) if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        named = ", ".join(f"`{name}`" for name in there[:5]) + (" and others" if len(there) > 5 else "")
        what = f"there is {named} already, and nothing is overwritten"
        raise Mistake("X030", what, str(folder.absolute()), hint, USAGE_STATUS)
    written: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            written += [parent for parent in reversed(path.parents) if not parent.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            write_text(path, text)
    except OSError as error:
        for path in reversed(written):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        hint = "choose a folder that you may write to"
        raise Mistake("X031", f"{made} cannot be written: {error.strerror}", str(folder), hint) from None
