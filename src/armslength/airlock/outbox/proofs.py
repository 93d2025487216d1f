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
    expected = {
        "id": event.id,
        "workspace": event.workspace,
        "release_request": event.release_request,
        "file_sha256": event.file_sha256,
        "vote": event.vote,
    }
    wrong = _differences(entry, expected, kind=event.kind.value, actor=event.actor)
    if receipt.id != event.id:
        wrong.append("id of the receipt")
    return _accepted(entry, wrong, where=where)


def entry_of_release(
    receipt: Receipt, release: Release, *, auditor: Auditor, now: datetime, where: str
) -> Entry:
    """Return the ledger entry of a release, or raise when it does not list exactly our files by hash."""
    entry = _proved(receipt, auditor=auditor, now=now, where=where)
    wrong = _differences(
        entry, {"id": release.id, "workspace": release.workspace}, kind="release", actor=None
    )
    told = sorted((file.path, file.sha256) for file in release.files)
    said = entry.body.get("files")
    if not isinstance(said, list) or sorted(_path_and_digest(file) for file in said) != told:
        wrong.append("files")
    if receipt.id != release.id:
        wrong.append("id of the receipt")
    return _accepted(entry, wrong, where=where)


def _proved(receipt: Receipt, *, auditor: Auditor, now: datetime, where: str) -> Entry:
    head = auditor.trust_head(receipt.head, now=now, where=where)
    return verify_entry(head, receipt.entry, receipt.inclusion, where=where)


def _differences(entry: Entry, expected: dict[str, Any], *, kind: str, actor: str | None) -> list[str]:
    wrong = [name for name, value in expected.items() if value is not None and entry.body.get(name) != value]
    if entry.kind.value != kind:
        wrong.append("kind")
    if actor is not None and entry.actor != actor:
        wrong.append("actor")
    return wrong


def _path_and_digest(file: Any) -> tuple[str, str]:
    if not isinstance(file, dict):
        return ("", "")
    return (str(file.get("path", "")), str(file.get("sha256", "")))


def _accepted(entry: Entry, wrong: list[str], *, where: str) -> Entry:
    if wrong:
        raise Mistake(
            "A032",
            f"ledger entry {entry.index} does not say what we told the server: {', '.join(wrong)}",
            where=where,
            hint="nothing is marked as delivered; the server's operator must explain this entry",
        )
    return entry
