"""Requests, jobs and their states, as server and runner tell one another.

A request is read *from its ledger entry*: what the public can see is what the runner does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from armslength.wire.message import ActionId, Commit, Id, JsonObject, Message, Moment, Person, SafeText, Slug


class JobState(StrEnum):
    """Where one job stands. This is the only list; MOVES says what may follow what."""

    WAITING = "waiting"  # accepted by the runner; for a dependency or for a free place
    PREPARING = "preparing"  # its code and inputs are being laid out
    RUNNING = "running"  # its program runs in the sandbox
    FINALIZING = "finalizing"  # its outputs are being collected and levelled
    SUCCEEDED = "succeeded"  # outputs collected
    FAILED = "failed"  # ended without its outputs; the reason is recorded
    CANCELLED = "cancelled"  # stopped because somebody asked


MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.WAITING: frozenset({JobState.PREPARING, JobState.FAILED, JobState.CANCELLED}),
    JobState.PREPARING: frozenset({JobState.RUNNING, JobState.WAITING, JobState.FAILED, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({JobState.FINALIZING, JobState.WAITING, JobState.FAILED, JobState.CANCELLED}),
    JobState.FINALIZING: frozenset({JobState.SUCCEEDED, JobState.FAILED}),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
FINAL = frozenset(state for state, onward in MOVES.items() if not onward)


class RequestState(StrEnum):
    """Where one job request stands."""

    SUBMITTED = "submitted"  # in the ledger; the runner has not answered
    ACCEPTED = "accepted"  # the runner planned its jobs
    REFUSED = "refused"  # the runner's own policy says no; the reason is recorded
    SUCCEEDED = "succeeded"  # every job succeeded
    FAILED = "failed"  # at least one job failed, none is left to run
    CANCELLED = "cancelled"  # stopped because somebody asked


class JobRequest(Message):
    """Run these actions of this commit on this backend."""

    version: Literal[1] = 1
    id: Id
    backend: Slug
    project: Slug
    workspace: Slug
    repository: Annotated[str, Field(min_length=1, max_length=500)]
    branch: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$")]
    commit: Commit
    actions: Annotated[tuple[ActionId, ...], Field(min_length=1, max_length=2000, strict=False)]
    force: bool = False  # run also what is already done
    requested_by: Person
    requested_at: Moment


class Cancellation(Message):
    """Stop what still runs of this request."""

    version: Literal[1] = 1
    request: Id
    backend: Slug
    cancelled_by: Person
    cancelled_at: Moment


class WorkItem(Message):
    """One ledger entry (kind `request` or `cancel`) with the proof that it is in the ledger.

    Only `armslength.ledger` reads `entry` and `inclusion`; the runner trusts nothing it has not proved.
    """

    entry: JsonObject
    inclusion: JsonObject


class Work(Message):
    """The server's answer to a poll: GET /api/v1/runner/work?known_size=N&after=INDEX.

    `head` is the signed head of the ledger, `consistency` proves that the log of `known_size` entries
    is a beginning of it. Items are the backend's entries that are not finished, oldest first.
    """

    version: Literal[1] = 1
    head: JsonObject
    consistency: JsonObject
    items: Annotated[tuple[WorkItem, ...], Field(max_length=200, strict=False)] = ()
    more: bool = False


class JobReport(Message):
    """The present state of one job. Nothing here comes from the data: an allow list of fields (S15)."""

    id: Id
    request: Id
    action: ActionId
    needs: Annotated[tuple[ActionId, ...], Field(max_length=2000, strict=False)] = ()
    state: JobState
    reason: Annotated[str, Field(max_length=100)] = (
        ""  # a stable code from runner.lifecycle, such as `dependency_failed`
    )
    message: SafeText = ""  # the code in words; never study output
    attempt: Annotated[int, Field(ge=1, le=100)] = 1
    sequence: Annotated[int, Field(ge=0)]  # grows with every change; an older report is ignored
    queued_at: Moment
    started_at: Moment | None = None
    finished_at: Moment | None = None
    environment: Annotated[str, Field(max_length=200)] = ""  # such as `python:v2 sha256:…`
    peak_memory_bytes: Annotated[int, Field(ge=0)] | None = None
    output_count: Annotated[int, Field(ge=0)] = 0  # level 4 outputs that passed; names stay inside


class RequestReport(Message):
    """The runner's answer to a request: accepted, refused with a reason, or finished."""

    id: Id
    state: RequestState
    reason: Annotated[str, Field(max_length=100)] = ""
    message: SafeText = ""
    sequence: Annotated[int, Field(ge=0)]


class StateReport(Message):
    """What changed since the last report: POST /api/v1/runner/report. Safe to send twice."""

    version: Literal[1] = 1
    backend: Slug
    requests: Annotated[tuple[RequestReport, ...], Field(max_length=500, strict=False)] = ()
    jobs: Annotated[tuple[JobReport, ...], Field(max_length=5000, strict=False)] = ()
