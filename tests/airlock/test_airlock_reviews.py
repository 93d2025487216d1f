"""Review: independence, blinding, conflicts of interest, early return, resubmission."""

from __future__ import annotations

import itertools

import pytest
from airlock_world import (
    ANN,
    AUTHOR_CHECKER,
    BAD_TABLE,
    CAROL,
    CONFLICTED,
    DAVID,
    ERIN,
    GOOD_TABLE,
    MEMBER,
    STRANGER,
)

from armslength.airlock.features.findings.actions import answer_finding
from armslength.airlock.features.releases.actions import release_request
from armslength.airlock.features.requests import actions as requests
from armslength.airlock.features.requests.queries import readiness_of, report_of
from armslength.airlock.features.reviews import actions as reviews
from armslength.airlock.features.reviews.queries import (
    facts_for,
    review_queue,
    visible_comments,
    visible_votes,
)
from armslength.airlock.features.reviews.visibility import Sight, may_see
from armslength.airlock.models import AuditEntry, OutboxEvent
from armslength.airlock.models.records import Audience
from armslength.airlock.models.states import Answer, Choice, Decision, FileKind, Phase, State, Visibility
from armslength.airlock.refusals import Refused


def test_two_people_other_than_the_author_let_a_file_leave(desk):
    request = desk.approve()
    assert request.standing is State.APPROVED
    assert request.released_by == "carol"
    assert [file.path for file in request.release.files.all()] == ["output/rates.csv"]


@pytest.mark.parametrize("who", [ANN, AUTHOR_CHECKER, MEMBER, STRANGER, CONFLICTED], ids=lambda p: p.username)
def test_nobody_else_may_judge(desk, who):
    request = desk.submit()
    file = request.files.get()
    with pytest.raises(Refused):
        reviews.vote_on_file(who, file, choice=Choice.APPROVED, sha256=file.sha256, now=desk.tick())
    for action in (reviews.submit_review, release_request):
        with pytest.raises(Refused):
            action(who, request, now=desk.tick())
    with pytest.raises(Refused):
        reviews.return_request(who, request, reason="other", text="Please look again.", now=desk.tick())
    assert not request.votes.exists()


def test_a_member_who_checks_outputs_is_told_of_the_conflict_of_interest(desk):
    request = desk.submit()
    row = next(row for row in review_queue(CONFLICTED, now=desk.tick()) if row.request == request)
    assert "conflict of interest" in row.why_not


def test_one_person_cannot_be_both_reviewers(desk):
    request = desk.submit()
    desk.review(CAROL, request)
    with pytest.raises(Refused, match="already"):
        reviews.submit_review(CAROL, request, now=desk.tick())
    assert request.standing is State.PARTIALLY_REVIEWED


def test_a_vote_counts_only_for_the_bytes_that_were_seen(desk):
    request = desk.submit()
    file = request.files.get()
    with pytest.raises(Refused, match="not the one you were looking at"):
        reviews.vote_on_file(CAROL, file, choice=Choice.APPROVED, sha256="0" * 64, now=desk.tick())


def test_votes_and_comments_are_blind_until_both_reviews_are_in(desk):
    request = desk.submit()
    group = request.groups.get()
    reviews.comment_on_group(CAROL, group, text="Looks fine.", visibility=Visibility.PRIVATE, now=desk.tick())
    desk.review(CAROL, request)
    for reader in (DAVID, ANN, MEMBER, CONFLICTED):
        assert visible_comments(reader, request) == []
        assert visible_votes(reader, request) == {}
    assert len(visible_comments(CAROL, request)) == 1
    desk.review(DAVID, request)
    assert len(visible_comments(DAVID, request)) == 1
    assert {v.reviewer for votes in visible_votes(DAVID, request).values() for v in votes} == {
        "carol",
        "david",
    }
    assert visible_comments(ANN, request) == []
    assert visible_votes(ANN, request) == {}


def test_a_vote_of_an_earlier_turn_says_nothing_while_the_next_review_is_independent(desk):
    request = desk.submit(paths=("output/rates.csv",))
    desk.review(CAROL, request, "changes_requested")
    desk.review(DAVID, request)
    reviews.return_request(CAROL, request, reason="rounding", text="Please round.", now=desk.tick())
    reviews_of_author(desk, request)
    assert visible_votes(CAROL, request) == {}
    assert [v.reviewer for votes in visible_votes(DAVID, request).values() for v in votes] == ["david"]


