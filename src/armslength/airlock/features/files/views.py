"""Pages of level 4 files, and the sealed answers that carry a picture or a page of study output."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from armslength.airlock.features.files import level4
from armslength.airlock.features.files.actions import record_view
from armslength.airlock.features.files.level4 import Content
from armslength.airlock.features.files.showing import IMAGES, PAGES, Shown, show
from armslength.airlock.features.findings.queries import ShownReport, report_on
from armslength.airlock.features.workspaces.queries import manifest_for, states_of, title_of_project
from armslength.airlock.features.workspaces.views import why_not_add_from
from armslength.airlock.models import ReleaseRequest
from armslength.airlock.pages import workspace_of
from armslength.airlock.refusals import Refused
from armslength.airlock.visits import Visit
from armslength.web.inert import inert_page
from armslength.web.middleware import seal_file
from armslength.wire.manifest import Manifest


@require_safe
def workspace_file(request: Visit, name: str, path: str) -> HttpResponse:
    """Show one level 4 file, with what disclosure control says about it."""
    manifest = manifest_for(request.person, workspace_of(request, name))
    content = _content(request, manifest, name, path)
    report = report_on(content, now=request.now, workspace=name)
    described = manifest.files.get(path)
    state, request_id = (
        states_of(request.person, workspace=name, manifest=manifest)[path] if described else (None, "")
    )
    context = {
        "name": name,
        "path": path,
        "described": described,
        "state": state,
        "in_request": request_id,
        "request_href": reverse("request", args=[request_id]) if request_id else "",
        "file_name": PurePosixPath(path).name,
        "manifest": manifest,
        "title": title_of_project(manifest.project),
        "report": report,
        "why_not_add": why_not_add_from(request.person, name),
        "is_log": described is None,
        "crumbs": _crumbs(name, path),
        "has_aside": True,
        **shown_in(request, content, report),
    }
    return render(request, "airlock/workspace_file.html", context)


@require_safe
def workspace_content(request: Visit, name: str, path: str) -> HttpResponse:
    """Send the bytes of a picture or a page, sealed off from everything."""
    manifest = manifest_for(request.person, workspace_of(request, name))
    return sealed(_content(request, manifest, name, path))


def _content(request: Visit, manifest: Manifest, name: str, path: str) -> Content:
    level4.check_path(path)
    described = manifest.files.get(path)
    digest = described.sha256 if described else level4.log_digests(manifest).get(path)
    if digest is None:
        raise Refused("The workspace's manifest does not name this file, so it is not shown.", status=404)
    content = level4.read_content(settings.AIRLOCK.level4, workspace=name, path=path, sha256=digest)
    seen(request, content, workspace=name)
    return content


def seen(
    request: Visit, content: Content, *, workspace: str, release_request: ReleaseRequest | None = None
) -> None:
    """Record that the person of this session saw these bytes."""
    record_view(
        request.person,
        session=request.session.session_key or "",
        workspace=workspace,
        path=content.path,
        sha256=content.sha256,
        now=request.now,
        request=release_request,
    )


def shown_in(request: Visit, content: Content, report: ShownReport) -> dict[str, object]:
    """Return what the content templates need, with the order the reader asked for."""
    sort = request.GET.get("sort", "")
    shown: Shown = show(
        content,
        report=report,
        sort=int(sort) if sort.isascii() and sort.isdigit() and len(sort) < 5 else None,
        descending=request.GET.get("order") == "down",
    )
    return {"shown": shown, "sha256": content.sha256, "size": len(content.data)}


def sealed(content: Content) -> HttpResponse:
    """Answer with a picture or a page; anything else goes as plain text. Nothing in it runs or reaches out."""
    suffix = PurePosixPath(content.path).suffix.lower()
    kind = IMAGES.get(suffix) or PAGES.get(suffix) or "text/plain; charset=utf-8"
    response = HttpResponse(inert_page(content.data) if suffix in PAGES else content.data, content_type=kind)
    # As an image a drawing can reach nothing; opened on its own it could hold a page, so then it is only saved.
    response.headers["Content-Disposition"] = "attachment" if suffix == ".svg" else "inline"
    return seal_file(response)


def _crumbs(name: str, path: str) -> list[tuple[str, str]]:
    crumbs = [("Workspaces", "/workspaces"), (name, f"/workspaces/{name}")]
    parts = path.split("/")[:-1]
    if parts and parts[0] != "metadata":
        crumbs += [
            (part, f"/workspaces/{name}?folder={'/'.join(parts[: i + 1])}") for i, part in enumerate(parts)
        ]
    return crumbs
