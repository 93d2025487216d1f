"""People as the server last described them. Nobody has a password here: who somebody is comes from the server."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from armslength.wire.message import read
from armslength.wire.releases import Identity


class Person(AbstractBaseUser):
    """One person who has signed in here. `identity` is the server's own message, kept whole."""

    username = models.CharField(max_length=150, primary_key=True)
    identity = models.TextField()
    refreshed_at = models.DateTimeField()  # the last time the server confirmed it
    tried_at = models.DateTimeField()  # the last time we asked
    revoked = models.BooleanField(default=False)

    confirmed_as_checker = ""  # only while signing in: what the session then keeps

    objects = BaseUserManager()
    USERNAME_FIELD = "username"

    class Meta:
        app_label = "airlock"

    def __str__(self) -> str:
        return self.get_full_name()

    def as_identity(self) -> Identity:
        """Return who this is and what they may do, as the server last said."""
        return read(Identity, self.identity, sender="the airlock's own database")

    def get_full_name(self) -> str:
        return self.as_identity().name or self.username

    def get_short_name(self) -> str:
        return self.username


class Checker(models.Model):
    """Somebody appointed inside as an output checker. The server's word alone makes nobody one.

    `phrase` is the hash of a passphrase that never crosses the wall: a taken-over server does not know it.
    """

    username = models.CharField(max_length=150, primary_key=True)
    phrase = models.CharField(max_length=255)
    appointed_at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.username
