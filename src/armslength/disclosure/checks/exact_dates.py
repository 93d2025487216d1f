"""A5: exact days of what happened to people, and ages so high that few have them."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import HANDBOOK, POLICY, WARN, About
from armslength.disclosure.names import words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="A5",
    title="Exact dates and very high ages",
    verdicts=(WARN,),
    stops="a column of days called like a birth, death, admission or event; single years of age above the highest the"
    " policy names",
    mend="show weeks or months, and an open age band such as 90+",
    source=f"{POLICY}; {HANDBOOK}, quasi-identifiers",
)
_PERSONAL = frozenset(
    [
        "birth",
        "dob",
        "born",
        "death",
        "died",
        "admitted",
        "admission",
        "discharge",
        "discharged",
        "diagnosis",
        "event",
        "onset",
        "vaccination",
    ]
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of personal dates, and per column of high ages."""
    for index, name in enumerate(subject.table.header):
        named = set(words(name))
        personal = subject.roles[index].role is Role.DATE and bool(named & _PERSONAL)
        if (
            personal
            and len({cell.raw for cell in subject.table.shown(index) if len(cell.raw.strip()) >= 8}) > 2
        ):
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"column `{name}` shows days of what happened to people",
                why="an exact day together with a place or an age may tell who it was",
                fix=ABOUT.mend,
                cells=[(0, index)],
                value=name,
            )
        if named & {"age", "ages"} and not named & {"mean", "median", "sd", "n", "count"}:
            oldest = subject.policy.oldest_single_age
            high = [
                (row, index)
                for row, cell in enumerate(subject.table.columns[index])
                if cell.count is not None and oldest < cell.count < 130
            ]
            if high:
                yield subject.finding(
                    ABOUT.code,
                    Verdict.WARN,
                    what=f"{len(high)} single years of age above {oldest} in `{name}`",
                    why="few people are so old, and their neighbours know it",
                    fix=ABOUT.mend,
                    cells=high,
                    value=subject.table.rows[high[0][0]][index].raw.strip(),
                )
