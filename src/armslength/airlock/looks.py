"""How the airlock's own states look, added to what both sites show alike."""

from __future__ import annotations

from armslength.airlock.features.workspaces.queries import FileState
from armslength.airlock.models.states import Decision, FileKind
from armslength.web.looks import KINDS, Look

FILE: dict[str, Look] = {
    FileState.UNRELEASED: Look(
        FileState.UNRELEASED.label, "ring", "neutral", "Nobody has asked for its release."
    ),
    FileState.UNDER_REVIEW: Look(
        FileState.UNDER_REVIEW.label, "half", "active", "This content is in a release request."
    ),
    FileState.UPDATED: Look(
        FileState.UPDATED.label, "turn", "warn", "A request holds older content; a newer run made this."
    ),
    FileState.WITHDRAWN: Look(FileState.WITHDRAWN.label, "bar", "quiet", "Taken out of its release request."),
    FileState.RELEASED: Look(FileState.RELEASED.label, "tick", "good", "This very content has left."),
    FileState.HELD_BACK: Look(
        FileState.HELD_BACK.label, "stop", "bad", "The runner held the file back; its note says why."
    ),
}
DECISION: dict[str, Look] = {
    Decision.INCOMPLETE: Look("Not decided", "ring", "neutral", "Fewer than two reviewers have decided."),
    Decision.APPROVED: Look("Approved by two", "tick", "good", "Two people approved these very bytes."),
    Decision.CHANGES_REQUESTED: Look("Changes requested", "turn", "warn", "Reviewers ask for changes."),
    Decision.CONFLICTED: Look("Reviewers disagree", "triangle", "warn", "An objection stands; talk it over."),
}
KIND: dict[str, Look] = {
    FileKind.OUTPUT: Look("Output", "dot", "active", "May leave when two people approve it."),
    FileKind.SUPPORTING: Look("Supporting", "ring", "quiet", "For reviewers; never leaves."),
    FileKind.WITHDRAWN: Look("Withdrawn", "bar", "quiet", "Taken out of the request."),
}


def register() -> None:
    """Add the airlock's states to the looks that `state_badge` knows."""
    KINDS.update({"file": FILE, "decision": DECISION, "file_kind": KIND})
