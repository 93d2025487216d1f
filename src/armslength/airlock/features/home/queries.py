"""What needs this person's action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from armslength.airlock.features.requests.queries import readiness_of
from armslength.airlock.features.requests.rules import what_is_missing
from armslength.airlock.features.reviews.queries import QueueRow, review_queue
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.states import OWNERS, Owner, State
from armslength.kernel.errors import Mistake
from armslength.wire.releases import Identity


@dataclass(frozen=True, kw_only=True)
class OwnRequest:
    """One request of the person, with what it still needs from them."""

    request: ReleaseRequest
    next_step: str
    mine: bool  # it is the person's move


def own_requests(person: Identity, *, now: datetime) -> list[OwnRequest]:
    """Return the person's requests that are not over, those that wait for them first."""
    open_states = [state for state in State if state not in {State.RELEASED, State.REJECTED, State.WITHDRAWN}]
    found = ReleaseRequest.objects.filter(author=person.username, state__in=open_states)
    rows = [_own(request, now=now) for request in found]
    return sorted(rows, key=lambda row: not row.mine)


def _own(request: ReleaseRequest, *, now: datetime) -> OwnRequest:
    if OWNERS[request.standing] is not Owner.AUTHOR:
        return OwnRequest(request=request, next_step=f"It is {request.standing.label}.", mine=False)
    try:
        missing = what_is_missing(readiness_of(request, now=now))
    except Mistake as mistake:
        missing = [mistake.what]
    step = missing[0] if missing else "Everything is there: submit it."
    return OwnRequest(request=request, next_step=step, mine=True)


def reviews_to_do(person: Identity, *, now: datetime) -> list[QueueRow]:
    """Return the requests this person may review and has not, and those only waiting for a decision."""
    if not person.output_checker:
        return []
    rows = review_queue(person, now=now)
    return [
        row
        for row in rows
        if row.why_not is None and (not row.submitted or row.request.standing is State.REVIEWED)
    ]
