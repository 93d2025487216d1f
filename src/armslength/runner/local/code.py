"""The code of a study: which of its files an action sees, their fingerprints, and a copy that stands still."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from armslength.kernel.errors import Mistake
from armslength.kernel.files import CHUNK
from armslength.kernel.ids import new_id
from armslength.pipeline.model import Pipeline
from armslength.pipeline.patterns import matches

# Never part of a study's code, at any depth: what tools leave behind and could not be committed anyway.
LEFT_OUT = frozenset(
    {
        ".git",
        ".armslength",
        "__pycache__",
        "node_modules",
        ".venv",
        ".Rproj.user",
        ".ipynb_checkpoints",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".DS_Store",
    }
)
LEFT_OUT_AT_TOP = frozenset({"metadata"})
MOST_FILES = 20_000  # the same as a repository may have inside the data centre
MOST_BYTES = 512 << 20
# A file that was changed so shortly before it was read may change again without a new time of change.
RACY_NANOSECONDS = 2_000_000_000


class Fingerprints(Protocol):
    """Remembers hashes of files by size, time of change and inode."""

    def known(self, path: str, status: os.stat_result) -> str | None:
        """Return the SHA-256 of a file that was not touched since, or None."""

    def remember(self, path: str, status: os.stat_result, sha256: str) -> None:
        """Remember one."""


class OutputPaths:
    """All output patterns of a pipeline, asked one path at a time."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._exact: set[str] = set()
        self._by_folder: dict[str, list[str]] = {}  # folder without a wildcard: patterns directly in it
        self._anywhere: list[str] = []
        for action in pipeline.actions.values():
            for output in action.outputs:
                folder = output.pattern.rpartition("/")[0]
                if "*" not in output.pattern:
                    self._exact.add(output.pattern)
                elif "*" in folder:
                    self._anywhere.append(output.pattern)
                else:
                    self._by_folder.setdefault(folder, []).append(output.pattern)

    def name(self, path: str) -> bool:
        """Say whether some action declares this path as its output."""
        if path in self._exact:
            return True
        nearby = self._by_folder.get(path.rpartition("/")[0], ())
        return any(matches(one, path) for one in (*nearby, *self._anywhere))


@dataclass(frozen=True)
class Code:
    """The files of a study as they are now: relative path to SHA-256, for a link where it leads."""

    files: Mapping[str, str]
    links: Mapping[str, str]
    executable: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """One hash over all of it."""
        described = [sorted(self.files.items()), sorted(self.links.items()), sorted(self.executable)]
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:32]

    def listing(self, folder: str) -> str:
        """Return a hash of the names in a folder (`""`: the top)."""
        start = f"{folder}/" if folder else ""
        names = {
            path[len(start) :].split("/", 1)[0]
            for path in (*self.files, *self.links)
            if path.startswith(start)
        }
        return hashlib.sha256("\0".join(sorted(names)).encode()).hexdigest()[:16]


def read_code(folder: Path, pipeline: Pipeline, fingerprints: Fingerprints) -> Code:
    """Find and hash the files that the actions of a study see.

    Everything in the study's folder but what any action declares as output, links that lead outside, and
    what tools leave behind. Raises Mistake R051 when that is more than a repository may hold, or unreadable.
    """
    outputs = OutputPaths(pipeline)
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    executable = set()
    size = 0
    try:
        for path, status in _walk(folder):
            if outputs.name(path):
                continue
            if stat.S_ISLNK(status.st_mode):
                if _leads_inside(folder, folder / path):
                    links[path] = str((folder / path).readlink())
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            size += status.st_size
            if len(files) >= MOST_FILES or size > MOST_BYTES:
                raise _too_much(path)
            files[path] = fingerprint(folder, path, fingerprints, status)
            if status.st_mode & stat.S_IXUSR:
                executable.add(path)
    except OSError as error:
        raise Mistake("R051", f"a file of the study cannot be read: {error}", where=str(folder)) from None
    return Code(files, links, frozenset(executable))


def _too_much(path: str) -> Mistake:
    what = f"the study holds more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MiB besides its outputs"
    hint = f"move what is no code out of it, such as what lies in `{path.split('/')[0]}`"
    return Mistake("R051", what, where=path, hint=hint)


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    waiting = [""]
    while waiting:
        here = waiting.pop()
        with os.scandir(folder / here if here else folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        if any(entry.name == "pyvenv.cfg" for entry in listed):
            continue  # a virtual environment under any name
        for entry in listed:
            if entry.name in LEFT_OUT or (not here and entry.name in LEFT_OUT_AT_TOP):
                continue
            path = f"{here}/{entry.name}" if here else entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                yield path, entry.stat(follow_symlinks=False)


def _leads_inside(folder: Path, link: Path) -> bool:
    try:
        return link.resolve().is_relative_to(folder) and not link.readlink().is_absolute()
    except (OSError, RuntimeError):
        return False


def fingerprint(folder: Path, path: str, remembered: Fingerprints, status: os.stat_result) -> str:
    """Return the SHA-256 of a file, remembered or computed. Raises OSError."""
    known = remembered.known(path, status)
    if known is not None:
        return known
    sha256 = _hash(folder / path)
    if time.time_ns() - status.st_mtime_ns > RACY_NANOSECONDS:
        remembered.remember(path, status, sha256)
    return sha256


def _hash(path: Path, copy_to: Path | None = None) -> str:
    """Hash a file and, when asked, write the very bytes that were hashed elsewhere."""
    digest = hashlib.sha256()
    with path.open("rb") as source, (copy_to or Path(os.devnull)).open("wb") as copy:
        while piece := source.read(CHUNK):
            digest.update(piece)
            if copy_to:
                copy.write(piece)
    return digest.hexdigest()


def stand_still(folder: Path, code: Code, *, below: Path) -> Path | None:
    """Return a copy of the code that nobody edits, or None when a file changed meanwhile. Raises OSError."""
    target = below / code.fingerprint
    if target.is_dir():
        return target
    below.mkdir(parents=True, exist_ok=True)
    temporary = below / f"{new_id()}.part"
    try:
        temporary.mkdir()
        for path, sha256 in code.files.items():
            place = temporary / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if _hash(folder / path, copy_to=place) != sha256:
                return None
            place.chmod(0o755 if path in code.executable else 0o644)
        for parent, _, _ in os.walk(temporary):
            Path(parent).chmod(0o755)  # jobs run as other users
        for path, leads in code.links.items():
            (temporary / path).parent.mkdir(parents=True, exist_ok=True)
            (temporary / path).symlink_to(leads)
        temporary.rename(target)
    except FileNotFoundError:
        return None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def linked_copy(source: Path, target: Path) -> None:
    """Make a tree of hard links to a copy that stands still, so that one job's reading can be watched."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)


def forget_copies(below: Path, *, but: Iterable[str] = ()) -> None:
    """Remove the copies of earlier code."""
    kept = set(but)
    for entry in below.iterdir() if below.is_dir() else ():
        if entry.name not in kept:
            shutil.rmtree(entry, ignore_errors=True)
