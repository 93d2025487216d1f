"""The public log for machines: JSON and Atom, with the same filters as the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from armslength.server.features.requests.queries import Filters, requests_matching
from armslength.server.models import JobRequest
from armslength.server.pages import page_of

PER_FEED = 100


def as_object(row: JobRequest) -> dict[str, Any]:
    """Return the public facts of one request."""
    return {
        "id": row.pk,
        "state": row.state,
        "reason": row.reason,
        "project": row.workspace.project.slug,
        "workspace": row.workspace.name,
        "backend": row.backend.slug,
        "repository": row.repository,
        "branch": row.branch,
        "commit": row.commit,
        "actions": row.actions,
        "requested_by": row.requested_by.username,
        "requested_at": row.requested_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "ledger_entry": row.entry_index,
    }


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """Give one page of the log as JSON, with the address of the next."""
    page = page_of(requests_matching(Filters.from_query(request.GET)), request, per_page=PER_FEED)
    query = request.GET.copy()
    if page.has_next():
        query["page"] = str(page.next_page_number())
    following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if page.has_next() else None
    return JsonResponse({"requests": [as_object(row) for row in page], "next": following})


@require_safe
def as_atom(request: HttpRequest) -> HttpResponse:
    """Give the newest part of the log as an Atom feed."""
    feed = Atom1Feed(
        title="What ran",
        link=request.build_absolute_uri("/requests"),
        feed_url=request.build_absolute_uri(),
        description="Every request to run code on health records, newest first",
    )
    for row in requests_matching(Filters.from_query(request.GET))[:PER_FEED]:
        feed.add_item(
            title=f"{row.workspace.name}: {', '.join(row.actions)}",
            link=request.build_absolute_uri(f"/requests/{row.pk}"),
            description=f"{row.requested_by.name} asked for commit {row.commit[:12]} of {row.repository}: {row.state}",
            author_name=row.requested_by.name,
            pubdate=row.requested_at,
            updateddate=row.finished_at or row.requested_at,
            unique_id=f"urn:armslength:request:{row.pk}",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
