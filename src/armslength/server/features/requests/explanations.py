"""What a runner's reason means for the person who asked, and what to do next.

The words come with the report; here is the next step for each stable code. Another code shows its words alone.
"""

from __future__ import annotations

from dataclasses import dataclass

LOG = "Read its log inside, in the airlock"
NEXT_STEPS: dict[str, str] = {
    "waiting_on_dependencies": "Nothing to do: it starts when they are done.",
    "waiting_on_workers": "Nothing to do: it starts when a place is free.",
    "waiting_on_workspace": "Nothing to do: it starts when the earlier request is over.",
    "waiting_on_repository": "Check that the repository is public and still there.",
    "tried_again": "Nothing to do.",
    "succeeded_held_back": f"{LOG}, to see which outputs were held back and why.",
    "dependency_failed": "Put the action that failed right, then ask for this one again.",
    "nonzero_exit": f"{LOG}, correct the code, commit, and ask again.",
    "unmatched_patterns": "Compare the outputs in project.yaml with the files the code writes, commit, and ask again.",
    "outputs_refused": "Let the code write ordinary files only, commit, and ask again.",
    "out_of_memory": "Read fewer columns, or work through the data in pieces; then commit and ask again.",
    "timed_out": "Split the action into smaller ones, or do less in it; then commit and ask again.",
    "over_limit": "Write less, or compressed; then commit and ask again.",
    "lost": "Ask again. If it happens again, tell the people who run this backend.",
    "input_changed": "Ask for it again, together with the action that makes the file.",
    "cannot_prepare": "Ask again. If it happens again, tell the people who run this backend.",
    "cannot_store": "Tell the people who run this backend; they may be out of space.",
}


@dataclass(frozen=True)
class Explanation:
    """A reason in words, and what to do next; either may be empty."""

    words: str
    next_step: str


def explain(reason: str, message: str) -> Explanation | None:
    """Return what a reason means, or None when nothing was said."""
    if not message and not reason:
        return None
    words = message.strip() or reason.replace("_", " ").capitalize()
    return Explanation(words if words.endswith((".", "!", "?")) else f"{words}.", NEXT_STEPS.get(reason, ""))
