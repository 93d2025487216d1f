"""The work area: what a job finds in its working folder, and who may change what of it.

Folders that no output can reach are bound read-only from the checkout. Folders that outputs go to are real:
they belong to the platform, anybody may add to them, nobody may change or remove what is not theirs (the
sticky bit), and files of the commit lie in them read-only. Inputs are bound read-only, each in its place.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.bubblewrap import JAIL_USER, Bind
from armslength.kernel.errors import Mistake
from armslength.pipeline.patterns import matches
from armslength.runner.executor import InputFile, JobSpec

WORKSPACE = Path("/workspace")
MOST_BOUND_INPUTS = 200
SHARED = 0o1777
# Each job is a user of its own, so that not even two jobs at once share one: the range above JAIL_USER.
USERS = range(JAIL_USER + 1, JAIL_USER + 4000)


@dataclass(frozen=True)
class Layout:
    """A finished work area: what is mounted into it, and which paths the job did not make."""

    binds: tuple[Bind, ...]
    given: frozenset[str]


def user_of(job: str) -> int:
    """Return the user that a job runs as, where whoever starts it may choose."""
    return USERS[int.from_bytes(job.encode(), "big") % len(USERS)]


def remove_tree(folder: Path) -> None:
    """Remove a folder. By `rm`, because jobs nest folders deeper than a path or Python's stack can say."""
    subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True, timeout=600)


def lay_out(spec: JobSpec, work: Path) -> Layout:
    """Fill an existing empty folder for a job. Raises OSError, or Mistake R021 for an input without a place."""
    work.chmod(SHARED)
    written_to = {pattern.split("/", 1)[0] for pattern in spec.patterns if "/" in pattern}
    written_to |= {file.path.split("/", 1)[0] for file in spec.inputs if "/" in file.path}
    binds = []
    for entry in sorted(spec.code.iterdir()):
        touched = any(matches(part, entry.name) for part in written_to)
        place = work / entry.name
        if touched and entry.is_dir() and not entry.is_symlink():
            _copy_shared(entry, place)
        elif entry.is_symlink():
            place.symlink_to(entry.readlink())
        else:
            _make_place(entry, place)
            binds.append(Bind(entry, WORKSPACE / entry.name))
    given = set(_files_below(spec.code))
    for pattern in spec.patterns:
        _make_folders(work, _fixed_folder(pattern))
    for file in spec.inputs[:MOST_BOUND_INPUTS]:
        _place_input(work, file)
        binds.append(Bind(file.source, WORKSPACE / file.path))
    for file in spec.inputs[MOST_BOUND_INPUTS:]:
        shutil.copyfile(file.source, _place_input(work, file))
    given.update(file.path for file in spec.inputs)
    return Layout(tuple(binds), frozenset(given))


def _copy_shared(source: Path, target: Path) -> None:
    """Copy a folder of the commit so that the job can add to it and cannot change it."""
    target.mkdir()
    for entry in sorted(source.iterdir()):
        place = target / entry.name
        if entry.is_symlink():
            place.symlink_to(entry.readlink())
        elif entry.is_dir():
            _copy_shared(entry, place)
        else:
            shutil.copyfile(entry, place)
            place.chmod(0o555 if entry.stat().st_mode & stat.S_IXUSR else 0o444)
    target.chmod(SHARED)


def _make_place(entry: Path, place: Path) -> None:
    """Make the empty file or folder that something is mounted on."""
    if entry.is_dir():
        place.mkdir(mode=0o555)
    else:
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o444))


def _place_input(work: Path, file: InputFile) -> Path:
    """Make the place of an input, taking that of a file of the commit with the same name."""
    folder = _make_folders(work, file.path.rpartition("/")[0])
    place = folder / file.path.rpartition("/")[2]
    if place.is_symlink() or place.is_file():
        place.unlink()
    if place.is_dir():
        raise Mistake(
            "R021", f"an input has the name of a folder of the study: `{file.path}`", where=file.path
        )
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644))
    return place


def _make_folders(work: Path, relative: str) -> Path:
    """Make the folders of a relative path, never through a link of the study."""
    folder = work
    for part in relative.split("/") if relative else ():
        folder = folder / part
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise Mistake(
                "R021", f"outputs go through `{relative}`, which is no folder in the study", where=relative
            )
        if not folder.exists():
            folder.mkdir()
        folder.chmod(SHARED)
    return folder


def _fixed_folder(pattern: str) -> str:
    """Return the folders of a pattern up to its first wildcard.

    >>> _fixed_folder("output/tables/*.csv"), _fixed_folder("output/*/a.csv"), _fixed_folder("a.csv")
    ('output/tables', 'output', '')
    """
    parts = pattern.split("/")[:-1]
    fixed = next((index for index, part in enumerate(parts) if "*" in part), len(parts))
    return "/".join(parts[:fixed])


def _files_below(folder: Path) -> Iterable[str]:
    for parent, folders, files in os.walk(folder):
        for name in (*files, *(one for one in folders if Path(parent, one).is_symlink())):
            yield Path(parent, name).relative_to(folder).as_posix()
