"""Frames: tables as authors handle them: filtered, sorted, cut to one row per patient, counted."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Self

from armslength.query.language.errors import Error
from armslength.query.language.operands import (
    build,
    coerced,
    is_series,
    refuse_unsuitable,
    trailing_comma,
    wanted,
)
from armslength.query.language.series.base import EventSeries, wrap
from armslength.query.model import nodes as n
from armslength.query.model.errors import DomainMismatch
from armslength.query.model.schema import Column

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolPatientSeries, BoolSeries
    from armslength.query.language.series.numbers import IntPatientSeries


class BaseFrame:
    """Rows with named columns."""

    _node: n.Frame
    # Filled in by the table decorators from the columns a class declares.
    _columns: dict[str, Column] = {}

    def __init__(self, node: n.Frame) -> None:
        self._node = node

    @property
    def _qm_node(self) -> n.Frame:
        """The node under the name that test suites written for ehrQL look for."""
        return self._node

    def exists_for_patient(self) -> BoolPatientSeries:
        """Whether the patient has any row; never missing."""
        return wrap(n.Exists(self._node))

    def count_for_patient(self) -> IntPatientSeries:
        """How many rows the patient has; never missing."""
        return wrap(n.Count(self._node))

    def _column(self, name: str) -> Any:
        return wrap(n.SelectColumn(self._node, name))

    def __repr__(self) -> str:
        return f"<table {type(self).__name__}>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            columns = ", ".join(self._columns)
            raise AttributeError(
                f"`{type(self).__name__}` has no attribute `{name}`; its columns are: {columns}"
            )


class PatientFrame(BaseFrame):
    """At most one row per patient."""


if TYPE_CHECKING:

    class PickedFrame(PatientFrame):
        """A row picked from a table whose columns a type checker does not know: any may be asked for."""

        def __getattr__(self, name: str) -> Any: ...


class EventFrame(BaseFrame):
    """Any number of rows per patient."""

    def where(self, condition: BoolSeries | bool) -> Self:
        """Keep the rows for which the condition is true; false and missing both drop a row."""
        return type(self)(self._filter(self._condition(condition, "where")))

    def except_where(self, condition: BoolSeries | bool) -> Self:
        """Drop the rows for which the condition is true; rows for which it is missing stay."""
        dropped = self._condition(condition, "except_where")
        return type(self)(self._filter(n.Or(n.Not(dropped), n.IsNull(dropped))))

    def sort_by(self, *order: Any) -> SortedEventFrame:
        """Sort rows: the first key counts most, missing comes first. A later `sort_by` outranks an earlier one."""
        if not order:
            raise TypeError("`sort_by()` needs at least one column to sort by")
        node: n.Frame = self._node
        for key in reversed(order):
            node = _sort(node, key)
        return _sorted_class(type(self))(node)  # type: ignore[arg-type]  # classes are hashable

    def _filter(self, condition: n.Series) -> n.Frame:
        try:
            return n.Filter(self._node, condition)
        except DomainMismatch:
            raise Error(
                f"cannot filter `{type(self).__name__}` by a condition about other rows: it reads another table, or "
                "the same table filtered in another way.\n\nUse columns of the frame being filtered, or reduce the "
                "condition to one value per patient, for example with `.exists_for_patient()` or `.is_in(…)`."
            ) from None

    def _condition(self, condition: Any, method: str) -> n.Series:
        refuse_unsuitable(condition)
        kind = condition._type if is_series(condition) else type(condition)
        if kind is not bool:
            name = wanted(kind) if is_series(condition) else f"{kind.__name__}: {condition!r}"
            note = trailing_comma((condition,))
            raise TypeError(
                f"`{method}()` needs a condition that is true or false (bool), but got {name}{note}"
            )
        return condition._node if is_series(condition) else n.Value(coerced(condition, bool))


class SortedEventFrame(EventFrame):
    """Rows in an order, from which one per patient can be picked."""

    def first_for_patient(self) -> PickedFrame:
        """Each patient's first row."""
        return self._picked(n.Position.FIRST)

    def last_for_patient(self) -> PickedFrame:
        """Each patient's last row."""
        return self._picked(n.Position.LAST)

    def _picked(self, position: n.Position) -> PickedFrame:
        kind = _picked_class(type(self))  # type: ignore[arg-type]
        return kind(n.PickOneRowPerPatient(self._node, position))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


@cache
def _sorted_class(frame: type[EventFrame]) -> type[SortedEventFrame]:
    """Return the class of a sorted frame: everything the table's class has, and picking. Keeps the table's name."""
    if issubclass(frame, SortedEventFrame):
        return frame
    return type(
        frame.__name__, (frame, SortedEventFrame), {"__doc__": frame.__doc__, "__module__": frame.__module__}
    )


@cache
def _picked_class(frame: type[EventFrame]) -> type[PickedFrame]:
    """Return the class of a picked row: the table's columns and properties, but not its methods."""
    kept: dict[str, Any] = {"__doc__": frame.__doc__, "__module__": frame.__module__}
    for base in reversed(frame.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, property) or name in frame._columns:
                kept[name] = member
    return type(frame.__name__, (PatientFrame,), {**kept, "_columns": frame._columns})


def _sort(node: n.Frame, key: Any) -> n.Frame:
    if isinstance(key, str):
        raise TypeError(f"cannot sort by the name of a column: write the column itself, as in `table.{key}`")
    refuse_unsuitable(key)
    if not isinstance(key, EventSeries):
        raise Error("cannot sort by a constant value: the key must be a column with a value per row")
    try:
        ordered: n.Frame = build(n.Sort, node, key._node)
    except TypeError:
        raise TypeError(
            "expected a key of an orderable type (int, float, str, date or code) but got bool; sort by `.as_int()`"
        ) from None
    except Error:
        raise Error(
            "cannot sort by a value of other rows: the key must be a column of the frame being sorted, or of a frame "
            "it was filtered from"
        ) from None
    return ordered


__all__ = ["BaseFrame", "EventFrame", "PatientFrame", "SortedEventFrame"]
