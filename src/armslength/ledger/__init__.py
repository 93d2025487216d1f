"""PROVE: an append-only, hash-chained log with inclusion and consistency proofs that anyone can verify."""

from armslength.ledger.entries import Entry, Kind
from armslength.ledger.heads import Key, PublicKey, SignedHead
from armslength.ledger.log import Log, LogStorage, MemoryStorage
from armslength.ledger.receiving import Auditor, verify_entry
from armslength.ledger.shapes import Consistency, Inclusion

__all__ = [
    "Auditor",
    "Consistency",
    "Entry",
    "Inclusion",
    "Key",
    "Kind",
    "Log",
    "LogStorage",
    "MemoryStorage",
    "PublicKey",
    "SignedHead",
    "verify_entry",
]
