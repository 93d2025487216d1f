"""What a check is given: one table, what its columns show, and the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.roles import COUNTS, ColumnRole, Role
from armslength.disclosure.rounding import ColumnRounding, rounding_of, says_other_than_count
from armslength.disclosure.tables import Table


# Not frozen: a table has hundreds of thousands, and setting a frozen field costs three times as much.
@dataclass(slots=True)
class Count:
    """A cell that shows a count: its position, what it shows, and whether it surely counts people or events."""

    row: int
    index: int
    count: int
    certain: bool
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One table under one policy."""

    table: Table
    roles: tuple[ColumnRole, ...]
    policy: DisclosurePolicy
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what checks share

    def columns(self, *roles: Role) -> Iterator[int]:
        """The positions of the columns with one of these roles."""
        return (index for index, column in enumerate(self.roles) if column.role in roles)

    def cells(self, index: int) -> Iterator[tuple[Place, Cell]]:
        """Each cell of a column with its place."""
        for row, cells in enumerate(self.table.rows):
            yield self.place(row, index), cells[index]

    def place(self, row: int, index: int) -> Place:
        return Place(line=self.table.lines[row], column=self.table.header[index], row=row, index=index)

    def places(self, cells: Iterable[tuple[int, int]]) -> tuple[Place, ...]:
        """The places of the first cells, as many as the policy names in one finding."""
        return tuple(self.place(row, index) for row, index in list(cells)[: self.policy.maximum_places])

    @cached_property
    def _numbers(self) -> dict[int, tuple[list[int], list[int]]]:
        return {}

    def numbers(self, index: int) -> tuple[list[int], list[int]]:
        """The rows on which a column shows counts, and those counts.

        In a mixed column the row's label says which numbers are counts.
        """
        if index not in self._numbers:
            self._numbers[index] = self._read_numbers(index)
        return self._numbers[index]

    def _read_numbers(self, index: int) -> tuple[list[int], list[int]]:
        mixed = self.roles[index].role is Role.MIXED
        if self.roles[index].role not in COUNTS and not mixed:
            return [], []
        known, column = self.table.counts(index), self.table.columns[index]
        rows = [row for row, count in enumerate(known) if count is not None and count >= 0]
        if mixed:
            rows = [row for row in rows if column[row].kind is not Kind.DECIMAL]
        return rows, [count for row in rows if (count := known[row]) is not None]

    def counts(self, index: int, *, where: Callable[[int], bool] | None = None) -> list[Count]:
        """The counts that a column shows, or those of them that pass a test, each with its cell."""
        rows, numbers = self.numbers(index)
        chosen = range(len(rows)) if where is None else [n for n, count in enumerate(numbers) if where(count)]
        return [self.count_at(index, position) for position in chosen]

    def sure_of(self, index: int, positions: Sequence[int]) -> Sequence[int]:
        """Those of some counts of a column, by their positions, that surely count people or events."""
        role = self.roles[index]
        if role.role is Role.COUNT and not role.certain:
            return []
        compound = self.table.has(index, Kind.COUNT_WITH_PERCENT, Kind.FRACTION)
        if role.role is Role.COUNT and not compound and not self._other_rows:
            return positions
        return [position for position in positions if self.count_at(index, position).certain]

    def count_at(self, index: int, position: int) -> Count:
        """One of the counts of a column, by its position among them."""
        rows, numbers = self.numbers(index)
        row, role = rows[position], self.roles[index]
        cell = self.table.columns[index][row]
        certain = role.role is Role.COUNT and role.certain and (cell.firm or "%" in self.table.header[index])
        if role.role is Role.MIXED:
            certain = cell.firm and cell.kind in (Kind.COUNT_WITH_PERCENT, Kind.FRACTION)
        return Count(row, index, numbers[position], certain and row not in self._other_rows, cell)

    @cached_property
    def _other_rows(self) -> frozenset[int]:
        """The rows whose label says that they show a median, a mean and the like."""
        columns = [self.table.columns[index] for index in self.table.label_columns]
        if not columns:
            return frozenset()
        judged: dict[tuple[str, ...], bool] = {}
        rows = []
        for row, cells in enumerate(zip(*columns, strict=True)):
            label = tuple([cell.raw for cell in cells])
            if label not in judged:
                judged[label] = says_other_than_count(" ".join(label))
            if judged[label]:
                rows.append(row)
        return frozenset(rows)

    @cached_property
    def roundings(self) -> dict[int, ColumnRounding]:
        """How each column of counts is rounded."""
        indices = [*self.columns(*COUNTS, Role.MIXED)]
        return rounding_of(
            {index: self.numbers(index)[1] for index in indices}, self.table.header, self.policy
        )

    def finding(
        self,
        code: str,
        verdict: Verdict,
        *,
        what: str,
        why: str,
        fix: str,
        cells: Iterable[tuple[int, int]] = (),
        value: str = "",
        derivation: Iterable[str] = (),
    ) -> Finding:
        """A finding about this table."""
        found = list(cells)
        return Finding(
            code=code,
            verdict=verdict,
            what=what,
            why=why,
            fix=fix,
            table=self.table.name,
            number=self.table.number,
            places=self.places(found),
            cells=len(found),
            value=value,
            derivation=tuple(derivation),
        )
