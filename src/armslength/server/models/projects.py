"""Approved pieces of work, and the workspaces where their code runs."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from armslength.policy.roles import Category, ProjectState

SLUG = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]{0,99}$", "Use small letters, digits, - and _, beginning with a letter or digit."
)
BRANCH = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", "This is not the name of a branch.")


STATES = [(state.value, state.value.capitalize()) for state in ProjectState]
CATEGORIES = [(category.value, category.value.replace("_", " ").capitalize()) for category in Category]


class Project(models.Model):
    """One piece of work with a stated purpose that somebody approved."""

    slug = models.CharField(max_length=100, unique=True, validators=[SLUG])
    title = models.CharField(max_length=300)
    number = models.CharField(max_length=20, blank=True)
    summary = models.TextField(
        help_text="For readers who are not researchers: the question, and why it matters."
    )
    organisation = models.CharField(max_length=200)
    category = models.CharField(max_length=30, choices=CATEGORIES, default=Category.RESEARCH)
    state = models.CharField(max_length=20, choices=STATES, default=ProjectState.PROPOSED)
    approval = models.CharField(
        "approved by",
        max_length=300,
        blank=True,
        help_text="Who approved it, and the reference of the decision.",
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [Lower("title")]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="project_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ProjectState]),
                name="project_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ongoing") | models.Q(approved_at__isnull=False),
                name="project_ongoing_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Workspace(models.Model):
    """One repository and branch of a project, on one backend. Its name is its folder inside."""

    name = models.CharField(max_length=100, unique=True, validators=[SLUG])
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="workspaces")
    repository = models.CharField(max_length=500)
    branch = models.CharField(max_length=200, validators=[BRANCH], default="main")
    backend = models.ForeignKey("Backend", on_delete=models.PROTECT, related_name="workspaces")
    purpose = models.TextField(help_text="What this workspace finds out, in a sentence or two.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
