"""The ledger for people, and for programs that check it (docs/reference/ledger-protocol.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.ledger import Kind
from armslength.server.features.api.answers import refusal, whole_number
from armslength.server.features.ledger.actions import ledger
from armslength.server.features.ledger.queries import body_of, entries_matching, path_to_root
from armslength.server.models import LedgerEntry
from armslength.server.pages import page_of

LARGEST_PART = 5000
# Where a subject's own page is.
PAGES = {
    "request": "/requests/{}",
    "project": "/projects/{}",
    "publication": "/publications/{}",
    "workspace": "/workspaces/{}",
    "person": "/people/{}",
}


def address_of(subject: str) -> str:
    """Return the page about what an entry is about, or nothing."""
    kind, _, name = subject.partition(":")
    return PAGES[kind].format(name) if kind in PAGES else ""


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """List entries, newest first, with filters."""
    chosen = {name: request.GET.get(name, "").strip()[:200] for name in ("kind", "actor", "subject")}
    page = page_of(entries_matching(**chosen), request, per_page=50)
    log = ledger()
    context = {
        "section": "ledger",
        "page": page,
        "rows": [{"entry": row, "body": body_of(row), "address": address_of(row.subject)} for row in page],
        "kinds": list(Kind),
        "head": log.head(at=utc_now()),
        "key": log.key.public,
        "site": request.build_absolute_uri("/").rstrip("/"),
        **chosen,
    }
    return render(request, "ledger/entries.html", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry and the proof that it is in the ledger."""
    row = get_object_or_404(LedgerEntry, index=index)
    log = ledger()
    found, head = log.entry(index), log.head(at=utc_now())
    proof = log.inclusion(index, size=head.size)
    steps = path_to_root(found, proof)
    context = {
        "section": "ledger",
        "has_aside": True,
        "row": row,
        "index_words": str(index),
        "body": json.dumps(found.body, indent=2, ensure_ascii=False, sort_keys=True),
        "address": address_of(row.subject),
        "head": head,
        "steps": [{"step": step, "y": 96 + 78 * (step.number - 1)} for step in steps],
        "height": 96 + 78 * len(steps),
        "previous": index - 1 if index else None,
        "following": index + 1 if index + 1 < head.size else None,
        "earlier_hash": found.previous,
        "crumbs": [("Ledger", "/ledger")],
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "ledger/entry.html", context)


View = Callable[..., HttpResponse | StreamingHttpResponse]


def protocol(view: View) -> View:
    """Answer the mistakes of an address of the protocol as it says: 404 for what the log does not have, else 400."""

    @wraps(view)
    @require_safe
    @never_cache
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse | StreamingHttpResponse:
        try:
            response = view(request, **arguments)
        except Mistake as mistake:
            response = refusal(mistake, status=404 if mistake.code == "L008" else 400)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return answer


@protocol
def head(request: HttpRequest) -> HttpResponse:
    """Give the head of the whole log, signed now."""
    return JsonResponse(ledger().head(at=utc_now()).to_object())


@protocol
def key(request: HttpRequest) -> HttpResponse:
    """Give the public key."""
    return HttpResponse(ledger().key.public.to_pem(), content_type="application/x-pem-file")


@protocol
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give entries in canonical form, one a line, and the head."""
    start = whole_number(request, "start", default=0)
    limit = whole_number(request, "limit", default=0) if "limit" in request.GET else None
    if limit is not None:
        limit = min(limit, LARGEST_PART)
    lines = ledger().export(at=utc_now(), start=start, limit=limit)
    response = StreamingHttpResponse(_gathered(lines), content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="ledger.jsonl"'
    return response


def _gathered(lines: Iterator[str], *, at_once: int = 200) -> Iterator[bytes]:
    """Join lines into larger pieces: one write for each line would be slow."""
    while taken := list(islice(lines, at_once)):
        yield "".join(taken).encode()


@protocol
def proof(request: HttpRequest, index: str) -> HttpResponse:
    """Give an entry and its inclusion proof."""
    if not (index.isascii() and index.isdigit() and len(index) <= 15):
        raise Mistake("S005", "the index must be a whole number from 0", where=request.path)
    log = ledger()
    size = whole_number(request, "size", default=log.size())
    inclusion = log.inclusion(int(index), size=size)
    return JsonResponse({"entry": log.entry(int(index)).to_object(), "inclusion": inclusion.to_object()})


@protocol
def consistency(request: HttpRequest) -> HttpResponse:
    """Give the proof that one size of the log is a beginning of another."""
    if "from" not in request.GET:
        raise Mistake("S005", "`from` is missing", where=request.path)
    log = ledger()
    old = whole_number(request, "from", default=0)
    return JsonResponse(log.consistency(old, whole_number(request, "to", default=log.size())).to_object())
