"""Reusable actions: where the code of each is, and at which commit. In the policy inside, and in a file of a laptop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from armslength.policy.reading import Reader, load
from armslength.policy.repositories import parse_repository

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}:(v\d+(\.\d+)*(-pre)?|dev)", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
BRANCH = re.compile(
    r"(?!.*(\.\.|//|/\.|\.lock$))[A-Za-z0-9][A-Za-z0-9._/-]{0,198}[A-Za-z0-9_-]|[A-Za-z0-9]", re.ASCII
)
FOLDER = re.compile(r"[/~][^\x00-\x1f]{0,999}")
ADDRESS = re.compile(r".{1,500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionHome:
    """Where the code of one reusable action is: a commit on a branch of a repository, or a folder of this machine."""

    repository: str = ""
    commit: str = ""  # in full: a tag or a branch may be moved by whoever owns the repository
    branch: str = "main"  # where reviewed code is; a commit elsewhere is somebody's proposal
    folder: str = ""


def read_homes(reader: Reader, *, folders: bool) -> dict[str, ActionHome]:
    """Read a table of names such as `matching:v1.2`; `folders` says whether a folder may take a repository's place."""
    return {name: _read_home(reader.table(name), name=name, folders=folders) for name in reader.names()}


def read_homes_file(path: Path) -> dict[str, ActionHome]:
    """Read the file of a laptop, which holds `[actions]` and nothing else.

    Raises Mistake Y001 (unreadable) or Mistakes Y002 to Y006 with their lines.
    """
    document, lines = load(path)
    reader = Reader(document, lines=lines, where=str(path))
    reader.only("actions")
    found = read_homes(reader.table("actions", default={}), folders=True)
    reader.finish()
    return found


def _read_home(reader: Reader, *, name: str, folders: bool) -> ActionHome:
    if not NAME.fullmatch(name):
        reader.mistake(
            "Y006", f"`{name:.80}` is not the name of a reusable action", hint="such as `matching:v1.2`"
        )
    if folders and "folder" in reader.names():
        reader.only("folder")
        return ActionHome(folder=reader.text("folder", pattern=FOLDER, like="the full path of a folder"))
    reader.only("repository", "commit", "branch")
    repository = reader.text("repository", pattern=ADDRESS, like="the address of a repository")
    if repository and parse_repository(repository) is None:
        what = f"`{repository:.100}` is not an address that code is fetched from"
        reader.mistake("Y006", what, key="repository", hint="https://host/owner/name or file:///folder")
    like = "a commit in full, 40 hexadecimal digits: what a branch or a tag names can change"
    commit = reader.text("commit", pattern=COMMIT, like=like)
    branch = "main"
    if "branch" in reader.names():
        branch = reader.text("branch", pattern=BRANCH, like="the name of a branch")
    return ActionHome(repository=repository, commit=commit, branch=branch)
