"""May this person do this? The policy room decides; here its questions are asked with what the database knows."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from armslength.kernel.clock import utc_now
from armslength.policy import decisions
from armslength.policy.roles import Category, Permission, ProjectState, Role
from armslength.server.models import Person, Project

Visitor = Person | AnonymousUser


def grants_of(person: Visitor) -> list[decisions.Grant]:
    """Return the roles a person holds, as the policy room reads them. None for a visitor or a closed account."""
    if not isinstance(person, Person) or not person.is_active:
        return []
    if "policy_grants" not in person.__dict__:
        rows = person.grants.filter(ended_at=None).select_related("project")
        person.__dict__["policy_grants"] = [
            decisions.Grant(
                role=Role(row.role),
                project=row.project.slug if row.project else None,
                start=row.start,
                end=row.end,
            )
            for row in rows
        ]
    return list(person.__dict__["policy_grants"])


def for_policy(project: Project) -> decisions.Project:
    """Return what a decision needs to know about a project."""
    return decisions.Project(
        slug=project.slug, category=Category(project.category), state=ProjectState(project.state)
    )


def why_not(
    person: Visitor, permission: Permission, *, project: Project | None = None, today: date | None = None
) -> str | None:
    """Return None, or the reason in words why this person may not do this (on this project)."""
    if not isinstance(person, Person):
        return "Sign in first"
    return decisions.why_not(
        permission,
        grants=grants_of(person),
        project=for_policy(project) if project else None,
        today=today or utc_now().date(),
    )


def may(person: Visitor, permission: Permission, *, project: Project | None = None) -> bool:
    """Say whether nothing speaks against it."""
    return why_not(person, permission, project=project) is None


def refuse(reason: str | None) -> None:
    """Stop with the reason, if there is one. The page for 403 shows it."""
    if reason:
        raise PermissionDenied(reason)


def hide(reason: str | None) -> None:
    """Answer as if the thing did not exist, if there is a reason: its existence may be confidential."""
    if reason:
        raise Http404(reason)
