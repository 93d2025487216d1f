"""What the pages of a request need, gathered once: everything already filtered by who may see what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from armslength.airlock.features.activity.queries import activity_of
from armslength.airlock.features.files.level4 import manifest_of
from armslength.airlock.features.files.views import seen, shown_in
from armslength.airlock.features.findings.queries import ShownReport, report_on
from armslength.airlock.features.releases.queries import progress_of
from armslength.airlock.features.releases.rules import why_not_release
from armslength.airlock.features.requests import queries, rules
from armslength.airlock.features.reviews import rules as review_rules
from armslength.airlock.features.reviews.decisions import decisions_of
from armslength.airlock.features.reviews.queries import facts_for, visible_comments, visible_votes
from armslength.airlock.features.reviews.visibility import shown_decision, sight_of
from armslength.airlock.models import Comment, FileGroup, ReleaseRequest, RequestFile, Vote
from armslength.airlock.models.states import (
    OWNERS,
    Answer,
    Decision,
    FileKind,
    Owner,
    Phase,
    Reason,
    State,
    Visibility,
)
from armslength.airlock.visits import Visit
from armslength.kernel.errors import Mistake
from armslength.wire.manifest import Manifest
from armslength.wire.releases import Identity


@dataclass(kw_only=True)
class FileLine:
    """One file on the page of a request."""

    file: RequestFile
    report: ShownReport | None
    damaged: str = ""
    my_vote: Vote | None = None
    votes: list[Vote] = field(default_factory=list)
    decision: Decision | None = None
    changed: bool = False  # the workspace has other content now


@dataclass(kw_only=True)
class GroupSection:
    """One group on the page of a request."""

    group: FileGroup
    lines: list[FileLine]
    comments: list[Comment]

    @property
    def hint(self) -> str:
        return f"{len(self.lines)} file{'' if len(self.lines) == 1 else 's'}"

    @property
    def undecided(self) -> int:
        return sum(line.file.kind == FileKind.OUTPUT and line.my_vote is None for line in self.lines)


def _manifest(release_request: ReleaseRequest) -> Manifest | None:
    try:
        return manifest_of(settings.AIRLOCK.level4, workspace=release_request.workspace)
    except Mistake:
        return None


def _lines(request: Visit, release_request: ReleaseRequest) -> list[FileLine]:
    person: Identity = request.person
    manifest = _manifest(release_request)
    votes = visible_votes(person, release_request)
    turn = release_request.turn - (release_request.phase is Phase.AUTHOR)
    decisions = decisions_of(release_request, turn=turn)
    sight = sight_of(person, release_request)
    lines = []
    for file in release_request.files.select_related("group", "request"):
        line = FileLine(file=file, report=None, votes=votes.get(file.id, []))
        try:
            line.report = report_on(queries.content_of(file), now=request.now, file=file)
        except Mistake as mistake:
            line.damaged = mistake.what
        line.my_vote = next((vote for vote in line.votes if vote.reviewer == person.username), None)
        if file.id in decisions and turn > 0:
            line.decision = shown_decision(sight, decisions[file.id])
        described = manifest.files.get(file.path) if manifest else None
        line.changed = described is not None and described.sha256 != file.sha256
        lines.append(line)
    return lines


def request_page(request: Visit, release_request: ReleaseRequest) -> dict[str, Any]:
    """Return everything the page of a request shows to this person."""
    person: Identity = request.person
    lines = _lines(request, release_request)
    comments = visible_comments(person, release_request)
    sections = [
        GroupSection(
            group=group,
            lines=[line for line in lines if line.file.group_id == group.pk],
            comments=[comment for comment in comments if comment.group_id == group.pk],
        )
        for group in release_request.groups.all()
    ]
    return {
        "release_request": release_request,
        "sections": sections,
        "activity": [
            row
            for row in activity_of(person, request=release_request.id)[:60]
            if row.entry.deed != "file_view"
        ][:14],
        "progress": progress_of(release_request),
        "reasons": list(Reason),  # a list, because a template would call the enum itself
        "crumbs": [("Release requests", "/requests")],
        "totals": _totals(lines),
        "has_aside": True,
        **_may(request, release_request),
    }


def _totals(lines: list[FileLine]) -> dict[str, int]:
    findings = [finding for line in lines if line.report for finding in line.report.findings]
    return {
        "outputs": sum(line.file.kind == FileKind.OUTPUT for line in lines),
        "supporting": sum(line.file.kind == FileKind.SUPPORTING for line in lines),
        "voted": sum(line.my_vote is not None for line in lines),
        "block": sum(finding.verdict == "block" for finding in findings),
        "warn": sum(finding.verdict == "warn" for finding in findings),
        "not_checked": sum(bool(line.report and line.report.not_checked) for line in lines),
    }


def _may(request: Visit, release_request: ReleaseRequest) -> dict[str, Any]:
    """Return what the person may do with a request, each as None or the reason why not."""
    person: Identity = request.person
    is_author = person.username == release_request.author
    why_not_review = review_rules.why_not_review(person, release_request)
    with_author = OWNERS[release_request.standing] is Owner.AUTHOR
    may: dict[str, Any] = {
        "is_author": is_author,
        "is_reviewer": why_not_review is None,
        "conflict": why_not_review if person.output_checker else None,
        "may_edit": is_author and rules.why_not_edit(person, release_request) is None,
        "with_author": with_author,
        "with_reviewers": OWNERS[release_request.standing] is Owner.REVIEWER,
        "may_comment_publicly": review_rules.why_not_comment(
            person, release_request, visibility=Visibility.PUBLIC
        )
        is None,
        "may_comment_privately": review_rules.why_not_comment(
            person, release_request, visibility=Visibility.PRIVATE
        )
        is None,
    }
    if is_author and with_author:
        readiness = queries.readiness_of(release_request, now=request.now)
        may["missing"] = rules.what_is_missing(readiness)
        may["why_not_submit"] = rules.why_not_submit(person, release_request, readiness)
        may["why_not_withdraw"] = rules.why_not_withdraw(person, release_request)
    if why_not_review is None:
        facts = facts_for(person, release_request)
        may["facts"] = facts
        may["why_not_submit_review"] = review_rules.why_not_submit_review(person, release_request, facts)
        may["why_not_return"] = review_rules.why_not_return(person, release_request, facts)
        may["why_not_reject"] = review_rules.why_not_reject(person, release_request)
        may["why_not_release"] = why_not_release(person, release_request, facts)
        may["consolidating"] = release_request.standing is State.REVIEWED
    return may


def file_page(request: Visit, file: RequestFile) -> dict[str, Any]:
    """Return everything the page of one file of a request shows, and record that its bytes were seen."""
    person: Identity = request.person
    release_request = file.request
    content = queries.content_of(file)
    seen(request, content, workspace=release_request.workspace, release_request=release_request)
    report = report_on(content, now=request.now, file=file)
    line = next(line for line in _lines(request, release_request) if line.file.pk == file.pk)
    order = list(release_request.files.exclude(kind=FileKind.WITHDRAWN).order_by("group__name", "path"))
    index = next((i for i, other in enumerate(order) if other.pk == file.pk), None)
    comments = [c for c in visible_comments(person, release_request) if c.file_id == file.pk]
    return {
        "release_request": release_request,
        "file": file,
        "line": line,
        "report": report,
        "comments": comments,
        "answers": list(Answer),
        "before": order[index - 1] if index else None,
        "after": order[index + 1] if index is not None and index + 1 < len(order) else None,
        "position": None if index is None else index + 1,
        "total": len(order),
        "why_not_vote": review_rules.why_not_vote(person, release_request, file, sha256=file.sha256),
        "crumbs": _crumbs(release_request),
        "has_aside": True,
        **_may(request, release_request),
        **shown_in(request, content, report),
    }


def _crumbs(release_request: ReleaseRequest) -> list[tuple[str, str]]:
    return [
        ("Release requests", "/requests"),
        (f"{release_request.workspace}, by {release_request.author}", f"/requests/{release_request.id}"),
    ]
