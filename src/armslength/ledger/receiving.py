"""Receiving: what the runner and the airlock check before they believe anything the server says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.ledger import tree
from armslength.ledger.entries import Entry, entry_hash, from_object
from armslength.ledger.heads import DISTRUST, PublicKey, SignedHead, verify_head
from armslength.ledger.shapes import Consistency, Inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """Somebody who knows the key of a log and remembers the last head that convinced them.

    Keep `remembered` in a durable file (`SignedHead.to_json`) before acting on what a head covers:
    whoever forgets it can be shown a rewritten log.
    """

    key: PublicKey
    remembered: SignedHead | None = None
    oldest: timedelta = timedelta(hours=1)  # a head signed longer ago may hide what happened since
    newest: timedelta = timedelta(minutes=5)  # how far the two clocks may differ

    @property
    def known_size(self) -> int:
        """The size to ask a consistency proof for."""
        return self.remembered.size if self.remembered else 0

    def trust(self, head: Any, consistency: Any, *, now: datetime, where: str) -> SignedHead:
        """Return the head as the new one to remember, or raise a Mistake that names what is wrong.

        `head` and `consistency` are the JSON objects that arrived; `where` says from whom. L003 unreadable,
        L010 bad signature, L011 another key, L012 shrunk, L013 rewritten, L014 stale or from the future.
        """
        found = SignedHead.from_object(head, where=where)
        proof = Consistency.from_object(consistency, where=where)
        verify_head(found, key=self.key, where=where)
        self._check_time(found, now=now, where=where)
        self._check_growth(found, proof, where=where)
        return found

    def trust_head(self, head: Any, *, now: datetime, where: str) -> SignedHead:
        """Return a head whose signature and time are good; whether the log was rewritten is not asked."""
        found = SignedHead.from_object(head, where=where)
        verify_head(found, key=self.key, where=where)
        self._check_time(found, now=now, where=where)
        return found

    def _check_time(self, head: SignedHead, *, now: datetime, where: str) -> None:
        if not now - self.oldest <= head.at <= now + self.newest:
            raise Mistake(
                "L014",
                f"the head was signed at {clock.to_text(head.at)}, but it is {clock.to_text(now)} here",
                where=where,
                hint="if both clocks are right, the server is holding back what was recorded since",
                exit_status=DISTRUST,
            )

    def _check_growth(self, head: SignedHead, proof: Consistency, *, where: str) -> None:
        if self.remembered is None:
            return
        known = self.remembered
        if head.size < known.size:
            raise Mistake(
                "L012",
                f"the ledger shrank from {known.size} entries to {head.size} since {clock.to_text(known.at)}",
                where=where,
                hint="entries were removed: accept no work from this server until its owner explains",
                exit_status=DISTRUST,
            )
        holds = (proof.old, proof.new) == (known.size, head.size) and tree.consistency_holds(
            old=known.size,
            new=head.size,
            path=proof.hashes,
            old_root=bytes.fromhex(known.root),
            new_root=bytes.fromhex(head.root),
        )
        if not holds:
            raise Mistake(
                "L013",
                f"the ledger was rewritten: its {head.size} entries do not begin with the {known.size} "
                f"known since {clock.to_text(known.at)}",
                where=where,
                hint="accept no work from this server; keep the remembered head, it is the evidence",
                exit_status=DISTRUST,
            )


def verify_entry(head: SignedHead, entry: Any, inclusion: Any, *, where: str) -> Entry:
    """Return the entry that the proof shows to be covered by a head already trusted, or raise a Mistake.

    `entry` and `inclusion` are the JSON objects that arrived. L001 or L003 unreadable, L015 not proved.
    """
    found = from_object(entry, where=where)
    proof = Inclusion.from_object(inclusion, where=where)
    holds = (proof.index, proof.size) == (found.index, head.size) and tree.inclusion_holds(
        leaf=entry_hash(found),
        index=proof.index,
        size=proof.size,
        path=proof.hashes,
        root=bytes.fromhex(head.root),
    )
    if not holds:
        raise Mistake(
            "L015",
            f"entry {found.index} ({found.kind}) is not proved to be in the ledger of {head.size} entries",
            where=where,
            hint="the public cannot see it, so nothing may be done because of it",
            exit_status=DISTRUST,
        )
    return found
