"""Invented lives: when a person is born and dies, and keeping records inside that time."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from typing import Any

from armslength.query.dummy.draft import Draft
from armslength.query.dummy.push import usual_row
from armslength.query.dummy.question import ColumnUse, Question
from armslength.query.dummy.values import Life, Nothing, draw, keeps
from armslength.query.dummy.wants import ANYTHING, Want
from armslength.query.model.constraints import DateAfter, Unique

DAY = datetime.timedelta(days=1)
OLDEST_YEARS, SHARE_DEAD, SHARE_WITH_ROW = 95, 0.06, 0.6
BIRTH, DEATH = "date_of_birth", "date_of_death"
PATIENTS, REGISTRATIONS, DEATHS = "patients", "practice_registrations", "ons_deaths"
EVENTS_EACH = (0, 0, 1, 1, 2, 2, 3, 4)
Holds = Callable[[], bool]


def new_life(question: Question, chance: random.Random) -> Life:
    """Return a life of which the last day the query speaks of may be a part."""
    age = chance.uniform(0, OLDEST_YEARS)
    birth = question.latest - datetime.timedelta(days=int(age * 365.25))
    return Life(birth=birth.replace(day=1), end=question.latest)


def newborn(patient: int, question: Question, *, life: Life, chance: random.Random) -> Draft:
    """Return a patient with the records nearly everybody has: who they are, and a registration."""
    draft = Draft(patient)
    if PATIENTS in question.tables:
        row = usual_row(question, PATIENTS, life=life, chance=chance)
        if BIRTH in row:
            row[BIRTH] = life.birth
        if DEATH in row:
            row[DEATH] = None
        draft.add(PATIENTS, row)
    if REGISTRATIONS in question.tables:
        draft.add(REGISTRATIONS, usual_row(question, REGISTRATIONS, life=life, chance=chance))
    return draft


def life_of(draft: Draft, question: Question, usual: Life) -> Life:
    """Return the life that a draft's own records tell of."""
    birth, end = usual.birth, usual.end
    for table, column in ((PATIENTS, BIRTH), (PATIENTS, DEATH), (DEATHS, "date")):
        for row in draft.rows.get(table, {}).values():
            found = row.get(column)
            if isinstance(found, datetime.date):
                birth, end = (found, end) if column == BIRTH else (birth, min(end, found))
    return Life(birth=birth, end=max(birth, end))


def tidy(draft: Draft, question: Question, *, life: Life, chance: random.Random, holds: Holds) -> None:
    """Move records into the life and into the order promised, wherever the goals allow it."""
    for table, rows in draft.rows.items():
        if table in (PATIENTS, DEATHS):
            continue
        for row in rows.values():
            for name, use in question.tables[table].columns.items():
                now = row.get(name)
                if use.column.type is datetime.date and now is not None and not life.birth <= now <= life.end:
                    _replace(
                        row, name, Want(low=life.birth, high=life.end), draft, question, table, chance, holds
                    )
    for table, rows in draft.rows.items():
        for row in rows.values():
            _put_in_order(row, question, table, draft, chance, holds)


def _replace(
    row: dict[str, Any],
    name: str,
    want: Want,
    draft: Draft,
    question: Question,
    table: str,
    chance: random.Random,
    holds: Holds,
) -> bool:
    """Give a cell another value; keep the old one when there is none or a goal would break."""
    before = row[name]
    use = question.tables[table].columns[name]
    life = Life(want.low or question.latest, want.high or question.latest)
    try:
        row[name] = draw(use, want, life=life, chance=chance)
    except Nothing:
        return False
    if holds():
        return True
    row[name] = before
    return False


def _put_in_order(
    row: dict[str, Any], question: Question, table: str, draft: Draft, chance: random.Random, holds: Holds
) -> None:
    """Keep DateAfter: move the later date, else the earlier ones."""
    for name, use in question.tables[table].columns.items():
        after = use.column.constraint(DateAfter, dummy=True)
        date = row.get(name)
        if after is None or date is None:
            continue
        earlier = [each for each in after.column_names if row.get(each) is not None and row[each] > date]
        if not earlier:
            continue
        latest = max(row[each] for each in earlier)
        want = Want(low=latest, high=latest + DAY * 60)
        if not _replace(row, name, want, draft, question, table, chance, holds):
            for each in earlier:
                want = Want(low=date - DAY * 60, high=date)
                _replace(row, each, want, draft, question, table, chance, holds)


