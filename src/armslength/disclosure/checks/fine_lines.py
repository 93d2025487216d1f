"""G4: lines so finely drawn that they give the data back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import INFO, POLICY, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="G4",
    title="Lines that give the data back",
    verdicts=(WARN, INFO),
    stops="a drawing whose lines have many points at a precision from which their values can be read off",
    mend="draw from rounded data, or save with two digits after the point",
    source=f"{POLICY}, figures are released with the data under them",
)
_FINE, _MANY = 6, 200


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding when lines are finer than a reader can see."""
    drawing = document.drawing
    if drawing and drawing.decimals >= _FINE and drawing.vertices >= 20:
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN if drawing.vertices >= _MANY else Verdict.INFO,
            what=f"a line of {drawing.vertices:,} points is given with {drawing.decimals} digits after the point",
            why="with the axis labels, the values under the line can be worked out as exactly as they were drawn",
            fix=ABOUT.mend,
            table=document.name,
        )
