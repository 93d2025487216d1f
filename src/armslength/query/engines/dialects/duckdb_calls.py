"""Calls of the embedded database: each in a thread of its own, so that Ctrl-C stops it; and where it may spill."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.engine import SPILL_FOLDER, Settings

STOP_EVERY = 0.05  # seconds between two attempts to interrupt: one that comes before the query begins is lost
SPILL_PREFIX, NEW_PREFIX = "armslength-spill-", "armslength-new-"
Answer = TypeVar("Answer")


class Calls:
    """Runs one call of a connection at a time in another thread.

    Python hears of Ctrl-C only between two steps of its own, and a long statement is one step: so it is
    another thread that waits for the database, and this one for that thread.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="duckdb")

    def run(self, work: Callable[[], Answer]) -> Answer:
        """Return what the call returns; when this thread is interrupted, so is the database."""
        return self._awaited(self._thread.submit(work))

    def batches(self, reader: Callable[[], pa.RecordBatchReader]) -> Generator[pa.RecordBatch, None, None]:
        """Yield the batches of a result; the next one is fetched while this one is worked on."""
        with contextlib.closing(self.run(reader)) as opened:
            each = iter(opened)
            waiting: Future[pa.RecordBatch | None] = self._thread.submit(next, each, None)
            try:
                while (batch := self._awaited(waiting)) is not None:
                    waiting = self._thread.submit(next, each, None)
                    yield batch
            finally:
                self._stop(waiting)

    def close(self) -> None:
        """End the thread, after what it does has ended."""
        self._thread.shutdown()

    def _awaited(self, future: Future[Answer]) -> Answer:
        try:
            return future.result()
        finally:
            self._stop(future)

    def _stop(self, future: Future[Answer]) -> None:
        while not future.done():
            self.connection.interrupt()
            wait([future], timeout=STOP_EVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpillFolder:
    """A folder for the rows of one engine that do not fit into memory, locked for as long as it is used."""

    path: Path
    lock: int

    def remove(self) -> None:
        """Remove the folder with what is in it, and give the lock back."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self.lock)


def new_spill_folder(settings: Settings) -> SpillFolder:
    """Make a folder for one engine and remove those of killed ones. Raises Mistake Q109 where that is not possible."""
    try:
        made = Path(tempfile.mkdtemp(prefix=NEW_PREFIX, dir=settings.spill_folder))
        lock = _locked(made)
        # It takes its name only now, so that nobody who tidies up finds it without its lock.
        path = made.rename(made.with_name(made.name.replace(NEW_PREFIX, SPILL_PREFIX, 1)))
    except OSError as error:
        hint = f"give a folder that exists and may be written to, with {SPILL_FOLDER}"
        what = f"nothing can be spilled to disk: {error.strerror or error}"
        raise Mistake("Q109", what, where=str(settings.spill_folder), hint=hint) from None
    _remove_abandoned(path.parent)
    return SpillFolder(path=path, lock=lock)


def _locked(folder: Path) -> int:
    """Hold a lock on a folder while this process lives; return its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove_abandoned(parent: Path) -> None:
    """Remove what killed engines of this user spilled: folders whose lock nobody holds any more."""
    for folder in parent.glob(f"{SPILL_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.geteuid():
                SpillFolder(path=folder, lock=_locked(folder)).remove()
