"""Every list of the review: states and their legal moves, votes, decisions, kinds of file. Written once, here."""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """A list whose members say how they are shown: `value`, then the words a person reads."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("_", " ")
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]


class State(Labelled):
    """Where one release request stands. MOVES says what may follow what."""

    PENDING = "pending", "being written"
    SUBMITTED = "submitted", "waiting for two reviews"
    PARTIALLY_REVIEWED = "partially_reviewed", "one review submitted"
    REVIEWED = "reviewed", "both reviews submitted"
    RETURNED = "returned", "returned to its author"
    APPROVED = "approved", "approved, files leaving"
    RELEASED = "released", "released"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"


class Owner(Labelled):
    """Whose move it is."""

    AUTHOR = "author", "its author"
    REVIEWER = "reviewer", "the output checkers"
    SYSTEM = "system", "nobody: the machine finishes it or it is over"


# from: {to: who may move it there}. The rules, the database guard, the diagram and the tests read this.
MOVES: dict[State, dict[State, Owner]] = {
    State.PENDING: {State.SUBMITTED: Owner.AUTHOR, State.WITHDRAWN: Owner.AUTHOR},
    State.SUBMITTED: {State.PARTIALLY_REVIEWED: Owner.REVIEWER, State.RETURNED: Owner.REVIEWER},
    State.PARTIALLY_REVIEWED: {State.REVIEWED: Owner.REVIEWER, State.RETURNED: Owner.REVIEWER},
    State.REVIEWED: {
        State.RETURNED: Owner.REVIEWER,
        State.APPROVED: Owner.REVIEWER,
        State.REJECTED: Owner.REVIEWER,
    },
    State.RETURNED: {State.SUBMITTED: Owner.AUTHOR, State.WITHDRAWN: Owner.AUTHOR},
    State.APPROVED: {State.RELEASED: Owner.SYSTEM},
    State.RELEASED: {},
    State.REJECTED: {},
    State.WITHDRAWN: {},
}
FIRST = State.PENDING
FINAL = frozenset(state for state, onward in MOVES.items() if not onward)
DIAGRAM = "\n".join(f"{a} --> {b}: {owner}" for a, onward in MOVES.items() for b, owner in onward.items())

OWNERS: dict[State, Owner] = {
    State.PENDING: Owner.AUTHOR,
    State.RETURNED: Owner.AUTHOR,
    State.SUBMITTED: Owner.REVIEWER,
    State.PARTIALLY_REVIEWED: Owner.REVIEWER,
    State.REVIEWED: Owner.REVIEWER,
    State.APPROVED: Owner.SYSTEM,
    State.RELEASED: Owner.SYSTEM,
    State.REJECTED: Owner.SYSTEM,
    State.WITHDRAWN: Owner.SYSTEM,
}
# An author has one of these per workspace at most; the database refuses a second.
ACTIVE = frozenset(state for state, owner in OWNERS.items() if owner is not Owner.SYSTEM)


class Phase(Labelled):
    """What kind of turn it is; blinding depends on this alone."""

    AUTHOR = "author", "with its author"
    INDEPENDENT = "independent", "independent review"
    CONSOLIDATING = "consolidating", "reviewers agree on a decision"
    COMPLETE = "complete", "over"


def phase_of(state: State) -> Phase:
    """Return the phase a state belongs to."""
    if OWNERS[state] is Owner.AUTHOR:
        return Phase.AUTHOR
    if OWNERS[state] is Owner.SYSTEM:
        return Phase.COMPLETE
    return Phase.CONSOLIDATING if state is State.REVIEWED else Phase.INDEPENDENT


class FileKind(Labelled):
    """What a file is in a request."""

    OUTPUT = "output", "output: may leave"
    SUPPORTING = "supporting", "supporting: seen by reviewers, never leaves"
    WITHDRAWN = "withdrawn", "withdrawn from the request"


class Choice(Labelled):
    """What one reviewer says about one content. The wire knows the same three words."""

    APPROVED = "approved", "approve"
    CHANGES_REQUESTED = "changes_requested", "request changes"
    UNDECIDED = "undecided", "undecided"


class Decision(Labelled):
    """What the submitted reviews say together about one output file. Computed, never stored."""

    INCOMPLETE = "incomplete", "not decided"
    APPROVED = "approved", "approved by two"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    CONFLICTED = "conflicted", "reviewers disagree"


class Visibility(Labelled):
    """Who may read a comment once it is their turn to."""

    PRIVATE = "private", "output checkers only"
    PUBLIC = "public", "also the author"


class Reason(Labelled):
    """Why a request goes back or is rejected."""

    ROUNDING = "rounding", "counts are not rounded"
    SMALL_NUMBERS = "small_numbers", "small numbers are not hidden"
    CONTEXT = "context", "the description does not say enough"
    UNDERLYING = "underlying", "underlying counts are missing"
    FILE_TYPE = "file_type", "unsuitable kind of file"
    SCOPE = "scope", "outside what the project was approved for"
    AUTHOR_ASKED = "author_asked", "the author asked for it back"
    OTHER = "other", "another reason"


class Answer(Labelled):
    """What an author says about a finding that blocks."""

    FIXED = "fixed", "already controlled in the code: say where"
    NOT_A_COUNT = "not_a_count", "not a count of people: say what it is"
    EXCEPTION = "exception", "exception requested: say why it is important and safe"


REVIEWS_NEEDED = 2


def decide(choices: list[Choice]) -> Decision:
    """Combine the votes of reviewers who submitted this turn on the present bytes of one file.

    An objection is never outvoted: with three reviews, two approvals and one request for changes are
    a disagreement until somebody changes their vote.

    >>> decide([Choice.APPROVED]), decide([Choice.APPROVED, Choice.APPROVED])
    (<Decision.INCOMPLETE: 'incomplete'>, <Decision.APPROVED: 'approved'>)
    >>> decide([Choice.APPROVED, Choice.APPROVED, Choice.CHANGES_REQUESTED])
    <Decision.CONFLICTED: 'conflicted'>
    """
    decided = [choice for choice in choices if choice is not Choice.UNDECIDED]
    if len(decided) < REVIEWS_NEEDED or len(decided) < len(choices):
        return Decision.INCOMPLETE
    if set(decided) == {Choice.APPROVED}:
        return Decision.APPROVED
    return Decision.CHANGES_REQUESTED if set(decided) == {Choice.CHANGES_REQUESTED} else Decision.CONFLICTED
