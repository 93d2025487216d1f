"""The job database: every step is one transaction, so that the runner may die between any two lines."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.pipeline.model import PrivacyLevel
from armslength.runner.lifecycle import schema
from armslength.runner.lifecycle.records import FileRecord, JobPlan, JobRecord, LogRecord, RequestRecord
from armslength.runner.lifecycle.states import REQUEST_FINAL, Reason
from armslength.wire.jobs import FINAL, JobRequest, JobState, RequestState

FILE_FIELDS = tuple(field.name for field in fields(FileRecord))


class Store:
    """The jobs and requests of one runner, in one SQLite file. Used by one thread."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            )
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                schema.create(self._db)
                version = schema.VERSION
        except (sqlite3.Error, OSError) as error:
            hint = "check that the folder is writable, that its disk has room, and that the file is whole"
            raise Mistake(
                "R004", f"the job database cannot be opened: {error}", where=str(path), hint=hint
            ) from None
        if version != schema.VERSION:
            what = f"the job database is of version {version}; this program knows {schema.VERSION}"
            raise Mistake("R004", what, where=str(path), hint="use the program that made it")

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of the block or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def remembered_head(self) -> tuple[str | None, int]:
        """Return the last ledger head that convinced us, as text, and the last entry acted on (-1: none)."""
        row = self._db.execute("SELECT content, last_entry FROM head").fetchone()
        return (row["content"], row["last_entry"]) if row else (None, -1)

    def remember_head(self, content: str) -> None:
        """Remember a head. Done before anything it covers is acted on."""
        self._db.execute(
            "INSERT INTO head VALUES (1, ?, -1) ON CONFLICT (one) DO UPDATE SET content = excluded.content",
            [content],
        )

    def remember_entry(self, index: int) -> None:
        """Remember up to which entry everything was acted on."""
        self._db.execute("UPDATE head SET last_entry = max(last_entry, ?)", [index])

    def distrust(self, words: str | None = None) -> str | None:
        """Return why the ledger is no longer believed, or None; with words, note it first. It stays noted."""
        if words is not None:
            self._db.execute("INSERT OR IGNORE INTO distrust VALUES (1, ?)", [words])
        row = self._db.execute("SELECT words FROM distrust").fetchone()
        return row["words"] if row else None

    def trust_again(self) -> None:
        """Believe the ledger again: somebody looked into it and decided so."""
        self._db.execute("DELETE FROM distrust")

    def add_request(self, request: JobRequest, *, entry: int, now: datetime) -> bool:
        """Take in a request once; False when it is known. Another one under the same id is refused (R041)."""
        known = self._db.execute("SELECT body FROM requests WHERE id = ?", [request.id]).fetchone()
        if known is not None:
            if JobRequest.model_validate_json(known["body"]) != request:
                raise Mistake(
                    "R041", f"another request is known by the id {request.id}", where=f"entry {entry}"
                )
            return False
        self._db.execute(
            "INSERT INTO requests (id, entry, body, workspace, state, received_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                request.id,
                entry,
                request.to_json(),
                request.workspace,
                RequestState.SUBMITTED,
                clock.to_text(now),
            ],
        )
        return True

    def ask_cancel(self, request: str) -> bool:
        """Note that somebody asked to stop a request; False when it is unknown or over."""
        marks = ", ".join("?" * len(REQUEST_FINAL))
        done = self._db.execute(
            f"UPDATE requests SET cancel = 1 WHERE id = ? AND state NOT IN ({marks})",  # noqa: S608 (marks only)
            [request, *REQUEST_FINAL],
        )
        return done.rowcount == 1

    def project_of_workspace(self, workspace: str) -> str | None:
        """Return the project whose request used a workspace first, or None. It belongs to that project for good."""
        row = self._db.execute(
            "SELECT body FROM requests WHERE workspace = ? AND state != ? ORDER BY entry LIMIT 1",
            [workspace, RequestState.REFUSED],
        ).fetchone()
        return None if row is None else JobRequest.model_validate_json(row["body"]).project

    def requests(self, *states: RequestState) -> list[RequestRecord]:
        """Return the requests in these states, in the order of the ledger."""
        marks = ", ".join("?" * len(states))
        rows = self._db.execute(f"SELECT * FROM requests WHERE state IN ({marks}) ORDER BY entry", states)  # noqa: S608
        return [RequestRecord.from_row(row) for row in rows]

    def request(self, id_: str) -> RequestRecord:
        """Return one request."""
        return RequestRecord.from_row(
            self._db.execute("SELECT * FROM requests WHERE id = ?", [id_]).fetchone()
        )

    def requests_to_cancel(self) -> frozenset[str]:
        """Return the ids of requests that somebody asked to stop."""
        return frozenset(row["id"] for row in self._db.execute("SELECT id FROM requests WHERE cancel = 1"))

    def move_request(self, id_: str, to: RequestState, *, reason: str = "", message: str = "") -> None:
        """Move a request. The only place that does; the database refuses what is not in the table of moves."""
        self._db.execute(
            "UPDATE requests SET state = ?, reason = ?, message = ?, sequence = sequence + 1 WHERE id = ?",
            [to, reason[:100], message[:2000], id_],
        )

    def accept(
        self, request: JobRequest, plans: Sequence[JobPlan], *, actions: Iterable[str], now: datetime
    ) -> None:
        """Accept a request with its jobs, all at once."""
        with self.transaction():
            self._db.execute(
                "UPDATE requests SET pipeline = ? WHERE id = ?", [json.dumps(list(actions)), request.id]
            )
            for position, plan in enumerate(plans):
                self._db.execute(
                    "INSERT INTO jobs (id, request, workspace, action, position, plan, content_key, state, reason, "
                    "message, queued_at, environment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        plan.id,
                        request.id,
                        request.workspace,
                        plan.action,
                        position,
                        plan.to_json(),
                        plan.content_key,
                        JobState.WAITING,
                        Reason.WAITING_FOR_PLACE.code,
                        Reason.WAITING_FOR_PLACE.words,
                        clock.to_text(now),
                        f"{plan.environment} sha256:{plan.environment_digest}",
                    ],
                )
            self.move_request(request.id, RequestState.ACCEPTED)
            if not plans:
                words = "Everything was already done at this commit; ask for it with force to run it again"
                self.move_request(request.id, RequestState.SUCCEEDED, reason="already_done", message=words)

    def active_jobs(self) -> list[JobRecord]:
        """Return all jobs that are not over, oldest request first, needs before what needs them."""
        marks = ", ".join("?" * len(FINAL))
        rows = self._db.execute(
            f"SELECT * FROM jobs WHERE state NOT IN ({marks}) "  # noqa: S608 (marks only)
            "ORDER BY (SELECT entry FROM requests WHERE requests.id = jobs.request), position",
            list(FINAL),
        )
        return [JobRecord.from_row(row) for row in rows]

    def jobs_of(self, request: str) -> list[JobRecord]:
        """Return the jobs of one request in order."""
        rows = self._db.execute("SELECT * FROM jobs WHERE request = ? ORDER BY position", [request])
        return [JobRecord.from_row(row) for row in rows]

    def job(self, id_: str) -> JobRecord | None:
        """Return one job, or None."""
        row = self._db.execute("SELECT * FROM jobs WHERE id = ?", [id_]).fetchone()
        return None if row is None else JobRecord.from_row(row)

    def newest_success(self, workspace: str, action: str) -> JobRecord | None:
        """Return the newest job of an action that succeeded in a workspace, or None."""
        row = self._db.execute(
            "SELECT * FROM jobs WHERE workspace = ? AND action = ? AND state = ? ORDER BY finished_at DESC LIMIT 1",
            [workspace, action, JobState.SUCCEEDED],
        ).fetchone()
        return None if row is None else JobRecord.from_row(row)

    def move_job(
        self,
        id_: str,
        to: JobState,
        reason: Reason,
        *,
        now: datetime,
        message: str | None = None,
        **facts: Any,
    ) -> None:
        """Move a job, or only say why it stays. The only place that does; illegal moves raise IntegrityError."""
        columns: dict[str, Any] = {
            "state": to,
            "reason": reason.code,
            "message": message or reason.words,
            **facts,
        }
        if to is JobState.RUNNING:
            columns["started_at"] = clock.to_text(now)
        if to in FINAL:
            columns["finished_at"] = clock.to_text(now)
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE jobs SET {sets}, sequence = sequence + 1 WHERE id = ?",  # noqa: S608 (names are ours)
            [*columns.values(), id_],
        )

    def files(self, workspace: str) -> list[FileRecord]:
        """Return the current outputs of a workspace, by path."""
        rows = self._db.execute("SELECT * FROM files WHERE workspace = ? ORDER BY path", [workspace])
        return [
            FileRecord(**{**{name: row[name] for name in FILE_FIELDS}, "level": PrivacyLevel(row["level"])})
            for row in rows
        ]

    def save_files(self, workspace: str, records: Iterable[FileRecord]) -> None:
        """Make these the current versions of their paths."""
        names = ", ".join(FILE_FIELDS)
        marks = ", ".join("?" * (len(FILE_FIELDS) + 1))
        self._db.executemany(
            f"INSERT OR REPLACE INTO files (workspace, {names}) VALUES ({marks})",  # noqa: S608 (names are ours)
            [(workspace, *astuple(record)) for record in records],
        )
        self._db.execute("INSERT OR IGNORE INTO stale_manifests VALUES (?)", [workspace])

    def save_log(self, workspace: str, record: LogRecord) -> None:
        """Make this the newest log of its action."""
        self._db.execute(
            "INSERT OR REPLACE INTO logs VALUES (?, ?, ?, ?, ?, ?)",
            [workspace, record.action, record.job, record.state, record.size, record.sha256],
        )
        self._db.execute("INSERT OR IGNORE INTO stale_manifests VALUES (?)", [workspace])

    def logs(self, workspace: str) -> list[LogRecord]:
        """Return the newest log of each action of a workspace."""
        rows = self._db.execute("SELECT * FROM logs WHERE workspace = ? ORDER BY action", [workspace])
        return [
            LogRecord(row["action"], row["job"], row["state"], row["size"], row["sha256"]) for row in rows
        ]

    def newest_request(self, workspace: str) -> RequestRecord:
        """Return the newest accepted request of a workspace."""
        row = self._db.execute(
            "SELECT * FROM requests WHERE workspace = ? AND pipeline <> '[]' ORDER BY entry DESC LIMIT 1",
            [workspace],
        ).fetchone()
        return RequestRecord.from_row(row)

    def stale_manifests(self) -> list[str]:
        """Return the workspaces whose manifest is to be written."""
        return [row["workspace"] for row in self._db.execute("SELECT workspace FROM stale_manifests")]

    def manifest_written(self, workspace: str) -> None:
        """Note that the manifest is up to date."""
        self._db.execute("DELETE FROM stale_manifests WHERE workspace = ?", [workspace])

    def unreported(self) -> tuple[list[RequestRecord], list[JobRecord]]:
        """Return what the server does not know yet; requests before their jobs."""
        requests = self._db.execute(
            "SELECT * FROM requests WHERE reported < sequence ORDER BY entry LIMIT 500"
        )
        jobs = self._db.execute(
            "SELECT * FROM jobs WHERE reported < sequence ORDER BY queued_at, position LIMIT 2000"
        )
        return [RequestRecord.from_row(row) for row in requests], [JobRecord.from_row(row) for row in jobs]

    def mark_reported(self, requests: Iterable[RequestRecord], jobs: Iterable[JobRecord]) -> None:
        """Note what the server acknowledged; what changed since is still to be told."""
        with self.transaction():
            for one in requests:
                self._db.execute(
                    "UPDATE requests SET reported = ? WHERE id = ?", [one.sequence, one.request.id]
                )
            for job in jobs:
                self._db.execute("UPDATE jobs SET reported = ? WHERE id = ?", [job.sequence, job.id])
