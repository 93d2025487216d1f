"""Who may look into a workspace. Everything else about requests builds on these."""

from __future__ import annotations

from armslength.wire.releases import Identity, WorkspaceGrant


def grant_for(person: Identity, workspace: str) -> WorkspaceGrant | None:
    """Return the person's grant for this workspace, if the server gave one."""
    return next((grant for grant in person.workspaces if grant.workspace == workspace), None)


def is_member(person: Identity, *, project: str) -> bool:
    """Say whether the person works on this project, in whatever workspace."""
    return any(grant.project == project for grant in person.workspaces)


def why_not_see_workspace(person: Identity, *, workspace: str) -> str | None:
    """Return None, or why this person may not look at the level 4 files of a workspace."""
    if person.output_checker or grant_for(person, workspace):
        return None
    return "This workspace belongs to a project you do not work on."


def why_not_start_request(person: Identity, *, workspace: str) -> str | None:
    """Return None, or why this person may not ask that files of this workspace be released."""
    grant = grant_for(person, workspace)
    if grant is None:
        return "Only people who work on the project may ask for a release from this workspace."
    if not grant.ongoing:
        return "The project is not ongoing, so nothing can be released from it."
    return None
