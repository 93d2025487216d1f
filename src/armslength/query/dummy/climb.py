"""Where no rule leads to a goal: change one cell at a time, and keep what brings a patient nearer."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from typing import Any

from armslength.query.dummy.distance import distance_of
from armslength.query.dummy.draft import Draft, View
from armslength.query.dummy.push import MOST_ROWS, usual_row
from armslength.query.dummy.question import ColumnUse, Question
from armslength.query.dummy.targets import Goal
from armslength.query.dummy.values import Life, Nothing, draw, keeps
from armslength.query.dummy.wants import ANYTHING, MISSING
from armslength.query.model import nodes as n

MOST_LOOKS = 600
DRAWS, LONGEST = 3, 100
DAY = datetime.timedelta(days=1)


def climb(
    draft: Draft, question: Question, goals: Sequence[Goal], *, life: Life, chance: random.Random
) -> bool:
    """Change a draft until every goal holds, within a number of looks. What brings nothing is undone."""
    return _Climb(draft, question, goals, life, chance).arrives()


class _Climb:
    def __init__(
        self, draft: Draft, question: Question, goals: Sequence[Goal], life: Life, chance: random.Random
    ) -> None:
        self.draft, self.question, self.goals, self.life, self.chance = draft, question, goals, life, chance
        self.looks = 0
        self.now = self._distance()
        self.columns = _columns_of(question, goals)

    def _distance(self) -> float:
        self.looks += 1
        view = View(self.draft, self.question)
        return sum(distance_of(view, goal) for goal in self.goals)

    def arrives(self) -> bool:
        while self.now > 0 and self.looks < MOST_LOOKS:
            before = self.now
            for step in self._steps():
                if self.now == 0 or self.looks >= MOST_LOOKS:
                    break
                step()
            if self.now >= before:
                break
        view = View(self.draft, self.question)
        return all(goal.holds(view) for goal in self.goals)

    def _steps(self) -> list[Any]:
        """Everything that could be changed, in a random order: each cell, and rows to come or go."""
        steps: list[Any] = []
        for table, names in self.columns.items():
            for row in list(self.draft.of(table)):
                steps += [lambda t=table, r=row, c=name: self._cell(t, r, c) for name in names]
                steps.append(lambda t=table, r=row: self._row_goes(t, r))
            steps.append(lambda t=table: self._row_comes(t))
        return self.chance.sample(steps, len(steps))

    def _better(self) -> bool:
        """Whether the draft as it now is, is nearer; then that is where to go on from."""
        distance = self._distance()
        if distance < self.now:
            self.now = distance
            return True
        return False

    def _cell(self, table: str, number: int, name: str) -> None:
        row = self.draft.of(table).get(number)
        if row is None:
            return
        use = self.question.tables[table].columns[name]
        for value in self._others(use, row.get(name)):
            before = row.get(name)
            if self.looks >= MOST_LOOKS or value == before or not keeps(use.hard, value):
                continue
            row[name] = value
            if not self._better():
                row[name] = before
                continue
            self._further(row, use, before)

    def _further(self, row: dict[str, Any], use: ColumnUse, before: Any) -> None:
        """Go on in the same direction, twice as far each time."""
        if isinstance(before, bool) or not isinstance(before, (int, float, datetime.date)):
            return
        if type(row[use.name]) is not type(before):
            return
        step = row[use.name] - before
        while self.now > 0 and self.looks < MOST_LOOKS:
            step, here = step * 2, row[use.name]
            try:
                row[use.name] = here + step
            except OverflowError:
                return
            if not keeps(use.hard, row[use.name]) or not self._better():
                row[use.name] = here
                return

    def _others(self, use: ColumnUse, now: Any) -> Iterator[Any]:
        """Other values for a cell: steps up and down, usual ones, none."""
        if isinstance(now, datetime.date):
            yield from (now + DAY * days for days in (1, -1, 30, -30, 365, -365) if _on_calendar(now))
        elif isinstance(now, float):
            size = abs(now) * 0.1 or 1.0
            yield from (now + size, now - size, now + size / 20, now - size / 20)
        elif isinstance(now, int) and not isinstance(now, bool):
            yield from (now + 1, now - 1)
        # Records keep to a life, but whose life it is, is open.
        long = Life(self.life.end - DAY * 365 * LONGEST, self.life.end)
        for want, life in ((ANYTHING, self.life), (ANYTHING, long)) * DRAWS + ((MISSING, self.life),):
            try:
                yield draw(use, want, life=life, chance=self.chance)
            except Nothing:
                continue

    def _row_goes(self, table: str, number: int) -> None:
        row = self.draft.of(table).pop(number, None)
        if row is not None and not self._better():
            self.draft.of(table)[number] = row

    def _row_comes(self, table: str) -> None:
        """Add a usual row, or one like another of the table."""
        rows = self.draft.of(table)
        if len(rows) >= (MOST_ROWS if self.question.tables[table].many else 1):
            return
        fresh = [usual_row(self.question, table, life=self.life, chance=self.chance)]
        fresh += [dict(row) for row in list(rows.values())[:2]]
        for row in fresh:
            number = self.draft.add(table, row)
            if self._better():
                return
            del rows[number]


def _on_calendar(day: datetime.date) -> bool:
    return 1901 < day.year < 2199


def _columns_of(question: Question, goals: Sequence[Goal]) -> dict[str, list[str]]:
    """The columns that goals look at, by table."""
    found: dict[str, dict[str, None]] = {}
    for each in n.walk(*(node for goal in goals for node in goal.nodes)):
        if isinstance(each, (n.SelectTable, n.SelectPatientTable)):
            found.setdefault(each.name, {})
        elif isinstance(each, n.SelectColumn) and not isinstance(
            question.table_of(each.source), n.InlinePatientTable
        ):
            found.setdefault(question.name_of(each.source), {})[each.name] = None
    return {table: list(names) for table, names in found.items()}
