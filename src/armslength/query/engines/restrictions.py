"""Whom and what a database holds back from a project, as conditions on the rows of its tables.

A restriction belongs to a backend, so to the inside. It stands unless the project that asks was given the data
permission that lifts it. It knows nothing of the question: it is applied wherever a table is translated, and
once more where the population is decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlglot import exp

PATIENT, PRACTICE = "patient_id", "practice"
PREPARED = "armslength_seen"  # the temporary table of whom a project may see


class Listed(StrEnum):
    """What being on a restriction's list of people means."""

    LEFT_OUT = "left out"  # a deny list: when it is empty, nobody is left out
    LET_IN = "let in"  # an allow list: when it is empty, everybody is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One list of people, and what it does to a table.

    `people` is a query that gives `patient_id`. With `prepared_as` it is worked out once for each job and kept
    in a temporary table of that name. Two things may narrow tables further, where a table says so: `until` is a
    column of `people`, the last day of each person's records, and `practices` gives the `practice`s whose rows stay.
    `listed_in` is the table that says to whom it applies, where a database may hold it or not.
    """

    name: str
    lifted_by: str  # the data permission
    words: str  # what it does, as a sentence without a full stop
    people: exp.Query
    listed: Listed
    prepared_as: str = ""
    until: str = ""
    practices: exp.Query | None = None
    listed_in: str = ""

    def keeps_person(self, patient: exp.Expr) -> exp.Expr:
        """Return the condition that a person's records may be seen. A missing person's may not."""
        present = exp.Exists(this=self._people().where(_equal(_listed(PATIENT), patient), copy=False))
        if self.listed is Listed.LET_IN:
            return present
        # NOT EXISTS, because a missing id in the list must not leave everybody out as NOT IN would.
        known = exp.Not(this=exp.Is(this=patient.copy(), expression=exp.Null()))
        return exp.And(this=known, expression=exp.Not(this=present))

    def keeps_row(
        self, patient: exp.Expr, *, day: exp.Expr | None = None, practice: exp.Expr | None = None
    ) -> exp.Expr:
        """Return the condition that a row of a table may be seen. `day` and `practice` are what the row has of them.

        A row whose day or practice is missing may not be seen: nothing says that it is within the bounds.
        """
        condition = self.keeps_person(patient)
        if self.until and day is not None:
            in_time = exp.LTE(this=day.copy(), expression=_listed(self.until))
            rows = (
                self._people().where(_equal(_listed(PATIENT), patient), copy=False).where(in_time, copy=False)
            )
            condition = exp.Exists(this=rows)
        if self.practices is not None and practice is not None:
            known = exp.select(exp.Literal.number(1)).from_(
                self.practices.copy().subquery("listed", copy=False), copy=False
            )
            there = exp.Exists(this=known.where(_equal(_listed(PRACTICE), practice), copy=False))
            condition = exp.And(this=condition, expression=there)
        return condition

    def _people(self) -> exp.Select:
        source: exp.Expr = self.people.copy().subquery("listed", copy=False)
        if self.prepared_as:
            name = exp.to_identifier(self.prepared_as, quoted=True)
            source = exp.alias_(exp.Table(this=name), "listed", table=True, copy=False)
        return exp.select(exp.Literal.number(1)).from_(source, copy=False)


def combined(restrictions: tuple[Restriction, ...]) -> tuple[Restriction, ...]:
    """Return restrictions that keep the same people and rows, as one prepared list where some list lets people in.

    Each table then asks one small list instead of every list: measured as a third of the time. Without a list of
    whom to let in there is nobody to list, and so nothing to prepare.
    """
    first = next((each for each in restrictions if each.until), None)
    first = first or next((each for each in restrictions if each.listed is Listed.LET_IN), None)
    by_practice = [each.practices for each in restrictions if each.practices is not None]
    by_day = [each for each in restrictions if each.until]
    if first is None or first.listed is Listed.LEFT_OUT or len(by_practice) > 1 or len(by_day) > 1:
        return restrictions
    patient = exp.column(exp.to_identifier(PATIENT, quoted=True), table="first")
    query = exp.select(patient).from_(first.people.copy().subquery("first", copy=False), copy=False)
    if first.until:
        last = exp.Max(this=exp.column(exp.to_identifier(first.until, quoted=True), table="first"))
        query = query.select(exp.alias_(last, first.until, quoted=True), copy=False)
    query = query.where(exp.Not(this=exp.Is(this=patient.copy(), expression=exp.Null())), copy=False)
    for other in restrictions:
        if other is not first:
            query = query.where(replace(other, prepared_as="").keeps_person(patient), copy=False)
    return (
        replace(
            first,
            words="; ".join(each.words for each in restrictions),
            people=query.group_by(patient.copy(), copy=False),
            prepared_as=PREPARED,
            practices=by_practice[0] if by_practice else None,
        ),
    )


def _listed(column: str) -> exp.Column:
    return exp.column(exp.to_identifier(column, quoted=True), table="listed")


def _equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.EQ(this=left, expression=right.copy())
