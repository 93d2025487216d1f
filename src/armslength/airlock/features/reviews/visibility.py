"""Blinding: who may read what was said in a review, and when. Pure, so that the whole table can be tested."""

from __future__ import annotations

from dataclasses import dataclass

from armslength.airlock.features.reviews.rules import why_not_review
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.records import Audience
from armslength.airlock.models.states import Decision, Phase, Visibility
from armslength.wire.releases import Identity


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Where a reader stands towards one request at one moment."""

    username: str
    eligible: bool  # may review this request
    phase: Phase
    turn: int
    sealed_turns: frozenset[int]


def sight_of(person: Identity, request: ReleaseRequest) -> Sight:
    """Return where this person stands towards a request now."""
    return Sight(
        username=person.username,
        eligible=why_not_review(person, request) is None,
        phase=request.phase,
        turn=request.turn,
        sealed_turns=frozenset(request.sealed_turns),
    )


def may_see(sight: Sight, *, audience: Audience, by: str, turn: int) -> bool:
    """Say whether a reader may see something said or done by somebody in some turn.

    During independent review nobody sees another's votes or comments. When both reviews are in, reviewers
    see each other's; when the turn is over everybody does, except what was meant for checkers only. A turn
    that ended early stays sealed until the request is over.
    """
    if audience is Audience.MEMBERS or by == sight.username:
        return True
    if audience is Audience.CHECKERS and not sight.eligible:
        return False
    if sight.phase is Phase.COMPLETE:
        return True
    if turn in sight.sealed_turns:
        return False
    if turn < sight.turn:
        return True
    if audience is Audience.CHECKERS:
        return sight.phase is not Phase.INDEPENDENT
    return sight.eligible and sight.phase is Phase.CONSOLIDATING


def audience_of(visibility: Visibility) -> Audience:
    """Return who a comment is for."""
    return Audience.REVIEW if visibility is Visibility.PUBLIC else Audience.CHECKERS


def shown_decision(sight: Sight, decision: Decision) -> Decision | None:
    """Return the decision on a file as this reader may see it, or None while they may not."""
    if sight.phase is Phase.INDEPENDENT:
        return None
    if sight.phase is Phase.CONSOLIDATING and not sight.eligible:
        return None
    if decision is Decision.CONFLICTED and not sight.eligible:
        return Decision.CHANGES_REQUESTED
    return decision
