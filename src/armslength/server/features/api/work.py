"""What a runner is given when it polls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from armslength.ledger import Log
from armslength.server.features.ledger.actions import ledger
from armslength.server.models import Backend, JobRequest
from armslength.server.models.requests import OVER
from armslength.wire.jobs import Work, WorkItem

AT_MOST = 200


def work_for(backend: Backend, *, known_size: int, after: int, now: datetime) -> Work:
    """Return the backend's unfinished entries after an index, oldest first, with the proofs for each."""
    log = ledger()
    # The head first: an entry added after it waits for the next poll instead of lacking a proof.
    head = log.head(at=now)
    indexes = _unfinished(backend, after=after, size=head.size)
    return Work(
        head=head.to_object(),
        consistency=_consistency(log, known_size, head.size),
        items=tuple(
            WorkItem(
                entry=log.entry(index).to_object(), inclusion=log.inclusion(index, size=head.size).to_object()
            )
            for index in indexes[:AT_MOST]
        ),
        more=len(indexes) > AT_MOST,
    )


def _unfinished(backend: Backend, *, after: int, size: int) -> list[int]:
    rows = (
        JobRequest.objects.filter(backend=backend)
        .exclude(state__in=OVER)
        .filter(Q(entry_index__gt=after) | Q(cancel_entry_index__gt=after))
        .values_list("entry_index", "cancel_entry_index")
    )
    found = {index for row in rows for index in row if index is not None and after < index < size}
    return sorted(found)


def _consistency(log: Log, known: int, size: int) -> dict[str, Any]:
    if known > size:
        # The caller remembers more than we have. Only it can judge that; tell it the truth.
        return {"from": known, "to": size, "hashes": []}
    return log.consistency(known, size).to_object()
