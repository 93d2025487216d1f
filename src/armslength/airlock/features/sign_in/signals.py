"""What happens when Django says that somebody came or went."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.http import HttpRequest

from armslength.airlock.models.records import Deed
from armslength.airlock.record import record
from armslength.kernel.clock import utc_now


def connect() -> None:
    """Listen. Called once, when the application is ready."""
    user_logged_in.connect(_came, dispatch_uid="airlock-came")
    user_logged_out.connect(_went, dispatch_uid="airlock-went")


def _came(request: HttpRequest, user: Any, **_: Any) -> None:
    from armslength.airlock.features.sign_in.middleware import (
        begin_session,  # the middleware needs loaded models
    )

    begin_session(request, checker=getattr(user, "confirmed_as_checker", ""))


def _went(user: Any, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record(Deed.SIGN_OUT, by=user.username, now=utc_now())
