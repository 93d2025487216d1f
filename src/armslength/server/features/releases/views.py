"""Released files, for the members of a project."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from armslength.server.access import hide
from armslength.server.features.publications.rules import why_not_propose
from armslength.server.features.releases import downloads, rules, store, viewer
from armslength.server.features.releases.actions import job_of
from armslength.server.models import Person, Release, ReleasedFile


def _find(request: HttpRequest, pk: str) -> Release:
    found = get_object_or_404(Release.objects.select_related("workspace__project", "backend"), pk=pk)
    hide(rules.why_not_see_files(request.user, workspace=found.workspace))
    return found


def _file(release: Release, path: str) -> ReleasedFile:
    return get_object_or_404(release.files.exclude(uploaded_at=None), path=path)


@require_safe
def release(request: HttpRequest, pk: str) -> HttpResponse:
    """Show a release and its files."""
    found = _find(request, pk)
    people = Person.objects.in_bulk(
        [found.author, *found.reviewers, found.released_by], field_name="username"
    )
    project = found.workspace.project
    context = {
        "section": "projects",
        "has_aside": True,
        "release": found,
        "files": found.files.all(),
        "author": people.get(found.author),
        "reviewers": [people[name] for name in found.reviewers if name in people],
        "why_not_propose": why_not_propose(request.user, workspace=found.workspace),
        "crumbs": [
            ("Projects", "/projects"),
            (project.title, f"/projects/{project.slug}"),
            (found.workspace.name, f"/workspaces/{found.workspace.name}"),
        ],
    }
    return render(request, "releases/release.html", context)


@require_safe
def file(request: HttpRequest, pk: str, path: str) -> HttpResponse:
    """Show one released file, and where it came from."""
    found = _find(request, pk)
    shown_file = _file(found, path)
    context = {
        "section": "projects",
        "has_aside": True,
        "release": found,
        "file": shown_file,
        "files": found.files.exclude(uploaded_at=None),
        "shown": viewer.show(store.place_of(shown_file.sha256), path=path, size=shown_file.size),
        "job": job_of(shown_file),
        "base": f"/releases/{found.pk}",
        "crumbs": [
            (found.workspace.name, f"/workspaces/{found.workspace.name}"),
            (f"Release of {found.released_at:%-d %B %Y}", f"/releases/{found.pk}"),
        ],
    }
    return render(request, "releases/file.html", context)


@require_safe
def raw(request: HttpRequest, pk: str, path: str) -> HttpResponseBase:
    """Give the bytes of one file."""
    return downloads.file_response(_file(_find(request, pk), path), download="download" in request.GET)


@require_safe
def download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Give the whole release as an archive with its manifest."""
    found = _find(request, pk)
    if found.completed_at is None:
        raise Http404("not every file is here yet")
    manifest = {
        "release": found.pk,
        "project": found.workspace.project.slug,
        "workspace": found.workspace.name,
        "released_at": found.released_at.isoformat(),
        "ledger_entry": found.entry_index,
        "terms": "Released to the members of the project. Not public: do not pass on before publication.",
    }
    return downloads.archive_response(found.files.all(), manifest=manifest, name=f"release-{found.pk}")
