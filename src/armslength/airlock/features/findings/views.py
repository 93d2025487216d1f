"""Answering a finding from the page of its file."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from armslength.airlock.features.findings.actions import answer_finding
from armslength.airlock.models.states import Answer
from armslength.airlock.pages import done, file_of, one_of
from armslength.airlock.visits import Visit


@require_POST
def answer(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Keep an author's answer to one finding."""
    answer_finding(
        request.person,
        file_of(request, identifier, number),
        finding=request.POST.get("finding", ""),
        answer=one_of(Answer, request.POST.get("answer", "")),
        reason=request.POST.get("reason", "")[:5_000],
        now=request.now,
    )
    return done(
        request,
        "Your answer stands beside the finding.",
        to="request-file",
        identifier=identifier,
        number=number,
    )
