"""A4: codes of practices and small areas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.names import words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="A4",
    title="Codes of practices and small areas",
    verdicts=(BLOCK, WARN),
    stops="codes of GP practices, primary care networks, local authorities, middle and lower layer super output areas;"
    " asked about for integrated care boards and other large areas, and for practices under made-up numbers",
    mend="show regions, or deciles over practices, instead",
    source=f"{POLICY}, organisations; ONS nine-character codes; {HANDBOOK}, differencing by geography",
)
_AREAS = (
    (re.compile(r"^[EWSN](0[12]|99)\d{6}$"), "super output area", Verdict.BLOCK),
    (re.compile(r"^E0[6-9]\d{6}$"), "local authority", Verdict.BLOCK),
    (re.compile(r"^U\d{5}$"), "primary care network", Verdict.BLOCK),
    (re.compile(r"^E(38|54)\d{6}$"), "integrated care board or part of one", Verdict.WARN),
    (re.compile(r"^[A-HJ-NP-Y]\d{5}$"), "GP practice", Verdict.BLOCK),
)
_PRACTICE = frozenset({"practice", "practices", "gp", "surgery", "organisation", "org", "pcn", "prac"})
_CODED = frozenset({"code", "codes", "icd", "icd10", "read", "ctv3", "bnf", "opcs", "snomed"})


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column that holds such codes."""
    for index, name in enumerate(subject.table.header):
        shown = subject.table.shown(index) if subject.table.has(index, Kind.TEXT) else []
        texts = [cell.raw.strip() for cell in shown if cell.kind is Kind.TEXT]
        found = _kind(texts, set(words(name)))
        if found:
            kind, verdict, cells = found
            yield subject.finding(
                ABOUT.code,
                verdict,
                what=f"column `{name}` holds {len(cells)} {'code' if len(cells) == 1 else 'codes'} of a {kind}",
                why="who knows the place knows its few people; and an organisation may not be singled out",
                fix=ABOUT.mend,
                cells=(
                    (row, index)
                    for row in range(len(subject.table.rows))
                    if subject.table.rows[row][index].raw.strip() in cells
                ),
                value=name,
            )
        elif _numbered_practices(subject, index):
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"every row of `{name}` seems to be another practice",
                why="a practice can be known again by its size or its figures, whatever its number",
                fix=ABOUT.mend,
                cells=[(0, index)],
                value=name,
            )


def _kind(texts: list[str], named: set[str]) -> tuple[str, Verdict, frozenset[str]] | None:
    if not texts or len(texts[0]) > 200:
        return None
    # Every such code starts with a letter and has digits; most columns of numbers end here.
    texts = [text for text in texts if text and text[0].isalpha() and text[-1].isdigit()]
    for pattern, kind, verdict in _AREAS:
        cells = frozenset(text for text in texts if pattern.match(text))
        if not cells:
            continue
        if kind in ("GP practice", "primary care network"):
            # One letter and five digits is also what many clinical codes look like.
            if not named & _PRACTICE and (
                named & _CODED or len(cells) * 2 < len(set(texts)) or len(cells) < 3
            ):
                continue
            if not named & _PRACTICE:
                verdict = Verdict.WARN
        return kind, verdict, cells
    return None


def _numbered_practices(subject: Subject, index: int) -> bool:
    named = words(subject.table.header[index])
    if not set(named) & {"practice", "gp", "pcn"} or subject.roles[index].role not in (
        Role.DIMENSION,
        Role.PERHAPS_COUNT,
        Role.IDENTIFIER,
    ):
        return False
    if set(named) & {"n", "count", "counts", "number", "num", "total", "with"}:
        return False
    shown = subject.table.shown(index)
    return (
        len(shown) >= 10
        and len({cell.raw for cell in shown}) == len(shown)
        and all(cell.count is not None for cell in shown)
    )
