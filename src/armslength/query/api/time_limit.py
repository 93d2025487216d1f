"""The time that measures may take: a projection, so that a hopeless run ends after an hour and not after days."""

from __future__ import annotations

from armslength.kernel.errors import Mistake

LIMIT_SECONDS = 3 * 24 * 60 * 60
SURE_AFTER = 12  # intervals: fewer say too little about the rest
TIMEOUT_STATUS = 14


def require_in_time(*, elapsed: float, done: int, of: int, limit: float = LIMIT_SECONDS) -> None:
    """Raise Mistake Q117 when `of` intervals would take longer than the limit, judged by those that are `done`.

    >>> require_in_time(elapsed=60, done=12, of=1000)
    """
    if done < SURE_AFTER:
        return
    projected = elapsed / done * of
    if projected > limit:
        raise Mistake(
            "Q117",
            f"the measures would take about {projected / 3600:,.0f} hours, and {limit / 3600:,.0f} are allowed: "
            f"{done:,} of {of:,} intervals took {elapsed / 60:,.0f} minutes",
            hint="ask for fewer or longer intervals, split the measures over several actions, or simplify what is "
            "worked out anew for each interval",
            exit_status=TIMEOUT_STATUS,
        )
