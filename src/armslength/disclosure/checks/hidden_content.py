"""A8: content that a reader of the file does not see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import INFO, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="A8",
    title="Hidden content",
    verdicts=(WARN, INFO),
    stops="comments, hidden rows and texts, `data:` addresses, repeated JSON keys, characters that turn the direction"
    " of writing or have no width, texts, EXIF data and bytes behind the end of a picture, and cells that a"
    " spreadsheet would run as a formula. Everything hidden is also read and judged by the other checks",
    mend="remove what a reader should not get; write a formula-like cell with a space before it",
    source="OWASP, CSV injection; Unicode Technical Report 36; platform specification",
)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2060\ufeff]")
_FORMULA = re.compile(r"^\s*(=[A-Za-z(+@-]|@[A-Za-z]+\(|\+[A-Za-z]+\(|-[A-Za-z]+\(|=cmd)")


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per kind of hidden content."""
    for kind, number in Counter(passage.kind for passage in document.hidden).items():
        first = [passage for passage in document.hidden if passage.kind == kind]
        telling = any(character.isdigit() for passage in first for character in passage.text[:10_000])
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN
            if telling and kind not in ("instruction", "declaration", "metadata")
            else Verdict.INFO,
            what=f"{number} hidden {'piece' if number == 1 else 'pieces'} of content: {kind}",
            why="what nobody sees is released all the same",
            fix=ABOUT.mend,
            table=document.name,
            places=tuple(Place(line=passage.line, column="", row=0, index=0) for passage in first[:20]),
            cells=number,
        )
    for subject in subjects:
        yield from _in_table(subject)


def _in_table(subject: Subject) -> Iterator[Finding]:
    table = subject.table
    turning, formulas = [], []
    for index, column in enumerate(table.columns):
        if not table.has(index, Kind.TEXT):
            continue
        for row, cell in enumerate(column):
            if cell.kind is Kind.TEXT:
                if _TURNING.search(cell.raw):
                    turning.append((row, index))
                if _FORMULA.match(cell.raw):
                    formulas.append((row, index))
    hidden = [(row, 0) for row in table.hidden]
    for cells, what in (
        (hidden, "rows of the table are not shown on the page"),
        (turning, "cells hold characters without width or that turn the direction of writing"),
        (formulas, "cells would be run as formulas by a spreadsheet"),
    ):
        if cells:
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"{len(cells)} {what}",
                why="what nobody sees is released all the same"
                if cells is not formulas
                else "opening it may run it",
                fix=ABOUT.mend,
                cells=cells,
            )
