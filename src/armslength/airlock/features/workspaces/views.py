"""Pages of workspaces: the list, one workspace as a tree, a fragment of the tree."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from armslength.airlock.features.requests.queries import active_request
from armslength.airlock.features.requests.rules import why_not_edit
from armslength.airlock.features.workspaces import queries
from armslength.airlock.features.workspaces.queries import FileState
from armslength.airlock.features.workspaces.rules import why_not_start_request
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.pages import workspace_of
from armslength.airlock.visits import Visit
from armslength.wire.releases import Identity

STALE = "show_stale"


@require_safe
def workspaces(request: Visit) -> HttpResponse:
    """Show every workspace the person may look into, by project."""
    return render(request, "airlock/workspaces.html", {"projects": queries.workspaces_of(request.person)})


def why_not_add_from(person: Identity, workspace: str) -> str | None:
    """Return None, or why nothing of this workspace can be added to a request now. The button and the form ask this."""
    if why := why_not_start_request(person, workspace=workspace):
        return why
    active = active_request(person, workspace=workspace)
    return why_not_edit(person, active) if active else None


@require_safe
def workspace(request: Visit, name: str) -> HttpResponse:
    """Show one folder of a workspace, the tree beside it."""
    workspace_of(request, name)
    if "stale" in request.GET:
        request.session[STALE] = request.GET["stale"] == "yes"
    stale = bool(request.session.get(STALE))
    manifest = queries.manifest_for(request.person, name)
    states = queries.states_of(request.person, workspace=name, manifest=manifest)
    path = request.GET.get("folder", "").strip("/")
    folder = queries.folder_of(manifest, states, path=path, stale=stale)
    parts = path.split("/") if path else []
    active = active_request(request.person, workspace=name)
    found = [state for state, _ in states.values()]
    context = {
        "name": name,
        "manifest": manifest,
        "folder": folder,
        "root": queries.folder_of(manifest, states, path="", stale=stale),
        "trail": [(part, "/".join(parts[: i + 1])) for i, part in enumerate(parts)],
        "logs": queries.logs_of(manifest),
        "counts": [(state, found.count(state)) for state in FileState if state in found],
        "stale": stale,
        "stale_count": sum(described.out_of_date_action for described in manifest.files.values()),
        "why_not_add": why_not_add_from(request.person, name),
        "active": active,
        "active_href": reverse("request", args=[active.id]) if active else "",
        "requests": ReleaseRequest.objects.filter(workspace=name)[:8],
        "title": queries.title_of_project(manifest.project),
        "root_crumbs": [("Workspaces", reverse("workspaces"))],
        "has_aside": True,
    }
    return render(request, "airlock/workspace.html", context)


@require_safe
def tree(request: Visit, name: str) -> HttpResponse:
    """Show what lies directly below one folder, to be put into the tree."""
    workspace_of(request, name)
    manifest = queries.manifest_for(request.person, name)
    states = queries.states_of(request.person, workspace=name, manifest=manifest)
    path = request.GET.get("folder", "").strip("/")
    folder = queries.folder_of(manifest, states, path=path, stale=bool(request.session.get(STALE)))
    return render(request, "airlock/_tree.html", {"name": name, "branch": folder})
