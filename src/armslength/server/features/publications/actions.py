"""Ask for a publication, decide it, withdraw it. What becomes public or stops being so is in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.ledger import Kind
from armslength.server.access import refuse
from armslength.server.features.ledger.actions import record, recording
from armslength.server.features.publications import rules
from armslength.server.models import Person, Publication, ReleasedFile, Workspace
from armslength.server.models.releases import PublicationState


def propose(
    workspace: Workspace,
    *,
    title: str,
    description: str,
    files: Sequence[ReleasedFile],
    by: Person,
    now: datetime,
) -> Publication:
    """Ask that these released files of a workspace be published."""
    refuse(rules.why_not_propose(by, workspace=workspace))
    if not files or any(
        file.release.workspace_id != workspace.pk or file.uploaded_at is None for file in files
    ):
        raise Mistake("S080", "choose released files of this workspace", where=workspace.name)
    if len({file.path for file in files}) < len(files):
        raise Mistake(
            "S080", "two of the chosen files have the same path; choose one of them", where=workspace.name
        )
    with recording():
        publication = Publication.objects.create(
            id=new_id(),
            workspace=workspace,
            title=title,
            description=description,
            proposed_by=by,
            proposed_at=now,
        )
        publication.files.set(files)
    return publication


def _locked(publication: Publication) -> Publication:
    related = Publication.objects.select_related("workspace__project", "proposed_by")
    return related.get(pk=publication.pk)


def publish(publication: Publication, *, by: Person, now: datetime) -> Publication:
    """Show the files to everybody."""
    with recording():
        publication = _locked(publication)
        refuse(rules.why_not_decide(by, publication=publication))
        entry = record(
            Kind.PUBLICATION,
            actor=by.username,
            subject=f"publication:{publication.pk}",
            body={
                "publication": publication.pk,
                "title": publication.title,
                "project": publication.workspace.project.slug,
                "workspace": publication.workspace.name,
                "proposed_by": publication.proposed_by.username,
                "files": [
                    {
                        "path": file.path,
                        "sha256": file.sha256,
                        "size": file.size,
                        "job": file.job,
                        "commit": file.commit,
                    }
                    for file in publication.files.all()
                ],
            },
            at=now,
        )
        publication.state, publication.decided_by, publication.decided_at = (
            PublicationState.PUBLISHED,
            by,
            now,
        )
        publication.entry_index = entry.index
        publication.save()
    return publication


def decline(publication: Publication, *, reason: str, by: Person, now: datetime) -> Publication:
    """Say no, with the reason its authors are shown."""
    if not reason.strip():
        raise Mistake("S081", "a refusal needs a reason", where=publication.pk)
    with recording():
        publication = _locked(publication)
        refuse(rules.why_not_decide(by, publication=publication))
        publication.state, publication.decided_by, publication.decided_at = PublicationState.DECLINED, by, now
        publication.decision_reason = reason.strip()[:1000]
        publication.save()
    return publication


def withdraw(publication: Publication, *, reason: str, by: Person, now: datetime) -> Publication:
    """Take published files down again. The page stays and says so, and why."""
    if not reason.strip():
        raise Mistake("S081", "a withdrawal needs a reason", where=publication.pk)
    with recording():
        publication = _locked(publication)
        refuse(rules.why_not_withdraw(by, publication=publication))
        entry = record(
            Kind.PUBLICATION_WITHDRAWAL,
            actor=by.username,
            subject=f"publication:{publication.pk}",
            body={"publication": publication.pk, "reason": reason.strip()[:1000]},
            at=now,
        )
        publication.state, publication.withdrawn_by, publication.withdrawn_at = (
            PublicationState.WITHDRAWN,
            by,
            now,
        )
        publication.withdrawal_reason, publication.withdrawal_entry_index = reason.strip()[:1000], entry.index
        publication.save()
    return publication
