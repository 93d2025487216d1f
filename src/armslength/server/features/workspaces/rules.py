"""Why a workspace cannot be made or archived."""

from __future__ import annotations

from armslength.policy.roles import Permission
from armslength.server import access
from armslength.server.models import Project, Workspace


def why_not_create(person: access.Visitor, *, project: Project) -> str | None:
    """Return None, or why this person cannot make a workspace in a project."""
    return access.why_not(person, Permission.WORKSPACE_CREATE, project=project)


def why_not_archive(person: access.Visitor, *, workspace: Workspace) -> str | None:
    """Return None, or why this person cannot archive a workspace, or take it back."""
    return access.why_not(person, Permission.WORKSPACE_ARCHIVE, project=workspace.project)
