"""How far a release has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armslength.airlock.models import Delivery, OutboxEvent, OutboxRelease, ReleaseRequest


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What of a release has left, and what holds the rest up."""

    total: int
    uploaded: int
    announced: bool
    ledger_index: int | None
    events_waiting: int
    error: str = ""
    next_at: datetime | None = None
    failures: int = 0

    @property
    def is_done(self) -> bool:
        return self.ledger_index is not None


def progress_of(request: ReleaseRequest) -> Progress | None:
    """Return how far the release of a request has come; None when there is none."""
    release = OutboxRelease.objects.filter(request=request).first()
    if release is None:
        return None
    waiting = OutboxEvent.objects.filter(request=request.id, delivered_at=None).exclude(position=None).count()
    own = Delivery.objects.filter(queue=request.id).first()
    events = Delivery.objects.filter(queue="events").first()
    trouble = events if waiting and events and events.error else own
    return Progress(
        total=release.files.count(),
        uploaded=release.files.exclude(uploaded_at=None).count(),
        announced=release.announced_at is not None,
        ledger_index=release.ledger_index,
        events_waiting=waiting,
        error=trouble.error if trouble else "",
        next_at=trouble.next_at if trouble else None,
        failures=trouble.failures if trouble else 0,
    )
