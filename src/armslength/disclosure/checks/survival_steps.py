"""B5: a survival curve whose steps show single events."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, SACRO, WARN, About
from armslength.disclosure.names import words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B5",
    title="Survival curves that show single events",
    verdicts=(BLOCK, WARN),
    stops="a survival or cumulative incidence curve beside its number at risk, where at least three steps are those of"
    " fewer than 5 events: a fall of S by the factor 1 - d/n shows d",
    mend="round the cumulative events and work the curve out from them, or draw it at fewer times",
    source=f"{POLICY}, figures and numbers at risk; {SACRO}, hazard and survival tables; {HANDBOOK}",
)
_CURVES = frozenset({"surv", "survival", "km", "cuminc", "risk"})
_LARGEST_STEP, _ENOUGH = 4.6, 3


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per curve with steps of single events."""
    table = subject.table
    at_risk = [
        index
        for index in subject.columns(Role.COUNT)
        if "risk" in words(table.header[index])
        or words(table.header[index]) in (("n", "at", "risk"), ("at", "risk"))
    ]
    if len(at_risk) != 1:
        return
    for index, name in enumerate(table.header):
        named = set(words(name))
        if (
            index == at_risk[0]
            or not named & _CURVES
            or named & {"lower", "upper", "ci", "se", "ll", "ul", "n", "diff", "ratio"}
        ):
            continue
        steps = list(_small_steps(subject, index, at_risk[0]))
        # A smoothed curve spreads six events over many days: only steps of whole events are those of people.
        whole = [step for step in steps if step[2]]
        if len(steps) >= _ENOUGH:
            verdict = (
                Verdict.BLOCK if len(whole) >= _ENOUGH and len(whole) * 10 >= 8 * len(steps) else Verdict.WARN
            )
            yield subject.finding(
                ABOUT.code,
                verdict,
                what=f"{len(steps)} steps of `{name}` are those of fewer than 5 events",
                why="each step of the curve shows when single people had the event",
                fix=ABOUT.mend,
                cells=((row, index) for row, _, _ in steps),
                value=table.rows[steps[0][0]][index].raw.strip(),
                derivation=[told for _, told, _ in steps[:10]],
            )


def _small_steps(subject: Subject, curve: int, at_risk: int) -> Iterator[tuple[int, str, bool]]:
    table = subject.table
    for row in range(1, len(table.rows)):
        before, cell, number = (
            table.rows[row - 1][curve],
            table.rows[row][curve],
            table.rows[row][at_risk].count,
        )
        if before.value is None or cell.value is None or not number or cell.decimals < 3:
            continue
        if not (0 < before.value <= 1 and 0 < cell.value <= 1):
            continue
        down = cell.value < before.value
        left, kept = (before.value, cell.value) if down else (1 - before.value, 1 - cell.value)
        if left <= 0 or left == kept:
            continue
        events = number * (1 - kept / left)
        precision = number * 10.0**-cell.decimals / left
        if 0.5 < events < _LARGEST_STEP and precision < 0.5:
            yield (
                row,
                f"{number:,} x (1 - {kept:g}/{left:g}) = {events:.1f} events",
                abs(events - round(events)) <= 0.17,
            )
