"""B9, G2: marks in a figure that may be single people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import HANDBOOK, POLICY, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="G2",
    title="Marks that may be people",
    verdicts=(WARN,),
    stops="a drawing with many like points (scatter plots, the outliers of box plots, single events on a curve)",
    mend="draw groups, not people: bins, quantiles; leave outliers out; supply the table under the figure",
    source=f"{POLICY}, figures; {HANDBOOK}, scatter plots and outliers",
)
_MANY = 30


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding when a drawing has many like points."""
    marks = document.drawing.marks if document.drawing else {}
    points = {
        kind: number
        for kind, number in marks.items()
        if kind.startswith(("circle", "ellipse", "use")) and number >= _MANY
    }
    if points:
        most = max(points.values())
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN,
            what=f"the drawing has {most:,} like points",
            why="each point may be one person, at a place that can be measured",
            fix=ABOUT.mend,
            table=document.name,
            value=str(most),
        )
