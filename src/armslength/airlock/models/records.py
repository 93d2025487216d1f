"""The audit trail and the outboxes: what happened here, and what the server has yet to hear of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from armslength.airlock.models.requests import ReleaseRequest
from armslength.airlock.models.states import Labelled
from armslength.wire.releases import EventKind


class Deed(Labelled):
    """What can happen here. This is the only list; each one is an audit entry."""

    SIGN_IN = "sign_in", "signed in"
    SIGN_IN_REFUSED = "sign_in_refused", "was refused at sign-in"
    SIGN_OUT = "sign_out", "signed out"
    CHECKER_APPOINTED = "checker_appointed", "was appointed an output checker"
    CHECKER_DISMISSED = "checker_dismissed", "is no output checker any more"
    ACCESS_ENDED = "access_ended", "lost access"
    DENIED = "denied", "was denied"
    FILE_VIEW = "file_view", "viewed a file"
    REQUEST_CREATE = "request_create", "started a release request"
    FILE_ADD = "file_add", "added a file"
    FILE_UPDATE = "file_update", "updated a file"
    FILE_WITHDRAW = "file_withdraw", "withdrew a file"
    FILE_CHANGE = "file_change", "moved a file or changed its kind"
    GROUP_EDIT = "group_edit", "described a group"
    FINDING_ANSWER = "finding_answer", "answered a finding"
    REQUEST_SUBMIT = "request_submit", "submitted the request"
    REQUEST_WITHDRAW = "request_withdraw", "withdrew the request"
    VOTE = "vote", "voted on a file"
    REVIEW_SUBMIT = "review_submit", "submitted a review"
    REQUEST_RETURN = "request_return", "returned the request"
    REQUEST_REJECT = "request_reject", "rejected the request"
    COMMENT = "comment", "commented"
    COMMENT_PUBLISH = "comment_publish", "made a comment public"
    COMMENT_STRIKE = "comment_strike", "struck out a comment"
    RELEASE = "release", "approved the release"
    FILE_UPLOAD = "file_upload", "sent a file out"
    REQUEST_RELEASED = "request_released", "finished the release"


# What the public ledger hears of as events. Names of unreleased files never cross the wall, only digests.
# A release is no event: the release itself becomes the entry, when its files have arrived.
PUBLIC_DEEDS: dict[Deed, EventKind] = {
    Deed.FILE_VIEW: EventKind.VIEW,
    Deed.REQUEST_CREATE: EventKind.REQUEST_CREATE,
    Deed.REQUEST_SUBMIT: EventKind.REQUEST_SUBMIT,
    Deed.REQUEST_WITHDRAW: EventKind.REQUEST_WITHDRAW,
    Deed.REQUEST_RETURN: EventKind.REQUEST_RETURN,
    Deed.REQUEST_REJECT: EventKind.REQUEST_REJECT,
    Deed.VOTE: EventKind.VOTE,
    Deed.REVIEW_SUBMIT: EventKind.REVIEW_SUBMIT,
}


class Audience(Labelled):
    """Who may read an audit entry, before blinding is applied."""

    MEMBERS = "members", "everybody who may see the request"
    REVIEW = "review", "its own actor; others when blinding allows"
    CHECKERS = "checkers", "output checkers when blinding allows"


class AuditEntry(models.Model):
    """One deed. Append-only and hash-chained: the database refuses to change or remove one."""

    deed = models.CharField(max_length=30, choices=Deed.choices())
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()
    workspace = models.CharField(max_length=100, default="", blank=True)
    request = models.CharField(max_length=16, default="", blank=True)
    turn = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=1000, default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    audience = models.CharField(max_length=20, choices=Audience.choices(), default=Audience.MEMBERS.value)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)  # SHA-256 over the previous digest and this entry

    class Meta:
        app_label = "airlock"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["workspace", "at"]),
            models.Index(fields=["request", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.deed}"


class OutboxEvent(models.Model):
    """One event for the public ledger, with the receipt when the server has proved it is there.

    `position` orders delivery. It is empty while the event is held: a vote told to the world during
    independent review would end the independence.
    """

    id = models.CharField(max_length=16, primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="event")
    request = models.CharField(max_length=16, default="", blank=True)
    message = models.TextField()
    position = models.PositiveBigIntegerField(null=True, unique=True)
    delivered_at = models.DateTimeField(null=True)
    receipt = models.TextField(default="", blank=True)
    ledger_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        app_label = "airlock"
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None) | ~Q(receipt=""), name="a_delivered_event_has_a_receipt"
            )
        ]

    def __str__(self) -> str:
        return self.id


class OutboxRelease(models.Model):
    """One approved release on its way to the server."""

    request = models.OneToOneField(ReleaseRequest, on_delete=models.PROTECT, related_name="release")
    message = models.TextField()
    created_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    receipt = models.TextField(default="", blank=True)
    ledger_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        app_label = "airlock"
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at=None) | ~Q(receipt=""), name="a_completed_release_has_a_receipt"
            )
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class OutboxFile(models.Model):
    """One file of a release on its way."""

    release = models.ForeignKey(OutboxRelease, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uploaded_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "airlock"
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["release", "path"], name="a_path_leaves_once")]

    def __str__(self) -> str:
        return self.path


class Delivery(models.Model):
    """How delivery of one queue goes: `events`, or the id of a release."""

    queue = models.CharField(max_length=30, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)
    failed_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "airlock"

    def __str__(self) -> str:
        return self.queue


class SeenContent(models.Model):
    """One content somebody has seen in one session: the first view is an event, the next are not."""

    session = models.CharField(max_length=64)
    workspace = models.CharField(max_length=100)
    path = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "workspace", "path", "sha256"], name="a_view_counts_once"
            )
        ]

    def __str__(self) -> str:
        return self.path


class LedgerHead(models.Model):
    """The last head of the public ledger that convinced us: one row, and evidence should the log be rewritten."""

    one = models.PositiveSmallIntegerField(primary_key=True, default=1)
    content = models.TextField()

    class Meta:
        app_label = "airlock"
        constraints = [models.CheckConstraint(condition=Q(one=1), name="there_is_one_last_head")]

    def __str__(self) -> str:
        return self.content[:60]
