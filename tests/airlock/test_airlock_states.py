"""The table of states: complete, guarded by the database, walked by every pair of states."""

from __future__ import annotations

import itertools

import pytest
from airlock_world import ANN, CAROL, DAVID, NOW
from django.db import IntegrityError, connection, transaction

from armslength.airlock import guards
from armslength.airlock.lifecycle import move, why_not_move
from armslength.airlock.models import AuditEntry, ReleaseRequest, Review, Vote
from armslength.airlock.models.states import (
    ACTIVE,
    DIAGRAM,
    FINAL,
    MOVES,
    OWNERS,
    Choice,
    Decision,
    Owner,
    State,
    decide,
    phase_of,
)
from armslength.airlock.refusals import Refused

PAIRS = list(itertools.product(State, State))


def make(state: State) -> ReleaseRequest:
    """Put a request into a state without asking anybody: only a test may, with the guards taken off."""
    request = ReleaseRequest.objects.create(workspace="w", project="p", author="ann", created_at=NOW)
    with connection.cursor() as cursor:
        for name in guards.guards():
            cursor.execute(f"DROP TRIGGER {name}")
    ReleaseRequest.objects.filter(pk=request.pk).update(state=state.value, released_by="carol")
    guards.install()
    request.refresh_from_db()
    return request


def test_every_state_has_moves_an_owner_and_a_phase():
    assert set(MOVES) == set(OWNERS) == set(State)
    assert {State.RELEASED, State.REJECTED, State.WITHDRAWN} == FINAL
    assert all(OWNERS[state] is Owner.SYSTEM for state in FINAL)
    assert {phase_of(state) for state in State}
    assert all(state.value in DIAGRAM for state in State)
    assert not ACTIVE & FINAL


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_move_outside_the_table_is_refused_by_us(before, after):
    request = make(before)
    for owner in Owner:
        legal = MOVES[before].get(after) is owner
        assert (why_not_move(request, to=after, owner=owner) is None) == legal
        if not legal:
            with pytest.raises(Refused):
                move(request, to=after, owner=owner, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair[0] is not pair[1]])
def test_a_move_outside_the_table_is_refused_by_the_database_too(before, after):
    request = make(before)
    rows = ReleaseRequest.objects.filter(pk=request.pk)
    needs_proof = after in {State.RELEASED} and before is State.APPROVED
    if after in MOVES[before] and not needs_proof:
        assert rows.update(state=after.value) == 1
    else:
        with pytest.raises(IntegrityError, match="guard"), transaction.atomic():
            rows.update(state=after.value)


@pytest.mark.django_db
def test_two_people_cannot_both_move_a_request():
    first = make(State.SUBMITTED)
    second = ReleaseRequest.objects.get(pk=first.pk)
    move(first, to=State.PARTIALLY_REVIEWED, owner=Owner.REVIEWER, now=NOW)
    with pytest.raises(Refused, match="Somebody else moved"):
        move(second, to=State.RETURNED, owner=Owner.REVIEWER, now=NOW)


@pytest.mark.parametrize(
    ("choices", "decision"),
    [
        ([], "incomplete"),
        (["approved"], "incomplete"),
        (["approved", "undecided"], "incomplete"),
        (["approved", "approved"], "approved"),
        (["changes_requested", "changes_requested"], "changes_requested"),
        (["approved", "changes_requested"], "conflicted"),
        (["approved", "approved", "changes_requested"], "conflicted"),
        (["approved", "approved", "undecided"], "incomplete"),
        (["approved", "approved", "approved"], "approved"),
    ],
)
def test_an_objection_is_never_outvoted(choices, decision):
    assert decide([Choice(choice) for choice in choices]) is Decision(decision)


class TestTheDatabaseRefuses:
    def test_an_author_who_votes(self, desk):
        request = desk.submit()
        file = request.files.get()
        vote = {
            "request": request,
            "file": file,
            "choice": "approved",
            "sha256": file.sha256,
            "turn": 1,
            "at": NOW,
        }
        with pytest.raises(IntegrityError, match="author_never_votes"), transaction.atomic():
            Vote.objects.create(reviewer="ann", author="ann", **vote)
        with pytest.raises(IntegrityError, match="true author"), transaction.atomic():
            Vote.objects.create(reviewer="ann", author="somebody else", **vote)

    def test_an_author_who_reviews(self, desk):
        request = desk.submit()
        with pytest.raises(IntegrityError, match="author_never_reviews"), transaction.atomic():
            Review.objects.create(request=request, reviewer="ann", author="ann", turn=1, at=NOW)
        with pytest.raises(IntegrityError, match="true author"), transaction.atomic():
            Review.objects.create(request=request, reviewer="ann", author="bob", turn=1, at=NOW)

    def test_a_second_active_request_of_one_author_in_one_workspace(self, desk):
        desk.submit()
        with pytest.raises(IntegrityError), transaction.atomic():
            ReleaseRequest.objects.create(
                workspace="asthma-main", project="asthma", author="ann", created_at=NOW
            )

    def test_an_approval_without_two_votes_on_these_bytes(self, desk):
        request = desk.submit()
        desk.review(CAROL, request)
        desk.review(DAVID, request)
        request.files.update(sha256="0" * 64)
        with pytest.raises(IntegrityError, match="two people have not approved"), transaction.atomic():
            ReleaseRequest.objects.filter(pk=request.pk).update(state="approved", released_by="carol")

    def test_an_author_who_releases(self, desk):
        request = desk.submit()
        desk.review(CAROL, request)
        desk.review(DAVID, request)
        with pytest.raises(IntegrityError, match="author_never_releases"), transaction.atomic():
            ReleaseRequest.objects.filter(pk=request.pk).update(state="approved", released_by="ann")

    def test_a_release_without_a_proof(self, desk):
        request = desk.approve()
        with pytest.raises(IntegrityError, match="not proved"), transaction.atomic():
            ReleaseRequest.objects.filter(pk=request.pk).update(state="released")

    def test_a_change_to_the_audit_trail(self, desk):
        desk.submit()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.update(actor=CAROL.username)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.all()._raw_delete("default")

    def test_a_request_that_changes_hands(self, desk):
        request = desk.draft()
        with pytest.raises(IntegrityError, match="keeps its author"), transaction.atomic():
            ReleaseRequest.objects.filter(pk=request.pk, author=ANN.username).update(author="bob")


@pytest.mark.django_db
def test_a_missing_guard_is_noticed():
    assert guards.why_not_guarded() is None
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_audit_stays")
    assert "audit_stays" in guards.why_not_guarded()
