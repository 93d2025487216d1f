"""The page of a workspace, the form that makes one, and archiving."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.server.access import refuse
from armslength.server.features.projects.queries import published
from armslength.server.features.publications.rules import why_not_propose
from armslength.server.features.releases.rules import why_not_see_files
from armslength.server.features.requests.rules import why_not_run
from armslength.server.features.workspaces import actions, rules
from armslength.server.features.workspaces.forms import WorkspaceForm
from armslength.server.models import JobRequest, Project, Publication, Release, Workspace
from armslength.server.visits import SignedIn


@require_safe
def workspace(request: HttpRequest, name: str) -> HttpResponse:
    """Show a workspace: purpose, runs, and to members its releases and drafts."""
    found = get_object_or_404(Workspace.objects.select_related("project", "backend", "created_by"), name=name)
    see = why_not_see_files(request.user, workspace=found) is None
    signed_in = request.user.is_authenticated
    context = {
        "section": "projects",
        "has_aside": True,
        "workspace": found,
        "crumbs": [("Projects", "/projects"), (found.project.title, f"/projects/{found.project.slug}")],
        "requests": JobRequest.objects.filter(workspace=found).select_related(
            "requested_by", "backend", "workspace"
        )[:12],
        "releases": Release.objects.filter(workspace=found).exclude(completed_at=None) if see else None,
        "published": published(found.project).filter(workspace=found),
        "waiting": Publication.objects.filter(workspace=found, state="proposed") if see else (),
        "why_not_run": why_not_run(request.user, workspace=found) if signed_in else None,
        "why_not_archive": rules.why_not_archive(request.user, workspace=found) if signed_in else None,
        "why_not_propose": why_not_propose(request.user, workspace=found) if signed_in else None,
        "facts": [
            ("Project", found.project.title),
            ("Repository", found.repository),
            ("Branch", found.branch),
            ("Backend", found.backend.name),
            ("Made by", found.created_by.name),
            ("Made", f"{found.created_at:%-d %B %Y}"),
        ],
    }
    return render(request, "workspaces/workspace.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, slug: str) -> HttpResponse:
    """Make a workspace."""
    project = get_object_or_404(Project, slug=slug)
    refuse(rules.why_not_create(request.user, project=project))
    form = WorkspaceForm(request.POST or None, project=project)
    if request.method == "POST":
        # Before validation, because a whole row is validated and this is part of it.
        form.instance.created_by, form.instance.created_at = request.user, utc_now()
        if form.is_valid():
            made = actions.create_workspace(form.save(commit=False), by=request.user, now=utc_now())
            return redirect("workspaces:workspace", made.name)
    crumbs = [("Projects", "/projects"), (project.title, f"/projects/{project.slug}")]
    context = {"form": form, "project": project, "crumbs": crumbs, "section": "projects"}
    return render(request, "workspaces/new.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def archive(request: SignedIn, name: str) -> HttpResponse:
    """Archive a workspace or take it back."""
    found = get_object_or_404(Workspace.objects.select_related("project"), name=name)
    archived = request.POST.get("archived") == "yes"
    actions.archive_workspace(found, archived=archived, by=request.user, now=utc_now())
    return redirect("workspaces:workspace", found.name)
