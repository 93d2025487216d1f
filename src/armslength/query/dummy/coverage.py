"""Which branches, filters and alternatives invented patients show, and why the others are not shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from armslength.query.dummy.targets import Target


class Outcome(Enum):
    """What became of one thing that was to be shown."""

    SHOWN = "shown"
    IMPOSSIBLE = "contradiction"
    GIVEN_UP = "gave up"
    NO_ROOM = "no patient left"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to be shown and what became of it, with the reason in words when it is not shown."""

    target: Target
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All findings, in the order of the query."""

    findings: tuple[Finding, ...]

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is outcome)

    @property
    def shown(self) -> int:
        return len(self.of(Outcome.SHOWN))

    def summary(self) -> str:
        """One line for a person."""
        counts = Counter(finding.outcome for finding in self.findings)
        rest = [f"{counts[each]} {WORDS[each]}" for each in WORDS if counts[each]]
        told = f"shows {counts[Outcome.SHOWN]} of {len(self.findings)} branches and filters"
        return f"{told}; {', '.join(rest)}" if rest else told

    def lines(self) -> list[str]:
        """One line for each thing that is not shown."""
        return [
            f"{finding.target.about}: {finding.outcome.value}{': ' if finding.reason else ''}{finding.reason}"
            for finding in self.findings
            if finding.outcome is not Outcome.SHOWN
        ]


WORDS = {
    Outcome.IMPOSSIBLE: "can never happen",
    Outcome.GIVEN_UP: "not found",
    Outcome.NO_ROOM: "need a larger population_size",
}
