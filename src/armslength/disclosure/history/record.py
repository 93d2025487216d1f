"""Recording a release: its files copied into the history, and beside them what is known of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from armslength.disclosure.history.cells import Release
from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of, write_text

RECORD = "release.json"
VERSION = 1
_FACTS = ("backend", "population", "refresh", "codelists")


@dataclass(frozen=True, kw_only=True)
class Record:
    """What `release.json` says of a release: its facts, and the SHA-256 of each of its files."""

    release: Release
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a recorded release is as it was recorded; `wrong` says of each file what is not."""

    name: str
    on: date | None
    files: int
    wrong: tuple[str, ...] = ()


def files_of(root: Path, *, deep: bool) -> list[Path]:
    """The files of a release: none that is a link, and not its record."""
    found = root.rglob("*") if deep else root.iterdir()
    return sorted(
        path for path in found if path.is_file() and not path.is_symlink() and path != root / RECORD
    )


def record_release(history: Path, release: Release, files: Sequence[tuple[str, Path]]) -> Path:
    """Copy files, each under its name in the release, into a new folder of the history, wholly or not at all.

    Raises Mistake C016 when the history has a release of this name already, or the name is no folder's name;
    OSError when a file cannot be read or the history not be written to.
    """
    target = history / release.id
    if not release.id or Path(release.id).name != release.id or release.id.startswith("."):
        raise Mistake(
            "C016", f"`{release.id}` cannot be the name of a release", hint="use a name such as 2026-11"
        )
    if target.exists():
        raise Mistake(
            "C016", f"the history has a release `{release.id}` already", where=str(target),
            hint="a release is recorded once; give a corrected one a name of its own",
        )  # fmt: skip
    growing = history / f".{release.id}.part"
    history.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(growing, ignore_errors=True)
    try:
        digests = {}
        for name, path in files:
            copy = growing / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            digests[name] = sha256_of(copy)
        facts = {fact: getattr(release, fact) for fact in _FACTS}
        said = {"version": VERSION, "on": release.on.isoformat(), **facts, "files": digests}
        write_text(growing / RECORD, json.dumps(said, indent=2, sort_keys=True) + "\n")
        growing.rename(target)
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    return target


def read_record(root: Path) -> Record | None:
    """What is recorded of a release, or None where nothing is. Raises Mistake C017 when it cannot be read."""
    path = root / RECORD
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["version"] != VERSION:
            raise ValueError(f"it has version {said['version']}, this is {VERSION}")
        facts = {fact: str(said.get(fact, "")) for fact in _FACTS}
        release = Release(id=root.name, project="", on=date.fromisoformat(said["on"]), **facts)
        files = tuple((str(name), str(digest)) for name, digest in said["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Mistake(
            "C017",
            "this record of a release cannot be read",
            where=str(path),
            hint=f"{error}; record it again",
        ) from None
    return Record(release=release, files=files)


def standing_of(history: Path) -> Iterator[Standing]:
    """How each release of a history stands, in the order of their names. Raises Mistake C013 or C017."""
    if not history.is_dir():
        raise Mistake("C013", "there is no folder of earlier releases here", where=str(history))
    for root in sorted(path for path in history.iterdir() if path.is_dir() and not path.name.startswith(".")):
        present = {path.relative_to(root).as_posix(): path for path in files_of(root, deep=True)}
        record = read_record(root)
        if record is None:
            wrong: tuple[str, ...] = ("it has no record, so nothing says whether its files are as released",)
            yield Standing(name=root.name, on=None, files=len(present), wrong=wrong)
            continue
        told = []
        for name, digest in record.files:
            if name not in present:
                told.append(f"`{name}` is missing")
            elif sha256_of(present.pop(name)) != digest:
                told.append(f"`{name}` is not the file that was recorded")
        told += [f"`{name}` was not recorded" for name in present]
        yield Standing(name=root.name, on=record.release.on, files=len(record.files), wrong=tuple(told))