def is_in_order(draft: Draft, question: Question) -> bool:
    """Whether every date that is promised to follow another does."""
    for table, rows in draft.rows.items():
        for name, use in question.tables[table].columns.items():
            after = next((each for each in use.hard if isinstance(each, DateAfter)), None)
            for row in rows.values() if after else ():
                date = row.get(name)
                others = [row.get(each) for each in after.column_names]  # type: ignore[union-attr]
                if date is not None and any(other is not None and other > date for other in others):
                    return False
    return True


def keeps_promises(draft: Draft, question: Question) -> bool:
    """Whether every cell is what the contract promises of real data."""
    return is_in_order(draft, question) and all(
        keeps(use.hard, row.get(name))
        for table, rows in draft.rows.items()
        for name, use in question.tables[table].columns.items()
        for row in rows.values()
    )


def decorate(draft: Draft, question: Question, *, life: Life, chance: random.Random, much: float) -> None:
    """Add records that nobody asked for, so that values vary: events, rows of other tables, a death."""
    for name, table in question.tables.items():
        if table.many:
            count = chance.choice(EVENTS_EACH) if name != REGISTRATIONS else int(chance.random() < 0.2)
            for _ in range(count if chance.random() < much else 0):
                draft.add(name, usual_row(question, name, life=life, chance=chance))
        elif not draft.of(name) and name != DEATHS and chance.random() < SHARE_WITH_ROW * much:
            draft.add(name, usual_row(question, name, life=life, chance=chance))
    if chance.random() < SHARE_DEAD * much:
        _die(draft, question, life=life, chance=chance)
    for name in draft.rows:
        for row in draft.rows[name].values():
            _put_in_order(row, question, name, draft, chance, lambda: True)


def _die(draft: Draft, question: Question, *, life: Life, chance: random.Random) -> None:
    """Let a person die after their last record, with the same date in every table that tells of it."""
    dates = [
        value
        for rows in draft.rows.values()
        for row in rows.values()
        for value in row.values()
        if isinstance(value, datetime.date)
    ]
    last = max(dates, default=life.birth)
    if last > question.latest:
        return
    day = last + DAY * chance.randint(0, (question.latest - last).days)
    for row in draft.rows.get(PATIENTS, {}).values():
        if DEATH in row and row[DEATH] is None:
            row[DEATH] = day
    if DEATHS in question.tables and not draft.of(DEATHS):
        row = usual_row(question, DEATHS, life=Life(day, day), chance=chance)
        draft.add(DEATHS, row | ({"date": day} if "date" in row else {}))


class Uniques:
    """Values that may appear once only, over all patients."""

    def __init__(self, question: Question) -> None:
        self.columns = [
            use
            for table in question.tables.values()
            for use in table.columns.values()
            if use.column.constraint(Unique, dummy=True) is not None
        ]
        self.seen: dict[tuple[str, str], set[Any]] = {(use.table, use.name): set() for use in self.columns}

    def take(self, draft: Draft, *, life: Life, chance: random.Random, holds: Holds) -> bool:
        """Make a draft's values new, as far as its goals allow; remember them. False when one is taken."""
        taken: list[tuple[set[Any], Any]] = []
        for use in self.columns:
            seen = self.seen[use.table, use.name]
            for row in draft.of(use.table).values():
                for _ in range(20):
                    if row[use.name] is None or row[use.name] not in seen:
                        break
                    self._another(row, use, seen, life, chance, holds)
                if row[use.name] is not None and row[use.name] in seen:
                    for where, value in taken:
                        where.discard(value)
                    return False
                seen.add(row[use.name])
                taken.append((seen, row[use.name]))
        return True

    @staticmethod
    def _another(
        row: dict[str, Any], use: ColumnUse, seen: set[Any], life: Life, chance: random.Random, holds: Holds
    ) -> None:
        """Try another value; for whole numbers the one after the largest, as a database would."""
        before = row[use.name]
        beyond = Want(low=max(seen) + 1) if use.column.type is int else ANYTHING
        for want in (ANYTHING, beyond):
            try:
                row[use.name] = draw(use, want, life=life, chance=chance)
            except Nothing:
                row[use.name] = before
            if row[use.name] not in seen and holds():
                return
            row[use.name] = before