def reviews_of_author(desk, request):
    group = request.groups.get()
    reviews.comment_on_group(ANN, group, text="Rounded now.", visibility=Visibility.PUBLIC, now=desk.tick())
    requests.submit_request(ANN, request, now=desk.tick())


def test_the_public_ledger_hears_of_votes_only_when_they_can_no_longer_influence_one_another(desk):
    request = desk.submit()
    desk.review(CAROL, request)
    held = OutboxEvent.objects.filter(position=None)
    assert [event.entry.deed for event in held] == ["vote"]
    desk.review(DAVID, request)
    assert not OutboxEvent.objects.filter(position=None).exists()


def test_after_changes_are_requested_the_author_answers_before_submitting_again(desk):
    request = desk.submit()
    desk.review(CAROL, request, "changes_requested")
    desk.review(DAVID, request, "changes_requested")
    reviews.return_request(CAROL, request, reason="rounding", text="Please round.", now=desk.tick())
    with pytest.raises(Refused, match="with a comment"):
        requests.submit_request(ANN, request, now=desk.tick())
    assert {c.by for c in visible_comments(ANN, request)} == {"carol", "david"}
    reviews_of_author(desk, request)
    assert {vote.choice for vote in request.votes.all()} == {"undecided"}
    assert facts_for(CAROL, request).unvoted == ("output/rates.csv",)


def test_new_bytes_lose_the_approvals_of_the_old_ones(desk, level4):
    request = desk.submit()
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    group = request.groups.get()
    reviews.comment_on_group(CAROL, group, text="Once more.", visibility=Visibility.PUBLIC, now=desk.tick())
    reviews.return_request(CAROL, request, reason="other", text="Author found a mistake.", now=desk.tick())
    level4.write("output/rates.csv", GOOD_TABLE.replace(b"1200", b"1205"))
    requests.update_file(ANN, request.files.get(), now=desk.tick())
    requests.submit_request(ANN, request, now=desk.tick())
    assert facts_for(CAROL, request).unvoted == ("output/rates.csv",)
    with pytest.raises(Refused, match="Vote on every output"):
        reviews.submit_review(CAROL, request, now=desk.tick())


def test_an_approval_of_unchanged_bytes_stays_but_the_review_is_submitted_again(desk):
    request = desk.submit(paths=("output/rates.csv",))
    desk.review(CAROL, request)
    desk.review(DAVID, request, "changes_requested")
    reviews.return_request(DAVID, request, reason="context", text="Say more.", now=desk.tick())
    reviews_of_author(desk, request)
    assert facts_for(CAROL, request).unvoted == ()
    assert facts_for(CAROL, request).decisions == {"output/rates.csv": Decision.INCOMPLETE}


def test_an_early_return_seals_what_was_said(desk):
    request = desk.submit()
    desk.review(CAROL, request)
    reviews.return_request(DAVID, request, reason="author_asked", text="Ann asked for it.", now=desk.tick())
    requests.submit_request(ANN, request, now=desk.tick())
    assert visible_votes(DAVID, request) == {}
    assert AuditEntry.objects.filter(deed="vote").count() == 1
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    assert request.standing is State.REVIEWED


def test_a_changed_mind_after_submission_needs_words(desk):
    request = desk.submit()
    desk.review(CAROL, request)
    desk.review(DAVID, request, "changes_requested")
    file = request.files.get()
    with pytest.raises(Refused, match="why your vote changes"):
        reviews.vote_on_file(DAVID, file, choice=Choice.APPROVED, sha256=file.sha256, now=desk.tick())
    with pytest.raises(Refused, match="Two reviewers must approve"):
        release_request(CAROL, request, now=desk.tick())
    reviews.vote_on_file(
        DAVID,
        file,
        choice=Choice.APPROVED,
        sha256=file.sha256,
        now=desk.tick(),
        comment="Carol showed me the rounding.",
    )
    release_request(CAROL, request, now=desk.tick())
    assert request.standing is State.APPROVED


def test_a_third_reviewer_may_join_and_an_objection_stops_the_release(desk):
    request = desk.submit()
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    desk.review(ERIN, request, "changes_requested")
    with pytest.raises(Refused, match="reviewers disagree"):
        release_request(CAROL, request, now=desk.tick())


def test_a_rejection_is_final_and_has_a_reason(desk):
    request = desk.submit()
    desk.review(CAROL, request, "changes_requested")
    desk.review(DAVID, request, "changes_requested")
    with pytest.raises(Refused, match="author reads it"):
        reviews.reject_request(CAROL, request, reason="scope", text=" ", now=desk.tick())
    reviews.reject_request(
        CAROL, request, reason="scope", text="Row-level data never leaves.", now=desk.tick()
    )
    assert request.standing is State.REJECTED


