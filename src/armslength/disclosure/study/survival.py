"""Survival curves whose steps are never one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from armslength.disclosure.study.counts import THRESHOLD, midpoint6


@dataclass(frozen=True, slots=True)
class Step:
    """One step: up to `time`, with rounded numbers at risk before it and of events in it."""

    time: float
    at_risk: int
    events: int
    survival: float


def survival_curve(
    times: Sequence[float], events: Sequence[bool], *, threshold: int = THRESHOLD
) -> list[Step]:
    """The Kaplan-Meier curve from midpoint-6 counts; a step is shown when more than `threshold` events have gathered.

    `times` are each person's time under observation, `events` whether it ended with the event. What is left when
    the last step was shown stays in it. Numbers at risk of `threshold` or fewer end the curve.

    >>> steps = survival_curve([1.0] * 20 + [2.0] * 5 + [9.0] * 100, [True] * 25 + [False] * 100)
    >>> [(step.time, step.events) for step in steps]
    [(1.0, 21)]
    """
    if len(times) != len(events):
        raise ValueError(f"{len(times)} times and {len(events)} events do not belong together")
    total = midpoint6(len(times))
    happened = Counter(time for time, event in zip(times, events, strict=True) if event)
    censored = Counter(time for time, event in zip(times, events, strict=True) if not event)
    steps: list[Step] = []
    gathered = everyone = gone = shown = shown_gone = 0
    survival = 1.0
    for time in sorted({*happened, *censored}):
        gathered += happened[time]
        everyone += happened[time]
        if gathered > threshold:
            at_risk = total - shown - shown_gone
            drop = midpoint6(everyone) - shown
            if at_risk - drop <= threshold:
                break
            survival *= 1 - drop / at_risk
            steps.append(Step(time=time, at_risk=at_risk, events=drop, survival=round(survival, 4)))
            shown, gathered = shown + drop, 0
        # Who is censored at a time was at risk for the events of that time.
        gone += censored[time]
        shown_gone = midpoint6(gone) if gone > threshold else 0
    return steps
