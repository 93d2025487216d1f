"""What every template of a site knows: its name, its zone, whether it runs in development."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from armslength import __version__


def site(request: HttpRequest) -> dict[str, Any]:
    """Add the site's name, zone and version to a template's context."""
    return {
        "site_name": settings.ARMSLENGTH_SITE_NAME,
        "zone": settings.ARMSLENGTH_ZONE,
        "version": __version__,
        "debug": settings.DEBUG,
    }
