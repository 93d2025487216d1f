"""Frames: rows with named columns. A table, or a table filtered, sorted, or cut to one row per patient."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal, TypeAlias

from armslength.query.model.errors import ConstantSortKey, DomainMismatch, ModelError, UnknownColumn
from armslength.query.model.node import Node, derive, node, solved_type
from armslength.query.model.schema import TableSchema
from armslength.query.model.types import ORDERABLE, Expected

# A column name; False: rows are never held back by activation date; None: the backend decides in its own SQL.
ActivationFilterField: TypeAlias = str | Literal[False] | None


class Position(Enum):
    """Which row of a patient a pick takes."""

    FIRST = "first"
    LAST = "last"


class Frame(Node):
    """Rows. `schema` names the columns; `domain` is None when there is at most one row per patient."""

    __slots__ = ("schema",)
    schema: TableSchema


@node
class SelectTable(Frame):
    """A contract table with many rows per patient. (`namespace`, `name`) identify it to backends."""

    name: str
    schema: TableSchema
    namespace: str = ""
    required_permission: str | None = None
    activation_filter_field: ActivationFilterField = False

    def check(self) -> None:
        derive(self, domain=self)


@node
class SelectPatientTable(Frame):
    """A contract table with at most one row per patient."""

    name: str
    schema: TableSchema
    namespace: str = ""
    required_permission: str | None = None
    activation_filter_field: ActivationFilterField = False

    def check(self) -> None:
        derive(self, domain=None)


@node
class InlinePatientTable(Frame):
    """Rows that travel with the query: (patient_id, then a value per column of the schema)."""

    is_leaf = True
    rows: tuple[tuple[Any, ...], ...]
    schema: TableSchema

    def check(self) -> None:
        width = len(self.schema) + 1
        for row in self.rows:
            if len(row) != width:
                raise ModelError(f"an inline row has {len(row)} values where {width} are expected: {row!r}")
        derive(self, domain=None)


@node
class Filter(Frame):
    """The rows for which the condition is true; false and missing both drop a row. Starts a new domain."""

    source: Frame
    condition: Node

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        yield "condition", bool, self.condition

    def check(self) -> None:
        require_event_frame(self, self.source)
        solved_type(self, bool)
        if not is_within(self.condition.domain, self.source.domain):
            raise DomainMismatch("Filter", self.source.domain, self.condition.domain)
        derive(self, domain=self, schema=self.source.schema)


@node
class Sort(Frame):
    """The same rows in ascending order of a key, missing first. An inner Sort breaks ties of an outer one."""

    source: Frame
    sort_by: Node

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        yield "sort_by", ORDERABLE, self.sort_by

    def check(self) -> None:
        require_event_frame(self, self.source)
        solved_type(self, bool)
        if self.sort_by.domain is None:
            raise ConstantSortKey("a sort key must differ between the rows of a patient")
        if not is_within(self.sort_by.domain, self.source.domain):
            raise DomainMismatch("Sort", self.source.domain, self.sort_by.domain)
        derive(self, domain=self.source.domain, schema=self.source.schema)


@node
class PickOneRowPerPatient(Frame):
    """Each patient's first or last row. Ties: see `picks.py`."""

    source: Frame
    position: Position

    def check(self) -> None:
        require_event_frame(self, self.source)
        if not any(isinstance(frame, Sort) for frame in lineage(self.source)):
            raise ModelError("a row can only be picked from a sorted frame")
        derive(self, domain=None, schema=self.source.schema)


def lineage(frame: Frame) -> Iterator[Frame]:
    """Yield the frame and what it was made from, down to the table."""
    current: Frame | None = frame
    while current is not None:
        yield current
        current = getattr(current, "source", None)


def table_of(frame: Frame) -> Frame:
    """Return the table at the root of a frame."""
    *_, root = lineage(frame)
    return root


def is_within(domain: Node | None, frame_domain: Node | None) -> bool:
    """Whether each row of `frame_domain` has one value of `domain`: patient-level, same, or ancestor."""
    if domain is None:
        return True
    if not isinstance(frame_domain, Frame):
        return False
    return any(each.domain is domain for each in lineage(frame_domain))


def require_event_frame(parent: Node, source: object) -> None:
    """Raise unless `source` is a frame with many rows per patient."""
    if not isinstance(source, Frame):
        raise TypeError(f"{type(parent).__name__} needs a frame, not {source!r}")
    if source.domain is None:
        raise ModelError(f"{type(parent).__name__} needs a frame with many rows per patient")


def require_column(frame: Frame, name: str) -> None:
    """Raise UnknownColumn unless the frame has this column."""
    if name not in frame.schema:
        raise UnknownColumn(name, frame.schema.names)
