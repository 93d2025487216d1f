"""What happened, as one person may read it, with where it stands in the public ledger."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from armslength.airlock.features.reviews.visibility import Sight, may_see, sight_of
from armslength.airlock.models import AuditEntry, Delivery, OutboxEvent, OutboxRelease, ReleaseRequest
from armslength.airlock.models.records import Audience, Deed
from armslength.wire.releases import Identity

MOST = 400
# About people and not about work: shown to the person themselves only.
PERSONAL = [Deed.SIGN_IN, Deed.SIGN_IN_REFUSED, Deed.SIGN_OUT, Deed.ACCESS_ENDED, Deed.DENIED]

TONES = {
    Deed.REQUEST_SUBMIT: "active",
    Deed.REVIEW_SUBMIT: "active",
    Deed.RELEASE: "good",
    Deed.REQUEST_RELEASED: "good",
    Deed.REQUEST_RETURN: "warn",
    Deed.REQUEST_REJECT: "bad",
}


@dataclass(frozen=True, kw_only=True)
class ActivityRow:
    """One deed as a page shows it."""

    entry: AuditEntry
    deed: str
    in_ledger: str  # the index, `waiting`, `held` or nothing
    words: str = ""
    tone: str = "neutral"


def activity_of(
    person: Identity, *, workspace: str = "", request: str = "", actor: str = ""
) -> list[ActivityRow]:
    """Return the newest deeds this person may read about."""
    entries = _readable(person)
    if workspace:
        entries = entries.filter(workspace=workspace)
    if request:
        entries = entries.filter(request=request)
    if actor:
        entries = entries.filter(actor=actor)
    rows = list(entries[:MOST])
    requests = ReleaseRequest.objects.in_bulk({entry.request for entry in rows if entry.request})
    sights = {identifier: sight_of(person, found) for identifier, found in requests.items()}
    visible = [entry for entry in rows if _visible(entry, sights)]
    events = {event.entry_id: event for event in OutboxEvent.objects.filter(entry__in=visible)}
    releases = dict(
        OutboxRelease.objects.filter(request__in=requests).values_list("request_id", "ledger_index")
    )
    return [_row(entry, events.get(entry.pk), releases) for entry in visible]


def _readable(person: Identity) -> QuerySet[AuditEntry]:
    own = Q(actor=person.username)
    if person.output_checker:
        return AuditEntry.objects.filter(own | ~Q(deed__in=PERSONAL)).select_related("event")
    mine = Q(workspace__in=[grant.workspace for grant in person.workspaces]) & ~Q(deed__in=PERSONAL)
    return AuditEntry.objects.filter(own | mine).select_related("event")


def _visible(entry: AuditEntry, sights: dict[str, Sight]) -> bool:
    sight = sights.get(entry.request)
    if sight is None:
        return True
    return may_see(sight, audience=Audience(entry.audience), by=entry.actor, turn=entry.turn)


def _row(entry: AuditEntry, event: OutboxEvent | None, releases: dict[str, int | None]) -> ActivityRow:
    where = ""
    if event is not None:
        where = (
            str(event.ledger_index)
            if event.ledger_index is not None
            else "held"
            if event.position is None
            else "waiting"
        )
    elif entry.deed == Deed.REQUEST_RELEASED:
        where = str(releases.get(entry.request) or "")
    elif entry.deed == Deed.RELEASE and releases.get(entry.request) is None:
        where = "waiting"
    detail = entry.detail
    words = detail.get("text") or detail.get("reason") or detail.get("why") or ""
    if entry.deed == Deed.VOTE:
        words = str(detail.get("vote", "")).replace("_", " ")
    return ActivityRow(
        entry=entry,
        deed=Deed(entry.deed).label,
        in_ledger=where,
        words=str(words)[:200],
        tone=TONES.get(Deed(entry.deed), "neutral"),
    )


def delivery_troubles() -> list[Delivery]:
    """Return the queues whose last attempt failed."""
    return list(Delivery.objects.exclude(error=""))
