"""The front page, the list of projects and the page of each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from armslength.server.features.ledger.actions import ledger
from armslength.server.features.projects import queries
from armslength.server.features.releases.rules import why_not_see_files
from armslength.server.features.workspaces.rules import why_not_create
from armslength.server.models import JobRequest, Project, Workspace
from armslength.server.pages import page_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, and show what happened last."""
    recent = JobRequest.objects.select_related("workspace__project", "requested_by", "backend")[:6]
    context = {
        "recent": recent,
        "published": queries.published()[:3],
        "numbers": [
            (Project.objects.filter(state="ongoing").count(), "ongoing projects", "/projects"),
            (JobRequest.objects.count(), "requests on record", "/requests"),
            (queries.published().count(), "published results", "/publications"),
            (ledger().size(), "ledger entries", "/ledger"),
        ],
    }
    return render(request, "projects/home.html", context)


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """List every project."""
    search = request.GET.get("search", "").strip()[:100]
    page = page_of(queries.projects(search=search), request, per_page=24)
    return render(request, "projects/list.html", {"page": page, "search": search, "section": "projects"})


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything the public may know of a project; to its members also what was released."""
    found = get_object_or_404(Project, slug=slug)
    may_see = any(why_not_see_files(request.user, workspace=each) is None for each in found.workspaces.all())
    context = {
        "section": "projects",
        "has_aside": True,
        "project": found,
        "crumbs": [("Projects", "/projects")],
        "members": queries.members(found),
        "workspaces": Workspace.objects.filter(project=found).select_related("backend"),
        "requests": queries.requests_of(found)[:8],
        "published": queries.published(found),
        "releases": queries.releases_of(found)[:10] if may_see else None,
        "why_not_create": why_not_create(request.user, project=found)
        if request.user.is_authenticated
        else None,
        "facts": [
            ("Number", found.number),
            ("Kind of work", found.get_category_display()),
            ("Organisation", found.organisation),
            ("Approved by", found.approval),
            ("Registered", f"{found.created_at:%-d %B %Y}"),
            ("Approved", f"{found.approved_at:%-d %B %Y}" if found.approved_at else ""),
            ("Finished", f"{found.finished_at:%-d %B %Y}" if found.finished_at else ""),
        ],
    }
    return render(request, "projects/project.html", context)
