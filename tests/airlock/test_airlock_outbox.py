"""Delivery over real HTTP to a server made of the wire and the ledger, failing in every way we could think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from airlock_world import CAROL, DAVID, GOOD_TABLE, WORKSPACE

from armslength.airlock.features.files.snapshots import place_of
from armslength.airlock.models import AuditEntry, Delivery, LedgerHead, OutboxEvent
from armslength.airlock.models.states import State
from armslength.airlock.outbox.client import Server
from armslength.airlock.outbox.delivery import backlog, deliver, only_worker
from armslength.airlock.record import why_not_intact
from armslength.kernel.clock import utc_now
from armslength.ledger import Key, Kind, Log, MemoryStorage, SignedHead


class Clock:
    """The present, and as far into the future as the tests push it: receipts carry the server's real time."""

    ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


def run(settings, *, rounds: int = 1, clock: Clock | None = None) -> Clock:
    clock = clock or Clock()
    for _ in range(rounds):
        with Server(settings.AIRLOCK) as server:
            deliver(server, clock=clock)
        Delivery.objects.update(next_at=None)  # as if the wait were over
    return clock


def test_a_release_arrives_byte_for_byte_and_is_proved(settings, outside, desk):
    request = desk.approve()
    run(settings)
    request.refresh_from_db()
    assert request.standing is State.RELEASED
    assert outside.bytes_of == {(request.id, "output/rates.csv"): GOOD_TABLE}
    assert outside.log.entry(request.release.ledger_index).body["release"] == request.id
    assert backlog() == {"events": 0, "held": 0, "releases": 0}


def test_events_arrive_once_in_order_and_without_file_names(settings, outside, desk):
    desk.approve()
    run(settings)
    kinds = [outside.log.entry(i).kind.value for i in range(1, outside.log.size())]
    assert kinds == [
        "release_request_create", "release_request_submit", "review_submit", "review_submit", "vote", "vote", "release",
    ]  # fmt: skip
    entries = [outside.log.entry(i).to_json() for i in range(1, outside.log.size() - 1)]
    assert not any("rates" in entry for entry in entries)
    indices = list(OutboxEvent.objects.order_by("position").values_list("ledger_index", flat=True))
    assert indices == sorted(indices)


@pytest.mark.parametrize(
    "fault", ["drop before", "drop after", "500", "503", "429", "say: {", 'say: {"id": "x"}']
)
@pytest.mark.parametrize("call", range(3), ids=["events", "announce", "upload"])
def test_nothing_is_lost_or_doubled_when_one_call_fails(settings, outside, desk, fault, call):
    request = desk.approve()
    outside.faults[:] = [""] * call + [fault]
    run(settings, rounds=4)
    request.refresh_from_db()
    assert request.standing is State.RELEASED
    assert outside.bytes_of == {(request.id, "output/rates.csv"): GOOD_TABLE}
    kinds = [outside.log.entry(i).kind.value for i in range(outside.log.size())]
    assert kinds.count("release") == 1 and kinds.count("vote") == 2
    assert why_not_intact() is None


def test_a_dead_server_is_said_and_waited_for_longer_each_time(settings, desk):
    settings.AIRLOCK = replace(settings.AIRLOCK, server="http://127.0.0.1:9")
    request = desk.approve()
    clock = Clock()
    for _ in range(3):
        with Server(settings.AIRLOCK) as server:
            deliver(server, clock=clock)
        clock.ahead += timedelta(minutes=5)
    delivery = Delivery.objects.get(queue="events")
    assert delivery.failures == 3 and delivery.error.startswith("A030")
    assert delivery.next_at - delivery.failed_at == timedelta(seconds=20)
    request.refresh_from_db()
    assert request.standing is State.APPROVED
    assert backlog()["events"] == 6


def test_bytes_swapped_between_approval_and_release_never_leave(settings, outside, desk):
    request = desk.approve()
    place = place_of(settings.AIRLOCK.folder, request.files.get().sha256)
    place.chmod(0o600)
    place.write_bytes(GOOD_TABLE.replace(b"1200", b"3"))
    run(settings)
    request.refresh_from_db()
    assert request.standing is State.APPROVED
    assert outside.bytes_of == {} and outside.releases == {}
    assert "damaged" in Delivery.objects.get(queue=request.id).error


def test_a_change_of_the_level_4_file_after_approval_changes_nothing(settings, outside, desk, level4):
    request = desk.approve()
    level4.write("output/rates.csv", b"something,else\n1,2\n")
    run(settings)
    assert outside.bytes_of == {(request.id, "output/rates.csv"): GOOD_TABLE}


