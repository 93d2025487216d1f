"""The Django application of the review site."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AirlockConfig(AppConfig):
    """Models, features, and the guards that the database itself enforces."""

    name = "armslength.airlock"
    label = "airlock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Django loads models between importing this file and calling ready().
        from armslength.airlock import guards, looks
        from armslength.airlock.features.sign_in import signals

        post_migrate.connect(guards.install, sender=self)
        signals.connect()
        looks.register()
