"""Any people, doing anything they can, in any order: no illegal state, nothing leaves without two others' approval."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from airlock_world import (
    ANN,
    AUTHOR_CHECKER,
    BAD_TABLE,
    CAROL,
    CONFLICTED,
    CONTEXT,
    CONTROLS,
    DAVID,
    ERIN,
    GOOD_TABLE,
    MEMBER,
    NOW,
    WORKSPACE,
    Desk,
    Level4,
)
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from armslength.airlock.features.files.snapshots import kept
from armslength.airlock.features.findings.actions import answer_finding
from armslength.airlock.features.releases.actions import release_request
from armslength.airlock.features.requests import actions as requests
from armslength.airlock.features.requests.queries import report_of
from armslength.airlock.features.reviews import actions as reviews
from armslength.airlock.features.reviews.queries import visible_comments, visible_votes
from armslength.airlock.models import AuditEntry, OutboxEvent, ReleaseRequest
from armslength.airlock.models.states import ACTIVE, MOVES, Answer, Choice, FileKind, Phase, State, Visibility
from armslength.airlock.record import why_not_intact
from armslength.airlock.refusals import Refused
from armslength.kernel.errors import Mistake

PEOPLE = st.sampled_from([ANN, AUTHOR_CHECKER, MEMBER, CAROL, DAVID, ERIN, CONFLICTED])
REVIEWERS = st.sampled_from([CAROL, DAVID, CAROL, DAVID, ERIN, AUTHOR_CHECKER, CONFLICTED])
PATHS = st.sampled_from(["output/rates.csv", "output/small.csv"])
REACHED: Counter[State] = Counter()
CHOICES = st.sampled_from([Choice.APPROVED, Choice.APPROVED, Choice.CHANGES_REQUESTED, Choice.UNDECIDED])


class Airlock(RuleBasedStateMachine):
    """Each rule is something a person tries; a refusal is fine, a broken promise is not."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        for name in ("level4", "folder"):
            (root / name).mkdir()
        self.before = settings.AIRLOCK
        settings.AIRLOCK = replace(self.before, level4=root / "level4", folder=root / "folder")
        self.level4 = Level4(root / "level4")
        self.level4.write("output/rates.csv", GOOD_TABLE)
        self.level4.write("output/small.csv", BAD_TABLE)
        self.desk = Desk(now=NOW)
        self.states: dict[str, State] = {}

    def teardown(self) -> None:
        settings.AIRLOCK = self.before
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.folder.cleanup()

    def attempt(self, action, *arguments, **options) -> None:
        try:
            with transaction.atomic():
                action(*arguments, now=self.desk.tick(), **options)
        except (Refused, Mistake) as refusal:
            note(f"refused: {refusal}")

    def some(self, number: int) -> ReleaseRequest | None:
        found = list(ReleaseRequest.objects.order_by("created_at", "id"))
        return found[number % len(found)] if found else None

    @initialize(submitted=st.sampled_from([True, True, False]))
    def somebody_began(self, submitted):
        self.add(who=ANN, path="output/rates.csv", kind=FileKind.OUTPUT)
        if submitted:
            self.describe_answer_and_submit(number=0)

    @rule(who=PEOPLE, path=PATHS, kind=st.sampled_from(list(FileKind)))
    def add(self, who, path, kind):
        addition = requests.Addition(path=path, kind=kind, group="main")
        self.attempt(requests.add_files, who, workspace=WORKSPACE, additions=[addition])

    @rule(who=PEOPLE, path=PATHS, number=st.integers(100, 999))
    def rerun_and_update(self, who, path, number):
        self.level4.write(path, GOOD_TABLE.replace(b"980", str(number // 5 * 5).encode()))
        for request in ReleaseRequest.objects.filter(author=who.username, state__in=ACTIVE):
            for file in request.files.filter(path=path):
                self.attempt(requests.update_file, who, file)

    @rule(number=st.integers(0, 5))
    def describe_answer_and_submit(self, number):
        if (request := self.some(number)) is None:
            return
        author = {"ann": ANN, "mo": MEMBER}[request.author]
        for group in request.groups.all():
            self.attempt(requests.describe_group, author, group, context=CONTEXT, controls=CONTROLS)
            self.attempt(
                reviews.comment_on_group,
                author,
                group,
                text="Changed as asked.",
                visibility=Visibility.PUBLIC,
            )
        for file in request.files.all():
            for finding in report_of(file, now=self.desk.now).unanswered:
                self.attempt(
                    answer_finding,
                    author,
                    file,
                    finding=finding.key,
                    answer=Answer.EXCEPTION,
                    reason="It is important.",
                )
        self.attempt(requests.submit_request, author, request)

    @rule(who=PEOPLE, number=st.integers(0, 5))
    def submit_by_anybody(self, who, number):
        if request := self.some(number):
            self.attempt(requests.submit_request, who, request)

    @rule(who=st.sampled_from([ANN, MEMBER, CAROL]), number=st.integers(0, 5))
    def withdraw_by_anybody(self, who, number):
        if request := self.some(number):
            self.attempt(requests.withdraw_request, who, request)

    @rule(who=PEOPLE, number=st.integers(0, 5), path=PATHS)
    def withdraw_file(self, who, number, path):
        if (request := self.some(number)) and (file := request.files.filter(path=path).first()):
            self.attempt(requests.withdraw_file, who, file)

    @rule(
        who=REVIEWERS,
        number=st.integers(0, 5),
        choice=CHOICES,
        words=st.sampled_from(["", "I looked once more."]),
    )
    def vote(self, who, number, choice, words):
        for file in request.files.all() if (request := self.some(number)) else []:
            self.attempt(reviews.vote_on_file, who, file, choice=choice, sha256=file.sha256, comment=words)

    @rule(who=REVIEWERS, number=st.integers(0, 5), visibility=st.sampled_from(list(Visibility)))
    def comment(self, who, number, visibility):
        for group in request.groups.all() if (request := self.some(number)) else []:
            self.attempt(reviews.comment_on_group, who, group, text="Please look.", visibility=visibility)

    @rule(who=REVIEWERS, number=st.integers(0, 5))
    def submit_review(self, who, number):
        if request := self.some(number):
            self.attempt(reviews.submit_review, who, request)

    @rule(number=st.integers(0, 5))
    def two_diligent_reviewers(self, number):
        if request := self.some(number):
            for who in (CAROL, DAVID):
                for file in request.files.filter(kind="output"):
                    self.attempt(
                        reviews.vote_on_file,
                        who,
                        file,
                        choice=Choice.APPROVED,
                        sha256=file.sha256,
                        comment="It is fine now.",
                    )
                self.attempt(reviews.submit_review, who, request)

    @rule(who=REVIEWERS, number=st.integers(0, 5), how=st.sampled_from(["return", "reject", "return"]))
    def give_back(self, who, number, how):
        if request := self.some(number):
            action = reviews.return_request if how == "return" else reviews.reject_request
            self.attempt(action, who, request, reason="other", text="Please look again at it.")

    @rule(who=PEOPLE, number=st.integers(0, 5))
    def release(self, who, number):
        if request := self.some(number):
            self.attempt(release_request, who, request)

    @invariant()
    def every_move_is_in_the_table(self):
        for request in ReleaseRequest.objects.all():
            before, now = self.states.get(request.id, State.PENDING), request.standing
            # Several moves may lie between two looks; each must be reachable.
            reachable, edge = {before}, {before}
            while edge:
                edge = {after for state in edge for after in MOVES[state]} - reachable
                reachable |= edge
            assert now in reachable
            self.states[request.id] = now
            REACHED[now] += 1

    @invariant()
    def nothing_leaves_without_two_others_who_approved_these_very_bytes(self):
        for request in ReleaseRequest.objects.filter(state__in=["approved", "released"]):
            assert request.released_by not in {"", request.author}
            leaving = list(request.release.files.all())
            assert leaving
            for file in leaving:
                source = request.files.get(path=file.path)
                assert source.kind == FileKind.OUTPUT and source.sha256 == file.sha256
                submitted = set(request.reviews.filter(turn=request.turn).values_list("reviewer", flat=True))
                approved = {
                    vote.reviewer
                    for vote in source.votes.filter(choice="approved", sha256=file.sha256)
                    if vote.reviewer in submitted
                }
                assert len(approved - {request.author, "mo", "cleo"}) >= 2
                assert kept(settings.AIRLOCK.folder, path=file.path, sha256=file.sha256)

    @invariant()
    def independent_reviewers_know_nothing_of_one_another(self):
        for request in ReleaseRequest.objects.all():
            if request.phase is not Phase.INDEPENDENT:
                continue
            for reader in (CAROL, DAVID, ANN, MEMBER, CONFLICTED):
                assert all(
                    c.by == reader.username or c.turn < request.turn
                    for c in visible_comments(reader, request)
                )
                votes = [vote for votes in visible_votes(reader, request).values() for vote in votes]
                assert all(vote.reviewer == reader.username for vote in votes)
            told = OutboxEvent.objects.filter(request=request.id, entry__deed="vote").exclude(position=None)
            assert not told.filter(entry__turn=request.turn).exists()

    @invariant()
    def the_audit_trail_is_whole(self):
        assert why_not_intact() is None
        for request in ReleaseRequest.objects.all():
            assert AuditEntry.objects.filter(request=request.id, deed="request_create").count() == 1


@pytest.mark.django_db
def test_no_order_of_events_breaks_a_promise():
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Airlock,
        settings=hypothesis_settings(
            max_examples=16,
            derandomize=True,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=checks,
        ),
    )
    # A walk that never gets anywhere proves nothing.
    assert {State.APPROVED, State.REVIEWED} <= set(REACHED), REACHED
