"""What every page of this site knows about its reader."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from armslength.policy.roles import Permission
from armslength.server import access


def reader(request: HttpRequest) -> dict[str, Any]:
    """Say whether the staff pages are in the menu. Lazy, so that an error page asks no database."""
    return {"may_staff": lambda: access.may(request.user, Permission.STAFF_AREA_ACCESS)}
