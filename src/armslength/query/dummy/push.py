"""From what is wanted of a part of a query, backwards, to what is wanted of the cells of a patient's rows.

Each rule (`inverses.py`, `logic.py`, `frames.py`) takes a wish for a node and turns it into wishes for the nodes it
is made of. At the bottom are cells. A rule answers False when it knows no way for the wish to come true.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from armslength.query.dummy.draft import Draft, View
from armslength.query.dummy.question import Question
from armslength.query.dummy.values import Life, Nothing, draw, keeps, promised
from armslength.query.dummy.wants import ANYTHING, FALSE, MISSING, TRUE, Want
from armslength.query.model import nodes as n

Cell = tuple[str, int, str]
Way = Callable[[], bool]
Rule = Callable[["Push", Any, int | None, Want], bool]
MOST_ROWS = 60
# More steps than this in one push are not worth it: the next try begins elsewhere.
MOST_WORK = 60_000

RULES: dict[type, Rule] = {}
"""How a wish for a node becomes wishes for its parts; filled by the modules of rules."""


class Push:
    """One pass from wishes to cells, on one draft. What it does to the draft can be undone to any mark."""

    def __init__(self, draft: Draft, question: Question, *, life: Life, chance: random.Random) -> None:
        self.draft, self.question, self.life, self.chance = draft, question, life, chance
        self.view = View(draft, question)
        self.cells: dict[Cell, Want] = {}
        self.wished: dict[n.Series, Want] = {}
        self.gone: set[tuple[str, int]] = set()
        self.barred: set[n.Frame] = set()
        # Set by rules that leave out values which could do: nothing can be proved by them (`proofs.py`).
        self.guessed = False
        self.work = 0
        self._undo: list[Callable[[], None]] = []

    # --- wishes ---------------------------------------------------------------------------------------------

    def want(self, series: n.Series, row: int | None, want: Want) -> bool:
        """Wish for a value of a series. False when it cannot come true."""
        self.work += 1
        if self.work > MOST_WORK or not want.possible:
            return False
        if self.question.is_constant(series):
            return want.admits(self.view.value(series))
        if want == ANYTHING:
            return True
        if series.domain is None:
            joined = self._joined(series, want)
            if joined is None:
                return False
            want = joined
        rule = RULES.get(type(series))
        if rule is None:
            return want.admits(self.view.value(series, row))
        try:
            if series.value_type is bool and type(series) in DECIDED:
                return self._decide(series, row, want, rule)
            return rule(self, series, row, want)
        except (OverflowError, ZeroDivisionError, ValueError):
            # A date beyond the calendar or a number beyond all: no way that a rule knows.
            return False

    def _joined(self, series: n.Series, want: Want) -> Want | None:
        """Join a wish with what was wished of the same value before. None when they exclude one another."""
        before = self.wished.get(series)
        if before is None:
            before = self._contract_of(series)
        both = before.and_also(want)
        if not both.possible:
            return None
        previous = self.wished.get(series)
        self.wished[series] = both
        self._undo.append(lambda: self._restore(self.wished, series, previous))
        return both

    def _contract_of(self, series: n.Series) -> Want:
        """What the contract promises of a column, if there is a row to look at."""
        if not isinstance(series, n.SelectColumn):
            return ANYTHING
        column = series.source.schema[series.name]
        return promised(column.constraints).or_missing()

    def _decide(self, series: n.Series, row: int | None, want: Want, rule: Rule) -> bool:
        """Choose true, false or missing, what it is now before what it is not."""
        options = [option for option, value in DECISIONS if want.admits(value)]
        if len(options) > 1:
            now = self.view.value(series, row)
            options.sort(key=lambda option: (not option.admits(now), option is MISSING))
        return self.one_of([lambda option=option: rule(self, series, row, option) for option in options])  # type: ignore[misc]

    def all_of(self, wishes: Iterable[tuple[n.Series, int | None, Want]]) -> bool:
        return all(self.want(series, row, want) for series, row, want in wishes)

    def one_of(self, ways: Sequence[Way]) -> bool:
        """Take the first way that works; undo those that do not."""
        for way in ways:
            mark = len(self._undo)
            if way():
                return True
            self.back_to(mark)
        return False

    def shuffled(self, ways: Sequence[Any]) -> list[Any]:
        return self.chance.sample(ways, len(ways))

    # --- cells and rows -------------------------------------------------------------------------------------

    def cell(self, table: str, row: int, column: str, want: Want) -> bool:
        """Wish for a value of a cell."""
        if (table, row) in self.gone:
            return False
        key = (table, row, column)
        before = self.cells.get(key)
        if before is None:
            before = promised(self.question.tables[table].columns[column].hard)
        both = before.and_also(want)
        if not both.possible:
            return False
        previous = self.cells.get(key)
        self.cells[key] = both
        self._undo.append(lambda: self._restore(self.cells, key, previous))
        return True

    @staticmethod
    def _restore(wishes: dict[Any, Want], key: Any, previous: Want | None) -> None:
        if previous is None:
            wishes.pop(key, None)
        else:
            wishes[key] = previous

    def new_row(self, table: str) -> int | None:
        """Add a row with usual values; None when the patient has enough."""
        if len(self.draft.of(table)) >= MOST_ROWS:
            return None
        number = self.draft.add(table, usual_row(self.question, table, life=self.life, chance=self.chance))
        self._undo.append(lambda: self._remove_new(table, number))
        return number

    def _remove_new(self, table: str, number: int) -> None:
        del self.draft.of(table)[number]

    def remove(self, table: str, row: int) -> bool:
        """Wish a row away. False when something is already wished of it."""
        if any(key[0] == table and key[1] == row for key in self.cells):
            return False
        if (table, row) not in self.gone:
            self.gone.add((table, row))
            self._undo.append(lambda: self.gone.discard((table, row)))
        return True

    def bar(self, frame: n.Frame) -> None:
        """Remember that a frame must stay without rows."""
        if frame not in self.barred:
            self.barred.add(frame)
            self._undo.append(lambda: self.barred.discard(frame))

    def back_to(self, mark: int) -> None:
        while len(self._undo) > mark:
            self._undo.pop()()

    def mark(self) -> int:
        return len(self._undo)

    # --- coming true ----------------------------------------------------------------------------------------

    def fulfil(self) -> bool:
        """Give each cell a value that is wished, keeping those that already have one."""
        for table, row in self.gone:
            self.draft.of(table).pop(row, None)
        done = True
        for (table, row, column), want in self.cells.items():
            cells = self.draft.of(table).get(row)
            if cells is None:
                done = False
                continue
            use = self.question.tables[table].columns[column]
            now = cells.get(column)
            if want.admits(now) and keeps(use.hard, now):
                continue
            try:
                cells[column] = draw(use, want, life=self.life, chance=self.chance)
            except Nothing:
                try:
                    cells[column] = draw(use, want, life=self.life, chance=self.chance, gentle=False)
                except Nothing:
                    done = False
        return done


def usual_row(question: Question, table: str, *, life: Life, chance: random.Random) -> dict[str, Any]:
    """Return a row with a usual value in each column that the query reads."""
    row: dict[str, Any] = {}
    for name, use in question.tables[table].columns.items():
        row[name] = None
        for gentle in (True, False):
            try:
                row[name] = draw(use, ANYTHING, life=life, chance=chance, gentle=gentle)
                break
            except Nothing:
                continue
    return row


DECISIONS: tuple[tuple[Want, bool | None], ...] = ((TRUE, True), (FALSE, False), (MISSING, None))
# Operations whose rules are asked for exactly one of the three.
DECIDED: frozenset[type] = frozenset(
    {n.And, n.Or, n.Not, n.IsNull, n.EQ, n.NE, n.LT, n.LE, n.GT, n.GE, n.In, n.Exists, n.StringContains}
)
