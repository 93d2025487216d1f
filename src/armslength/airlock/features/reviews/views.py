"""The review queue, and what output checkers send from the pages of a request."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from armslength.airlock.features.reviews import actions, queries
from armslength.airlock.models import Comment, ReleaseRequest
from armslength.airlock.models.states import Choice, FileKind, State, Visibility
from armslength.airlock.pages import done, file_of, group_of, one_of, request_of
from armslength.airlock.refusals import Refused
from armslength.airlock.visits import Visit


@require_safe
def review_queue(request: Visit) -> HttpResponse:
    """Show what waits for output checkers, the longest waiting first."""
    if not request.person.output_checker:
        raise Refused("Only output checkers see the review queue.")
    context = {
        "rows": queries.review_queue(request.person, now=request.now),
        "returned": ReleaseRequest.objects.filter(state=State.RETURNED),
        "leaving": ReleaseRequest.objects.filter(state=State.APPROVED),
    }
    return render(request, "airlock/reviews.html", context)


@require_POST
def vote(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Keep a vote, and go on to the next file that has none."""
    file = file_of(request, identifier, number)
    choice = one_of(Choice, request.POST.get("choice", ""))
    actions.vote_on_file(
        request.person,
        file,
        choice=choice,
        sha256=request.POST.get("sha256", ""),
        now=request.now,
        comment=request.POST.get("comment", "")[:5_000],
    )
    facts = queries.facts_for(request.person, file.request)
    following = file.request.files.filter(kind=FileKind.OUTPUT, path__in=facts.unvoted).first()
    if following and choice is Choice.APPROVED:
        return done(
            request,
            f"You approved {file.path}.",
            to="request-file",
            identifier=identifier,
            number=following.pk,
        )
    if choice is Choice.APPROVED:
        return done(request, f"You approved {file.path}.", to="request", identifier=identifier)
    return done(request, "Your vote is kept.", to="request-file", identifier=identifier, number=number)


@require_POST
def request_changes_of_group(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Ask for changes in all files of a group that have no vote of this reviewer."""
    group = group_of(request, identifier, number)
    count = actions.request_changes_of_group(request.person, group, now=request.now)
    return done(
        request, f"Changes requested in {count} files of “{group.name}”.", to="request", identifier=identifier
    )


@require_POST
def submit_review(request: Visit, identifier: str) -> HttpResponse:
    """Finish this reviewer's review."""
    actions.submit_review(request.person, request_of(request, identifier), now=request.now)
    return done(request, "Your review is submitted.", to="request", identifier=identifier)


@require_POST
def return_request(request: Visit, identifier: str) -> HttpResponse:
    """Give the request back to its author."""
    text = request.POST.get("text", "")[:5_000]
    found = request_of(request, identifier)
    actions.return_request(
        request.person, found, reason=request.POST.get("reason", ""), text=text, now=request.now
    )
    return done(request, "The request is with its author again.", to="request", identifier=identifier)


@require_POST
def reject_request(request: Visit, identifier: str) -> HttpResponse:
    """Refuse the request for good."""
    text = request.POST.get("text", "")[:5_000]
    found = request_of(request, identifier)
    actions.reject_request(
        request.person, found, reason=request.POST.get("reason", ""), text=text, now=request.now
    )
    return done(request, "The request is rejected.", to="request", identifier=identifier)


@require_POST
def comment(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Keep a comment on a group, or on one file of it."""
    group = group_of(request, identifier, number)
    file = None
    if request.POST.get("file", "").isdigit():
        file = file_of(request, identifier, int(request.POST["file"]))
    actions.comment_on_group(
        request.person,
        group,
        text=request.POST.get("text", ""),
        visibility=one_of(Visibility, request.POST.get("visibility", "")),
        now=request.now,
        file=file,
    )
    if file is not None and request.POST.get("stay"):
        return redirect("request-file", identifier=identifier, number=file.pk)
    return redirect(f"{reverse('request', kwargs={'identifier': identifier})}#group-{group.pk}")


@require_POST
def publish_comment(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Make a private comment public."""
    found = get_object_or_404(request_of(request, identifier).comments, pk=number)
    actions.publish_comment(request.person, found, now=request.now)
    return done(request, "The comment is public.", to="request", identifier=identifier)


@require_POST
def strike_comment(request: Visit, identifier: str, number: int) -> HttpResponse:
    """Strike out a comment."""
    found: Comment = get_object_or_404(request_of(request, identifier).comments, pk=number)
    actions.strike_comment(request.person, found, now=request.now)
    return done(request, "The comment is struck out.", to="request", identifier=identifier)
