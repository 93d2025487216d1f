"""Sign-in, sign-out, the pages for what went wrong, and the living style page."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.web import styleguide as samples
from armslength.web import throttle
from armslength.web.identity import IdentityProvider, Refusal, providers

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def address_of(request: HttpRequest) -> str:
    """Return from where a request comes: behind our own proxy, what that proxy saw, else who connected.

    Only the last address is the proxy's own; those before it are whatever the visitor claimed.
    """
    connected: str = request.META.get("REMOTE_ADDR", "")
    if not getattr(settings, "ARMSLENGTH_BEHIND_PROXY", False):
        return connected
    seen: str = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return seen or connected


def safe_next(request: HttpRequest) -> str:
    """Return where to go after signing in: an address of this very site, or the front page."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed else "/"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, provider: str = "") -> HttpResponse:
    """Show the ways to sign in, and try the one whose form was sent."""
    known = providers()
    if provider and provider not in known:
        raise Http404("no such way to sign in")
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    if request.method != "POST":
        return _sign_in_page(request, known)
    chosen = known[provider] if provider else next(iter(known.values()))
    return_to = request.build_absolute_uri(reverse("web:sign-in-return", args=[chosen.slug]))
    if elsewhere := chosen.begin(request, return_to=return_to):
        request.session["sign_in_next"] = safe_next(request)
        return redirect(elsewhere)
    answers = {question.name: request.POST.get(question.name, "")[:500] for question in chosen.questions()}
    return _try(request, chosen, answers, known)


@never_cache
@require_safe
def sign_in_return(request: HttpRequest, provider: str) -> HttpResponse:
    """Finish a sign-in that happened elsewhere."""
    known = providers()
    if provider not in known or known[provider].questions():
        raise Http404("no such way to sign in")
    return _try(request, known[provider], request.GET.dict(), known)


def _try(
    request: HttpRequest,
    provider: IdentityProvider,
    answers: Mapping[str, str],
    known: Mapping[str, IdentityProvider],
) -> HttpResponse:
    now = utc_now()
    limits = [(throttle.SIGN_IN_ADDRESS, address_of(request))]
    if username := answers.get("username", ""):
        limits.append((throttle.SIGN_IN_PERSON, username))
    for limit, subject in limits:
        if reason := throttle.why_not_try(limit, subject=subject, now=now):
            return _sign_in_page(request, known, failed=provider, reason=reason, answers=answers, status=429)
    outcome = provider.identify(request, answers=answers)
    if isinstance(outcome, Refusal):
        for limit, subject in limits:
            throttle.record_failure(limit, subject=subject, now=now)
        return _sign_in_page(
            request, known, failed=provider, reason=outcome.reason, answers=answers, status=400
        )
    if username:
        throttle.forgive(throttle.SIGN_IN_PERSON, subject=username)
    return _welcome(request, outcome)


def _welcome(request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
    target = request.session.pop("sign_in_next", None) or safe_next(request)
    # Each site has a user model of its own; the stubs know one.
    login(request, user, backend=getattr(user, "backend", MODEL_BACKEND))  # type: ignore[arg-type]
    return redirect(target)


def _sign_in_page(
    request: HttpRequest,
    known: Mapping[str, IdentityProvider],
    *,
    failed: IdentityProvider | None = None,
    reason: str = "",
    answers: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = [
        {
            "provider": provider,
            "reason": reason if provider is failed else "",
            "questions": [
                (
                    question,
                    ""
                    if question.secret or provider is not failed
                    else (answers or {}).get(question.name, ""),
                )
                for question in provider.questions()
            ],
        }
        for provider in known.values()
    ]
    return render(request, "web/sign_in.html", {"forms": forms, "next": safe_next(request)}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the front page."""
    logout(request)
    return redirect("/")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component once, as both the documentation and the check of the design system."""
    return render(request, "web/styleguide.html", samples.context())


def _failure(request: HttpRequest, status: int, *, detail: str = "") -> HttpResponse:
    try:
        return render(request, f"web/errors/{status}.html", {"detail": detail}, status=status)
    except TemplateDoesNotExist:
        return HttpResponse(f"Error {status}", status=status, content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show the page for a request that cannot be understood."""
    return _failure(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show the page for something a person may not do, with the reason the rule gave."""
    return _failure(request, 403, detail=str(exception or ""))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show the page for an address where nothing is, or nothing this person may know of."""
    return _failure(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page for a defect of ours. Touches no database: that may be what is broken."""
    return render(request, "web/errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show what to do when a form came without its token: almost always an old page."""
    return _failure(
        request,
        403,
        detail="This form was too old or came from another site. Go back, reload and send again.",
    )
