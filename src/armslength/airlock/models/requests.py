"""A release request: groups of files, each file a content by hash, and the answers to its findings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from armslength.airlock.models.states import ACTIVE, FIRST, Answer, FileKind, Phase, Reason, State, phase_of
from armslength.kernel.ids import new_id


class ReleaseRequest(models.Model):
    """One author asks that files of one workspace may leave."""

    id = models.CharField(max_length=16, primary_key=True, default=new_id)
    workspace = models.CharField(max_length=100)
    project = models.CharField(max_length=100)
    project_title = models.CharField(max_length=300, default="")
    author = models.CharField(max_length=150)
    state = models.CharField(max_length=30, choices=State.choices(), default=FIRST.value)
    # Grows at each submission and each return: odd while reviewers hold the request, even while its author does.
    turn = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)  # grows with each move; two people cannot both move it
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, choices=Reason.choices(), default="", blank=True)
    reason_text = models.TextField(default="", blank=True)
    # Review turns that ended early: what was said in them waits until the request is over, so that the
    # next review stays independent of a half-finished one.
    sealed_turns = models.JSONField(default=list, blank=True)
    released_by = models.CharField(max_length=150, default="", blank=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "airlock"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="request_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["author", "workspace"],
                condition=Q(state__in=sorted(state.value for state in ACTIVE)),
                name="one_active_request_per_author_and_workspace",
            ),
            models.CheckConstraint(
                condition=~Q(released_by=models.F("author")), name="author_never_releases_own_request"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "released"]) | ~Q(released_by=""),
                name="an_approved_request_names_who_released_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.workspace})"

    @property
    def standing(self) -> State:
        return State(self.state)

    @property
    def phase(self) -> Phase:
        return phase_of(self.standing)


class FileGroup(models.Model):
    """Files that share one description and one set of controls."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=100)
    context = models.TextField(default="", blank=True)
    controls = models.TextField(default="", blank=True)

    class Meta:
        app_label = "airlock"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="group_names_are_unique")]

    def __str__(self) -> str:
        return self.name


class RequestFile(models.Model):
    """One file of a request: a path and the very bytes it stood for when it was added."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.CASCADE, related_name="files")
    group = models.ForeignKey(FileGroup, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=1000)
    kind = models.CharField(max_length=20, choices=FileKind.choices())
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    action = models.CharField(max_length=200)
    job = models.CharField(max_length=16)
    repository = models.CharField(max_length=500)
    commit = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    added_at = models.DateTimeField()
    row_count = models.PositiveIntegerField(null=True)
    column_count = models.PositiveIntegerField(null=True)

    class Meta:
        app_label = "airlock"
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["request", "path"], name="a_path_is_once_in_a_request"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in FileKind]), name="file_kind_is_known"
            ),
        ]
        indexes = [models.Index(fields=["sha256"])]

    def __str__(self) -> str:
        return self.path


class Check(models.Model):
    """What disclosure control said about one content under one file name and one set of rules."""

    sha256 = models.CharField(max_length=64)
    suffix = models.CharField(max_length=20)
    rules = models.CharField(max_length=64)  # which version of the checks read it
    report = models.JSONField()
    checked_at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        constraints = [
            models.UniqueConstraint(fields=["sha256", "suffix", "rules"], name="a_content_is_checked_once")
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}{self.suffix}"


class FindingAnswer(models.Model):
    """The author's answer to one finding about one content. New content needs a new answer."""

    file = models.ForeignKey(RequestFile, on_delete=models.CASCADE, related_name="answers")
    sha256 = models.CharField(max_length=64)
    finding = models.CharField(max_length=64)
    answer = models.CharField(max_length=20, choices=Answer.choices())
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        app_label = "airlock"
        constraints = [
            models.UniqueConstraint(fields=["file", "sha256", "finding"], name="a_finding_is_answered_once"),
            models.CheckConstraint(
                condition=Q(answer__in=[answer.value for answer in Answer]) & ~Q(reason=""),
                name="an_answer_has_a_kind_and_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer}: {self.reason[:40]}"
