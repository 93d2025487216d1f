"""The page of what happened."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from armslength.airlock.features.activity.queries import activity_of, delivery_troubles
from armslength.airlock.outbox.delivery import backlog
from armslength.airlock.visits import Visit


@require_safe
def activity(request: Visit) -> HttpResponse:
    """Show what happened, newest first."""
    filters = {name: request.GET.get(name, "")[:150] for name in ("workspace", "request", "actor")}
    context = {
        "rows": activity_of(request.person, **filters),
        "filters": filters,
        "backlog": backlog(),
        "troubles": delivery_troubles(),
    }
    return render(request, "airlock/activity.html", context)
