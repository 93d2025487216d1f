"""What a check is given: one table, what its columns show, and the policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from armslength.disclosure.cells import Cell
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Place
from armslength.disclosure.roles import ColumnRole, Role
from armslength.disclosure.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One table under one policy."""

    table: Table
    roles: tuple[ColumnRole, ...]
    policy: DisclosurePolicy

    def columns(self, *roles: Role) -> Iterator[int]:
        """The positions of the columns with one of these roles."""
        return (index for index, column in enumerate(self.roles) if column.role in roles)

    def cells(self, index: int) -> Iterator[tuple[Place, Cell]]:
        """Each cell of a column with its place."""
        for row, cells in enumerate(self.table.rows):
            yield self.place(row, index), cells[index]

    def place(self, row: int, index: int) -> Place:
        return Place(line=self.table.lines[row], column=self.table.header[index], row=row, index=index)
