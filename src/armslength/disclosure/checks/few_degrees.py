"""B7: models with few degrees of freedom, or that fit without error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import HANDBOOK, SACRO, WARN, About
from armslength.disclosure.names import words
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="B7",
    title="Few degrees of freedom",
    verdicts=(WARN,),
    stops="residual degrees of freedom below the limit, an R2 of exactly 1",
    mend="give the rounded number of people and of parameters; drop the model if it has hardly more people than these",
    source=f"{HANDBOOK}, regression; {SACRO}, at least 10 degrees of freedom",
    needs="the smallest count behind each dummy and interaction, which only the data can tell",
)
_RESIDUAL = re.compile(
    r"(?:residual df|df residuals?|on|degrees of freedom\s*[:=])\s*:?\s*(\d+)(?:\s+degrees of freedom)?",
    re.IGNORECASE,
)
_WHY = "a model with hardly more people than parameters gives the people back"


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per place with few degrees of freedom."""
    least = policy.minimum_degrees_of_freedom
    for subject in subjects:
        yield from _in_table(subject, least=least)
    yield from _in_text(document, least=least)


def _in_table(subject: Subject, *, least: int) -> Iterator[Finding]:
    for index, name in enumerate(subject.table.header):
        named = words(name)
        residual = "df" in named and bool({"residual", "resid", "residuals", "denominator"} & set(named))
        perfect = named in (("r2",), ("r", "squared"), ("rsq",), ("rsquared",))
        if not (residual or perfect):
            continue
        cells = [
            (row, index)
            for row, cell in enumerate(subject.table.columns[index])
            if cell.value is not None
            and ((residual and 0 <= cell.value < least) or (perfect and cell.value == 1))
        ]
        if cells:
            shown = f"fewer than {least} residual degrees of freedom" if residual else "no error"
            yield subject.finding(
                ABOUT.code,
                Verdict.WARN,
                what=f"`{name}` shows a model with {shown}",
                why=_WHY,
                fix=ABOUT.mend,
                cells=cells,
                value=subject.table.rows[cells[0][0]][index].raw.strip(),
            )


def _in_text(document: Document, *, least: int) -> Iterator[Finding]:
    places = [
        Place(line=passage.line, column="", row=0, index=0)
        for passage in document.passages
        for match in _RESIDUAL.finditer(passage.text[:2000])
        if "degrees" in match[0].lower() or "df" in match[0].lower()
        if int(match[1][:9]) < least
    ]
    if places:
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN,
            what=f"a model has fewer than {least} residual degrees of freedom",
            why=_WHY,
            fix=ABOUT.mend,
            table=document.name,
            places=tuple(places[:20]),
        )
