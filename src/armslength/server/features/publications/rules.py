"""Why files cannot be published, and why a decision is not yours."""

from __future__ import annotations

from armslength.policy.roles import Permission
from armslength.server import access
from armslength.server.models import Person, Publication, ReleasedFile, Workspace
from armslength.server.models.releases import PublicationState


def why_not_propose(person: access.Visitor, *, workspace: Workspace) -> str | None:
    """Return None, or why this person cannot ask for a publication."""
    if reason := access.why_not(person, Permission.SNAPSHOT_CREATE, project=workspace.project):
        return reason
    if (
        not ReleasedFile.objects.filter(release__workspace=workspace)
        .exclude(release__completed_at=None)
        .exists()
    ):
        return "Nothing was released from this workspace yet"
    return None


def why_not_decide(person: access.Visitor, *, publication: Publication) -> str | None:
    """Return None, or why this person cannot publish or decline."""
    if publication.state != PublicationState.PROPOSED:
        return "It was decided already"
    if isinstance(person, Person) and person.pk == publication.proposed_by_id:
        return "You asked for it yourself; a second person decides"
    return access.why_not(person, Permission.SNAPSHOT_PUBLISH, project=publication.workspace.project)


def why_not_withdraw(person: access.Visitor, *, publication: Publication) -> str | None:
    """Return None, or why this person cannot withdraw a publication."""
    if publication.state != PublicationState.PUBLISHED:
        return "Only what is published can be withdrawn"
    return access.why_not(person, Permission.SNAPSHOT_PUBLISH, project=publication.workspace.project)


def why_not_see(person: access.Visitor, *, publication: Publication) -> str | None:
    """Return None, or why this person may not know of a publication: what is or was published, everybody may."""
    if publication.state in {PublicationState.PUBLISHED, PublicationState.WITHDRAWN}:
        return None
    return access.why_not(person, Permission.RELEASE_FILE_VIEW, project=publication.workspace.project)


def why_not_see_files(person: access.Visitor, *, publication: Publication) -> str | None:
    """Return None, or why this person may not read its files: withdrawn files are for members again."""
    if publication.state == PublicationState.PUBLISHED:
        return None
    return access.why_not(person, Permission.RELEASE_FILE_VIEW, project=publication.workspace.project)
