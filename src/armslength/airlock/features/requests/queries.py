"""Release requests as pages and rules need them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from armslength.airlock.features.files import snapshots
from armslength.airlock.features.files.level4 import Content
from armslength.airlock.features.findings.queries import ShownReport, report_on
from armslength.airlock.features.requests.rules import Readiness
from armslength.airlock.features.reviews.decisions import decisions_of
from armslength.airlock.features.workspaces.rules import grant_for
from armslength.airlock.models import ReleaseRequest, RequestFile
from armslength.airlock.models.states import ACTIVE, Decision, FileKind, State, Visibility
from armslength.wire.releases import Identity


def active_request(person: Identity, *, workspace: str) -> ReleaseRequest | None:
    """Return the one request the person is busy with in a workspace, or None."""
    return ReleaseRequest.objects.filter(
        author=person.username, workspace=workspace, state__in=ACTIVE
    ).first()


def visible_requests(person: Identity) -> QuerySet[ReleaseRequest]:
    """Return the requests the person may look at, newest first."""
    if person.output_checker:
        return ReleaseRequest.objects.all()
    return ReleaseRequest.objects.filter(workspace__in=[grant.workspace for grant in person.workspaces])


def content_of(file: RequestFile) -> Content:
    """Return the bytes of a file of a request from the airlock's own storage, hashed again. Raises A020."""
    return snapshots.kept(settings.AIRLOCK.folder, path=file.path, sha256=file.sha256)


def report_of(file: RequestFile, *, now: datetime) -> ShownReport:
    """Return what disclosure control says about a file of a request, with its author's answers."""
    return report_on(content_of(file), now=now, file=file)


def readiness_of(request: ReleaseRequest, *, now: datetime) -> Readiness:
    """Return what a submission depends on."""
    files = [file for file in request.files.select_related("group") if file.kind != FileKind.WITHDRAWN]
    outputs = [file for file in files if file.kind == FileKind.OUTPUT]
    groups = {file.group.name: file.group for file in files}
    return Readiness(
        outputs=len(outputs),
        undescribed=tuple(name for name, group in groups.items() if len(group.context.strip()) < 10),
        uncontrolled=tuple(name for name, group in groups.items() if len(group.controls.strip()) < 10),
        unanswered=tuple(file.path for file in outputs if report_of(file, now=now).unanswered),
        unanswered_groups=_unanswered_groups(request),
    )


def _unanswered_groups(request: ReleaseRequest) -> tuple[str, ...]:
    """Return the groups that came back with changes requested and have no comment of the author since."""
    if request.standing is not State.RETURNED or (request.turn - 1) in request.sealed_turns:
        return ()
    decisions = decisions_of(request, turn=request.turn - 1)
    asked = {
        file.group.name
        for file in request.files.select_related("group")
        if decisions.get(file.id, Decision.APPROVED) in {Decision.CHANGES_REQUESTED, Decision.CONFLICTED}
    }
    said = request.comments.filter(
        turn=request.turn, by=request.author, visibility=Visibility.PUBLIC, struck_at=None
    ).values_list("group__name", flat=True)
    return tuple(sorted(asked - set(said)))


def conflict_of(person: Identity, request: ReleaseRequest) -> bool:
    """Say whether the person could check outputs but works on this project."""
    return person.output_checker and grant_for(person, request.workspace) is not None
