"""Ask for a run, stop it: each a change and a ledger entry in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.ledger import Kind
from armslength.pipeline.graph import requested_actions
from armslength.pipeline.reading import read_pipeline
from armslength.server.access import refuse
from armslength.server.features.ledger.actions import record, recording
from armslength.server.features.requests import rules
from armslength.server.features.requests.repository import Head
from armslength.server.models import JobRequest, Person, Workspace
from armslength.wire.jobs import Cancellation
from armslength.wire.jobs import JobRequest as RequestMessage


@dataclass(frozen=True)
class Wish:
    """What a person asks for: these actions at this head; `force` also what is done already."""

    head: Head
    actions: Sequence[str]
    force: bool = False


def make_request(workspace: Workspace, *, wish: Wish, by: Person, now: datetime) -> JobRequest:
    """Put a request into the ledger, where the runner finds it. Unknown actions are Mistakes of the pipeline."""
    refuse(rules.why_not_run(by, workspace=workspace))
    actions = requested_actions(read_pipeline(wish.head.pipeline), wish.actions)
    message = _message(workspace, wish=wish, actions=actions, by=by, now=now)
    with recording():
        entry = record(
            Kind.REQUEST,
            actor=by.username,
            subject=f"request:{message.id}",
            body=message.model_dump(mode="json"),
            at=now,
        )
        return JobRequest.objects.create(
            id=message.id,
            workspace=workspace,
            backend=workspace.backend,
            repository=message.repository,
            branch=message.branch,
            commit=message.commit,
            commit_subject=wish.head.subject,
            actions=list(message.actions),
            force=message.force,
            pipeline=wish.head.pipeline,
            requested_by=by,
            requested_at=now,
            entry_index=entry.index,
        )


def _message(
    workspace: Workspace, *, wish: Wish, actions: Sequence[str], by: Person, now: datetime
) -> RequestMessage:
    try:
        return RequestMessage(
            id=new_id(),
            backend=workspace.backend.slug,
            project=workspace.project.slug,
            workspace=workspace.name,
            repository=workspace.repository,
            branch=workspace.branch,
            commit=wish.head.commit,
            actions=tuple(actions),
            force=wish.force,
            requested_by=by.username,
            requested_at=now,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Mistake(
            "S036", f"this cannot be asked of a runner: {field}: {first['msg']}", where=field
        ) from None


def cancel_request(request: JobRequest, *, by: Person, now: datetime) -> JobRequest:
    """Ask the runner to stop what still runs. It may finish first; its answer decides the state."""
    with recording():
        request = JobRequest.objects.select_related("workspace__project", "backend").get(pk=request.pk)
        refuse(rules.why_not_cancel(by, request=request))
        message = Cancellation(
            request=request.pk, backend=request.backend.slug, cancelled_by=by.username, cancelled_at=now
        )
        entry = record(
            Kind.CANCEL,
            actor=by.username,
            subject=f"request:{request.pk}",
            body=message.model_dump(mode="json"),
            at=now,
        )
        request.cancelled_by, request.cancelled_at, request.cancel_entry_index = by, now, entry.index
        request.save(update_fields=["cancelled_by", "cancelled_at", "cancel_entry_index"])
    return request
