"""What authors do. Each action asks its rule, changes, and records, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from armslength.airlock.features.files import level4, snapshots
from armslength.airlock.features.requests import queries, rules
from armslength.airlock.features.workspaces.queries import released_digests
from armslength.airlock.features.workspaces.rules import grant_for, why_not_start_request
from armslength.airlock.lifecycle import move
from armslength.airlock.models import FileGroup, ReleaseRequest, RequestFile
from armslength.airlock.models.records import Deed
from armslength.airlock.models.states import Choice, FileKind, Owner, State
from armslength.airlock.record import What, record
from armslength.airlock.refusals import refuse_if
from armslength.wire.manifest import ManifestFile
from armslength.wire.releases import Identity


@dataclass(frozen=True, kw_only=True)
class Addition:
    """One file to add: where it lies in the workspace, what it is to be, in which group."""

    path: str
    kind: FileKind
    group: str


def open_request(person: Identity, *, workspace: str, now: datetime) -> ReleaseRequest:
    """Return the author's active request in a workspace, starting one if there is none."""
    refuse_if(why_not_start_request(person, workspace=workspace))
    grant = grant_for(person, workspace)
    assert grant is not None  # noqa: S101  the rule above says so
    with transaction.atomic():
        if active := queries.active_request(person, workspace=workspace):
            return active
        request = ReleaseRequest.objects.create(
            workspace=workspace,
            project=grant.project,
            project_title=grant.project_title,
            author=person.username,
            created_at=now,
        )
        record(Deed.REQUEST_CREATE, by=person.username, now=now, what=What(request=request))
    return request


def add_files(
    person: Identity, *, workspace: str, additions: list[Addition], now: datetime
) -> ReleaseRequest:
    """Copy files of the workspace into the author's request: all of them, or none and the first reason why not."""
    refuse_if(why_not_start_request(person, workspace=workspace))
    refuse_if(None if additions else "Choose at least one file.", status=409)
    manifest = level4.manifest_of(settings.AIRLOCK.level4, workspace=workspace)
    with transaction.atomic():
        request = open_request(person, workspace=workspace, now=now)
        refuse_if(rules.why_not_edit(person, request))
        released = released_digests(workspace)
        for addition in additions:
            level4.check_path(addition.path)
            described = manifest.files.get(addition.path)
            present = request.files.filter(path=addition.path).first()
            reason = rules.why_not_add(
                described,
                kind=addition.kind,
                present=present,
                released=described is not None and described.sha256 in released,
            ) or rules.why_not_group_name(addition.group)
            refuse_if(f"{addition.path}: {reason}" if reason else None, status=409)
            assert described is not None  # noqa: S101  the rule above says so
            _add(person, request, addition, described=described, present=present, now=now)
    return request


def _add(
    person: Identity,
    request: ReleaseRequest,
    addition: Addition,
    *,
    described: ManifestFile,
    present: RequestFile | None,
    now: datetime,
) -> None:
    _snapshot(request.workspace, addition.path, described)
    group, _ = FileGroup.objects.get_or_create(request=request, name=addition.group)
    file = present or RequestFile(request=request, path=addition.path)
    file.group, file.kind = group, addition.kind.value
    _describe(file, described, now=now)
    file.save()
    what = What(
        request=request,
        path=file.path,
        sha256=file.sha256,
        detail={"group": group.name, "kind": addition.kind.value},
    )
    record(Deed.FILE_ADD, by=person.username, now=now, what=what)


def _snapshot(workspace: str, path: str, described: ManifestFile) -> None:
    content = level4.read_content(
        settings.AIRLOCK.level4, workspace=workspace, path=path, sha256=described.sha256
    )
    snapshots.keep(settings.AIRLOCK.folder, content)


def _describe(file: RequestFile, described: ManifestFile, *, now: datetime) -> None:
    file.sha256, file.size = described.sha256, described.size
    file.action, file.job = described.action, described.job
    file.repository, file.commit = described.repository, described.commit
    file.made_at, file.added_at = described.created_at, now
    file.row_count, file.column_count = described.row_count, described.column_count


