"""Your own account, and what everybody may see of a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.policy.roles import ROLES, Role
from armslength.server.features.accounts import queries, tokens
from armslength.server.features.projects.queries import role_words
from armslength.server.models import Grant, JobRequest, Person, Workspace
from armslength.server.visits import SignedIn


def _grants(person: Person) -> list[dict[str, Any]]:
    def row(grant: Grant) -> dict[str, Any]:
        role = Role(grant.role)
        return {"grant": grant, "words": role_words(role).capitalize(), "who": ROLES[role].who}

    return [row(grant) for grant in queries.grants_in_force(person)]


def _page(
    request: SignedIn, *, token: str = "", password_form: PasswordChangeForm | None = None
) -> HttpResponse:
    person = request.user
    context = {
        "person": person,
        "has_aside": True,
        "grants": _grants(person),
        "token": token,
        "token_live": bool(person.token_hash and person.token_until and person.token_until > utc_now()),
        "why_not_token": queries.why_not_inside(person),
        "requests": JobRequest.objects.filter(requested_by=person).select_related(
            "workspace__project", "backend"
        )[:8],
        "workspaces": Workspace.objects.filter(
            project__grants__person=person, project__grants__ended_at=None
        ).distinct(),
        "password_form": password_form or PasswordChangeForm(person),
    }
    return render(request, "accounts/account.html", context, status=400 if password_form else 200)


@never_cache
@login_required
@require_safe
def account(request: SignedIn) -> HttpResponse:
    """Show your roles, your work and the way inside."""
    return _page(request)


@never_cache
@login_required
@require_POST
def token(request: SignedIn) -> HttpResponse:
    """Make a single-use token and show it once."""
    if reason := queries.why_not_inside(request.user):
        messages.error(request, reason)
        return redirect("accounts:account")
    return _page(request, token=tokens.make_token(request.user, now=utc_now()))


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["POST"])
def password(request: SignedIn) -> HttpResponse:
    """Change your password; other sessions end."""
    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    update_session_auth_hash(request, form.save())
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("accounts:account")


@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show what a person does here: their roles and what they asked for."""
    found = get_object_or_404(Person, username=username)
    asked = JobRequest.objects.filter(requested_by=found).select_related(
        "workspace__project", "backend", "requested_by"
    )
    context = {"person": found, "grants": _grants(found), "requests": asked[:20]}
    return render(request, "accounts/person.html", context)
