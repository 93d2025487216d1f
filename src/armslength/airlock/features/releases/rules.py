"""When files may leave, and why not."""

from __future__ import annotations

from armslength.airlock.features.reviews.rules import ReviewFacts, why_not_review
from armslength.airlock.lifecycle import why_not_move
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.states import Decision, Owner, State
from armslength.wire.releases import Identity


def why_not_release(person: Identity, request: ReleaseRequest, facts: ReviewFacts) -> str | None:
    """Return None, or why this person may not let the files of a request leave."""
    if why := why_not_review(person, request):
        return why
    if why := why_not_move(request, to=State.APPROVED, owner=Owner.REVIEWER):
        return why
    waiting = [path for path, decision in facts.decisions.items() if decision is not Decision.APPROVED]
    if waiting:
        return (
            f"Two reviewers must approve every output; {waiting[0]} is {facts.decisions[waiting[0]].label}."
        )
    return None if facts.decisions else "There is no output file in this request."
