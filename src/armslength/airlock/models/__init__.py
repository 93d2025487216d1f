"""What the airlock remembers: people, requests, reviews, records."""

from armslength.airlock.models.people import Checker, Person
from armslength.airlock.models.records import (
    AuditEntry,
    Delivery,
    LedgerHead,
    OutboxEvent,
    OutboxFile,
    OutboxRelease,
    SeenContent,
)
from armslength.airlock.models.requests import Check, FileGroup, FindingAnswer, ReleaseRequest, RequestFile
from armslength.airlock.models.reviews import Comment, Review, Vote

__all__ = [
    "AuditEntry",
    "Check",
    "Checker",
    "Comment",
    "Delivery",
    "FileGroup",
    "FindingAnswer",
    "LedgerHead",
    "OutboxEvent",
    "OutboxFile",
    "OutboxRelease",
    "Person",
    "ReleaseRequest",
    "RequestFile",
    "Review",
    "SeenContent",
    "Vote",
]
