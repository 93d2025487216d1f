"""Reviews as pages and rules need them, already filtered by who may see what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from armslength.airlock.features.requests.queries import report_of
from armslength.airlock.features.reviews.decisions import decisions_of
from armslength.airlock.features.reviews.rules import ReviewFacts, why_not_review
from armslength.airlock.features.reviews.visibility import Sight, audience_of, may_see, sight_of
from armslength.airlock.models import Comment, ReleaseRequest, Vote
from armslength.airlock.models.records import Audience
from armslength.airlock.models.states import Choice, Decision, FileKind, Phase, State, Visibility
from armslength.kernel.errors import Mistake
from armslength.wire.releases import Identity

DUE_AFTER = timedelta(days=5)  # the service level people know: five days


def facts_for(person: Identity, request: ReleaseRequest) -> ReviewFacts:
    """Return what decisions of this reviewer about this request depend on."""
    outputs = list(request.files.filter(kind=FileKind.OUTPUT).select_related("group"))
    mine = {vote.file_id: vote for vote in request.votes.filter(reviewer=person.username)}
    turn = request.turn if request.phase is not Phase.AUTHOR else request.turn - 1
    decisions = decisions_of(request, turn=turn)
    objected = {
        file.group.name
        for file in outputs
        if file.id in mine and mine[file.id].choice == Choice.CHANGES_REQUESTED
    }
    unapproved = {file.group.name for file in outputs if decisions[file.id] is not Decision.APPROVED}
    live = request.comments.filter(turn=request.turn, struck_at=None)
    mine_said = set(live.filter(by=person.username).values_list("group__name", flat=True))
    public = live.filter(visibility=Visibility.PUBLIC).exclude(by=request.author)
    return ReviewFacts(
        unvoted=tuple(file.path for file in outputs if not _decided(mine.get(file.id), file.sha256)),
        uncommented=tuple(sorted(objected - mine_said)),
        submitted=request.reviews.filter(turn=request.turn, reviewer=person.username).exists(),
        decisions={file.path: decisions[file.id] for file in outputs},
        unexplained=tuple(sorted(unapproved - set(public.values_list("group__name", flat=True)))),
    )


def _decided(vote: Vote | None, sha256: str) -> bool:
    return vote is not None and vote.sha256 == sha256 and vote.choice != Choice.UNDECIDED


def visible_comments(person: Identity, request: ReleaseRequest) -> list[Comment]:
    """Return the comments this person may read, oldest first; struck ones are left out."""
    sight = sight_of(person, request)
    comments = request.comments.filter(struck_at=None).select_related("group", "file")
    return [
        comment
        for comment in comments
        if may_see(
            sight, audience=audience_of(Visibility(comment.visibility)), by=comment.by, turn=comment.turn
        )
    ]


def visible_votes(person: Identity, request: ReleaseRequest) -> dict[int, list[Vote]]:
    """Return the votes on present bytes that this person may see, by file id."""
    sight = sight_of(person, request)
    votes: dict[int, list[Vote]] = {}
    for vote in request.votes.select_related("file").order_by("at"):
        current = vote.sha256 == vote.file.sha256 and vote.choice != Choice.UNDECIDED
        if current and _may_see_vote(sight, vote, request):
            votes.setdefault(vote.file_id, []).append(vote)
    return votes


def _may_see_vote(sight: Sight, vote: Vote, request: ReleaseRequest) -> bool:
    # While reviewers are independent, nobody sees where another stands, not even by a vote of an earlier turn:
    # it would tell them who has changed their mind since.
    if request.phase is Phase.INDEPENDENT and vote.reviewer != sight.username:
        return False
    return may_see(sight, audience=Audience.REVIEW, by=vote.reviewer, turn=vote.turn)


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One request on the review queue."""

    request: ReleaseRequest
    outputs: int
    supporting: int
    bytes: int
    voted: int
    submitted: bool
    reviews: int
    age: timedelta
    due_in: timedelta
    blocks: int
    warns: int
    not_checked: int
    damaged: str
    why_not: str | None

    @property
    def late(self) -> bool:
        return self.due_in < timedelta(0)

    @property
    def risk(self) -> str:
        return (
            "block"
            if self.blocks
            else "warn"
            if self.warns
            else "not_checked"
            if self.not_checked
            else "clear"
        )


def review_queue(person: Identity, *, now: datetime) -> list[QueueRow]:
    """Return the requests with output checkers: what this person may review first, then the longest waiting."""
    states = [State.SUBMITTED, State.PARTIALLY_REVIEWED, State.REVIEWED]
    requests = ReleaseRequest.objects.filter(state__in=states).prefetch_related("files")
    rows = [_queue_row(person, request, now=now) for request in requests]
    return sorted(rows, key=lambda row: (row.why_not is not None, row.submitted, -row.age))


def _queue_row(person: Identity, request: ReleaseRequest, *, now: datetime) -> QueueRow:
    files = [file for file in request.files.all() if file.kind != FileKind.WITHDRAWN]
    outputs = [file for file in files if file.kind == FileKind.OUTPUT]
    verdicts: list[str] = []
    damaged = ""
    for file in files:
        try:
            report = report_of(file, now=now)
        except Mistake as mistake:
            damaged = mistake.what
            continue
        verdicts += [finding.verdict for finding in report.findings] + (
            ["not_checked"] if report.not_checked else []
        )
    facts = facts_for(person, request)
    since = request.submitted_at or request.created_at
    return QueueRow(
        request=request, outputs=len(outputs), supporting=len(files) - len(outputs),
        bytes=sum(file.size for file in files), voted=len(outputs) - len(facts.unvoted), submitted=facts.submitted,
        reviews=request.reviews.filter(turn=request.turn).count(), age=now - since, due_in=since + DUE_AFTER - now,
        blocks=verdicts.count("block"), warns=verdicts.count("warn"), not_checked=verdicts.count("not_checked"),
        damaged=damaged, why_not=why_not_review(person, request),
    )  # fmt: skip
