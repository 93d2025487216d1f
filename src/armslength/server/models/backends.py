"""Secure environments that this site knows, and the tokens with which they call."""

from __future__ import annotations

from django.db import models

from armslength.server.models.projects import SLUG


class Backend(models.Model):
    """One secure environment with its runner and its airlock."""

    slug = models.CharField(max_length=100, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    paused_because = models.CharField(
        max_length=300, blank=True, help_text="When filled, nobody can make a request, and this is why."
    )
    created_at = models.DateTimeField()
    runner_seen_at = models.DateTimeField(null=True, blank=True)
    airlock_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Verb(models.TextChoices):
    """What a token is for. A runner's token cannot release, an airlock's cannot report runs."""

    RUNNER = "runner", "Runner"
    AIRLOCK = "airlock", "Airlock"


class BackendToken(models.Model):
    """A token of one backend for one verb. Only its hash is kept; it is shown once."""

    backend = models.ForeignKey(Backend, on_delete=models.PROTECT, related_name="tokens")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    # 256 random bits need no slow hash: there is nothing to guess.
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.verb} token of {self.backend.slug}"
