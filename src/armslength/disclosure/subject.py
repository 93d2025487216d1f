"""What a check is given: one table, what its columns show, and the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    def _counts(self) -> dict[int, list[Count]]:
        return {}

    def counts(self, index: int) -> list[Count]:
        """The counts that a column shows. In a mixed column the row's label says which numbers are counts."""
        if index not in self._counts:
            self._counts[index] = list(self._read_counts(index))
        return self._counts[index]

    def _read_counts(self, index: int) -> Iterator[Count]:
        role = self.roles[index]
        mixed = role.role is Role.MIXED
        if role.role not in COUNTS and not mixed:
            return
        sure, others = role.role is Role.COUNT and role.certain, self._other_rows
        known = self.table.counts(index)
        said_percent = "%" in self.table.header[index]
        for row, cell in enumerate(self.table.columns[index]):
            count = known[row]
            if count is None or count < 0:
                continue
            certain = sure and (cell.firm or said_percent)
            if mixed:
                if cell.kind is Kind.DECIMAL:
                    continue
                certain = cell.firm and cell.kind in (Kind.COUNT_WITH_PERCENT, Kind.FRACTION)
            yield Count(row, index, count, certain and row not in others, cell)

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
        return rounding_of({index: self.counts(index) for index in indices}, self.table.header, self.policy)

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
