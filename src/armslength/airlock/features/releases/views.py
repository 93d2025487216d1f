"""Letting files leave from the page of a request, and how far they have come."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from armslength.airlock.features.releases.actions import release_request
from armslength.airlock.features.releases.queries import progress_of
from armslength.airlock.pages import done, request_of
from armslength.airlock.visits import Visit


@require_POST
def release(request: Visit, identifier: str) -> HttpResponse:
    """Decide that the outputs of a request leave."""
    release_request(request.person, request_of(request, identifier), now=request.now)
    words = "Approved. The files are on their way to the jobs site."
    return done(request, words, to="request", identifier=identifier)


@require_safe
def progress(request: Visit, identifier: str) -> HttpResponse:
    """Show how far a release has come, to be put into the page again and again."""
    found = request_of(request, identifier)
    return render(
        request, "airlock/_progress.html", {"release_request": found, "progress": progress_of(found)}
    )
