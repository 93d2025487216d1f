"""How every state and verdict looks: a word, a shape and a colour, never the colour alone; and what it means.

The states themselves are defined where they belong (wire, the airlock, disclosure control); a state missing
here shows as plain text and a test of its room should say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from armslength.wire.jobs import JobState, RequestState


@dataclass(frozen=True)
class Look:
    """The word on a badge, its shape (a name in `icons.SHAPES`), its colour, and a sentence for the reader."""

    label: str
    shape: str
    tone: str  # one of: neutral, wait, active, good, bad, warn, quiet
    meaning: str = ""


JOB: dict[str, Look] = {
    JobState.WAITING: Look("Waiting", "ring", "wait", "In the queue, or waiting for an action it needs."),
    JobState.PREPARING: Look("Preparing", "quarter", "active", "Its code and inputs are being laid out."),
    JobState.RUNNING: Look("Running", "half", "active", "Its program is running beside the data."),
    JobState.FINALIZING: Look("Finalizing", "most", "active", "Its outputs are being collected."),
    JobState.SUCCEEDED: Look("Succeeded", "tick", "good", "Its outputs are inside, waiting to be looked at."),
    JobState.FAILED: Look("Failed", "cross", "bad", "It ended without its outputs."),
    JobState.CANCELLED: Look("Cancelled", "bar", "quiet", "It was stopped because somebody asked."),
}
REQUEST: dict[str, Look] = {
    RequestState.SUBMITTED: Look(
        "Submitted", "ring", "wait", "In the ledger. The runner inside has not answered yet."
    ),
    RequestState.ACCEPTED: Look(
        "In progress", "half", "active", "The runner inside checked it and planned its jobs."
    ),
    RequestState.REFUSED: Look("Refused", "stop", "bad", "The runner's own rules inside do not allow it."),
    RequestState.SUCCEEDED: Look("Succeeded", "tick", "good", "Every job succeeded."),
    RequestState.FAILED: Look("Failed", "cross", "bad", "At least one job failed and none is left to run."),
    RequestState.CANCELLED: Look("Cancelled", "bar", "quiet", "It was stopped because somebody asked."),
}
RELEASE_REQUEST: dict[str, Look] = {
    "pending": Look("Being prepared", "ring", "neutral", "Its author is still choosing files."),
    "submitted": Look("Submitted", "quarter", "wait", "Waiting for two reviewers."),
    "partially_reviewed": Look("One review done", "half", "active", "Waiting for the second reviewer."),
    "reviewed": Look("Reviewed", "most", "active", "Two reviews are in; a decision is due."),
    "returned": Look("Returned", "turn", "warn", "Sent back to its author with questions."),
    "approved": Look("Approved", "most", "good", "Two people agreed; the files are on their way out."),
    "released": Look("Released", "tick", "good", "The files have left the secure environment."),
    "rejected": Look("Rejected", "cross", "bad", "The files stay inside."),
    "withdrawn": Look("Withdrawn", "bar", "quiet", "Its author took it back."),
}
VOTE: dict[str, Look] = {
    "approved": Look("Approved", "tick", "good"),
    "changes_requested": Look("Changes requested", "turn", "warn"),
    "undecided": Look("Undecided", "ring", "neutral"),
}
PROJECT: dict[str, Look] = {
    "proposed": Look("Proposed", "ring", "wait", "Asked for; not approved. Nothing may run."),
    "ongoing": Look("Ongoing", "half", "good", "Approved and under way."),
    "suspended": Look("Suspended", "pause", "warn", "Approved, but nothing may run for now."),
    "finished": Look("Finished", "tick", "quiet", "Complete. Nothing more may run."),
    "rejected": Look("Rejected", "cross", "bad", "Not approved."),
}
PUBLICATION: dict[str, Look] = {
    "proposed": Look("Waiting for a publisher", "quarter", "wait", "A second person has to agree."),
    "published": Look("Published", "tick", "good", "Everybody can read it."),
    "declined": Look("Declined", "cross", "bad", "A publisher said no; the reason is recorded."),
    "withdrawn": Look("Withdrawn", "bar", "quiet", "Taken back; this note stays in its place."),
}
VERDICT: dict[str, Look] = {
    "block": Look("Must not leave", "stop", "bad", "Would disclose something about a person."),
    "warn": Look("Look closely", "triangle", "warn", "May disclose something about a person."),
    "info": Look("Note", "dot", "neutral", "Worth knowing."),
    "clear": Look("Nothing found", "tick", "good", "Every check that applies found nothing."),
    "not_checked": Look(
        "Not checked", "ring", "quiet", "No check can read this kind of file: read it yourself."
    ),
}
KINDS: dict[str, dict[str, Look]] = {
    "job": JOB,
    "request": REQUEST,
    "release_request": RELEASE_REQUEST,
    "vote": VOTE,
    "project": PROJECT,
    "publication": PUBLICATION,
    "verdict": VERDICT,
}


def look_of(kind: str, state: str | Enum) -> Look:
    """Return how a state looks. An unknown state is shown as its own name, plainly."""
    value = str(state.value if isinstance(state, Enum) else state).lower().replace("-", "_")
    return KINDS[kind].get(value) or Look(value.replace("_", " ").capitalize(), "dot", "neutral")
