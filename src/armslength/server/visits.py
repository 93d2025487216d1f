"""A request as the views behind `login_required` get it."""

from __future__ import annotations

from django.http import HttpRequest

from armslength.server.models import Person


class SignedIn(HttpRequest):
    """A request whose sender has an account here."""

    user: Person
