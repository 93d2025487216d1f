"""Believing a receipt: it must prove that exactly what we told is in the ledger of the pinned key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.ledger import Auditor, Entry, PublicKey, verify_entry
from armslength.wire.releases import Event, Receipt, Release


def auditor_for(key: str) -> Auditor:
    """Return the auditor of the pinned ledger key, given as PEM or 64 hexadecimal digits."""
    return Auditor(key=PublicKey.parse(key, where="ARMSLENGTH_AIRLOCK_LEDGER_KEY"))


def entry_of_event(receipt: Receipt, event: Event, *, auditor: Auditor, now: datetime, where: str) -> Entry:
    """Return the ledger entry of an event, or raise when the receipt does not prove it says what we said."""
    entry = _proved(receipt, auditor=auditor, now=now, where=where)
    said = {name: value for name, value in event.model_dump(mode="json").items() if value is not None}
    wrong = _differences(entry, said, kind=event.kind.value, actor=event.actor)
    if receipt.id != event.id:
        wrong.append("id of the receipt")
    return _accepted(entry, wrong, where=where)


def entry_of_release(
    receipt: Receipt, release: Release, *, auditor: Auditor, now: datetime, where: str
) -> Entry:
    """Return the ledger entry of a release, or raise when it does not list exactly our files by hash."""
    entry = _proved(receipt, auditor=auditor, now=now, where=where)
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


def _proved(receipt: Receipt, *, auditor: Auditor, now: datetime, where: str) -> Entry:
    head = auditor.trust_head(receipt.head, now=now, where=where)
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
