"""Take what a runner reports: newest wins, nothing goes back, and what matters goes into the ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.ledger import Kind
from armslength.server.features.ledger.actions import record, recording
from armslength.server.features.requests import rules
from armslength.server.models import Backend, Job, JobRequest
from armslength.server.models.requests import OVER
from armslength.wire.jobs import JobReport, JobState, RequestReport, RequestState, StateReport

NOT_STARTED = frozenset({JobState.WAITING, JobState.PREPARING})


@dataclass
class Outcome:
    """How many reports changed something, and which were set aside and why."""

    changed: int = 0
    set_aside: list[dict[str, str]] = field(default_factory=list)

    def put_aside(self, identifier: str, why: str) -> None:
        """Note that one report changed nothing."""
        self.set_aside.append({"id": identifier, "why": why})


def take_report(report: StateReport, *, backend: Backend, now: datetime) -> Outcome:
    """Apply a report of one backend in one transaction. S040 when it speaks of what is not this backend's."""
    if report.backend != backend.slug:
        raise Mistake(
            "S040",
            f"this token speaks for `{backend.slug}`, not for `{report.backend}`",
            where="backend",
            exit_status=403,
        )
    outcome = Outcome()
    with recording():
        known = _requests_of(report, backend)
        for request_report in report.requests:
            if not _is_over(request_report.state):
                _take_request(known[request_report.id], request_report, outcome, now=now)
        for job_report in report.jobs:
            _take_job(known[job_report.request], job_report, outcome, now=now)
        # Endings after the jobs, so that the ledger's entry about the end counts how each job ended.
        for request_report in report.requests:
            if _is_over(request_report.state):
                _take_request(known[request_report.id], request_report, outcome, now=now)
    return outcome


def _is_over(state: RequestState) -> bool:
    return state in OVER


def _requests_of(report: StateReport, backend: Backend) -> dict[str, JobRequest]:
    wanted = {item.id for item in report.requests} | {item.request for item in report.jobs}
    known = (
        JobRequest.objects.filter(backend=backend)
        .select_related("workspace__project", "backend")
        .in_bulk(list(wanted))
    )
    if unknown := sorted(wanted - known.keys()):
        raise Mistake(
            "S041", f"this backend has no request `{unknown[0]}`", where=unknown[0], exit_status=404
        )
    return known


def _take_request(request: JobRequest, report: RequestReport, outcome: Outcome, *, now: datetime) -> None:
    if report.sequence <= request.sequence:
        return
    if reason := rules.why_not_request_move(RequestState(request.state), report.state):
        outcome.put_aside(request.pk, reason)
        return
    moved = request.state != report.state
    request.state, request.sequence = report.state, report.sequence
    request.reason, request.message = report.reason, report.message
    if moved:
        request.answered_at = request.answered_at or now
        if request.is_over:
            request.finished_at = now
        _record(request, report.state, now=now, reason=report.reason, message=report.message)
    request.save(update_fields=["state", "sequence", "reason", "message", "answered_at", "finished_at"])
    outcome.changed += 1


def _take_job(request: JobRequest, report: JobReport, outcome: Outcome, *, now: datetime) -> None:
    job = Job.objects.filter(pk=report.id).first()
    if job is None:
        job = Job(id=report.id, request=request, action=report.action)
    elif (job.request_id, job.action) != (request.pk, report.action):
        outcome.put_aside(report.id, "this id belongs to another job")
        return
    elif report.sequence <= job.sequence:
        return
    elif reason := rules.why_not_job_move(JobState(job.state), report.state):
        outcome.put_aside(report.id, reason)
        return
    first_start = report.state not in NOT_STARTED and not request.jobs.exclude(state__in=NOT_STARTED).exists()
    for name in _COPIED:
        setattr(job, name, getattr(report, name))
    job.needs, job.reported_at = list(report.needs), now
    job.save()
    if first_start and report.started_at:
        _record(request, "started", now=now)
    outcome.changed += 1


_COPIED = (
    "state", "reason", "message", "attempt", "sequence", "queued_at", "started_at", "finished_at", "environment",
    "peak_memory_bytes", "output_count",
)  # fmt: skip


def _record(request: JobRequest, what: str, *, now: datetime, reason: str = "", message: str = "") -> None:
    body: dict[str, Any] = {
        "request": request.pk,
        "project": request.workspace.project.slug,
        "workspace": request.workspace.name,
        "commit": request.commit,
        "state": str(what),
    }
    if reason:
        body |= {"reason": reason, "message": message}
    if request.is_over:
        body["jobs"] = dict(Counter(str(state) for state in request.jobs.values_list("state", flat=True)))
    record(
        Kind.RUN, actor=f"backend:{request.backend.slug}", subject=f"request:{request.pk}", body=body, at=now
    )
