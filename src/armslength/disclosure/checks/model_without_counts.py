"""F4: a regression without the number of people and events behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import INFO, POLICY, SACRO, About
from armslength.disclosure.names import words
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import COUNTS, Role
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="F4",
    title="A model without its counts",
    verdicts=(INFO,),
    stops="a table of coefficients with standard errors or intervals and no count of people or events in the file",
    mend="give the rounded number of people and events of each model, and its degrees of freedom",
    source=f"{POLICY}, regression; {SACRO}",
)


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding per table of coefficients in a file without counts."""
    if any(column.role in COUNTS for subject in subjects for column in subject.roles):
        return
    for subject in subjects:
        named = {word for name in subject.table.header for word in words(name)}
        roles = {column.role for column in subject.roles}
        if named & {"estimate", "coef", "beta", "hr", "or", "coefficient"} and roles & {
            Role.SPREAD,
            Role.BOUND,
            Role.P_VALUE,
        }:
            yield subject.finding(
                ABOUT.code,
                Verdict.INFO,
                what="a table of coefficients without a count of people or events",
                why="whether the model rests on enough people cannot be seen",
                fix=ABOUT.mend,
            )