def update_file(person: Identity, file: RequestFile, *, now: datetime) -> None:
    """Replace a file's bytes in the request by the workspace's present ones. Votes on the old bytes stop counting."""
    request = file.request
    refuse_if(rules.why_not_edit(person, request))
    manifest = level4.manifest_of(settings.AIRLOCK.level4, workspace=request.workspace)
    described = manifest.files.get(file.path)
    refuse_if(rules.why_not_update(described, present=file), status=409)
    assert described is not None  # noqa: S101  the rule above says so
    with transaction.atomic():
        before = file.sha256
        _snapshot(request.workspace, file.path, described)
        _describe(file, described, now=now)
        file.save()
        what = What(request=request, path=file.path, sha256=file.sha256, detail={"before": before})
        record(Deed.FILE_UPDATE, by=person.username, now=now, what=what)


def withdraw_file(person: Identity, file: RequestFile, *, now: datetime) -> None:
    """Take a file out of a request; it stays visible as withdrawn once reviewers have seen the request."""
    request = file.request
    refuse_if(rules.why_not_edit(person, request))
    with transaction.atomic():
        what = What(request=request, path=file.path, sha256=file.sha256, detail={"kind": file.kind})
        if request.standing is State.PENDING:
            file.delete()
            request.groups.filter(files=None, comments=None).delete()
        else:
            file.kind = FileKind.WITHDRAWN.value
            file.save(update_fields=["kind"])
        record(Deed.FILE_WITHDRAW, by=person.username, now=now, what=what)


def change_file(person: Identity, file: RequestFile, *, kind: FileKind, group: str, now: datetime) -> None:
    """Move a file to another group, or make an output supporting and the other way round."""
    request = file.request
    refuse_if(rules.why_not_edit(person, request))
    refuse_if(rules.why_not_group_name(group), status=409)
    refuse_if("Withdraw the file instead." if kind is FileKind.WITHDRAWN else None, status=409)
    released = file.sha256 in released_digests(request.workspace)
    refuse_if(
        "The same content was released before; it may stay as supporting only."
        if released and kind is FileKind.OUTPUT
        else None,
        status=409,
    )
    with transaction.atomic():
        file.group, _ = FileGroup.objects.get_or_create(request=request, name=group)
        file.kind = kind.value
        file.save(update_fields=["group", "kind"])
        request.groups.filter(files=None, comments=None).delete()
        detail = {"group": group, "kind": kind.value}
        record(
            Deed.FILE_CHANGE,
            by=person.username,
            now=now,
            what=What(request=request, path=file.path, detail=detail),
        )


def describe_group(person: Identity, group: FileGroup, *, context: str, controls: str, now: datetime) -> None:
    """Write what a group of files is and how disclosure was controlled in it."""
    refuse_if(rules.why_not_edit(person, group.request))
    with transaction.atomic():
        group.context, group.controls = context.strip(), controls.strip()
        group.save(update_fields=["context", "controls"])
        detail = {"group": group.name, "context": group.context, "controls": group.controls}
        record(Deed.GROUP_EDIT, by=person.username, now=now, what=What(request=group.request, detail=detail))


def submit_request(person: Identity, request: ReleaseRequest, *, now: datetime) -> None:
    """Hand a request to the output checkers."""
    refuse_if(rules.why_not_submit(person, request, queries.readiness_of(request, now=now)), status=409)
    with transaction.atomic():
        for vote in request.votes.filter(choice=Choice.CHANGES_REQUESTED):
            vote.choice = Choice.UNDECIDED.value  # what was objected to is looked at again
            vote.save(update_fields=["choice"])
        move(request, to=State.SUBMITTED, owner=Owner.AUTHOR, now=now)
        record(Deed.REQUEST_SUBMIT, by=person.username, now=now, what=What(request=request))


def withdraw_request(person: Identity, request: ReleaseRequest, *, now: datetime) -> None:
    """Take a request back for good."""
    refuse_if(rules.why_not_withdraw(person, request), status=409)
    with transaction.atomic():
        move(request, to=State.WITHDRAWN, owner=Owner.AUTHOR, now=now)
        record(Deed.REQUEST_WITHDRAW, by=person.username, now=now, what=What(request=request))
