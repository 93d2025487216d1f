"""What inventing patients needs to know of a query, worked out once: tables, columns, values it compares with."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from armslength.query.model import nodes as n
from armslength.query.model.constraints import AnyConstraint
from armslength.query.model.picks import sort_keys, tie_breaks
from armslength.query.model.reference import look_at_one_patient

NamedTable = n.SelectTable | n.SelectPatientTable
USUAL_LATEST = datetime.date(2024, 12, 31)
# Dates beyond stand for "never" or "unknown" in studies.
SENSIBLE = (datetime.date(1990, 1, 1), datetime.date(2060, 1, 1))


@dataclass(slots=True)
class ColumnUse:
    """One column that the query reads. `mentioned` are the groups of values it is compared with, in order met."""

    table: str
    name: str
    column: n.Column
    mentioned: list[tuple[Any, ...]] = field(default_factory=list)
    hard: tuple[AnyConstraint, ...] = ()
    soft: tuple[AnyConstraint, ...] = ()


@dataclass(slots=True)
class TableUse:
    """One table that the query reads, with the columns it reads."""

    name: str
    many: bool
    columns: dict[str, ColumnUse] = field(default_factory=dict)
    nodes: list[NamedTable] = field(default_factory=list)


class Question:
    """A query seen as nodes: `roots` are everything that is asked, in the order it is asked."""

    def __init__(self, roots: Iterable[n.Node]) -> None:
        self.roots = tuple(roots)
        self.order = tuple(n.walk(*self.roots))
        self.ties = tie_breaks(*self.roots)
        self.tables: dict[str, TableUse] = {}
        self.inline: dict[n.InlinePatientTable, dict[int, dict[str, Any]]] = {}
        self._conditions: dict[n.Frame, tuple[n.Series, ...]] = {}
        self._operands: dict[n.Node, tuple[n.Series, ...]] = {}
        self._constant: dict[n.Node, bool] = {}
        self._parts: dict[n.Series, tuple[n.Series, ...]] = {}
        self._keys: dict[n.Frame, tuple[n.Series, ...]] = {}
        self._roots: dict[n.Frame, n.Frame] = {}
        self._values: dict[n.Node, Any] = {}
        self._find_tables()
        self._find_mentioned()

    def table_of(self, frame: n.Frame) -> n.Frame:
        """Return the table at the root of a frame."""
        if frame not in self._roots:
            self._roots[frame] = n.table_of(frame)
        return self._roots[frame]

    def name_of(self, frame: n.Frame) -> str:
        """Return the name of the table at the root of a frame."""
        return self.table_of(frame).name  # type: ignore[attr-defined,no-any-return]

    def parts_of(self, series: n.Series) -> tuple[n.Series, ...]:
        """Return the operands of a series."""
        if series not in self._parts:
            self._parts[series] = tuple(operand for _, _, operand in series.operands())
        return self._parts[series]

    def conditions_of(self, frame: n.Frame) -> tuple[n.Series, ...]:
        """Return every condition a row of the frame meets, the innermost first."""
        if frame not in self._conditions:
            found = [each.condition for each in n.lineage(frame) if isinstance(each, n.Filter)]
            self._conditions[frame] = tuple(reversed(found))  # type: ignore[arg-type]
        return self._conditions[frame]

    def keys_of(self, pick: n.PickOneRowPerPatient) -> tuple[n.Series, ...]:
        """Return the sort keys of a pick, the most important first."""
        if pick not in self._keys:
            self._keys[pick] = sort_keys(pick)
        return self._keys[pick]

    def operands_of(self, chain: n.Series) -> tuple[n.Series, ...]:
        """Return the operands of a chain of the same And or Or: `a & b & c` has three."""
        if chain not in self._operands:
            found: dict[n.Series, None] = {}
            stack = [chain]
            while stack:
                each = stack.pop()
                if type(each) is type(chain):
                    stack += (each.rhs, each.lhs)  # type: ignore[attr-defined]
                else:
                    found[each] = None
            self._operands[chain] = tuple(found)
        return self._operands[chain]

    def is_constant(self, series: n.Series) -> bool:
        """Whether a series has the same value for everybody."""
        if series not in self._constant:
            for each in n.walk(series):
                if each not in self._constant:
                    self._constant[each] = not isinstance(each, n.Frame) and all(
                        self._constant[child] for child in n.children(each)
                    )
        return self._constant[series]

    def constant(self, series: n.Series) -> Any:
        """Return the value of a series that has the same for everybody, None for missing."""
        if series not in self._values:
            self._values |= look_at_one_patient(n.walk(series), {}, {})
        return self._values[series]

    def called(self, series: n.Series) -> str:
        """What a person calls a value: the column it is, or the columns it is computed from."""
        columns: dict[str, None] = {}
        stack: list[n.Node] = [series]
        while stack:
            each = stack.pop()
            if isinstance(each, n.SelectColumn):
                columns[f"`{getattr(self.table_of(each.source), 'name', 'a file')}.{each.name}`"] = None
            elif isinstance(each, n.Series):
                stack += reversed(list(n.children(each)))
            elif isinstance(each, (n.SelectTable, n.SelectPatientTable)):
                columns[f"`{each.name}`"] = None
            elif isinstance(each, n.Frame) and not isinstance(each, n.InlinePatientTable):
                stack.append(self.table_of(each))
        shown = ", ".join(list(columns)[:3])
        return shown if isinstance(series, n.SelectColumn) else f"a value computed from {shown}"

    @cached_property
    def latest(self) -> datetime.date:
        """The last day anything is recorded: the latest date the query speaks of. No clock is read."""
        dates = [
            each.value
            for each in self.order
            if isinstance(each, n.Value) and type(each.value) is datetime.date
        ]
        return max((each for each in dates if SENSIBLE[0] <= each < SENSIBLE[1]), default=USUAL_LATEST)

    @cached_property
    def inline_patients(self) -> tuple[int, ...]:
        """The patients named by tables that travel with the query, in order."""
        return tuple(sorted({patient for rows in self.inline.values() for patient in rows}))

    def _find_tables(self) -> None:
        for each in self.order:
            if isinstance(each, (n.SelectTable, n.SelectPatientTable)):
                many = isinstance(each, n.SelectTable)
                use = self.tables.setdefault(each.name, TableUse(each.name, many))
                use.nodes.append(each)
            elif isinstance(each, n.InlinePatientTable):
                names = each.schema.names
                self.inline[each] = {row[0]: dict(zip(names, row[1:], strict=True)) for row in each.rows}
        for each in self.order:
            if isinstance(each, n.SelectColumn):
                table = self.table_of(each.source)
                if isinstance(table, (n.SelectTable, n.SelectPatientTable)):
                    self._use(table, each.name)

    def _use(self, table: NamedTable, name: str) -> ColumnUse:
        columns = self.tables[table.name].columns
        if name not in columns:
            column = table.schema[name]
            columns[name] = ColumnUse(
                table.name, name, column, hard=column.constraints, soft=column.dummy_data_constraints
            )
        return columns[name]

    def _find_mentioned(self) -> None:
        for each in self.order:
            if not isinstance(each, (n.EQ, n.NE, n.LT, n.LE, n.GT, n.GE, n.In, n.StringContains)):
                continue
            for series, other in ((each.lhs, each.rhs), (each.rhs, each.lhs)):
                if isinstance(other, n.Value) and isinstance(series, n.SelectColumn):
                    table = self.table_of(series.source)
                    if isinstance(table, n.InlinePatientTable):
                        continue
                    values = other.value if isinstance(other.value, frozenset) else (other.value,)
                    if values:
                        self._use(table, series.name).mentioned.append(tuple(sorted(values)))  # type: ignore[arg-type]