class TestReceiptsThatProveNothing:
    @pytest.fixture(autouse=True)
    def _approved(self, outside, desk):
        self.request = desk.approve()
        self.outside = outside

    def check(self, settings, words: str):
        run(settings)
        assert words in Delivery.objects.get(queue="events").error
        assert not OutboxEvent.objects.exclude(delivered_at=None).exists()
        self.request.refresh_from_db()
        assert self.request.standing is State.APPROVED
        assert self.outside.releases == {}, "a release waits for its events"

    def test_a_ledger_of_another_key(self, settings):
        settings.AIRLOCK = replace(settings.AIRLOCK, ledger_key=Key.generate().public.hex)
        self.check(settings, "L011")

    def test_an_entry_that_says_something_else(self, settings):
        honest = self.outside.receipt
        self.outside.receipt = lambda i, kind, *, actor, body: honest(
            i, kind, actor=actor, body=body | {"workspace": "x"}
        )
        self.check(settings, "A032")

    def test_somebody_elses_name_on_the_entry(self, settings):
        honest = self.outside.receipt
        self.outside.receipt = lambda i, kind, *, actor, body: honest(i, kind, actor="mallory", body=body)
        self.check(settings, "A032")

    def test_a_receipt_for_another_event(self, settings):
        honest = self.outside.receipt
        self.outside.receipt = lambda i, kind, *, actor, body: honest("x" * 16, kind, actor=actor, body=body)
        self.check(settings, "A032")

    def test_a_forged_proof(self, settings):
        honest = self.outside.receipt

        def forged(*arguments, **options):
            receipt = honest(*arguments, **options)
            return receipt.model_copy(update={"inclusion": receipt.inclusion | {"hashes": ["00" * 32]}})

        self.outside.receipt = forged
        self.check(settings, "L015")


def test_a_release_receipt_that_lists_other_files_does_not_count(settings, outside, desk):
    request = desk.approve()
    honest = outside.receipt

    def other(identifier, kind, *, actor, body):
        files = [file | {"sha256": "0" * 64} for file in body.get("files", [])]
        return honest(identifier, kind, actor=actor, body=body | {"files": files} if files else body)

    outside.receipt = other
    run(settings)
    request.refresh_from_db()
    assert request.standing is State.APPROVED
    assert "A032" in Delivery.objects.get(queue=request.id).error


def test_only_one_worker_delivers(tmp_path):
    with only_worker(tmp_path) as first, only_worker(tmp_path) as second:
        assert first and not second


def test_the_audit_trail_tells_the_whole_story_and_is_chained(settings, outside, desk):
    desk.approve()
    run(settings)
    deeds = list(AuditEntry.objects.order_by("id").values_list("deed", flat=True))
    assert deeds == [
        "request_create", "file_add", "group_edit", "request_submit", "vote", "review_submit", "vote", "review_submit",
        "release", "file_upload", "request_released",
    ]  # fmt: skip
    assert why_not_intact() is None
    assert set(AuditEntry.objects.values_list("workspace", flat=True)) == {WORKSPACE}


def test_the_last_head_is_remembered_and_the_next_must_continue_it(settings, outside, desk):
    request = desk.submit()
    run(settings)
    before = SignedHead.from_json(LedgerHead.objects.get().content, where="kept")
    outside.log.append(Kind.VIEW, actor="bob", subject="workspace:other", body={}, at=utc_now())
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    run(settings)
    assert any("/ledger/consistency.json" in call for call in outside.calls)
    assert backlog()["events"] == 0
    assert SignedHead.from_json(LedgerHead.objects.get().content, where="kept").size > before.size


@pytest.mark.parametrize(("more", "code"), [(9, "L013"), (0, "L012")])
def test_a_ledger_that_was_rewritten_or_shrank_is_not_believed(settings, outside, desk, more, code):
    request = desk.submit()
    run(settings)
    before, size = LedgerHead.objects.get().content, outside.log.size()
    # The same key, another history.
    outside.log = Log(MemoryStorage(), key=outside.key)
    outside.log.begin(site="test", at=utc_now())
    for number in range(size if more else 0):
        outside.log.append(Kind.VIEW, actor="bob", subject=f"workspace:{number}", body={}, at=utc_now())
    desk.review(CAROL, request)
    desk.review(DAVID, request)
    run(settings)
    assert Delivery.objects.get(queue="events").error.startswith(code)
    assert backlog()["events"] > 0
    assert LedgerHead.objects.get().content == before
