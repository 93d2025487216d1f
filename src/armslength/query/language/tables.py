"""Tables: how a contract is written down: a class with columns becomes a frame that can be queried."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar, overload

from armslength.query.language import series as s
from armslength.query.language.errors import Error
from armslength.query.language.frames import BaseFrame, EventFrame, PatientFrame
from armslength.query.model import nodes as n
from armslength.query.model.codes import BaseCode, BaseMultiCodeString
from armslength.query.model.constraints import AnyConstraint, Constraint
from armslength.query.model.errors import ModelError
from armslength.query.model.schema import Column, TableSchema

_T = TypeVar("_T")
_F = TypeVar("_F", bound=BaseFrame)
META_ATTRIBUTES = frozenset({"table_name", "required_permission", "activation_filter_field"})


class Series(Generic[_T]):
    """A column: its type, what it means, and what is promised about its values."""

    def __init__(
        self,
        type_: type[_T],
        *,
        description: str = "",
        constraints: Sequence[AnyConstraint] = (),
        dummy_data_constraints: Sequence[AnyConstraint] = (),
        required: bool = True,
        implementation_notes_to_add_to_description: str = "",
        notes_for_implementors: str = "",
    ) -> None:
        self.column = Column(type_, tuple(constraints), tuple(dummy_data_constraints))
        self.description = description.strip()
        self.implementation_notes = implementation_notes_to_add_to_description.strip()
        self.notes_for_implementors = notes_for_implementors.strip()
        self.required = required
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    # What an editor knows of `table.column`: the family from the column's type, the dimension from the frame.
    @overload
    def __get__(self, instance: None, owner: type) -> Series[_T]: ...
    @overload
    def __get__(self: Series[bool], instance: PatientFrame, owner: type) -> s.BoolPatientSeries: ...
    @overload
    def __get__(self: Series[bool], instance: EventFrame, owner: type) -> s.BoolEventSeries: ...
    @overload
    def __get__(self: Series[int], instance: PatientFrame, owner: type) -> s.IntPatientSeries: ...
    @overload
    def __get__(self: Series[int], instance: EventFrame, owner: type) -> s.IntEventSeries: ...
    @overload
    def __get__(self: Series[float], instance: PatientFrame, owner: type) -> s.FloatPatientSeries: ...
    @overload
    def __get__(self: Series[float], instance: EventFrame, owner: type) -> s.FloatEventSeries: ...
    @overload
    def __get__(self: Series[str], instance: PatientFrame, owner: type) -> s.StrPatientSeries: ...
    @overload
    def __get__(self: Series[str], instance: EventFrame, owner: type) -> s.StrEventSeries: ...
    @overload
    def __get__(self: Series[datetime.date], instance: PatientFrame, owner: type) -> s.DatePatientSeries: ...
    @overload
    def __get__(self: Series[datetime.date], instance: EventFrame, owner: type) -> s.DateEventSeries: ...
    @overload
    def __get__(self: Series[_Code], instance: PatientFrame, owner: type) -> s.CodePatientSeries: ...
    @overload
    def __get__(self: Series[_Code], instance: EventFrame, owner: type) -> s.CodeEventSeries: ...
    @overload
    def __get__(
        self: Series[_Multi], instance: PatientFrame, owner: type
    ) -> s.MultiCodeStringPatientSeries: ...
    @overload
    def __get__(self: Series[_Multi], instance: EventFrame, owner: type) -> s.MultiCodeStringEventSeries: ...
    def __get__(self, instance: BaseFrame | None, owner: type) -> Any:
        return self if instance is None else instance._column(self.name)


_Code = TypeVar("_Code", bound=BaseCode)
_Multi = TypeVar("_Multi", bound=BaseMultiCodeString)


def table(cls: type[_F]) -> _F:
    """Turn a class with columns into the table itself: `@table class patients(PatientFrame): …`."""
    columns = prepare_columns(cls)
    meta = _read_meta(cls)
    arguments = {
        "name": meta.get("table_name", cls.__name__),
        "schema": TableSchema.of(columns),
        "namespace": getattr(sys.modules.get(cls.__module__), "NAMESPACE", ""),
        "required_permission": meta.get("required_permission"),
        "activation_filter_field": meta.get("activation_filter_field", False),
    }
    kind = n.SelectPatientTable if issubclass(cls, PatientFrame) else n.SelectTable
    return cls(kind(**arguments))


def table_from_rows(rows: Iterable[Sequence[Any]]) -> Callable[[type[_F]], _F]:
    """Make a patient table whose rows, (patient_id, values in column order), are part of the query. For tests."""

    def decorate(cls: type[_F]) -> _F:
        return inline_table(cls, rows)

    return decorate


def inline_table(cls: type[_F], rows: Iterable[Sequence[Any]]) -> _F:
    """Make the frame of a class and rows that travel with the query."""
    if cls.__bases__ != (PatientFrame,):
        what = "derive from `PatientFrame` alone: rows given here are one per patient, with the columns written there"
        raise Error(f"`{cls.__name__}` must {what}")
    schema = TableSchema.of(prepare_columns(cls))
    try:
        return cls(n.InlinePatientTable(tuple(tuple(row) for row in rows), schema))
    except ModelError as error:
        raise Error(f"`{cls.__name__}`: {error}") from None


def prepare_columns(cls: type[BaseFrame]) -> dict[str, Column]:
    """Check a table class and note its columns, those it inherits first."""
    if not (isinstance(cls, type) and issubclass(cls, (PatientFrame, EventFrame))):
        raise Error(
            f"a table must derive from `PatientFrame` or `EventFrame`: `{getattr(cls, '__name__', cls)}`"
        )
    columns: dict[str, Column] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, Series):
                if name == "patient_id":
                    raise ValueError("`patient_id` is a column of every table and cannot be declared")
                columns[name] = member.column
    cls._columns = columns
    return columns


def describe_columns(frame: BaseFrame) -> dict[str, Series[Any]]:
    """Return the declared columns of a table, with their documentation, in declared order."""
    return {name: getattr(type(frame), name) for name in frame._columns}


def _read_meta(cls: type) -> dict[str, Any]:
    inner = {name: member for name, member in vars(cls).items() if isinstance(member, type)}
    if stray := set(inner) - {"_meta"}:
        raise Error(f"`{cls.__name__}`: the only class inside a table may be `_meta`, not `{min(stray)}`")
    if "_meta" not in inner:
        return {}
    given = {name: value for name, value in vars(inner["_meta"]).items() if not name.startswith("__")}
    if stray := set(given) - META_ATTRIBUTES:
        known = ", ".join(sorted(META_ATTRIBUTES))
        raise Error(f"`{cls.__name__}._meta` cannot have `{min(stray)}`; it can have: {known}")
    return given


__all__ = ["Constraint", "EventFrame", "PatientFrame", "Series", "table", "table_from_rows"]
