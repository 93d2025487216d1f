"""What pages and feeds ask about requests and jobs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from armslength.server.models import Job, JobRequest
from armslength.wire.jobs import FINAL, JobState

SILENT_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Filters:
    """How the public log is narrowed."""

    project: str = ""
    workspace: str = ""
    backend: str = ""
    state: str = ""
    person: str = ""
    search: str = ""

    @classmethod
    def from_query(cls, query: Any) -> Filters:
        """Read the filters from the query of an address."""
        return cls(**{name: query.get(name, "").strip()[:200] for name in cls.__dataclass_fields__})


def requests_matching(filters: Filters) -> QuerySet[JobRequest]:
    """Return requests, newest first."""
    found = JobRequest.objects.select_related("workspace__project", "requested_by", "backend")
    exact = {
        "workspace__project__slug": filters.project,
        "workspace__name": filters.workspace,
        "backend__slug": filters.backend,
        "state": filters.state,
        "requested_by__username": filters.person,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.search:
        found = found.filter(
            Q(pk=filters.search)
            | Q(commit__startswith=filters.search.lower())
            | Q(jobs__action__icontains=filters.search)
        ).distinct()
    return found


@dataclass(frozen=True)
class Bar:
    """One job in the picture of a request: where its waiting and its running begin and end, in the picture's units."""

    job: Job
    y: int
    wait_x: float
    wait_width: float
    run_x: float
    run_width: float
    tone: str


@dataclass(frozen=True)
class Picture:
    """Jobs over time: one lane each."""

    bars: list[Bar]
    height: int
    ticks: list[tuple[float, str]]


LANE, LEFT, WIDTH = 30, 190, 600


def picture_of(jobs: list[Job], *, now: datetime) -> Picture:
    """Return when each job waited and ran, as a drawing of LEFT + WIDTH units across."""
    begun = min(job.queued_at for job in jobs)  # by the runner's clock, like everything in the picture
    ends = [job.finished_at or now for job in jobs]
    whole = max((max(ends, default=now) - begun).total_seconds(), 1.0)

    def across(moment: datetime) -> float:
        return round(LEFT + WIDTH * min(max((moment - begun).total_seconds() / whole, 0.0), 1.0), 1)

    bars = []
    for lane, job in enumerate(jobs):
        end = job.finished_at or now
        started = job.started_at or end
        run_x, run_end = across(started), across(end)
        bars.append(
            Bar(
                job=job,
                y=lane * LANE,
                wait_x=across(job.queued_at),
                wait_width=max(run_x - across(job.queued_at), 0.0),
                run_x=run_x,
                run_width=max(run_end - run_x, 3.0) if job.started_at else 0.0,
                tone=_tone(job),
            )
        )
    return Picture(bars, len(jobs) * LANE, [(LEFT, "0"), (LEFT + WIDTH, _length(whole))])


def _tone(job: Job) -> str:
    tones = {JobState.SUCCEEDED: "good", JobState.FAILED: "bad", JobState.CANCELLED: "quiet"}
    return tones.get(JobState(job.state), "active")


def _length(seconds: float) -> str:
    from armslength.web.templatetags.components import duration

    return duration(timedelta(seconds=seconds))


def in_order(jobs: list[Job]) -> list[Job]:
    """Return jobs so that each comes after those it needs."""
    needs = {job.action: job.needs for job in jobs}
    depth: dict[str, int] = {}

    def depth_of(action: str, seen: frozenset[str]) -> int:
        if action not in depth:
            onward = [need for need in needs.get(action, ()) if need in needs and need not in seen]
            depth[action] = 1 + max((depth_of(need, seen | {action}) for need in onward), default=0)
        return depth[action]

    return sorted(jobs, key=lambda job: (depth_of(job.action, frozenset()), job.queued_at, job.action))


def progress_of(jobs: list[Job]) -> tuple[int, int]:
    """Return how many jobs are over, and how many there are."""
    return sum(job.state in FINAL for job in jobs), len(jobs)


def counts_of(jobs: list[Job]) -> dict[str, int]:
    """Return how many jobs are in each state."""
    return dict(Counter(job.state for job in jobs))


def is_silent(request: JobRequest, *, now: datetime) -> bool:
    """Say whether a request that is not over has had no word from inside for a long time."""
    heard = request.backend.runner_seen_at
    return not request.is_over and (heard is None or now - heard > SILENT_AFTER)


def steps_of(request: JobRequest, jobs: list[Job]) -> list[dict[str, Any]]:
    """Return what happened to a request, for a timeline."""
    steps: list[dict[str, Any]] = [
        {
            "title": "Asked for",
            "at": request.requested_at,
            "actor": request.requested_by.name,
            "href": f"/ledger/entries/{request.entry_index}",
            "tone": "neutral",
        }
    ]
    if request.answered_at:
        refused = request.state == "refused"
        title = "Refused inside" if refused else "Checked and accepted inside"
        steps.append({"title": title, "at": request.answered_at, "tone": "bad" if refused else "active"})
    if started := min((job.started_at for job in jobs if job.started_at), default=None):
        steps.append({"title": "First job started", "at": started, "tone": "active"})
    if request.cancelled_at and request.cancelled_by:
        steps.append(
            {
                "title": "Asked to stop",
                "at": request.cancelled_at,
                "actor": request.cancelled_by.name,
                "href": f"/ledger/entries/{request.cancel_entry_index}",
                "tone": "warn",
            }
        )
    if request.finished_at and request.state != "refused":
        tone = {"succeeded": "good", "failed": "bad"}.get(request.state, "quiet")
        steps.append({"title": request.state.capitalize(), "at": request.finished_at, "tone": tone})
    # In the order of what can follow what, not by time: two machines with two clocks speak here.
    return steps


def last_states(workspace_id: int) -> dict[str, Job]:
    """Return the newest job of each action of a workspace."""
    jobs = Job.objects.filter(request__workspace_id=workspace_id).order_by("queued_at")
    return {job.action: job for job in jobs}
