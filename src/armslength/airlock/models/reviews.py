"""Votes, submitted reviews and comments.

`author` is copied into votes and reviews so that the database itself refuses a person who reviews their
own request; a guard (see guards.py) refuses a copy that is not true.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from armslength.airlock.models.requests import FileGroup, ReleaseRequest, RequestFile
from armslength.airlock.models.states import Choice, Visibility


class Vote(models.Model):
    """What one reviewer says about one content of one output file."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.CASCADE, related_name="votes")
    file = models.ForeignKey(RequestFile, on_delete=models.CASCADE, related_name="votes")
    reviewer = models.CharField(max_length=150)
    author = models.CharField(max_length=150)
    choice = models.CharField(max_length=20, choices=Choice.choices())
    sha256 = models.CharField(max_length=64)  # the bytes it is about; it counts for no others
    turn = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        constraints = [
            models.UniqueConstraint(fields=["file", "reviewer"], name="one_vote_per_reviewer_and_file"),
            models.CheckConstraint(condition=~Q(reviewer=F("author")), name="author_never_votes"),
            models.CheckConstraint(
                condition=Q(choice__in=[choice.value for choice in Choice]), name="vote_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.choice}"


class Review(models.Model):
    """One reviewer finished looking, in one turn."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.CharField(max_length=150)
    author = models.CharField(max_length=150)
    turn = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "turn", "reviewer"], name="one_review_per_reviewer_and_turn"
            ),
            models.CheckConstraint(condition=~Q(reviewer=F("author")), name="author_never_reviews"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, turn {self.turn}"


class Comment(models.Model):
    """Something said about a group, or about one file of it. Never deleted, only struck out."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.CASCADE, related_name="comments")
    group = models.ForeignKey(FileGroup, on_delete=models.PROTECT, related_name="comments")
    file = models.ForeignKey(RequestFile, on_delete=models.SET_NULL, null=True, related_name="comments")
    by = models.CharField(max_length=150)
    text = models.TextField()
    visibility = models.CharField(max_length=20, choices=Visibility.choices())
    turn = models.PositiveIntegerField()
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "airlock"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=[v.value for v in Visibility]) & ~Q(text=""),
                name="a_comment_says_something_to_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:40]}"
