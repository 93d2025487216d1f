"""The one table the web room keeps: attempts at things that must not be tried without end."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """One failed attempt. In the database, because a limit held by one process is no limit on the site."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="web_attempt_key_at")]

    def __str__(self) -> str:
        return f"attempt at {self.at:%Y-%m-%d %H:%M:%S}"
