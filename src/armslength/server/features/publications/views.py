"""Published results for everybody, and the way there for members and publishers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.policy.roles import Permission
from armslength.server.access import hide, may, refuse
from armslength.server.features.projects.queries import members, published
from armslength.server.features.publications import actions, rules
from armslength.server.features.publications.forms import ProposeForm
from armslength.server.features.releases import downloads, store, viewer
from armslength.server.features.releases.actions import job_of
from armslength.server.features.requests.repository import commit_address
from armslength.server.models import Publication, ReleasedFile, Workspace
from armslength.server.models.releases import PublicationState
from armslength.server.pages import page_of
from armslength.server.visits import SignedIn


def _find(request: HttpRequest, pk: str) -> Publication:
    related = ("workspace__project", "workspace__backend", "proposed_by", "decided_by", "withdrawn_by")
    found = get_object_or_404(Publication.objects.select_related(*related), pk=pk)
    hide(rules.why_not_see(request.user, publication=found))
    return found


@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    """List what was published; to publishers also what waits for them."""
    waiting = Publication.objects.filter(state=PublicationState.PROPOSED).select_related(
        "workspace__project", "proposed_by"
    )
    mine = [
        each
        for each in waiting
        if may(request.user, Permission.SNAPSHOT_PUBLISH, project=each.workspace.project)
    ]
    context = {"section": "publications", "page": page_of(published(), request, per_page=24), "waiting": mine}
    return render(request, "publications/list.html", context)


@require_safe
def publication(request: HttpRequest, pk: str) -> HttpResponse:
    """Show a publication: what it says, its files, how to cite it, and where every file came from."""
    found = _find(request, pk)
    project = found.workspace.project
    see = rules.why_not_see_files(request.user, publication=found) is None
    files = [_with_origin(file) for file in found.files.select_related("release")] if see else []
    pictures = [each["file"] for each in files if viewer.suffix_of(each["file"].path) in viewer.PICTURES]
    signed_in = request.user.is_authenticated
    context = {
        "section": "publications",
        "has_aside": True,
        "publication": found,
        "files": files,
        "pictures": pictures[:1],
        "citation": _citation(request, found),
        "address": request.build_absolute_uri(f"/publications/{found.pk}"),
        "why_not_decide": rules.why_not_decide(request.user, publication=found)
        if signed_in
        else "Sign in first",
        "may_withdraw": signed_in and rules.why_not_withdraw(request.user, publication=found) is None,
        "crumbs": [("Results", "/publications"), (project.title, f"/projects/{project.slug}")],
    }
    return render(request, "publications/publication.html", context)


def _with_origin(file: ReleasedFile) -> dict[str, Any]:
    job = job_of(file)
    address = commit_address(job.request.repository, file.commit) if job and file.commit else ""
    return {"file": file, "job": job, "address": address}


def _citation(request: HttpRequest, found: Publication) -> str:
    if not found.decided_at:
        return ""
    authors = ", ".join(
        member.name for member in members(found.workspace.project) if "researcher" in member.roles
    )
    where = request.build_absolute_uri(f"/publications/{found.pk}")
    who = authors or found.proposed_by.name
    return f"{who} ({found.decided_at:%Y}). {found.title.rstrip('.')}. {found.workspace.project.organisation}. {where}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, name: str) -> HttpResponse:
    """Ask for a publication."""
    workspace = get_object_or_404(Workspace.objects.select_related("project"), name=name)
    refuse(rules.why_not_propose(request.user, workspace=workspace))
    form = ProposeForm(request.POST or None, workspace=workspace)
    if request.method == "POST" and form.is_valid():
        try:
            files = list(form.cleaned_data["files"])
            made = actions.propose(
                workspace,
                title=form.cleaned_data["title"],
                description=form.cleaned_data["description"],
                files=files,
                by=request.user,
                now=utc_now(),
            )
            return redirect("publications:publication", made.pk)
        except Mistake as mistake:
            form.add_error("files", f"{mistake.what[:1].upper()}{mistake.what[1:]}.")
    crumbs = [
        (workspace.project.title, f"/projects/{workspace.project.slug}"),
        (workspace.name, f"/workspaces/{workspace.name}"),
    ]
    context = {"form": form, "workspace": workspace, "crumbs": crumbs, "section": "projects"}
    return render(request, "publications/new.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
def decide(request: SignedIn, pk: str) -> HttpResponse:
    """Publish, or decline with a reason."""
    found = _find(request, pk)
    try:
        if request.POST.get("decision") == "publish":
            actions.publish(found, by=request.user, now=utc_now())
            messages.success(request, "Published. Everybody can read it now.")
        else:
            actions.decline(found, reason=request.POST.get("reason", ""), by=request.user, now=utc_now())
            messages.success(request, "Declined. Its authors see your reason.")
    except Mistake as mistake:
        messages.error(request, f"{mistake.what[:1].upper()}{mistake.what[1:]}.")
    return redirect("publications:publication", pk)


@login_required
@require_POST
def withdraw(request: SignedIn, pk: str) -> HttpResponse:
    """Withdraw, with a reason that stays."""
    try:
        actions.withdraw(
            _find(request, pk), reason=request.POST.get("reason", ""), by=request.user, now=utc_now()
        )
    except Mistake as mistake:
        messages.error(request, f"{mistake.what[:1].upper()}{mistake.what[1:]}.")
    return redirect("publications:publication", pk)


def _find_file(request: HttpRequest, pk: str, path: str) -> tuple[Publication, ReleasedFile]:
    found = _find(request, pk)
    hide(rules.why_not_see_files(request.user, publication=found))
    return found, get_object_or_404(found.files, path=path)


@require_safe
def file(request: HttpRequest, pk: str, path: str) -> HttpResponse:
    """Show one published file."""
    found, shown_file = _find_file(request, pk, path)
    context = {
        "section": "publications",
        "has_aside": True,
        "file": shown_file,
        "files": found.files.all(),
        "shown": viewer.show(store.place_of(shown_file.sha256), path=path, size=shown_file.size),
        "job": job_of(shown_file),
        "base": f"/publications/{found.pk}",
        "crumbs": [("Results", "/publications"), (found.title, f"/publications/{found.pk}")],
    }
    return render(request, "releases/file.html", context)


@require_safe
def raw(request: HttpRequest, pk: str, path: str) -> HttpResponseBase:
    """Give the bytes of a published file."""
    _, found = _find_file(request, pk, path)
    return downloads.file_response(found, download="download" in request.GET)


@require_safe
def download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Give everything as an archive with its manifest."""
    found = _find(request, pk)
    hide(rules.why_not_see_files(request.user, publication=found))
    manifest = {
        "publication": found.pk,
        "title": found.title,
        "project": found.workspace.project.slug,
        "published_at": found.decided_at.isoformat() if found.decided_at else None,
        "citation": _citation(request, found),
        "ledger_entry": found.entry_index,
    }
    return downloads.archive_response(found.files.all(), manifest=manifest, name=f"publication-{found.pk}")
