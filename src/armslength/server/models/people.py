"""People and the roles they were given, each with its beginning, its end and its reason."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from armslength.policy.roles import Role

ROLES = [(role.value, role.value.replace("_", " ").capitalize()) for role in Role]


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the name they sign in with."""


class Person(AbstractBaseUser):
    """Somebody with an account. What they may do follows from their grants alone."""

    username = models.CharField(
        max_length=150,
        unique=True,
        # The same alphabet as `wire.message.Person`: the name travels inside and into ledger entries.
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9@._+-]{0,149}$", "Use letters, digits and @ . _ + -")
        ],
    )
    name = models.CharField("full name", max_length=300)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    # The single-use token for the airlock: its hash, and until when it counts.
    token_hash = models.CharField(max_length=200, blank=True)
    token_until = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username


class Grant(models.Model):
    """One role for one person: everywhere, or on one project. Ended, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=60, choices=ROLES)
    project = models.ForeignKey(
        "Project", on_delete=models.PROTECT, related_name="grants", null=True, blank=True
    )
    start = models.DateField()
    end = models.DateField(null=True, blank=True)  # the last day on which it counts
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back, from this moment
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["granted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "project"],
                condition=Q(ended_at=None, project__isnull=False),
                name="grant_on_project_once",
            ),
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(ended_at=None, project=None), name="grant_on_site_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.person}"
