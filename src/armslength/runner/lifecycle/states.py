"""States of requests, and the reasons why a job or a request is where it is.

The states of jobs and their moves are in `armslength.wire.jobs`, because both sides speak of them.
"""

from __future__ import annotations

from enum import Enum

from armslength.wire.jobs import RequestState

REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.SUBMITTED: frozenset({RequestState.ACCEPTED, RequestState.REFUSED, RequestState.CANCELLED}),
    RequestState.ACCEPTED: frozenset({RequestState.SUCCEEDED, RequestState.FAILED, RequestState.CANCELLED}),
    RequestState.REFUSED: frozenset(),
    RequestState.SUCCEEDED: frozenset(),
    RequestState.FAILED: frozenset(),
    RequestState.CANCELLED: frozenset(),
}
REQUEST_FINAL = frozenset(state for state, onward in REQUEST_MOVES.items() if not onward)


class Reason(Enum):
    """Why a job is in its state: the stable code and the words that leave the secure environment (S15)."""

    WAITING_FOR_NEEDS = ("waiting_on_dependencies", "Waiting for the actions it needs")
    WAITING_FOR_PLACE = ("waiting_on_workers", "Waiting for a free place")
    WAITING_FOR_WORKSPACE = ("waiting_on_workspace", "Waiting for an earlier request of the same workspace")
    WAITING_FOR_REPOSITORY = ("waiting_on_repository", "Waiting for the repository to answer")
    PREPARING = ("preparing", "Laying out its code and inputs")
    RUNNING = ("running", "Running")
    FINALIZING = ("finalizing", "Collecting its outputs")
    SUCCEEDED = ("succeeded", "Completed successfully")
    SUCCEEDED_HELD_BACK = ("succeeded_held_back", "Completed; some outputs were held back, see the log")
    DEPENDENCY_FAILED = ("dependency_failed", "Not run, because an action it needs did not succeed")
    NONZERO_EXIT = ("nonzero_exit", "The program ended with an error; see its log")
    UNMATCHED_PATTERNS = ("unmatched_patterns", "A declared output was not made; see its log")
    OUTPUTS_REFUSED = ("outputs_refused", "An output was a link or another kind of file that is never taken")
    OUT_OF_MEMORY = ("out_of_memory", "Ended, because it needed more memory than one job may use")
    TIMED_OUT = ("timed_out", "Ended, because it ran longer than one job may")
    OVER_LIMIT = ("over_limit", "Ended, because it wrote more than one job may")
    NO_LONGER_ALLOWED = ("no_longer_allowed", "The policy of this backend no longer allows it")
    LOST = ("lost", "The machine went down while it ran, more often than is tried again")
    INPUT_CHANGED = ("input_changed", "A file it needs was replaced or removed since it was planned")
    CANNOT_PREPARE = ("cannot_prepare", "Its code or inputs could not be laid out")
    CANNOT_STORE = ("cannot_store", "Its outputs could not be stored")
    INTERNAL = ("internal_error", "The runner met an error of its own; its operator can see which")
    CANCELLED = ("cancelled_by_user", "Stopped because somebody asked")
    UNCHANGED = ("unchanged", "Not run again: everything it reads came out the same")
    NOT_STARTED = ("not_started", "Not started, because another action failed")
    TRIED_AGAIN = ("tried_again", "The machine went down while it ran; it is run again")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def words(self) -> str:
        return self.value[1]


# What exit statuses of the query command mean to the person who asked.
QUERY_EXIT_WORDS: dict[int, str] = {
    2: "The command line is wrong; check that it runs on your machine",
    3: "The database had a passing problem; run it again",
    4: "New data is being imported; run it again in a few hours",
    5: "The database has a problem; ask for help",
    6: "The query is valid but too complex for the database; ask for help",
    10: "The definition could not be read",
    11: "A file that the definition uses is bad",
    12: "The definition uses data that the project has no permission for",
    13: "The definition's own tests failed",
    14: "The query progressed too slowly and was stopped; ask for help",
}
