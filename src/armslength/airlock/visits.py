"""A request as the views of this site get it: from somebody whom the server has confirmed, at a known time."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from armslength.wire.releases import Identity


class Visit(HttpRequest):
    """What the middleware `PeopleOnly` makes of a request before any view sees it."""

    person: Identity  # an output checker only when confirmed inside
    unconfirmed: bool  # the server says output checker, nobody inside has confirmed it
    now: datetime
    htmx: HtmxDetails
