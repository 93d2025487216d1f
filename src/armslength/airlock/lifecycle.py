"""The one function that moves a release request from state to state, and the rule that says why it may not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.states import FINAL, MOVES, OWNERS, Owner, State
from armslength.airlock.record import tell_the_world
from armslength.airlock.refusals import Refused

# The turn passes to the other side with these moves.
TURN_ENDS = frozenset({State.SUBMITTED, State.RETURNED})
STALE = "Somebody else moved this request in the meantime. Reload the page and look again."


def why_not_move(request: ReleaseRequest, *, to: State, owner: Owner) -> str | None:
    """Return None, or why this side may not move the request there. The table of moves is the only authority."""
    onward = MOVES[request.standing]
    if to not in onward:
        return f"This request is {request.standing.label}; it cannot become {to.label} from there."
    if onward[to] is not owner:
        return f"This request is with {OWNERS[request.standing].label}."
    return None


def move(request: ReleaseRequest, *, to: State, owner: Owner, now: datetime) -> None:
    """Move a request, or raise Refused when the table forbids it or somebody was faster."""
    if (reason := why_not_move(request, to=to, owner=owner)) is not None:
        raise Refused(reason, status=409)
    changes: dict[str, object] = {"state": to.value, "version": F("version") + 1}
    if to in TURN_ENDS:
        changes["turn"] = F("turn") + 1
    if to is State.SUBMITTED:
        changes["submitted_at"] = now
    if to in FINAL or to is State.APPROVED:
        changes["decided_at"] = request.decided_at or now
    if to is State.APPROVED:
        changes |= {"released_by": request.released_by, "released_at": now}
    if to in {State.RETURNED, State.REJECTED}:
        changes |= {
            "reason": request.reason,
            "reason_text": request.reason_text,
            "sealed_turns": request.sealed_turns,
        }
    moved = ReleaseRequest.objects.filter(pk=request.pk, state=request.state, version=request.version)
    if moved.update(**changes) != 1:
        raise Refused(STALE, status=409)
    request.refresh_from_db()
    if to is State.REVIEWED or to in FINAL:
        tell_the_world(request)
