"""What the pages and the API ask of the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from armslength.ledger import Entry, Inclusion
from armslength.ledger.entries import entry_hash
from armslength.ledger.tree import node_hash
from armslength.server.features.ledger.actions import ledger
from armslength.server.models import LedgerEntry
from armslength.wire.releases import Receipt


def entries_matching(*, kind: str = "", actor: str = "", subject: str = "") -> QuerySet[LedgerEntry]:
    """Return entries, newest first, narrowed by what was given."""
    found = LedgerEntry.objects.order_by("-index")
    if kind:
        found = found.filter(kind=kind)
    if actor:
        found = found.filter(actor__iexact=actor)
    if subject:
        found = found.filter(Q(subject__iexact=subject) | Q(subject__iendswith=f":{subject}"))
    return found


def body_of(row: LedgerEntry) -> dict[str, Any]:
    """Return the body of an entry."""
    return dict(json.loads(bytes(row.canonical))["body"])


def receipt(identifier: str, entry: Entry, *, at: datetime) -> Receipt:
    """Return the proof that this entry is in the ledger as it is now."""
    log = ledger()
    head = log.head(at=at)
    return Receipt(
        id=identifier,
        entry=entry.to_object(),
        inclusion=log.inclusion(entry.index, size=head.size).to_object(),
        head=head.to_object(),
    )


@dataclass(frozen=True)
class Step:
    """One step up the tree: this hash and its neighbour make the next."""

    number: int
    sibling: str
    sibling_is_left: bool
    result: str


def path_to_root(entry: Entry, inclusion: Inclusion) -> list[Step]:
    """Return the steps from an entry's leaf to the root, as anybody can repeat them (RFC 6962, 2.1.1)."""
    place, last, value = inclusion.index, inclusion.size - 1, entry_hash(entry)
    steps: list[Step] = []
    for sibling in inclusion.hashes:
        # At the ragged right edge a node is the last of its row and rises until it has a partner on its left.
        on_left = place % 2 == 1 or place == last
        value = node_hash(sibling, value) if on_left else node_hash(value, sibling)
        while on_left and place % 2 == 0 and place:
            place, last = place >> 1, last >> 1
        steps.append(Step(len(steps) + 1, sibling.hex(), on_left, value.hex()))
        place, last = place >> 1, last >> 1
    return steps
