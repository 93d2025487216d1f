"""Set-up pages. Every change goes through `actions`, which asks the policy and tells the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.policy.roles import Permission, ProjectState, Role, Scope
from armslength.server import access
from armslength.server.features.projects.queries import role_words
from armslength.server.features.staff import actions, forms
from armslength.server.models import Backend, BackendToken, Grant, Person, Project, Workspace
from armslength.server.models.backends import Verb
from armslength.server.visits import SignedIn

View = Callable[..., HttpResponse]


def staff_page(view: View) -> View:
    """Let only people with access to the staff pages in; others are told why not."""

    @never_cache
    @login_required
    def guarded(request: SignedIn, **arguments: Any) -> HttpResponse:
        access.refuse(access.why_not(request.user, Permission.STAFF_AREA_ACCESS))
        return view(request, **arguments)

    return guarded


def _attempt(form: django_forms.Form | django_forms.ModelForm, change: Callable[[], Any]) -> Any:
    """Make the change; put what is wrong on the form instead of stopping."""
    try:
        return change()
    except Mistake as mistake:
        field = mistake.where if mistake.where in form.fields else None
        form.add_error(field, f"{mistake.what[:1].upper()}{mistake.what[1:]}.")
    except PermissionDenied as denied:
        form.add_error(None, str(denied))
    return None


def _render(
    request: SignedIn, name: str, context: dict[str, Any], *forms_shown: django_forms.BaseForm
) -> HttpResponse:
    status = 400 if any(form.is_bound and form.errors for form in forms_shown) else 200
    return render(request, f"staff/{name}.html", {"section": "staff", **context}, status=status)


@staff_page
@require_safe
def home(request: SignedIn) -> HttpResponse:
    """List projects, people and backends."""
    context = {
        "projects": Project.objects.order_by("-created_at"),
        "people": Person.objects.order_by("username"),
        "backends": Backend.objects.all(),
        "why_not_project": access.why_not(request.user, Permission.PROJECT_CREATE),
        "why_not_person": access.why_not(request.user, Permission.USER_MANAGE),
        "why_not_backend": access.why_not(request.user, Permission.BACKEND_MANAGE),
    }
    return _render(request, "home", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: SignedIn) -> HttpResponse:
    """Register a project."""
    form = forms.ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _attempt(
            form, lambda: actions.create_project(form.save(commit=False), by=request.user, now=utc_now())
        )
        if made:
            return redirect("staff:project", made.slug)
    return _render(request, "form", {"form": form, "title": "Register a project", "verb": "Register"}, form)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def project(request: SignedIn, slug: str) -> HttpResponse:
    """Move a project on, and give and end roles on it."""
    found = get_object_or_404(Project, slug=slug)
    posted = request.POST.get("form") if request.method == "POST" else None
    move = forms.MoveForm(request.POST if posted == "move" else None)
    give = forms.GiveRoleForm(request.POST if posted == "give" else None, scope=Scope.PROJECT)
    if posted == "move" and move.is_valid():
        to, approval = ProjectState(move.cleaned_data["to"]), move.cleaned_data["approval"]
        if _attempt(
            move, lambda: actions.move_project(found, to, approval=approval, by=request.user, now=utc_now())
        ):
            return redirect("staff:project", slug)
    if posted == "give" and give.is_valid() and _give(request, give, give.cleaned_data["person"], found):
        return redirect("staff:project", slug)
    context = {
        "project": found,
        "move": move,
        "give": give,
        "grants": _grants(Grant.objects.filter(project=found)),
        "workspaces": Workspace.objects.filter(project=found),
        "why_not_move": access.why_not(request.user, Permission.PROJECT_APPROVE),
        "why_not_give": access.why_not(request.user, Permission.USER_EDIT_PROJECT_ROLES),
    }
    return _render(request, "project", context, move, give)


def _give(
    request: SignedIn, form: forms.GiveRoleForm, person: Person, project: Project | None
) -> Grant | None:
    term = actions.Term(form.cleaned_data["reason"], form.cleaned_data["end"])
    given: Grant | None = _attempt(
        form,
        lambda: actions.give_role(
            person, form.chosen(), project=project, term=term, by=request.user, now=utc_now()
        ),
    )
    return given


def _grants(found: Any) -> list[dict[str, Any]]:
    rows = found.select_related("person", "granted_by", "ended_by", "project").order_by(
        "ended_at", "-granted_at"
    )
    return [{"grant": grant, "words": role_words(Role(grant.role))} for grant in rows]


@staff_page
@require_POST
def end_grant(request: SignedIn, pk: int) -> HttpResponse:
    """End a role."""
    grant = get_object_or_404(Grant.objects.select_related("person", "project"), pk=pk)
    actions.end_role(grant, by=request.user, now=utc_now())
    messages.success(request, f"{grant.person} is no longer {role_words(Role(grant.role))}.")
    return (
        redirect("staff:project", grant.project.slug)
        if grant.project
        else redirect("staff:person", grant.person.username)
    )


@staff_page
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: SignedIn) -> HttpResponse:
    """Open an account."""
    access.refuse(access.why_not(request.user, Permission.USER_MANAGE))
    form = forms.PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if made := _attempt(form, lambda: actions.create_person(**values, by=request.user, now=utc_now())):
            return redirect("staff:person", made.username)
    return _render(request, "form", {"form": form, "title": "Open an account", "verb": "Open"}, form)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedIn, username: str) -> HttpResponse:
    """Give and end global roles; close an account."""
    access.refuse(access.why_not(request.user, Permission.USER_MANAGE))
    found = get_object_or_404(Person, username=username)
    posted = request.POST.get("form") if request.method == "POST" else None
    give = forms.GiveRoleForm(request.POST if posted == "give" else None, scope=Scope.GLOBAL)
    if posted == "give" and give.is_valid() and _give(request, give, found, None):
        return redirect("staff:person", username)
    if posted == "close":
        actions.close_account(found, by=request.user, now=utc_now())
        messages.success(request, "The account is closed and every role ended.")
        return redirect("staff:person", username)
    context = {
        "person": found,
        "give": give,
        "grants": _grants(found.grants.all()),
        "myself": found.pk == request.user.pk,
    }
    return _render(request, "person", context, give)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_backend(request: SignedIn) -> HttpResponse:
    """Register a backend."""
    access.refuse(access.why_not(request.user, Permission.BACKEND_MANAGE))
    form = forms.BackendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if made := _attempt(form, lambda: actions.create_backend(**values, by=request.user, now=utc_now())):
            return redirect("staff:backend", made.slug)
    return _render(request, "form", {"form": form, "title": "Register a backend", "verb": "Register"}, form)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def backend(request: SignedIn, slug: str) -> HttpResponse:
    """Make and revoke a backend's tokens; pause it."""
    access.refuse(access.why_not(request.user, Permission.BACKEND_MANAGE))
    found = get_object_or_404(Backend, slug=slug)
    form, token = forms.TokenForm(request.POST if request.POST.get("form") == "token" else None), ""
    if form.is_bound and form.is_valid():
        token = actions.create_token(found, Verb(form.cleaned_data["verb"]), by=request.user, now=utc_now())
    elif request.POST.get("form") == "pause":
        actions.pause_backend(found, because=request.POST.get("because", ""), by=request.user)
        return redirect("staff:backend", slug)
    context = {
        "backend": found,
        "form": form,
        "token": token,
        "tokens": found.tokens.select_related("created_by"),
    }
    return _render(request, "backend", context, form)


@staff_page
@require_POST
def revoke_token(request: SignedIn, pk: int) -> HttpResponse:
    """Revoke a token."""
    found = get_object_or_404(BackendToken.objects.select_related("backend"), pk=pk)
    actions.revoke_token(found, by=request.user, now=utc_now())
    messages.success(request, "The token no longer works.")
    return redirect("staff:backend", found.backend.slug)
