"""Pages of release requests, and what their authors send from them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.airlock.features.files.level4 import check_path
from armslength.airlock.features.files.views import sealed, seen
from armslength.airlock.features.requests import actions, queries, rules
from armslength.airlock.features.requests.pages import file_page, request_page
from armslength.airlock.features.workspaces.queries import manifest_for, released_digests
from armslength.airlock.features.workspaces.views import why_not_add_from
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.models.states import FileKind
from armslength.airlock.pages import done, file_of, group_of, one_of, request_of, workspace_of
from armslength.airlock.refusals import refuse_if
from armslength.airlock.visits import Visit


@require_safe
def requests(request: Visit) -> HttpResponse:
    """Show the release requests the person may look at."""
    found = queries.visible_requests(request.person)
    state = request.GET.get("state", "")
    if state:
        found = found.filter(state=state)
    return render(request, "airlock/requests.html", {"requests": found[:200], "state": state})


@require_safe
def show_request(request: Visit, identifier: str) -> HttpResponse:
    """Show one release request: files, findings, discussion, what happened."""
    return render(request, "airlock/request.html", request_page(request, request_of(request, identifier)))


@require_safe
def show_file(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Show one file of a request from the airlock's own copy."""
    return render(
        request, "airlock/request_file.html", file_page(request, file_of(request, identifier, number))
    )


@require_safe
def file_content(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Send the bytes of a picture or a page of a request, sealed off from everything."""
    file = file_of(request, identifier, number)
    content = queries.content_of(file)
    seen(request, content, workspace=file.request.workspace, release_request=file.request)
    return sealed(content)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_files(request: Visit, name: str) -> HttpResponse:
    """Ask what the chosen files are and into which group they go; then add them."""
    workspace_of(request, name)
    refuse_if(why_not_add_from(request.person, name))
    if request.method == "POST":
        return _add(request, name)
    manifest = manifest_for(request.person, name)
    active = queries.active_request(request.person, workspace=name)
    released = released_digests(name)
    rows = []
    for path in request.GET.getlist("path")[:500]:
        described = manifest.files.get(check_path(path))
        present = active.files.filter(path=path).first() if active else None
        was_released = described is not None and described.sha256 in released
        kinds = {
            kind: rules.why_not_add(described, kind=kind, present=present, released=was_released)
            for kind in (FileKind.OUTPUT, FileKind.SUPPORTING)
        }
        rows.append(
            {"path": path, "described": described, "kinds": kinds, "why_not": kinds[FileKind.SUPPORTING]}
        )
    groups = list(active.groups.values_list("name", flat=True)) if active else []
    context = {"name": name, "rows": rows, "groups": groups, "back": reverse("workspace", args=[name])}
    return render(request, "airlock/choose_files.html", context)


def _add(request: Visit, name: str) -> HttpResponse:
    group = (request.POST.get("new_group") or request.POST.get("group") or "main").strip().lower()
    additions = [
        actions.Addition(
            path=path, kind=one_of(FileKind, request.POST.get(f"kind:{path}", "output")), group=group
        )
        for path in request.POST.getlist("path")[:500]
    ]
    made = actions.add_files(request.person, workspace=name, additions=additions, now=request.now)
    words = f"{len(additions)} file{'s' if len(additions) != 1 else ''} added to group “{group}”."
    return done(request, words, to="request", identifier=made.id)


@require_POST
def describe_group(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Keep what the author says about a group."""
    group = group_of(request, identifier, number)
    actions.describe_group(
        request.person,
        group,
        context=request.POST.get("context", "")[:10_000],
        controls=request.POST.get("controls", "")[:10_000],
        now=request.now,
    )
    return done(request, f"Group “{group.name}” is described.", to="request", identifier=identifier)


@require_POST
def update_file(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Replace a file by the workspace's present one."""
    file = file_of(request, identifier, number)
    actions.update_file(request.person, file, now=request.now)
    return done(request, f"{file.path} now has the workspace's content.", to="request", identifier=identifier)


@require_POST
def withdraw_file(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Take a file out of the request."""
    file = file_of(request, identifier, number)
    path = file.path
    actions.withdraw_file(request.person, file, now=request.now)
    return done(request, f"{path} is out of the request.", to="request", identifier=identifier)


@require_POST
def change_file(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Move a file to another group or make it output or supporting."""
    file = file_of(request, identifier, number)
    kind = one_of(FileKind, request.POST.get("kind", file.kind))
    group = (request.POST.get("group") or file.group.name).strip().lower()
    actions.change_file(request.person, file, kind=kind, group=group, now=request.now)
    return done(request, f"{file.path} is changed.", to="request", identifier=identifier)


@require_POST
def submit(request: Visit, identifier: str) -> HttpResponse:
    """Hand the request to the output checkers."""
    found: ReleaseRequest = request_of(request, identifier)
    actions.submit_request(request.person, found, now=request.now)
    return done(request, "The request is with the output checkers.", to="request", identifier=identifier)


@require_POST
def withdraw(request: Visit, identifier: str) -> HttpResponse:
    """Take the request back for good."""
    actions.withdraw_request(request.person, request_of(request, identifier), now=request.now)
    return done(request, "The request is withdrawn.", to="request", identifier=identifier)
