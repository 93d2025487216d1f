"""Rows of the job database, as values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from armslength.kernel import clock
from armslength.pipeline.model import PrivacyLevel
from armslength.runner.outputs import Pattern
from armslength.wire.jobs import JobReport, JobRequest, JobState, RequestReport, RequestState


@dataclass(frozen=True)
class JobPlan:
    """What a job will do, fixed when its request is accepted."""

    id: str
    action: str
    needs: tuple[str, ...]
    inputs_from: Mapping[str, str]  # needed action: the job whose outputs are read
    argv: tuple[str, ...]
    environment: str
    environment_digest: str
    patterns: tuple[Pattern, ...]
    reads_database: bool
    data_permissions: tuple[str, ...]
    content_key: str
    memory_megabytes: int
    minutes: int
    processes: int
    disk_megabytes: int
    image: str = ""  # pinned by its digest, where the job runs in a container
    required_restrictions: tuple[str, ...] = ()  # rules about people without which the database is not asked
    reusable: bool = False  # its program is of another repository, whose code it sees in place of the study's

    def to_json(self) -> str:
        """Write the plan."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> JobPlan:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        fields["patterns"] = tuple(
            Pattern(one["pattern"], PrivacyLevel(one["level"])) for one in fields["patterns"]
        )
        for name in ("needs", "argv", "data_permissions", "required_restrictions"):
            fields[name] = tuple(fields.get(name, ()))
        return cls(**fields)


@dataclass(frozen=True)
class RequestRecord:
    """One request as the runner knows it."""

    request: JobRequest
    entry: int
    state: RequestState
    reason: str
    message: str
    sequence: int
    cancel: bool
    pipeline: tuple[str, ...]  # the actions of its project.yaml

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> RequestRecord:
        """Read a row."""
        return cls(
            JobRequest.model_validate_json(row["body"]),
            row["entry"],
            RequestState(row["state"]),
            row["reason"],
            row["message"],
            row["sequence"],
            bool(row["cancel"]),
            tuple(json.loads(row["pipeline"])),
        )

    def report(self) -> RequestReport:
        """Return what the server is told."""
        return RequestReport(
            id=self.request.id,
            state=self.state,
            reason=self.reason,
            message=self.message,
            sequence=self.sequence,
        )


@dataclass(frozen=True)
class JobRecord:
    """One job as the runner knows it."""

    plan: JobPlan
    request: str
    workspace: str
    position: int
    state: JobState
    reason: str
    message: str
    attempt: int
    sequence: int
    facts: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.plan.id

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> JobRecord:
        """Read a row."""
        names = ("queued_at", "started_at", "finished_at", "environment", "peak_memory_bytes", "output_count")
        return cls(
            JobPlan.from_json(row["plan"]),
            row["request"],
            row["workspace"],
            row["position"],
            JobState(row["state"]),
            row["reason"],
            row["message"],
            row["attempt"],
            row["sequence"],
            {name: row[name] for name in names},
        )

    def report(self) -> JobReport:
        """Return what the server is told: an allow list, with nothing from the data (S15)."""
        started, finished = self.facts["started_at"], self.facts["finished_at"]
        return JobReport(
            id=self.id,
            request=self.request,
            action=self.plan.action,
            needs=self.plan.needs,
            state=self.state,
            reason=self.reason,
            message=self.message,
            attempt=self.attempt,
            sequence=self.sequence,
            queued_at=clock.from_text(self.facts["queued_at"]),
            started_at=clock.from_text(started) if started else None,
            finished_at=clock.from_text(finished) if finished else None,
            environment=self.facts["environment"],
            peak_memory_bytes=self.facts["peak_memory_bytes"],
            output_count=self.facts["output_count"],
        )


@dataclass(frozen=True)
class FileRecord:
    """The current version of one output of a workspace."""

    path: str
    job: str
    action: str
    level: PrivacyLevel
    size: int
    sha256: str
    created_at: str
    excluded: str = ""  # why it is not at level 4; only for moderately sensitive files
    shown_size: int | None = None  # of what lies at level 4: the file, or the note in its place
    shown_sha256: str | None = None
    row_count: int | None = None
    column_count: int | None = None


@dataclass(frozen=True)
class LogRecord:
    """The level 4 log of the newest run of an action."""

    action: str
    job: str
    state: str
    size: int
    sha256: str
