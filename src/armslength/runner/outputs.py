"""Outputs: which files of a finished job are its declared outputs, copied whole to where they belong.

Only regular files that the job itself made are taken (S1, S2): no links of either kind, devices, pipes,
files that were given to it, or names that could not be written down. The most sensitive level wins (S3).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from armslength.kernel import files
from armslength.kernel.ids import new_id
from armslength.pipeline.model import PrivacyLevel
from armslength.pipeline.patterns import is_nameable, matches
from armslength.runner.executor import JobLimits

CHUNK = 1 << 20
LONGEST_PATH = 1000


@dataclass(frozen=True)
class Pattern:
    """A declared output, as a job remembers it."""

    pattern: str
    level: PrivacyLevel


@dataclass(frozen=True)
class Found:
    """One output of a job, still in its work area."""

    path: str
    level: PrivacyLevel
    size: int


@dataclass(frozen=True)
class Collection:
    """What a look through the work area gave."""

    outputs: tuple[Found, ...]
    refused: tuple[tuple[str, str], ...]  # matching paths that are not taken, and why
    unmatched_patterns: tuple[str, ...]
    undeclared: tuple[str, ...]  # files the job made that no pattern names


@dataclass(frozen=True)
class Stored:
    """One output where it now lies."""

    path: str
    level: PrivacyLevel
    size: int
    sha256: str


class Unsafe(Exception):
    """A file is not what it was when it was looked at, or not what may be taken."""


def collect(
    work: Path, *, patterns: Sequence[Pattern], given: frozenset[str], owner: int, limits: JobLimits
) -> Collection:
    """Find the outputs in a work area in which nothing runs any more."""
    outputs: list[Found] = []
    refused: list[tuple[str, str]] = []
    undeclared: list[str] = []
    satisfied: set[str] = set()
    room = limits.work_bytes
    for path, status in _walk(work, most=limits.files):
        naming = [one for one in patterns if matches(one.pattern, path)]
        if not naming:
            if path not in given and len(undeclared) < 100:
                undeclared.append(path)
            continue
        reason = why_not_output(path, status, given=given, owner=owner)
        room -= 0 if reason else status.st_size
        if not reason and room < 0:
            reason = "the outputs together are larger than the work area"
        if reason:
            refused.append((path, reason))
            continue
        level = min((one.level for one in naming), key=lambda level: level.rank)
        outputs.append(Found(path, level, status.st_size))
        satisfied.update(one.pattern for one in naming)
    unmatched = tuple(one.pattern for one in patterns if one.pattern not in satisfied)
    return Collection(tuple(outputs), tuple(refused), unmatched, tuple(undeclared))


def why_not_output(path: str, status: os.stat_result, *, given: frozenset[str], owner: int) -> str | None:
    """Say why this cannot be an output, or return None."""
    if stat.S_ISLNK(status.st_mode):
        return "it is a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_nlink != 1:
        return "it has another name (a hard link)"
    if path in given:
        return "it was given to the job, not made by it"
    if status.st_uid != owner:
        return "it does not belong to the job"
    if len(path) > LONGEST_PATH or "*" in path or not is_nameable(path) or path.startswith("metadata/"):
        return "its name cannot be shown"
    return None


def _walk(work: Path, *, most: int) -> Iterator[tuple[str, os.stat_result]]:
    """Yield everything but folders, by relative path, in order; links are never followed."""
    waiting = [""]
    seen = 0
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(work / folder if folder else work) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue  # deeper than a path can say: nothing in there has a name that could be declared
        for entry in listed:
            seen += 1
            if seen > 2 * most:
                return
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                yield path, entry.stat(follow_symlinks=False)


def store(work: Path, found: Found, *, owner: int, root: Path) -> Stored:
    """Copy one output below a root that is the platform's own; it appears there whole or not at all.

    Raises Unsafe when the file changed its nature since it was found, OSError for a full disk.
    """
    target = root / found.path
    make_folder(root, target.parent)
    descriptor = os.open(work / found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as source:
        status = os.fstat(descriptor)
        same = (status.st_size, status.st_nlink, status.st_uid) == (found.size, 1, owner)
        if not (same and stat.S_ISREG(status.st_mode)):
            raise Unsafe(f"`{found.path}` changed while it was collected")
        digest = hashlib.sha256()
        with _replacing(target) as copy:
            while piece := source.read(CHUNK):
                digest.update(piece)
                copy.write(piece)
    return Stored(found.path, found.level, found.size, digest.hexdigest())


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside the target, which takes its place when the block succeeds."""
    # Not the target's name: two suffixes of 250 letters would be too long for one.
    temporary = target.with_name(f".{new_id()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        files.sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def promote(incoming: Path, path: str, *, root: Path) -> None:
    """Give a stored output its place below another root of the same disk, replacing an earlier version."""
    target = root / path
    make_folder(root, target.parent)
    if target.is_dir() and not target.is_symlink():
        raise Unsafe(f"`{path}` is a folder of an earlier run")
    (incoming / path).replace(target)
    files.sync_folder(target.parent)


def make_folder(root: Path, folder: Path) -> None:
    """Make the folders between root and folder; an earlier file in the way makes room."""
    root.mkdir(parents=True, exist_ok=True)
    current = root
    for part in folder.relative_to(root).parts:
        current = current / part
        if current.is_symlink() or (current.exists() and not current.is_dir()):
            current.unlink()
        current.mkdir(exist_ok=True)


def remove(root: Path, path: str) -> None:
    """Remove one file below a root, if it is there."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        (root / path).unlink()
