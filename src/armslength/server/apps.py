"""The Django application of the jobs site."""

from __future__ import annotations

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """Models, features and commands of the jobs site."""

    name = "armslength.server"
    label = "server"
    default_auto_field = "django.db.models.BigAutoField"
