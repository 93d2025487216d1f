"""Job requests and their jobs, as the runner last reported them."""

from __future__ import annotations

from django.db import models

from armslength.wire.jobs import JobState, RequestState

JOB_STATES = [(state.value, state.value.capitalize()) for state in JobState]
REQUEST_STATES = [(state.value, state.value.capitalize()) for state in RequestState]


class JobRequest(models.Model):
    """Run these actions of this commit. What the runner reads is the ledger entry, not this row."""

    id = models.CharField(primary_key=True, max_length=16)
    workspace = models.ForeignKey("Workspace", on_delete=models.PROTECT, related_name="requests")
    # Copies, because a workspace may change and what was asked for may not.
    backend = models.ForeignKey("Backend", on_delete=models.PROTECT, related_name="requests")
    repository = models.CharField(max_length=500)
    branch = models.CharField(max_length=200)
    commit = models.CharField(max_length=40)
    commit_subject = models.CharField(max_length=300, blank=True)
    actions = models.JSONField()
    force = models.BooleanField(default=False)
    pipeline = models.TextField(blank=True)  # project.yaml as it was at the commit
    requested_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="requests")
    requested_at = models.DateTimeField(db_index=True)
    entry_index = models.PositiveBigIntegerField(unique=True)

    state = models.CharField(max_length=20, choices=REQUEST_STATES, default=RequestState.SUBMITTED)
    reason = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=2000, blank=True)
    sequence = models.BigIntegerField(default=-1)
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    cancelled_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+", null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_entry_index = models.PositiveBigIntegerField(unique=True, null=True)

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["backend", "state"], name="request_backend_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RequestState]),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None, cancelled_by=None, cancel_entry_index=None)
                | models.Q(
                    cancelled_at__isnull=False, cancelled_by__isnull=False, cancel_entry_index__isnull=False
                ),
                name="request_cancelled_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in OVER


OVER = frozenset({RequestState.REFUSED, RequestState.SUCCEEDED, RequestState.FAILED, RequestState.CANCELLED})


class Job(models.Model):
    """One action of a request, as the runner last reported it. A job may serve several requests; the first owns it."""

    id = models.CharField(primary_key=True, max_length=16)
    request = models.ForeignKey(JobRequest, on_delete=models.PROTECT, related_name="jobs")
    action = models.CharField(max_length=200)
    needs = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=JOB_STATES)
    reason = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=2000, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    sequence = models.BigIntegerField()
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    environment = models.CharField(max_length=200, blank=True)
    peak_memory_bytes = models.BigIntegerField(null=True)
    output_count = models.BigIntegerField(default=0)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["queued_at", "action"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in JobState]), name="job_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} ({self.id})"
