"""Believing a receipt: it must prove that exactly what we told is in the ledger of the pinned key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from armslength.airlock.models import LedgerHead
from armslength.kernel.errors import Mistake
from armslength.ledger import Auditor, Entry, PublicKey, SignedHead, verify_entry
from armslength.wire.releases import Event, Receipt, Release

# Asks the server for the proof that a log of so many entries is a beginning of a longer one.
Ask = Callable[..., object]


@dataclass(frozen=True)
class Believer:
    """Who judges what the server says of its ledger: by the pinned key, and by the last head that convinced us."""

    key: str  # PEM or 64 hexadecimal digits
    ask: Ask

    def head(self, head: object, *, now: datetime, where: str) -> SignedHead:
        """Return a head that continues the last one, which it becomes; L010 to L014 otherwise."""
        kept = LedgerHead.objects.filter(one=1).first()
        remembered = SignedHead.from_json(kept.content, where="the remembered head") if kept else None
        key = PublicKey.parse(self.key, where="ARMSLENGTH_AIRLOCK_LEDGER_KEY")
        size = SignedHead.from_object(head, where=where).size
        old = remembered.size if remembered else 0
        proof: object = {"from": old, "to": size, "hashes": []}
        if 0 < old < size:
            proof = self.ask(old=old, new=size)
        found = Auditor(key=key, remembered=remembered).trust(head, proof, now=now, where=where)
        if found != remembered:
            LedgerHead.objects.update_or_create(one=1, defaults={"content": found.to_json()})
        return found


def entry_of_event(receipt: Receipt, event: Event, *, believer: Believer, now: datetime, where: str) -> Entry:
    """Return the ledger entry of an event, or raise when the receipt does not prove it says what we said."""
    entry = _proved(receipt, believer=believer, now=now, where=where)
    said = {name: value for name, value in event.model_dump(mode="json").items() if value is not None}
    wrong = _differences(entry, said, kind=event.kind.value, actor=event.actor)
    if receipt.id != event.id:
        wrong.append("id of the receipt")
    return _accepted(entry, wrong, where=where)


def entry_of_release(
    receipt: Receipt, release: Release, *, believer: Believer, now: datetime, where: str
) -> Entry:
    """Return the ledger entry of a release, or raise when it does not list exactly our files by hash."""
    entry = _proved(receipt, believer=believer, now=now, where=where)
    said = {
        "release": release.id,
        "workspace": release.workspace,
        "author": release.author,
        "reviewers": list(release.reviewers),
    }
    wrong = _differences(entry, said, kind="release", actor=release.released_by)
    # The public entry names files by digest only: a path may say what a result was.
    if _digests(entry.body.get("files")) != sorted((file.sha256, file.size) for file in release.files):
        wrong.append("files")
    if receipt.id != release.id:
        wrong.append("id of the receipt")
    return _accepted(entry, wrong, where=where)


def _proved(receipt: Receipt, *, believer: Believer, now: datetime, where: str) -> Entry:
    head = believer.head(receipt.head, now=now, where=where)
    return verify_entry(head, receipt.entry, receipt.inclusion, where=where)


def _differences(entry: Entry, said: dict[str, Any], *, kind: str, actor: str) -> list[str]:
    wrong = [name for name, value in said.items() if entry.body.get(name) != value]
    if entry.kind.value != kind:
        wrong.append("kind of the entry")
    if entry.actor != actor:
        wrong.append("actor of the entry")
    return wrong


def _digests(files: Any) -> list[tuple[str, int]] | None:
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        return None
    pairs = [(file.get("sha256"), file.get("size")) for file in files]
    if not all(isinstance(sha256, str) and type(size) is int for sha256, size in pairs):
        return None
    return sorted(pairs)


def _accepted(entry: Entry, wrong: list[str], *, where: str) -> Entry:
    if wrong:
        raise Mistake(
            "A032",
            f"ledger entry {entry.index} does not say what we told the server: {', '.join(wrong)}",
            where=where,
            hint="nothing is marked as delivered; the server's operator must explain this entry",
        )
    return entry
