"""What output checkers do. Each action asks its rule, changes, and records, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from armslength.airlock.features.requests.queries import content_of
from armslength.airlock.features.reviews import rules
from armslength.airlock.features.reviews.queries import facts_for
from armslength.airlock.features.reviews.visibility import audience_of
from armslength.airlock.lifecycle import move
from armslength.airlock.models import Comment, FileGroup, ReleaseRequest, RequestFile, Review, Vote
from armslength.airlock.models.records import Audience, Deed
from armslength.airlock.models.states import (
    REVIEWS_NEEDED,
    Choice,
    FileKind,
    Owner,
    Phase,
    Reason,
    State,
    Visibility,
)
from armslength.airlock.record import What, record
from armslength.airlock.refusals import Refused, refuse_if
from armslength.wire.releases import Identity


def vote_on_file(
    person: Identity, file: RequestFile, *, choice: Choice, sha256: str, now: datetime, comment: str = ""
) -> Vote:
    """Record what a reviewer says about the bytes they saw. `sha256` is what their page showed them."""
    request = file.request
    refuse_if(rules.why_not_vote(person, request, file, sha256=sha256))
    refuse_if(rules.why_not_choose(facts_for(person, request), choice=choice, comment=comment), status=409)
    content_of(file)  # the bytes they looked at are still there and still the same
    with transaction.atomic():
        vote, _ = Vote.objects.update_or_create(
            file=file,
            reviewer=person.username,
            defaults={
                "request": request, "author": request.author, "choice": choice.value, "sha256": sha256,
                "turn": request.turn, "at": now,
            },
        )  # fmt: skip
        # A vote told to the world during independent review would end the independence.
        held = request.phase is Phase.INDEPENDENT
        what = What(
            request=request, path=file.path, sha256=sha256, audience=Audience.REVIEW, vote=choice.value, held=held,
            detail={"vote": choice.value},
        )  # fmt: skip
        record(Deed.VOTE, by=person.username, now=now, what=what)
        if comment.strip():
            _comment(person, file.group, file=file, text=comment, visibility=Visibility.PRIVATE, now=now)
    return vote


def request_changes_of_group(person: Identity, group: FileGroup, *, now: datetime) -> int:
    """Ask for changes in every output of a group on which this reviewer has not voted. Returns how many."""
    votes = {vote.file_id: vote for vote in group.request.votes.filter(reviewer=person.username)}
    changed = 0
    with transaction.atomic():
        for file in group.files.filter(kind=FileKind.OUTPUT):
            vote = votes.get(file.id)
            if vote and vote.sha256 == file.sha256 and vote.choice != Choice.UNDECIDED:
                continue
            vote_on_file(person, file, choice=Choice.CHANGES_REQUESTED, sha256=file.sha256, now=now)
            changed += 1
    return changed


def submit_review(person: Identity, request: ReleaseRequest, *, now: datetime) -> None:
    """Finish one person's review. The second one to do so moves the request on."""
    with transaction.atomic():
        request.refresh_from_db()
        refuse_if(rules.why_not_submit_review(person, request, facts_for(person, request)), status=409)
        Review.objects.create(
            request=request, reviewer=person.username, author=request.author, turn=request.turn, at=now
        )
        record(
            Deed.REVIEW_SUBMIT,
            by=person.username,
            now=now,
            what=What(request=request, audience=Audience.MEMBERS),
        )
        submitted = request.reviews.filter(turn=request.turn).count()
        if submitted == 1 and request.standing is State.SUBMITTED:
            move(request, to=State.PARTIALLY_REVIEWED, owner=Owner.REVIEWER, now=now)
        elif submitted >= REVIEWS_NEEDED and request.standing is State.PARTIALLY_REVIEWED:
            move(request, to=State.REVIEWED, owner=Owner.REVIEWER, now=now)


