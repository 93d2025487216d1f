"""Write one deed: the audit entry, chained to the one before, and the event the public ledger will hear.

Always called inside the transaction of the change itself: both happen, or neither.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from armslength.airlock.models import AuditEntry, OutboxEvent, ReleaseRequest
from armslength.airlock.models.records import PUBLIC_DEEDS, Audience, Deed
from armslength.kernel import clock
from armslength.kernel.ids import new_id
from armslength.wire.releases import Event

FIRST_DIGEST = "0" * 64


@dataclass(frozen=True, kw_only=True)
class What:
    """The particulars of a deed."""

    workspace: str = ""
    request: ReleaseRequest | None = None
    path: str = ""
    sha256: str = ""
    audience: Audience = Audience.MEMBERS
    vote: str | None = None
    held: bool = False  # the public event waits until `tell_the_world`
    detail: dict[str, Any] = field(default_factory=dict)


def record(deed: Deed, *, by: str, now: datetime, what: What | None = None) -> AuditEntry:
    """Append one deed to the audit trail, and to the outbox when the public ledger hears of such deeds."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a deed is recorded in the transaction of its change")
    what = what or What()
    entry = AuditEntry(
        deed=deed.value,
        actor=by,
        at=now,
        workspace=what.workspace or (what.request.workspace if what.request else ""),
        request=what.request.id if what.request else "",
        turn=what.request.turn if what.request else 0,
        path=what.path,
        sha256=what.sha256,
        audience=what.audience.value,
        detail=what.detail,
    )
    newest = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
    entry.digest = digest_of(entry, previous=newest or FIRST_DIGEST)
    entry.save(force_insert=True)
    if deed in PUBLIC_DEEDS:
        _queue(entry, deed=deed, what=what)
    return entry


def digest_of(entry: AuditEntry, *, previous: str) -> str:
    """Return the digest that binds an entry to everything before it."""
    said = {
        "deed": entry.deed,
        "actor": entry.actor,
        "at": clock.to_text(entry.at),
        "workspace": entry.workspace,
        "request": entry.request,
        "turn": entry.turn,
        "path": entry.path,
        "sha256": entry.sha256,
        "audience": entry.audience,
        "detail": entry.detail,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def why_not_intact() -> str | None:
    """Return None, or the first audit entry that does not follow from the one before it."""
    previous = FIRST_DIGEST
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.digest != digest_of(entry, previous=previous):
            where = f"audit entry {entry.id} ({entry.deed}, {clock.to_text(entry.at)})"
            return f"{where} was changed, or an entry before it is gone"
        previous = entry.digest
    return None


def tell_the_world(request: ReleaseRequest) -> None:
    """Let the held events of a request go out, in the order they happened."""
    position = _last_position()
    for event in OutboxEvent.objects.filter(request=request.id, position=None).order_by("entry_id"):
        position += 1
        event.position = position
        event.save(update_fields=["position"])


def _queue(entry: AuditEntry, *, deed: Deed, what: What) -> None:
    message = Event(
        id=new_id(),
        kind=PUBLIC_DEEDS[deed],
        actor=entry.actor,
        at=entry.at,
        workspace=entry.workspace,
        release_request=entry.request or None,
        file_sha256=entry.sha256 or None,
        vote=what.vote,
    )
    OutboxEvent.objects.create(
        id=message.id,
        entry=entry,
        request=entry.request,
        message=message.to_json(),
        position=None if what.held else _last_position() + 1,
    )


def _last_position() -> int:
    return OutboxEvent.objects.aggregate(last=Max("position"))["last"] or 0


def backend() -> str:
    """Return the name of the backend this airlock stands in."""
    return str(settings.AIRLOCK.backend)
