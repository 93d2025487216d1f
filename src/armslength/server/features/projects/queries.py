"""What the public pages ask about projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from armslength.policy.roles import Role
from armslength.server.models import Grant, JobRequest, Project, Publication, Release
from armslength.server.models.releases import PublicationState


def projects(*, search: str = "") -> QuerySet[Project]:
    """Return projects that anybody may know of, those that ran something most recently first."""
    found = Project.objects.annotate(
        request_count=Count("workspaces__requests", distinct=True),
        last_request=Max("workspaces__requests__requested_at"),
        publication_count=Count(
            "workspaces__publications",
            filter=Q(workspaces__publications__state=PublicationState.PUBLISHED),
            distinct=True,
        ),
    )
    if search:
        found = found.filter(
            Q(title__icontains=search) | Q(organisation__icontains=search) | Q(number=search)
        )
    return found.order_by("-last_request", "title")


@dataclass(frozen=True)
class Member:
    """One person of a project and their roles there, in words."""

    username: str
    name: str
    roles: str
    since: date


def members(project: Project) -> list[Member]:
    """Return who holds a role on a project today, in the order in which they joined."""
    found: dict[str, list[Grant]] = {}
    for grant in Grant.objects.filter(project=project, ended_at=None).select_related("person"):
        found.setdefault(grant.person.username, []).append(grant)
    return [
        Member(
            username=username,
            name=grants[0].person.name,
            roles=", ".join(role_words(Role(grant.role)) for grant in grants),
            since=min(grant.start for grant in grants),
        )
        for username, grants in found.items()
    ]


def role_words(role: Role) -> str:
    """Return a role as people say it."""
    return role.value.replace("_", "-" if role is Role.CO_PILOT else " ")


def requests_of(project: Project) -> QuerySet[JobRequest]:
    """Return a project's requests, newest first."""
    return JobRequest.objects.filter(workspace__project=project).select_related(
        "workspace", "requested_by", "backend"
    )


def published(project: Project | None = None) -> QuerySet[Publication]:
    """Return what anybody can read, newest first."""
    found = Publication.objects.filter(state=PublicationState.PUBLISHED)
    if project:
        found = found.filter(workspace__project=project)
    return found.select_related("workspace__project", "proposed_by").order_by("-decided_at")


def releases_of(project: Project) -> QuerySet[Release]:
    """Return what was released to the members of a project, newest first."""
    return (
        Release.objects.filter(workspace__project=project)
        .exclude(completed_at=None)
        .select_related("workspace")
        .annotate(file_count=Count("files"))
    )
