"""A7: columns of words that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, POLICY, WARN, About
from armslength.disclosure.names import DESCRIPTION, FREE_TEXT, words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import AGGREGATES, Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="A7",
    title="Free text",
    verdicts=(BLOCK, WARN),
    stops="a column called like notes or comments whose long texts differ from row to row; asked about where only the"
    " texts look so. Labels, terms, formulas and descriptions are none",
    mend="drop the column",
    source=f"{POLICY}, names or free text from records",
)
_ENOUGH, _LONG, _WORDS = 5, 40, 6


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of free text."""
    for index, name in enumerate(subject.table.header):
        if not subject.table.has(index, Kind.TEXT):
            continue
        named = set(words(name))
        texts = {cell.raw.strip() for cell in subject.table.shown(index) if cell.kind is Kind.TEXT}
        long = [text for text in texts if len(text) >= _LONG and len(text.split()) >= _WORDS]
        if len(long) < _ENOUGH or len(long) * 2 < len(texts):
            continue
        counted = any(role.role in AGGREGATES and role.certain for role in subject.roles)
        if named & FREE_TEXT and not counted:
            verdict = Verdict.BLOCK
        elif (
            named & DESCRIPTION or (counted and not named & FREE_TEXT) or index in subject.columns(Role.CODE)
        ):
            continue
        else:
            verdict = Verdict.WARN
        yield subject.finding(
            ABOUT.code,
            verdict,
            what=f"column `{name}` holds {len(long)} different long texts",
            why="what was written about a person may name or describe them",
            fix=f"drop `{name}`",
            cells=[(0, index)],
            value=name,
        )