class TestBlockingFindings:
    def test_must_be_answered_before_submission(self, desk):
        request = desk.draft(paths=("output/small.csv",))
        assert readiness_of(request, now=desk.tick()).unanswered == ("output/small.csv",)
        with pytest.raises(Refused, match="blocking findings"):
            requests.submit_request(ANN, request, now=desk.tick())
        file = request.files.get()
        for finding in report_of(file, now=desk.tick()).unanswered:
            answer_finding(
                ANN,
                file,
                finding=finding.key,
                answer=Answer.NOT_A_COUNT,
                reason="These are years.",
                now=desk.tick(),
            )
        requests.submit_request(ANN, request, now=desk.tick())
        assert request.standing is State.SUBMITTED

    def test_need_a_reason_and_only_the_author_answers(self, desk):
        request = desk.draft(paths=("output/small.csv",))
        file = request.files.get()
        key = report_of(file, now=desk.tick()).unanswered[0].key
        with pytest.raises(Refused, match="in a sentence"):
            answer_finding(ANN, file, finding=key, answer=Answer.FIXED, reason="ok", now=desk.tick())
        with pytest.raises(Refused, match="author"):
            answer_finding(
                CAROL, file, finding=key, answer=Answer.FIXED, reason="It is fine.", now=desk.tick()
            )

    def test_are_answered_anew_for_new_bytes(self, desk, level4):
        request = desk.draft(paths=("output/small.csv",))
        file = request.files.get()
        for finding in report_of(file, now=desk.tick()).unanswered:
            answer_finding(
                ANN, file, finding=finding.key, answer=Answer.FIXED, reason="In the code.", now=desk.tick()
            )
        level4.write("output/small.csv", BAD_TABLE.replace(b"3", b"4", 1))
        requests.update_file(ANN, file, now=desk.tick())
        assert readiness_of(request, now=desk.tick()).unanswered == ("output/small.csv",)


def test_what_cannot_be_checked_is_never_shown_as_passed(desk, level4):
    level4.write("output/figure.png", b"\x89PNG\r\n\x1a\nnot really")
    request = desk.draft(paths=("output/figure.png",))
    report = report_of(request.files.get(), now=desk.tick())
    assert report.verdict == "not_checked" and report.not_checked


def test_what_was_released_may_come_again_as_supporting_only(desk):
    request = desk.draft()
    type(request).objects.filter(pk=request.pk).update(state="submitted", turn=1)
    request.refresh_from_db()
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    release = release_request(CAROL, request, now=desk.tick())
    release.completed_at, release.receipt = desk.now, "{}"
    release.save()
    type(request).objects.filter(pk=request.pk).update(state="released")
    with pytest.raises(Refused, match="supporting only"):
        desk.draft(describe=False)
    addition = requests.Addition(path="output/rates.csv", kind=FileKind.SUPPORTING, group="main")
    again = requests.add_files(ANN, workspace=request.workspace, additions=[addition], now=desk.tick())
    with pytest.raises(Refused, match="at least one output"):
        requests.submit_request(ANN, again, now=desk.tick())


@pytest.mark.parametrize(
    ("audience", "own", "eligible", "phase", "when"),
    list(itertools.product(Audience, [True, False], [True, False], Phase, ["now", "earlier", "sealed"])),
)
def test_the_whole_table_of_blinding(audience, own, eligible, phase, when):
    """What the rules promise, said a second time and independently of the code."""
    turn = 3 if when == "now" else 1
    sealed = frozenset({1}) if when == "sealed" else frozenset()
    sight = Sight(username="reader", eligible=eligible, phase=phase, turn=3, sealed_turns=sealed)
    seen = may_see(sight, audience=audience, by="reader" if own else "other", turn=turn)
    if own or audience is Audience.MEMBERS:
        assert seen
    elif audience is Audience.CHECKERS and not eligible:
        assert not seen
    elif phase is Phase.COMPLETE:
        assert seen
    elif when == "sealed":
        assert not seen
    elif when == "earlier":
        assert seen
    elif phase is Phase.INDEPENDENT:
        assert not seen
    elif phase is Phase.CONSOLIDATING:
        assert seen == eligible
    else:
        assert seen == (audience is Audience.CHECKERS)