def return_request(
    person: Identity, request: ReleaseRequest, *, reason: str, text: str, now: datetime
) -> None:
    """Give a request back to its author. Before both reviews are in, what was said in this turn is sealed."""
    refuse_if(rules.why_not_return(person, request, facts_for(person, request), text=text), status=409)
    refuse_if(rules.why_not_reason(reason), status=409)
    early = request.phase is Phase.INDEPENDENT
    with transaction.atomic():
        if early:
            request.sealed_turns = [*request.sealed_turns, request.turn]
            request.votes.filter(turn=request.turn).update(choice=Choice.UNDECIDED.value)
        request.reason, request.reason_text = Reason(reason).value, text.strip()
        detail = {"reason": reason, "text": text.strip(), "early": early}
        record(Deed.REQUEST_RETURN, by=person.username, now=now, what=What(request=request, detail=detail))
        move(request, to=State.RETURNED, owner=Owner.REVIEWER, now=now)


def reject_request(
    person: Identity, request: ReleaseRequest, *, reason: str, text: str, now: datetime
) -> None:
    """Refuse a request for good."""
    refuse_if(rules.why_not_reject(person, request, text=text), status=409)
    refuse_if(rules.why_not_reason(reason), status=409)
    with transaction.atomic():
        request.reason, request.reason_text = Reason(reason).value, text.strip()
        detail = {"reason": reason, "text": text.strip()}
        record(Deed.REQUEST_REJECT, by=person.username, now=now, what=What(request=request, detail=detail))
        move(request, to=State.REJECTED, owner=Owner.REVIEWER, now=now)


def comment_on_group(
    person: Identity,
    group: FileGroup,
    *,
    text: str,
    visibility: Visibility,
    now: datetime,
    file: RequestFile | None = None,
) -> Comment:
    """Say something about a group of files, or about one file of it."""
    refuse_if(rules.why_not_comment(person, group.request, visibility=visibility))
    if not text.strip():
        raise Refused("Write something first.", status=409)
    if file is not None and file.request_id != group.request_id:
        raise Refused("The file belongs to another request.", status=409)
    with transaction.atomic():
        return _comment(person, group, file=file, text=text, visibility=visibility, now=now)


def _comment(
    person: Identity,
    group: FileGroup,
    *,
    file: RequestFile | None,
    text: str,
    visibility: Visibility,
    now: datetime,
) -> Comment:
    comment = Comment.objects.create(
        request=group.request, group=group, file=file, by=person.username, text=text.strip()[:5000],
        visibility=visibility.value, turn=group.request.turn, at=now,
    )  # fmt: skip
    what = What(
        request=group.request, path=file.path if file else "", audience=audience_of(visibility),
        detail={"group": group.name, "comment": comment.id, "text": comment.text, "visibility": visibility.value},
    )  # fmt: skip
    record(Deed.COMMENT, by=person.username, now=now, what=what)
    return comment


def publish_comment(person: Identity, comment: Comment, *, now: datetime) -> None:
    """Show one's own private comment to the author too, when the request comes back to them."""
    request = comment.request
    refuse_if(rules.why_not_publish_comment(person, request, comment), status=409)
    with transaction.atomic():
        comment.visibility = Visibility.PUBLIC.value
        comment.save(update_fields=["visibility"])
        what = What(request=request, audience=Audience.REVIEW, detail={"comment": comment.id})
        record(Deed.COMMENT_PUBLISH, by=person.username, now=now, what=what)


def strike_comment(person: Identity, comment: Comment, *, now: datetime) -> None:
    """Strike out one's own comment of this turn. The audit trail keeps what it said."""
    request = comment.request
    refuse_if(rules.why_not_strike_comment(person, request, comment), status=409)
    with transaction.atomic():
        comment.struck_at = now
        comment.save(update_fields=["struck_at"])
        audience = audience_of(Visibility(comment.visibility))
        what = What(request=request, audience=audience, detail={"comment": comment.id})
        record(Deed.COMMENT_STRIKE, by=person.username, now=now, what=what)
