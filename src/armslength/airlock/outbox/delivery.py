"""The worker: sends what waits, in order, believes only proofs, waits longer after each failure.

Everything may be killed at any moment. What was sent twice is known by its id on the other side; what was
not proved is sent again.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from armslength.airlock.features.files import snapshots
from armslength.airlock.features.releases.actions import mark_released, mark_uploaded
from armslength.airlock.models import Delivery, OutboxEvent, OutboxFile, OutboxRelease
from armslength.airlock.outbox.client import Server
from armslength.airlock.outbox.proofs import Believer, entry_of_event, entry_of_release
from armslength.airlock.record import backend
from armslength.kernel.clock import Clock
from armslength.kernel.errors import Mistake
from armslength.wire.message import read
from armslength.wire.releases import Event, EventBatch, Receipt, Release, ReleaseProgress

logger = logging.getLogger("armslength.airlock.delivery")
EVENTS = "events"
BATCH = 100
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)


@contextmanager
def only_worker(folder: Path) -> Iterator[bool]:
    """Be the only worker on this storage; give False when another one is at work."""
    with (folder / "deliver.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def deliver(server: Server, *, clock: Clock) -> int:
    """Send everything that is due, once; return how many events and files were delivered."""
    done = _attempt(EVENTS, clock=clock, send=lambda: _send_events(server, clock=clock))
    for release in (
        OutboxRelease.objects.filter(completed_at=None).select_related("request").order_by("created_at")
    ):
        send = partial(_send_release, server, release, clock=clock)
        done += _attempt(release.request_id, clock=clock, send=send)
    return done


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: twice as long each time, within bounds.

    >>> [wait_after(n).seconds for n in (1, 2, 3, 20)]
    [5, 10, 20, 900]
    """
    doubled: int = 2 ** min(failures - 1, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _attempt(queue: str, *, clock: Clock, send: Callable[[], int]) -> int:
    delivery, _ = Delivery.objects.get_or_create(queue=queue)
    if delivery.next_at and clock() < delivery.next_at:
        return 0
    try:
        done = send()
    except Mistake as mistake:
        _failed(delivery, mistake, now=clock())
        return 0
    if done or delivery.failures:
        delivery.failures, delivery.error, delivery.next_at = 0, "", None
        delivery.succeeded_at = clock()
        delivery.save()
    return done


def _failed(delivery: Delivery, mistake: Mistake, *, now: datetime) -> None:
    delivery.failures += 1
    delivery.next_at = now + wait_after(delivery.failures)
    delivery.error, delivery.failed_at = f"{mistake.code}: {mistake.what}", now
    delivery.save()
    logger.warning("delivery of %s failed (%s in a row): %s", delivery.queue, delivery.failures, mistake)


def _send_events(server: Server, *, clock: Clock) -> int:
    done = 0
    while waiting := list(waiting_events()[:BATCH]):
        events = [read(Event, event.message, sender="the airlock's own outbox") for event in waiting]
        receipts = server.events(EventBatch(backend=backend(), events=tuple(events))).receipts
        if len(receipts) != len(events):
            raise Mistake(
                "A032",
                f"the server gave {len(receipts)} receipts for {len(events)} events",
                where="the server",
            )
        believer = Believer(settings.AIRLOCK.ledger_key, server.consistency)
        for row, event, receipt in zip(waiting, events, receipts, strict=True):
            entry = entry_of_event(
                receipt, event, believer=believer, now=clock(), where="the server's receipt"
            )
            row.delivered_at, row.receipt, row.ledger_index = clock(), receipt.to_json(), entry.index
            row.save(update_fields=["delivered_at", "receipt", "ledger_index"])
            done += 1
    return done


def waiting_events(request: str | None = None) -> QuerySet[OutboxEvent]:
    """Return the events that are due, in order; those of one request if asked."""
    events = OutboxEvent.objects.filter(delivered_at=None).exclude(position=None).order_by("position")
    return events if request is None else events.filter(request=request)


def _send_release(server: Server, release: OutboxRelease, *, clock: Clock) -> int:
    if waiting_events(release.request_id).exists():
        raise Mistake("A033", "the votes and reviews of this request are not all in the public ledger yet")
    message = read(Release, release.message, sender="the airlock's own outbox")
    files = list(release.files.all())
    for file in files:
        _approved_bytes(
            file
        )  # before anything is announced: a damaged copy must not leave half a release outside
    progress = server.announce(message)
    if release.announced_at is None:
        release.announced_at = clock()
        release.save(update_fields=["announced_at"])
    done = 0
    for file in files:
        if file.path in progress.missing:
            uploaded = server.upload(
                release.request_id, path=file.path, data=_approved_bytes(file), sha256=file.sha256
            )
            progress = _newer(progress, uploaded)
        if file.path not in progress.missing and file.uploaded_at is None:
            mark_uploaded(release, file, now=clock())
            done += 1
    _finish(server, release, message, progress, clock=clock)
    return done + 1


def _newer(progress: ReleaseProgress, uploaded: ReleaseProgress) -> ReleaseProgress:
    if uploaded.id != progress.id:
        raise Mistake("A032", "the server answered about another release", where=uploaded.id)
    return uploaded


def _approved_bytes(file: OutboxFile) -> bytes:
    return snapshots.kept(settings.AIRLOCK.folder, path=file.path, sha256=file.sha256).data


def _finish(
    server: Server, release: OutboxRelease, message: Release, progress: ReleaseProgress, *, clock: Clock
) -> None:
    receipt: Receipt | None = progress.receipt
    if progress.missing or receipt is None:
        what = (
            f"{len(progress.missing)} files are still missing" if progress.missing else "it gave no receipt"
        )
        raise Mistake("A034", f"the server did not complete the release: {what}", where=release.request_id)
    believer = Believer(settings.AIRLOCK.ledger_key, server.consistency)
    entry = entry_of_release(receipt, message, believer=believer, now=clock(), where="the server's receipt")
    with transaction.atomic():
        mark_released(release, receipt=receipt.to_json(), ledger_index=entry.index, now=clock())


def backlog() -> dict[str, int]:
    """Return what waits: events due, events held for blinding, releases on their way."""
    return {
        "events": waiting_events().count(),
        "held": OutboxEvent.objects.filter(Q(position=None)).count(),
        "releases": OutboxRelease.objects.filter(completed_at=None).count(),
    }
