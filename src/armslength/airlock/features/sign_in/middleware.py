"""Every page needs somebody whom the server has confirmed recently; nothing else is served to strangers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from armslength.airlock.features.sign_in import actions
from armslength.airlock.features.sign_in.checkers import is_confirmed
from armslength.airlock.models import Person
from armslength.airlock.outbox.client import Server
from armslength.airlock.refusals import Refused
from armslength.airlock.visits import Visit
from armslength.kernel.clock import from_text, to_text, utc_now
from armslength.kernel.errors import Mistake, Mistakes

SIGNED_IN_AT = "signed_in_at"
CONFIRMED_AS_CHECKER = "confirmed_as_checker"
OPEN = frozenset({"web:healthz", "web:sign-in", "web:sign-in-with", "web:sign-in-return", "web:sign-out"})


class PeopleOnly:
    """Let strangers see the door only; refresh who people are; turn refusals and mistakes into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(self, request: Visit, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        request.now = utc_now()
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        person = request.user
        if not isinstance(person, Person):
            return self._to_the_door(request)
        if (reason := self._why_not_stay(request, person)) is not None:
            logout(request)
            messages.warning(request, reason)
            return self._to_the_door(request)
        identity = person.as_identity()
        confirmed = identity.output_checker and is_confirmed(
            person.username, request.session.get(CONFIRMED_AS_CHECKER, "")
        )
        request.unconfirmed = identity.output_checker and not confirmed
        request.person = identity.model_copy(update={"output_checker": confirmed})
        return None

    def _why_not_stay(self, request: Visit, person: Person) -> str | None:
        # Measured from the sign-in itself: the cookie's own age begins anew whenever the session is saved.
        since = request.session.get(SIGNED_IN_AT)
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if since is None or request.now - from_text(since) > age:
            return "Your session has ended. Sign in again."
        if actions.is_due(person, now=request.now):
            with Server(settings.AIRLOCK) as server:
                actions.refresh_person(server, person, now=request.now)
        return actions.why_not_trusted(person, now=request.now)

    def _to_the_door(self, request: Visit) -> HttpResponse:
        if request.htmx:
            answer = HttpResponse(status=204)
            answer.headers["HX-Redirect"] = reverse("web:sign-in")
            return answer
        return redirect_to_login(request.get_full_path(), reverse("web:sign-in"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return self._say(request, exception.reason, status=exception.status)
        if isinstance(exception, Mistake | Mistakes):
            first = exception.mistakes[0] if isinstance(exception, Mistakes) else exception
            return self._say(request, first.what, status=409, mistake=first)
        return None

    def _say(
        self, request: HttpRequest, reason: str, *, status: int, mistake: Mistake | None = None
    ) -> HttpResponse:
        if status == 403:
            actions.record_denial(request, reason)
        context = {"reason": reason, "mistake": mistake, "back": request.headers.get("Referer", "")}
        return render(request, "airlock/refused.html", context, status=status)


def begin_session(request: HttpRequest, *, checker: str = "") -> None:
    """Note when this session began, and whether with the passphrase of an output checker."""
    request.session[CONFIRMED_AS_CHECKER] = checker
    request.session[SIGNED_IN_AT] = to_text(utc_now())
