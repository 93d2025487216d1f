"""What is remembered of a study's runs: the job database, with recipes and fingerprints beside the jobs."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.runner.lifecycle.records import FileRecord
from armslength.runner.lifecycle.store import Store
from armslength.runner.local.recipes import Recipe
from armslength.runner.local.study import WORKSPACE, Study

TABLES = """
CREATE TABLE IF NOT EXISTS recipes (job TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS fingerprints (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL
) STRICT;
"""


class LocalStore(Store):
    """The job database of one study."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._db.executescript(TABLES)

    def save_recipe(self, job: str, recipe: Recipe) -> None:
        """Remember what decides a job."""
        self._db.execute("INSERT OR REPLACE INTO recipes VALUES (?, ?)", [job, recipe.to_json()])

    def recipe(self, job: str) -> Recipe | None:
        """Return what decided a job, or None."""
        row = self._db.execute("SELECT content FROM recipes WHERE job = ?", [job]).fetchone()
        return None if row is None else Recipe.from_json(row["content"])

    def known(self, path: str, status: os.stat_result) -> str | None:
        """Return the SHA-256 of a file that was not touched since it was hashed, or None."""
        row = self._db.execute(
            "SELECT sha256 FROM fingerprints WHERE path = ? AND size = ? AND changed = ? AND inode = ?",
            [path, status.st_size, status.st_mtime_ns, status.st_ino],
        ).fetchone()
        return None if row is None else str(row["sha256"])

    def remember(self, path: str, status: os.stat_result, sha256: str) -> None:
        """Remember the SHA-256 of a file."""
        self._db.execute(
            "INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?, ?)",
            [path, status.st_size, status.st_mtime_ns, status.st_ino, sha256],
        )

    def next_entry(self) -> int:
        """Return the number of the next request."""
        row = self._db.execute("SELECT coalesce(max(entry), -1) + 1 AS entry FROM requests").fetchone()
        return int(row["entry"])

    def replace_files(
        self, action: str, records: Sequence[FileRecord], *, job: str
    ) -> tuple[FileRecord, ...]:
        """Make these the outputs of an action; return those of earlier jobs that it did not make this time."""
        self.save_files(WORKSPACE, records)
        old = [one for one in self.files(WORKSPACE) if one.action == action and one.job != job]
        self._db.executemany(
            "DELETE FROM files WHERE workspace = ? AND path = ?", [(WORKSPACE, one.path) for one in old]
        )
        return tuple(old)


def open_state(study: Study) -> tuple[LocalStore, str | None]:
    """Open the job database of a study, and say what was done about a damaged one.

    A database that is not whole is set aside: all it can save is time, and a wrong answer would cost more.
    """
    study.make_state()
    try:
        store = LocalStore(study.database)
        _check_whole(store)
        return store, None
    except (Mistake, sqlite3.DatabaseError) as error:
        damaged = isinstance(error, sqlite3.DatabaseError) or _is_damaged(study.database)
        if not damaged or isinstance(error, sqlite3.OperationalError):
            raise
    aside = study.database.with_name(f"damaged-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3")
    study.database.rename(aside)
    for ending in ("-wal", "-shm"):
        study.database.with_name(study.database.name + ending).unlink(missing_ok=True)
    told = f"the memory of earlier runs was damaged and is set aside as `{aside.name}`; everything runs anew"
    return LocalStore(study.database), told


def _check_whole(store: LocalStore) -> None:
    (answer,) = store._db.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        store.close()
        raise sqlite3.DatabaseError(answer)


def _is_damaged(path: Path) -> bool:
    """Say whether a file is there and is no database at all."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:
        return False
    return bool(start) and start != b"SQLite format 3\0"


@contextmanager
def only_run(study: Study, *, wait: bool = False) -> Iterator[None]:
    """Hold the study for one run, or raise Mistake R052 when another run holds it and we do not `wait`."""
    study.make_state()
    descriptor = os.open(study.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(descriptor, 100, 0).decode(errors="replace").strip() or "unknown"
            raise Mistake(
                "R052",
                f"another run works on this study: process {other}",
                where=str(study.folder),
                hint="let it finish or stop it with Ctrl-C where it runs; with --wait, this run waits for it",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def look_at_state(study: Study) -> Iterator[LocalStore]:
    """Give the job database to read from, or an empty one in memory when there is none or none can be opened."""
    store = None
    if study.database.exists():
        with suppress(Mistake, sqlite3.DatabaseError):
            store = LocalStore(study.database)
            _check_whole(store)
    store = store or LocalStore(Path(":memory:"))
    try:
        yield store
    finally:
        store.close()
