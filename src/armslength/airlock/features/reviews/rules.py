"""What an output checker may do with a release request, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from armslength.airlock.features.requests.rules import why_not_see_request
from armslength.airlock.features.workspaces.rules import grant_for, is_member
from armslength.airlock.lifecycle import why_not_move
from armslength.airlock.models import Comment, ReleaseRequest, RequestFile
from armslength.airlock.models.states import (
    FINAL,
    OWNERS,
    Choice,
    Decision,
    FileKind,
    Owner,
    Phase,
    Reason,
    State,
    Visibility,
)
from armslength.wire.releases import Identity

SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class ReviewFacts:
    """What a decision depends on: read by `reviews.queries.facts_for`, judged here."""

    unvoted: tuple[str, ...]  # outputs on whose present bytes this reviewer has not decided
    uncommented: tuple[str, ...]  # groups where they asked for changes this turn and said nothing
    submitted: bool  # this reviewer submitted in this turn
    decisions: dict[str, Decision]  # by path, of output files
    unexplained: tuple[str, ...]  # groups with a file that is not approved and no public checker's comment


def why_not_review(person: Identity, request: ReleaseRequest) -> str | None:
    """Return None, or why this person may not judge a request, now or ever."""
    if person.username == request.author:
        return "You are the author of this request; two other people review it."
    if not person.output_checker:
        return "Only output checkers review requests."
    if is_member(person, project=request.project):
        return "You work on this project. That is a conflict of interest, so others review this request."
    return None


def _why_not_now(request: ReleaseRequest) -> str | None:
    if OWNERS[request.standing] is Owner.REVIEWER:
        return None
    return (
        f"This request is {request.standing.label}; it can be reviewed only while it is with output checkers."
    )


def why_not_vote(person: Identity, request: ReleaseRequest, file: RequestFile, *, sha256: str) -> str | None:
    """Return None, or why this person may not vote on these bytes of this file."""
    if why := why_not_review(person, request) or _why_not_now(request):
        return why
    if file.kind != FileKind.OUTPUT:
        return "Only output files are voted on; supporting files never leave."
    if sha256 != file.sha256:
        return "The file's content is not the one you were looking at. Reload the page and look again."
    return None


def why_not_choose(facts: ReviewFacts, *, choice: Choice, comment: str) -> str | None:
    """Return None, or why a vote may not become this choice."""
    if not facts.submitted:
        return None
    if choice is Choice.UNDECIDED:
        return "You submitted your review; a vote can change now, but not become undecided."
    if len(comment.strip()) < SHORTEST_REASON:
        return "You submitted your review; say in a sentence why your vote changes."
    return None


def why_not_submit_review(person: Identity, request: ReleaseRequest, facts: ReviewFacts) -> str | None:
    """Return None, or what is missing before this person's review counts."""
    if why := why_not_review(person, request) or _why_not_now(request):
        return why
    if facts.submitted:
        return "You submitted your review of this turn already."
    if facts.unvoted:
        return f"Vote on every output first; {len(facts.unvoted)} to go, next {facts.unvoted[0]}."
    if facts.uncommented:
        return f"Say in group “{facts.uncommented[0]}” what should change."
    return None


def why_not_return(
    person: Identity, request: ReleaseRequest, facts: ReviewFacts, *, text: str = "…"
) -> str | None:
    """Return None, or why this person may not give a request back to its author."""
    if why := why_not_review(person, request):
        return why
    if why := why_not_move(request, to=State.RETURNED, owner=Owner.REVIEWER):
        return why
    if request.standing is State.REVIEWED and facts.unexplained:
        return f"Leave a public comment in group “{facts.unexplained[0]}” so that the author knows what to change."
    return None if text.strip() else "Say in a sentence why the request goes back."


def why_not_reject(
    person: Identity, request: ReleaseRequest, *, text: str = "…" * SHORTEST_REASON
) -> str | None:
    """Return None, or why this person may not reject a request for good."""
    if why := why_not_review(person, request):
        return why
    if why := why_not_move(request, to=State.REJECTED, owner=Owner.REVIEWER):
        return why
    return None if len(text.strip()) >= SHORTEST_REASON else "Say in a sentence why; the author reads it."


def why_not_reason(reason: str) -> str | None:
    """Return None, or why this is not one of the reasons."""
    return None if reason in set(Reason) else "Choose a reason from the list."


def why_not_comment(person: Identity, request: ReleaseRequest, *, visibility: Visibility) -> str | None:
    """Return None, or why this person may not say this to these readers now."""
    if why := why_not_see_request(person, request):
        return why
    if request.standing in FINAL:
        return f"This request is {request.standing.label}; nothing more is said about it."
    if why_not_review(person, request) is None:
        if visibility is Visibility.PRIVATE and request.phase is Phase.AUTHOR:
            return "While its author holds a request, comments on it are public."
        return None
    if person.username != request.author and grant_for(person, request.workspace) is None:
        return "Only people of the project and output checkers may comment."
    if visibility is Visibility.PRIVATE:
        return "Private comments are for output checkers who may review this request."
    if request.phase is not Phase.AUTHOR:
        return "The request is with output checkers; you may comment when it comes back."
    return None


def why_not_publish_comment(person: Identity, request: ReleaseRequest, comment: Comment) -> str | None:
    """Return None, or why a private comment may not be shown to the author."""
    if comment.by != person.username:
        return "Only who wrote a comment may make it public."
    if comment.visibility != Visibility.PRIVATE or comment.struck_at:
        return "Only a private comment can be made public."
    if comment.turn != request.turn:
        return "The comment belongs to an earlier turn."
    return why_not_comment(person, request, visibility=Visibility.PUBLIC)


def why_not_strike_comment(person: Identity, request: ReleaseRequest, comment: Comment) -> str | None:
    """Return None, or why a comment may not be struck out."""
    if comment.by != person.username:
        return "Only who wrote a comment may strike it out."
    if comment.struck_at or comment.turn != request.turn:
        return "The comment belongs to an earlier turn or is struck out already."
    return why_not_comment(person, request, visibility=Visibility(comment.visibility))
