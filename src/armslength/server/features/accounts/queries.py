"""What is known about a person: their roles, and what they may see inside."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from armslength.kernel.clock import utc_now
from armslength.policy.roles import Permission, ProjectState, Role
from armslength.server import access
from armslength.server.models import Backend, Grant, Person, Workspace
from armslength.wire.releases import Identity, WorkspaceGrant

INSIDE = (Permission.UNRELEASED_OUTPUTS_VIEW, Permission.AIRLOCK_READONLY_ACCESS)


def identity_inside(person: Person, *, backend: Backend) -> Identity:
    """Return who this is to the airlock of a backend: the workspaces they may see there, and whether they review."""
    workspaces = Workspace.objects.filter(backend=backend).select_related("project").order_by("name")
    seen = [
        WorkspaceGrant(
            workspace=workspace.name,
            project=workspace.project.slug,
            project_title=workspace.project.title,
            ongoing=workspace.project.state == ProjectState.ONGOING,
        )
        for workspace in workspaces
        if any(access.may(person, permission, project=workspace.project) for permission in INSIDE)
    ]
    return Identity(
        username=person.username,
        name=person.name,
        output_checker=is_output_checker(person),
        workspaces=tuple(seen),
    )


def is_output_checker(person: Person, *, today: date | None = None) -> bool:
    """Say whether a person holds the role of output checker today."""
    day = today or utc_now().date()
    return any(
        grant.role is Role.OUTPUT_CHECKER and grant.counts_on(day) for grant in access.grants_of(person)
    )


def why_not_inside(person: Person, *, backend: Backend | None = None) -> str | None:
    """Return None, or why this person has nothing to do inside (on this backend)."""
    if not person.is_active:
        return "This account is closed"
    if is_output_checker(person):
        return None
    backends = [backend] if backend else Backend.objects.all()
    if any(identity_inside(person, backend=each).workspaces for each in backends):
        return None
    return "None of your roles lets you look inside. Whoever leads your project can ask for one."


def grants_in_force(person: Person) -> QuerySet[Grant]:
    """Return the roles a person holds, with their projects."""
    return person.grants.filter(ended_at=None).select_related("project", "granted_by")
