"""What the airlock says no to: a rule's reason, raised by the action that asked the rule."""

from __future__ import annotations


class Refused(Exception):
    """A rule said no. The text is the rule's own words; the page that comes back shows them."""

    def __init__(self, reason: str, *, status: int = 403) -> None:
        self.reason, self.status = reason, status
        super().__init__(reason)


def refuse_if(reason: str | None, *, status: int = 403) -> None:
    """Raise what a rule answered, unless it answered None."""
    if reason is not None:
        raise Refused(reason, status=status)
