"""C3: a total that is not the sum of the parts shown with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from armslength.disclosure.checks import HUNDEPOOL, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C3",
    title="A total that was rounded by itself",
    verdicts=(WARN,),
    stops="a row or column called total that differs from the sum of the shown parts by no more than rounding would do",
    mend="work totals out from the rounded, redacted cells",
    source=f"{POLICY}, order of redaction, rounding, totals; {HUNDEPOOL}, additivity",
)
TOTAL = re.compile(
    r"^(grand )?(total|overall|all|any|everyone|all patients|whole population)( \(.*\))?$", re.IGNORECASE
)
_FEWEST_PARTS = 2


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of counts whose total rows do not add up."""
    table = subject.table
    if not table.label_columns:
        return
    for index in subject.columns(Role.COUNT):
        wrong = list(_wrong_totals(subject, index))
        if wrong:
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"{len(wrong)} {'total' if len(wrong) == 1 else 'totals'} in `{table.header[index]}`"
                " differ from the sum of their parts by rounding",
                why="a total rounded by itself says something about the true parts, and confuses",
                fix=ABOUT.mend,
                cells=((row, index) for row, _ in wrong),
                value=table.rows[wrong[0][0]][index].raw.strip(),
                derivation=[told for _, told in wrong[:10]],
            )


def _wrong_totals(subject: Subject, index: int) -> Iterator[tuple[int, str]]:
    table = subject.table
    for label in table.label_columns[:4]:
        if not any(TOTAL.match(cell.raw.strip()) for cell in table.columns[label]):
            continue
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        others = [other for other in _groupings(subject) if other != label]
        for row, cells in enumerate(table.rows):
            groups[tuple(cells[other].raw for other in others)].append(row)
        for rows in groups.values():
            totals = [row for row in rows if TOTAL.match(table.rows[row][label].raw.strip())]
            parts = [table.rows[row][index].count for row in rows if row not in totals]
            known = [part for part in parts if part is not None]
            total = table.rows[totals[0]][index].count if len(totals) == 1 else None
            if total is None or len(known) < max(_FEWEST_PARTS, len(parts)) or total == sum(known):
                continue
            # Each part was moved by half a base at most; more is no sum of these parts.
            if abs(total - sum(known)) <= 3 * (len(known) + 1):
                yield totals[0], f"{' + '.join(map(str, known[:8]))} = {sum(known):,}, not {total:,}"


def _groupings(subject: Subject) -> list[int]:
    return [*subject.columns(Role.DIMENSION, Role.ATTRIBUTE, Role.DATE, Role.CODE)]
