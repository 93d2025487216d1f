"""What the jobs site remembers."""

from armslength.server.models.backends import Backend, BackendToken
from armslength.server.models.ledger import LedgerEntry, LedgerNode
from armslength.server.models.people import Grant, Person
from armslength.server.models.projects import Project, Workspace
from armslength.server.models.releases import InsideEvent, Publication, Release, ReleasedFile
from armslength.server.models.requests import Job, JobRequest

__all__ = [
    "Backend",
    "BackendToken",
    "Grant",
    "InsideEvent",
    "Job",
    "JobRequest",
    "LedgerEntry",
    "LedgerNode",
    "Person",
    "Project",
    "Publication",
    "Release",
    "ReleasedFile",
    "Workspace",
]
