"""A1: a column that names single people, by its header or by its values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import AGGREGATES, Role
from armslength.disclosure.subject import Subject
from armslength.disclosure.text import is_snomed_id

ABOUT = About(
    code="A1",
    title="A column that names single people",
    verdicts=(BLOCK, WARN),
    stops="a column called like an identifier of people (`patient_id`, `nhs_number`, `pid`, …), or long numbers or"
    " hashes that differ on every row; a column that is only called `id` or `key` is asked about unless its values"
    " tell, and so is one whose numbers are rounded like counts. Row numbers, dates and codes of clinical"
    " dictionaries are none of these",
    mend="drop the column",
    source=f"{POLICY}; {HANDBOOK}, direct identifiers",
)
# Fewer rows than this may differ from one another by chance.
ENOUGH_ROWS = 10
# Among five numbers, chance makes all of them multiples of 5 once in 3,000.
_ENOUGH_ROUNDED = 5
_HEXADECIMAL = re.compile(r"^[0-9a-fA-F-]{16,}$")
_OTHER = AGGREGATES | {Role.CODE, Role.DATE, Role.ROW_INDEX}


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per identifier-like column."""
    for index, column in enumerate(subject.roles):
        named = column.role is Role.IDENTIFIER
        if named and column.certain:
            if _are_rounded(subject, index):
                rounded = "it is named like one, though its values are rounded like counts"
                yield _finding(subject, index, Verdict.WARN, why=rounded)
            else:
                yield _finding(subject, index, Verdict.BLOCK, why="it is named like one")
        elif column.role not in _OTHER and (why := _looks_like_ids(subject, index, weak=not named)):
            yield _finding(subject, index, Verdict.BLOCK, why=why)
        elif named:
            yield _finding(
                subject, index, Verdict.WARN, why="it is named like one, though its values do not tell"
            )


def _are_rounded(subject: Subject, index: int) -> bool:
    """True where grouping and counting left the name of the column that was counted: no identifiers are rounded."""
    counts = {count for count in subject.table.counts(index) if count}
    shown = subject.table.shown(index)
    return (
        len(counts) >= _ENOUGH_ROUNDED
        and len(counts) * 2 > len(shown)
        and all(cell.count is not None for cell in shown)
        and any(all(scheme.allows(count) for count in counts) for scheme in subject.policy.schemes)
    )


def _looks_like_ids(subject: Subject, index: int, *, weak: bool) -> str | None:
    """Why the values must be identifiers: opaque, and another one on every row."""
    texts = [cell.raw.strip() for cell in subject.table.shown(index)]
    if len(texts) < ENOUGH_ROWS or len(set(texts)) < len(texts):
        return None
    if all(_HEXADECIMAL.match(text) and not text.replace("-", "").isdigit() for text in texts):
        return "every row has a hash of its own"
    if not all(text.isdigit() for text in texts) or all(is_snomed_id(text) for text in texts):
        return None
    numbers = sorted(int(text) for text in texts)
    consecutive = numbers[-1] - numbers[0] == len(numbers) - 1
    rounded = all(number % 5 == 0 for number in numbers) or all(number % 6 in (0, 3) for number in numbers)
    if consecutive or rounded:
        return None
    if all(len(text) >= (8 if weak else 4) for text in texts):
        return "every row has a long number of its own"
    return None


def _finding(subject: Subject, index: int, verdict: Verdict, *, why: str) -> Finding:
    name = subject.table.header[index]
    return subject.finding(
        ABOUT.code,
        verdict,
        what=f"column `{name}` looks like an identifier of single people",
        why=why,
        fix=f"drop `{name}`; an output that leaves has one row per group, not per person",
        cells=[(row, index) for row in range(len(subject.table.rows))][:1],
        value=name,
    )


def is_opaque(subject: Subject, index: int) -> bool:
    """True when a column holds numbers or hashes that differ on every row and mean nothing."""
    shown = subject.table.shown(index)
    if any(cell.kind not in (Kind.INTEGER, Kind.TEXT) for cell in shown):
        return False
    return subject.roles[index].role not in _OTHER and bool(_looks_like_ids(subject, index, weak=False))
