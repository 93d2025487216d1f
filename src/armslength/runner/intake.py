"""Intake: what the server says is believed only when the ledger proves it, and done only when policy allows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from armslength.kernel.errors import Mistake
from armslength.ledger import Auditor, Entry, Kind, PublicKey, SignedHead, verify_entry
from armslength.policy.inside import InsidePolicy
from armslength.runner.lifecycle.store import Store
from armslength.runner.talk import Say
from armslength.wire.jobs import Cancellation, JobRequest, Work
from armslength.wire.message import read

# The log shrank or was rewritten: accept nothing more until somebody inside has looked into it.
REWRITTEN = frozenset({"L012", "L013"})


def auditor_of(policy: InsidePolicy, store: Store) -> Auditor:
    """Return who judges the server's log: the pinned key and the head we remember."""
    content, _ = store.remembered_head()
    remembered = SignedHead.from_json(content, where="the remembered head") if content else None
    return Auditor(key=PublicKey.parse(policy.ledger_key, where=policy.where), remembered=remembered)


def take_in(work: Work, *, policy: InsidePolicy, store: Store, now: datetime, say: Say) -> int:
    """Verify an answer of the server and take in its entries; return how many were new.

    Everything is verified before anything is acted on. Raises the ledger's Mistakes; a rewritten log is noted for good.
    """
    where = policy.server_url
    auditor = auditor_of(policy, store)
    try:
        head = auditor.trust(work.head, work.consistency, now=now, where=where)
    except Mistake as mistake:
        if mistake.code in REWRITTEN:
            store.distrust(str(mistake))
        raise
    entries = [verify_entry(head, item.entry, item.inclusion, where=where) for item in work.items]
    store.remember_head(head.to_json())
    return _act_on(entries, policy=policy, store=store, now=now, say=say)


def _act_on(entries: Sequence[Entry], *, policy: InsidePolicy, store: Store, now: datetime, say: Say) -> int:
    new = 0
    for entry in sorted(entries, key=lambda one: one.index):
        with store.transaction():
            try:
                new += _take_entry(entry, policy=policy, store=store, now=now, say=say)
            except Mistake as mistake:
                # One bad entry, for ever in the ledger, must not stop all that follow it.
                say("entry refused", entry=entry.index, code=mistake.code, what=mistake.what)
            store.remember_entry(entry.index)
    return new


def _take_entry(entry: Entry, *, policy: InsidePolicy, store: Store, now: datetime, say: Say) -> bool:
    where = f"entry {entry.index}"
    text = json.dumps(entry.body)
    if entry.kind is Kind.REQUEST:
        request = read(JobRequest, text, sender=where)
        if request.backend != policy.backend:
            return False
        if (entry.actor, entry.subject) != (request.requested_by, f"request:{request.id}"):
            raise Mistake("R041", "the entry and the request in it name different people or ids", where=where)
        taken = store.add_request(request, entry=entry.index, now=now)
        if taken:
            say("request taken in", request=request.id, entry=entry.index, project=request.project)
        return taken
    if entry.kind is Kind.CANCEL:
        cancellation = read(Cancellation, text, sender=where)
        if (entry.actor, entry.subject) != (cancellation.cancelled_by, f"request:{cancellation.request}"):
            raise Mistake(
                "R041", "the entry and the cancellation in it name different people or ids", where=where
            )
        if cancellation.backend == policy.backend and store.ask_cancel(cancellation.request):
            say("cancellation taken in", request=cancellation.request, entry=entry.index)
            return True
    return False
