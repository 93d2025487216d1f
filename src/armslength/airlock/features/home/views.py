"""The front page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from armslength.airlock.features.activity.queries import delivery_troubles
from armslength.airlock.features.home import queries
from armslength.airlock.features.requests.queries import visible_requests
from armslength.airlock.features.workspaces.queries import workspaces_of
from armslength.airlock.models.states import State
from armslength.airlock.outbox.delivery import backlog
from armslength.airlock.visits import Visit


@require_safe
def home(request: Visit) -> HttpResponse:
    """Show what needs the person's action, then where they might want to go."""
    projects = workspaces_of(request.person)
    context = {
        "own": queries.own_requests(request.person, now=request.now),
        "reviews": queries.reviews_to_do(request.person, now=request.now),
        "projects": {title: cards for title, cards in projects.items() if any(card.member for card in cards)},
        "leaving": visible_requests(request.person).filter(state=State.APPROVED),
        "recent": visible_requests(request.person).filter(state=State.RELEASED)[:5],
        "troubles": delivery_troubles(),
        "backlog": backlog(),
    }
    return render(request, "airlock/home.html", context)
