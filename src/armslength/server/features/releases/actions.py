"""Receive a release: the announcement, then each file; when the last one is here, it goes into the ledger."""

from __future__ import annotations

import hashlib
from datetime import datetime

from armslength.kernel.errors import Mistake
from armslength.ledger import Kind
from armslength.server.features.ledger.actions import ledger, record, recording
from armslength.server.features.ledger.queries import receipt
from armslength.server.features.releases import rules, store
from armslength.server.features.releases.events import votes_in
from armslength.server.models import Backend, Job, Release, ReleasedFile, Workspace
from armslength.wire.releases import Release as ReleaseMessage
from armslength.wire.releases import ReleasedFile as FileMessage
from armslength.wire.releases import ReleaseProgress


def announce(message: ReleaseMessage, *, backend: Backend, now: datetime) -> Release:
    """Take note of a release and its files. The same announcement twice is one; a different one is S022."""
    digest = hashlib.sha256(message.to_json().encode()).hexdigest()
    with recording():
        known = Release.objects.filter(pk=message.id).first()
        if known:
            if (known.digest, known.backend_id) != (digest, backend.pk):
                raise Mistake(
                    "S022", "another release was announced under this id", where=message.id, exit_status=409
                )
            return known
        workspace = _workspace(message, backend)
        reason = rules.why_not_receive(message, workspace=workspace)
        reason = reason or rules.why_not_approved(message, votes=votes_in(message.id, workspace=workspace))
        if reason:
            raise Mistake(
                "S023", f"this release cannot be received: {reason}", where=message.id, exit_status=403
            )
        release = Release.objects.create(
            id=message.id,
            workspace=workspace,
            backend=backend,
            author=message.author,
            reviewers=list(message.reviewers),
            released_by=message.released_by,
            released_at=message.released_at,
            summary=message.summary,
            digest=digest,
            announced_at=now,
        )
        ReleasedFile.objects.bulk_create(_announced(file, release=release) for file in message.files)
    return release


def _announced(file: FileMessage, *, release: Release) -> ReleasedFile:
    """Return the row of a file that is announced and not here yet."""
    return ReleasedFile(
        release=release,
        path=file.path,
        sha256=file.sha256,
        size=file.size,
        action=file.action,
        job=file.job or "",
        commit=file.commit or "",
    )


def _workspace(message: ReleaseMessage, backend: Backend) -> Workspace:
    workspace = (
        Workspace.objects.filter(name=message.workspace, backend=backend).select_related("project").first()
    )
    if not workspace:
        raise Mistake(
            "S024",
            f"this backend has no workspace `{message.workspace}`",
            where=message.id,
            exit_status=404,
        )
    return workspace


def receive_file(release: Release, *, path: str, read: store.Read, now: datetime) -> Release:
    """Keep the bytes of one announced file and, if it was the last, complete the release."""
    file = release.files.filter(path=path).first()
    if not file:
        raise Mistake(
            "S025", f"no file `{path}` was announced in this release", where=release.pk, exit_status=404
        )
    store.keep(read, sha256=file.sha256, size=file.size, name=path)
    with recording():
        # Again inside the transaction: two uploads may end at the same time, and only one completes the release.
        release = Release.objects.get(pk=release.pk)
        ReleasedFile.objects.filter(pk=file.pk, uploaded_at=None).update(uploaded_at=now)
        if release.completed_at is None and not release.files.filter(uploaded_at=None).exists():
            _complete(release, now=now)
    return release


def _complete(release: Release, *, now: datetime) -> None:
    files = list(release.files.all())
    entry = record(
        Kind.RELEASE,
        actor=release.released_by,
        subject=f"release:{release.pk}",
        body={
            "release": release.pk,
            "backend": release.backend.slug,
            "project": release.workspace.project.slug,
            "workspace": release.workspace.name,
            "author": release.author,
            "reviewers": list(release.reviewers),
            # Digests and not names: a name may say what a result was, and members see a release before everybody.
            "files": [{"sha256": file.sha256, "size": file.size} for file in files],
        },
        at=now,
    )
    release.completed_at, release.entry_index = now, entry.index
    release.save(update_fields=["completed_at", "entry_index"])


def progress(release: Release, *, now: datetime) -> ReleaseProgress:
    """Return what is still missing and, once complete, the proof that the release is in the ledger."""
    missing = tuple(release.files.filter(uploaded_at=None).values_list("path", flat=True))
    proof = None
    if release.entry_index is not None:
        proof = receipt(release.pk, ledger().entry(release.entry_index), at=now)
    return ReleaseProgress(id=release.pk, missing=missing, receipt=proof)


def job_of(file: ReleasedFile) -> Job | None:
    """Return the job that made a file, if its runner reported it here."""
    return Job.objects.filter(pk=file.job).select_related("request").first() if file.job else None
