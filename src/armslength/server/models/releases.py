"""What came out: releases from inside, publications for everybody, and the events that led there."""

from __future__ import annotations

from django.db import models


class InsideEvent(models.Model):
    """One thing a person did inside, already in the ledger. Known by id, so that sending twice records once."""

    id = models.CharField(primary_key=True, max_length=16)
    workspace = models.ForeignKey("Workspace", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    release_request = models.CharField(max_length=16, blank=True, db_index=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the event, to tell a repetition from a forgery
    entry_index = models.PositiveBigIntegerField(unique=True)

    class Meta:
        ordering = ["entry_index"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor}"


class Release(models.Model):
    """Files that two people inside agreed may leave, for the members of the project."""

    id = models.CharField(primary_key=True, max_length=16)
    workspace = models.ForeignKey("Workspace", on_delete=models.PROTECT, related_name="releases")
    backend = models.ForeignKey("Backend", on_delete=models.PROTECT, related_name="releases")
    author = models.CharField(max_length=150)
    reviewers = models.JSONField()
    released_by = models.CharField(max_length=150)
    released_at = models.DateTimeField()
    summary = models.CharField(max_length=2000, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the announcement
    announced_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)  # every file is here
    entry_index = models.PositiveBigIntegerField(unique=True, null=True)

    class Meta:
        ordering = ["-released_at"]

    def __str__(self) -> str:
        return self.id


class ReleasedFile(models.Model):
    """One released file; its bytes lie in the store under their SHA-256."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    action = models.CharField(max_length=200, blank=True)
    job = models.CharField(max_length=16, blank=True)
    commit = models.CharField(max_length=40, blank=True)
    uploaded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["release", "path"], name="released_path_once")]

    def __str__(self) -> str:
        return self.path


class PublicationState(models.TextChoices):
    """Where a publication stands. This is the only list; PUBLICATION_MOVES says what may follow what."""

    PROPOSED = "proposed", "Waiting for a publisher"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


PUBLICATION_MOVES: dict[str, frozenset[str]] = {
    PublicationState.PROPOSED: frozenset({PublicationState.PUBLISHED, PublicationState.DECLINED}),
    PublicationState.PUBLISHED: frozenset({PublicationState.WITHDRAWN}),
    PublicationState.DECLINED: frozenset(),
    PublicationState.WITHDRAWN: frozenset(),
}


class Publication(models.Model):
    """Released files shown to everybody. What is published never changes; it can only be withdrawn, visibly."""

    id = models.CharField(primary_key=True, max_length=16)
    workspace = models.ForeignKey("Workspace", on_delete=models.PROTECT, related_name="publications")
    title = models.CharField(max_length=300)
    description = models.TextField()
    files = models.ManyToManyField(ReleasedFile, related_name="publications")
    state = models.CharField(
        max_length=20, choices=PublicationState.choices, default=PublicationState.PROPOSED
    )
    proposed_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=1000, blank=True)
    entry_index = models.PositiveBigIntegerField(unique=True, null=True)
    withdrawn_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=1000, blank=True)
    withdrawal_entry_index = models.PositiveBigIntegerField(unique=True, null=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "withdrawn"])
                | models.Q(decided_at__isnull=False, decided_by__isnull=False, entry_index__isnull=False),
                name="publication_published_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="publication_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.title
