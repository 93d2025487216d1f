"""Read level 4 files without trusting the file system they lie on.

The tree is written by the runner, but a name in it may have been swapped for a link since. Every step of
a path is opened relative to the step before, links are never followed, only regular files are read, and
bytes are handed out only when their hash is the one in the manifest.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from armslength.kernel.errors import Mistake
from armslength.wire.manifest import MANIFEST_PATH, Manifest, ManifestFile
from armslength.wire.message import OutputPath, Slug, read

LARGEST_FILE = 16 * 2**20  # the wire carries no larger file, so no larger file can be reviewed
LARGEST_MANIFEST = 64 * 2**20
CHUNK = 1 << 20
_PATH = TypeAdapter(OutputPath)
_SLUG = TypeAdapter(Slug)


@dataclass(frozen=True)
class Content:
    """Bytes whose hash has been checked."""

    path: str
    data: bytes
    sha256: str


def check_path(path: str) -> str:
    """Return the path, or raise A012 when it could lead anywhere but into the workspace."""
    try:
        return _PATH.validate_python(path)
    except ValidationError:
        raise Mistake(
            "A012",
            f"`{path[:200]}` is not a path of an output",
            hint="use the links in the workspace's file list",
        ) from None


def check_workspace(name: str) -> str:
    """Return the workspace's name, or raise A012."""
    try:
        return _SLUG.validate_python(name)
    except ValidationError:
        raise Mistake("A012", f"`{name[:100]}` is not the name of a workspace") from None


def _open_inside(root: Path, parts: list[str], *, where: str) -> int:
    """Open a regular file below root, one step at a time, following no link. Returns a descriptor."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = below
        # O_NONBLOCK: opening a named pipe that somebody left there must not hang the site.
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        raise _cannot_open(error, where=where) from None
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _not_a_file(where)
    return file


def _cannot_open(error: OSError, *, where: str) -> Mistake:
    if error.errno == errno.ELOOP or error.errno == errno.ENOTDIR:
        return _not_a_file(where)
    if error.errno == errno.ENOENT:
        return Mistake(
            "A013",
            "the file is no longer there",
            where=where,
            hint="run the action again, or wait for the run to end",
        )
    return Mistake(
        "A013", f"the file cannot be read: {error.strerror}", where=where, hint="tell the operator"
    )


def _not_a_file(where: str) -> Mistake:
    return Mistake(
        "A014",
        "this name leads to a link or a special file, which is never followed",
        where=where,
        hint="somebody may have replaced an output by hand; tell the operator and run the action again",
    )


def _read_all(file: int, *, limit: int, where: str) -> bytes:
    size = os.fstat(file).st_size
    if size > limit:
        raise _too_large(size, where=where)
    pieces, total = [], 0
    with os.fdopen(file, "rb", closefd=False) as source:
        while piece := source.read(CHUNK):
            total += len(piece)
            if total > limit:  # it grew while we read it
                raise _too_large(total, where=where)
            pieces.append(piece)
    return b"".join(pieces)


def _too_large(size: int, *, where: str) -> Mistake:
    return Mistake(
        "A015",
        f"the file has {size:,} bytes; {LARGEST_FILE:,} is the most that can be shown and released",
        where=where,
        hint="write a smaller file: aggregate more, or split it by table",
    )


def read_content(root: Path, *, workspace: str, path: str, sha256: str) -> Content:
    """Read one level 4 file and return it only if it is exactly what the manifest describes.

    Raises A012 (bad path), A013 (gone), A014 (link or special file), A015 (too large), A016 (other bytes).
    """
    where = f"{check_workspace(workspace)}/{check_path(path)}"
    file = _open_inside(root, [workspace, *path.split("/")], where=where)
    try:
        data = _read_all(file, limit=LARGEST_FILE, where=where)
    finally:
        os.close(file)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Mistake(
            "A016",
            f"the file's content is not what the manifest says: SHA-256 {found[:12]}… instead of {sha256[:12]}…",
            where=where,
            hint="it changed after its run, or a run is writing it now; run the action again if this stays",
        )
    return Content(path=path, data=data, sha256=found)


@lru_cache(maxsize=64)
def _parsed(root: Path, workspace: str, identity: tuple[int, int, int]) -> Manifest:
    where = f"{workspace}/{MANIFEST_PATH}"
    file = _open_inside(root, [workspace, *MANIFEST_PATH.split("/")], where=where)
    try:
        data = _read_all(file, limit=LARGEST_MANIFEST, where=where)
    finally:
        os.close(file)
    manifest = read(Manifest, data, sender=f"the runner, in {where}")
    if manifest.workspace != workspace:
        raise Mistake(
            "A011",
            f"the manifest of workspace `{workspace}` says it belongs to `{manifest.workspace}`",
            where=where,
        )
    return manifest


def manifest_of(root: Path, *, workspace: str) -> Manifest:
    """Return the manifest of a workspace, read anew only when the file changed.

    Raises A011 when there is none or it belongs elsewhere, W001 when it cannot be read.
    """
    check_workspace(workspace)
    where = f"{workspace}/{MANIFEST_PATH}"
    try:
        file = _open_inside(root, [workspace, *MANIFEST_PATH.split("/")], where=where)
    except Mistake as mistake:
        raise Mistake(
            "A011",
            f"workspace `{workspace}` has no readable manifest: {mistake.what}",
            where=where,
            hint="nothing has run in this workspace yet, or the level 4 folder is not mounted",
        ) from None
    try:
        status = os.fstat(file)
    finally:
        os.close(file)
    return _parsed(root, workspace, (status.st_ino, status.st_size, status.st_mtime_ns))


def workspaces_on_disk(root: Path) -> list[str]:
    """Return the names of workspaces that have a level 4 folder, in order."""
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise Mistake(
            "A010",
            f"the level 4 folder cannot be listed: {error.strerror}",
            where=str(root),
            hint="check ARMSLENGTH_AIRLOCK_LEVEL4 and that the folder is mounted",
        ) from None
    return sorted(name for name in names if _is_slug(name))


def _is_slug(name: str) -> bool:
    try:
        _SLUG.validate_python(name)
    except ValidationError:
        return False
    return True


def log_path(action: str) -> str:
    """Return where the log of an action lies in its workspace."""
    return f"metadata/{action}.log"


def described(manifest: Manifest, path: str) -> ManifestFile | None:
    """Return what the manifest says of a path; None when it does not name it."""
    return manifest.files.get(path)


def log_digests(manifest: Manifest) -> dict[str, str]:
    """Return the path and SHA-256 of every log of a workspace."""
    return {log_path(action): log.sha256 for action, log in sorted(manifest.logs.items())}
