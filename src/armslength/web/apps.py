"""The Django application that carries what both sites share."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, style sheet, components, sign-in and the table that counts attempts."""

    name = "armslength.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
