"""Why actions cannot be run, why a request cannot be stopped, and what a report may change."""

from __future__ import annotations

from armslength.policy.roles import Permission
from armslength.server import access
from armslength.server.models import JobRequest, Person, Workspace
from armslength.wire.jobs import FINAL, MOVES, JobState, RequestState


def why_not_run(person: access.Visitor, *, workspace: Workspace) -> str | None:
    """Return None, or why this person cannot ask for runs in this workspace."""
    if reason := access.why_not(person, Permission.JOB_RUN, project=workspace.project):
        return reason
    if workspace.archived_at:
        return "This workspace is archived"
    if workspace.backend.paused_because:
        return f"{workspace.backend.name} takes no requests: {workspace.backend.paused_because}"
    return None


def why_not_cancel(person: access.Visitor, *, request: JobRequest) -> str | None:
    """Return None, or why this person cannot stop a request. Whoever asked may always stop it."""
    if request.is_over:
        return "Nothing of it is left to stop"
    if request.cancelled_at:
        return "It is being stopped already"
    if isinstance(person, Person) and person.pk == request.requested_by_id:
        return None
    return access.why_not(person, Permission.JOB_CANCEL, project=request.workspace.project)


def _reachable(state: JobState) -> frozenset[JobState]:
    found: set[JobState] = set()
    ahead = [state]
    while ahead:
        for onward in MOVES[ahead.pop()] - found:
            found.add(onward)
            ahead.append(onward)
    return frozenset(found)


# A report tells the present state, not each step: whatever can be reached may follow.
MAY_FOLLOW: dict[JobState, frozenset[JobState]] = {state: _reachable(state) | {state} for state in JobState}
REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.SUBMITTED: frozenset(RequestState),
    RequestState.ACCEPTED: frozenset(
        {RequestState.ACCEPTED, RequestState.SUCCEEDED, RequestState.FAILED, RequestState.CANCELLED}
    ),
    **{
        state: frozenset({state})
        for state in (
            RequestState.REFUSED,
            RequestState.SUCCEEDED,
            RequestState.FAILED,
            RequestState.CANCELLED,
        )
    },
}


def why_not_job_move(old: JobState, new: JobState) -> str | None:
    """Return None, or why a job in one state cannot be reported in another."""
    if new in MAY_FOLLOW[old]:
        return None
    return f"a job that is {old} cannot become {new}" + (", for it is over" if old in FINAL else "")


def why_not_request_move(old: RequestState, new: RequestState) -> str | None:
    """Return None, or why a request in one state cannot be reported in another."""
    return None if new in REQUEST_MOVES[old] else f"a request that is {old} cannot become {new}"
