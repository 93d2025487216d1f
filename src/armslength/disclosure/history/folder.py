"""A folder of earlier releases read into a ledger: what `--history DIR` compares with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from armslength.disclosure.check import Examination, examine_file
from armslength.disclosure.history.cells import Release, cells_of
from armslength.disclosure.history.comparison import HistoryReport, compare
from armslength.disclosure.history.ledger import ReleasedFile, ReleaseLedger
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of

PROJECT = "this study"


def released_file(path: Path, *, name: str, policy: DisclosurePolicy = DEFAULT) -> ReleasedFile:
    """Read one file as released cells. Raises OSError when it cannot be opened."""
    return from_examination(examine_file(path, policy=policy), name=name, sha256=sha256_of(path))


def from_examination(examination: Examination, *, name: str, sha256: str = "") -> ReleasedFile:
    """The released cells of a file that was read already."""
    return ReleasedFile(
        name=name,
        sha256=sha256,
        cells=tuple(cells_of(examination.subjects, file=name)),
        unread=examination.report.not_checked or "",
    )


def read_history(folder: Path, *, policy: DisclosurePolicy = DEFAULT) -> ReleaseLedger:
    """A ledger of a folder: each folder in it is one release, files beside them are one more.

    Releases are ordered by name, so that folders named after days stay in order. Raises Mistake C013 when there
    is no such folder, OSError when a file cannot be opened.
    """
    if not folder.is_dir():
        raise Mistake("C013", "there is no folder of earlier releases here", where=str(folder))
    ledger = ReleaseLedger()
    groups = [(path.name, sorted(path.rglob("*"))) for path in sorted(folder.iterdir()) if path.is_dir()]
    groups.append((folder.name, sorted(path for path in folder.iterdir() if path.is_file())))
    for name, paths in groups:
        files = [path for path in paths if path.is_file() and not path.is_symlink()]
        if files:
            day = datetime.fromtimestamp(max(path.stat().st_mtime for path in files), tz=UTC).date()
            release = Release(id=name, project=PROJECT, on=day)
            root = folder if name == folder.name else folder / name
            read = (
                released_file(path, name=path.relative_to(root).as_posix(), policy=policy) for path in files
            )
            ledger.add(release, read)
    return ledger


def compare_with_folder(
    paths: Iterable[tuple[str, Path]], history: Path, *, policy: DisclosurePolicy = DEFAULT
) -> HistoryReport:
    """Judge files, each with the name to show, against a folder of earlier releases."""
    with read_history(history, policy=policy) as ledger:
        files: Sequence[ReleasedFile] = [
            released_file(path, name=name, policy=policy) for name, path in paths
        ]
        today = datetime.now(tz=UTC).date()
        return compare(files, ledger, release=Release(id="new", project=PROJECT, on=today), policy=policy)


def digest_of(data: bytes) -> str:
    """The digest under which a file's bytes are recorded."""
    return hashlib.sha256(data).hexdigest()
