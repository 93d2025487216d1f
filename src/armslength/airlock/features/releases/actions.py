"""Letting files leave: the decision here, the delivery in `airlock.outbox`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from armslength.airlock.features.releases.rules import why_not_release
from armslength.airlock.features.requests.queries import content_of
from armslength.airlock.features.reviews.queries import facts_for
from armslength.airlock.lifecycle import move
from armslength.airlock.models import OutboxFile, OutboxRelease, ReleaseRequest, RequestFile
from armslength.airlock.models.records import Audience, Deed
from armslength.airlock.models.states import FileKind, Owner, State
from armslength.airlock.record import What, backend, record
from armslength.airlock.refusals import refuse_if
from armslength.wire.releases import Identity, Release, ReleasedFile


def release_request(person: Identity, request: ReleaseRequest, *, now: datetime) -> OutboxRelease:
    """Decide that the outputs of a request leave, and put them into the outbox, all in one transaction."""
    with transaction.atomic():
        request.refresh_from_db()
        refuse_if(why_not_release(person, request, facts_for(person, request)), status=409)
        outputs = list(request.files.filter(kind=FileKind.OUTPUT))
        for file in outputs:
            content_of(file)  # hashed again: what two people approved is what lies in storage now
        message = _message(person, request, outputs, now=now)
        release = OutboxRelease.objects.create(request=request, message=message.to_json(), created_at=now)
        OutboxFile.objects.bulk_create(
            OutboxFile(release=release, path=file.path, sha256=file.sha256, size=file.size)
            for file in outputs
        )
        request.released_by = person.username
        move(request, to=State.APPROVED, owner=Owner.REVIEWER, now=now)
        what = What(request=request, detail={"files": len(outputs), "reviewers": list(message.reviewers)})
        record(Deed.RELEASE, by=person.username, now=now, what=what)
    return release


def _message(
    person: Identity, request: ReleaseRequest, outputs: list[RequestFile], *, now: datetime
) -> Release:
    reviewers = list(request.reviews.filter(turn=request.turn).values_list("reviewer", flat=True))
    return Release(
        id=request.id,
        backend=backend(),
        workspace=request.workspace,
        author=request.author,
        # An objection of a third reviewer would have stopped the release: every submitted review approved.
        reviewers=(reviewers[0], reviewers[1]),
        released_by=person.username,
        released_at=now,
        files=tuple(
            ReleasedFile(
                path=file.path,
                sha256=file.sha256,
                size=file.size,
                action=file.action,
                job=file.job,
                commit=file.commit,
            )
            for file in outputs
        ),
    )


def mark_uploaded(release: OutboxRelease, file: OutboxFile, *, now: datetime) -> None:
    """Note that the server has the bytes of one file."""
    with transaction.atomic():
        file.uploaded_at = now
        file.save(update_fields=["uploaded_at"])
        what = What(request=release.request, path=file.path, sha256=file.sha256, audience=Audience.MEMBERS)
        record(Deed.FILE_UPLOAD, by="airlock", now=now, what=what)


def mark_released(release: OutboxRelease, *, receipt: str, ledger_index: int, now: datetime) -> None:
    """Note that the server has proved that the release is complete and in the public ledger."""
    request = release.request
    with transaction.atomic():
        release.completed_at, release.receipt, release.ledger_index = now, receipt, ledger_index
        release.save(update_fields=["completed_at", "receipt", "ledger_index"])
        move(request, to=State.RELEASED, owner=Owner.SYSTEM, now=now)
        what = What(request=request, detail={"ledger_index": ledger_index})
        record(Deed.REQUEST_RELEASED, by="airlock", now=now, what=what)
