"""Sign-in, events and releases, as airlock and server tell one another."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from armslength.wire.message import (
    Commit,
    Id,
    JsonObject,
    Message,
    Moment,
    OutputPath,
    Person,
    SafeText,
    Sha256,
    Slug,
)


class SignIn(Message):
    """POST /api/v1/airlock/sign-in: a person inside presents the single-use token the server gave them."""

    username: Person
    token: Annotated[str, Field(min_length=8, max_length=200)]


class WorkspaceGrant(Message):
    """One workspace a person may see inside."""

    workspace: Slug
    project: Slug
    project_title: Annotated[str, Field(max_length=300)]
    ongoing: bool  # the project is approved and not finished, so requests may be made


class Identity(Message):
    """Who this is and what they may do: the answer to a sign-in or to GET /api/v1/airlock/people/USERNAME."""

    username: Person
    name: Annotated[str, Field(max_length=300)]
    output_checker: bool
    workspaces: Annotated[tuple[WorkspaceGrant, ...], Field(max_length=10000, strict=False)] = ()


class EventKind(StrEnum):
    """What people do inside that the public ledger records. Names of unreleased files never cross."""

    VIEW = "view"
    REQUEST_CREATE = "release_request_create"
    REQUEST_SUBMIT = "release_request_submit"
    REQUEST_WITHDRAW = "release_request_withdraw"
    REQUEST_RETURN = "release_request_return"
    REQUEST_REJECT = "release_request_reject"
    VOTE = "vote"
    REVIEW_SUBMIT = "review_submit"
    RELEASE = "release"


class Event(Message):
    """One thing a person did inside the secure environment."""

    id: Id
    kind: EventKind
    actor: Person
    at: Moment
    workspace: Slug
    release_request: Id | None = None
    file_sha256: Sha256 | None = None  # which file, without its name
    vote: Annotated[str, Field(pattern=r"^(approved|changes_requested|undecided)$")] | None = None


class EventBatch(Message):
    """POST /api/v1/airlock/events. Safe to send twice: the server knows events by id."""

    version: Literal[1] = 1
    backend: Slug
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=500, strict=False)]


class Receipt(Message):
    """One ledger entry made from something sent, with the proof that it is in the ledger."""

    id: Id
    entry: JsonObject
    inclusion: JsonObject
    head: JsonObject


class Receipts(Message):
    """The server's answer to a batch of events, in the same order."""

    receipts: Annotated[tuple[Receipt, ...], Field(max_length=500, strict=False)]


class ReleasedFile(Message):
    """One file that two people agreed may leave."""

    path: OutputPath
    sha256: Sha256
    size: Annotated[int, Field(ge=0, le=16 * 2**20)]
    action: Annotated[str, Field(max_length=200)] = ""
    job: Id | None = None
    commit: Commit | None = None


class Release(Message):
    """POST /api/v1/releases: announce a release; then PUT each file to /api/v1/releases/ID/files/PATH.

    Idempotent by id: the same release may be announced and uploaded again after a lost connection; a
    different one under the same id is refused.
    """

    version: Literal[1] = 1
    id: Id
    backend: Slug
    workspace: Slug
    author: Person
    reviewers: Annotated[tuple[Person, Person], Field(strict=False)]
    released_by: Person
    released_at: Moment
    summary: SafeText = ""
    files: Annotated[tuple[ReleasedFile, ...], Field(min_length=1, max_length=5000, strict=False)]


class ReleaseProgress(Message):
    """The server's answer: which files are still to be uploaded. Complete when none is left."""

    id: Id
    missing: Annotated[tuple[OutputPath, ...], Field(max_length=5000, strict=False)] = ()
    receipt: Receipt | None = None
