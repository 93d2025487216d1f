"""Take the events of an airlock into the ledger, each once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from armslength.kernel.errors import Mistake
from armslength.ledger import Entry, Kind
from armslength.ledger.entries import from_json
from armslength.server.features.ledger.actions import ledger, record, recording
from armslength.server.features.ledger.queries import receipt
from armslength.server.models import Backend, InsideEvent, LedgerEntry, Person, Workspace
from armslength.wire.releases import Event, EventBatch, EventKind, Receipts


def take_events(batch: EventBatch, *, backend: Backend, now: datetime) -> Receipts:
    """Record every event of the batch that is new, and return the proof for each, in the same order."""
    if batch.backend != backend.slug:
        raise Mistake(
            "S040",
            f"this token speaks for `{backend.slug}`, not for `{batch.backend}`",
            where="backend",
            exit_status=403,
        )
    with recording():
        workspaces = Workspace.objects.filter(backend=backend).in_bulk(
            list({event.workspace for event in batch.events}), field_name="name"
        )
        people = set(
            Person.objects.filter(username__in={event.actor for event in batch.events}).values_list(
                "username", flat=True
            )
        )
        entries = []
        for event in batch.events:
            _check_names(event, workspaces, people)
            entries.append(_take(event, workspace=workspaces[event.workspace], now=now))
    return Receipts(
        receipts=tuple(
            receipt(event.id, entry, at=now) for event, entry in zip(batch.events, entries, strict=True)
        )
    )


def votes_in(release_request: str, *, workspace: Workspace) -> dict[tuple[str, str], str]:
    """Return the last vote of each person on each file of a release request, as the ledger has them."""
    events = InsideEvent.objects.filter(
        release_request=release_request, workspace=workspace, kind=EventKind.VOTE
    )
    rows = LedgerEntry.objects.filter(index__in=list(events.values_list("entry_index", flat=True)))
    votes = {}
    for index, canonical in rows.order_by("index").values_list("index", "canonical"):
        entry = from_json(bytes(canonical), where=f"entry {index} of the database")
        votes[entry.actor, str(entry.body.get("file_sha256"))] = str(entry.body.get("vote"))
    return votes


def _check_names(event: Event, workspaces: dict[str, Workspace], people: set[str]) -> None:
    if event.workspace not in workspaces:
        raise Mistake(
            "S024", f"this backend has no workspace `{event.workspace}`", where=event.id, exit_status=404
        )
    if event.actor not in people:
        raise Mistake("S042", f"there is no account `{event.actor}`", where=event.id, exit_status=404)


def _take(event: Event, *, workspace: Workspace, now: datetime) -> Entry:
    digest = hashlib.sha256(event.to_json().encode()).hexdigest()
    known = InsideEvent.objects.filter(pk=event.id).first()
    if known:
        if known.digest != digest:
            raise Mistake("S043", "another event was sent under this id", where=event.id, exit_status=409)
        return ledger().entry(known.entry_index)
    body = {name: value for name, value in event.model_dump(mode="json").items() if value is not None}
    subject = (
        f"release_request:{event.release_request}" if event.release_request else f"workspace:{workspace.name}"
    )
    entry = record(Kind(event.kind.value), actor=event.actor, subject=subject, body=body, at=now)
    InsideEvent.objects.create(
        id=event.id,
        workspace=workspace,
        kind=event.kind,
        actor=event.actor,
        at=event.at,
        release_request=event.release_request or "",
        digest=digest,
        entry_index=entry.index,
    )
    return entry
