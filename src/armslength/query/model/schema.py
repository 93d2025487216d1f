"""The columns of a table: names, value types, constraints. `patient_id` (int) is implicit."""

from __future__ import annotations

import datetime
from builtins import type as PythonType
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from armslength.query.model.constraints import CONSTRAINT_KINDS, AnyConstraint, DateAfter, NotNull
from armslength.query.model.types import VALUE_TYPES

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `constraints` describe real data; `dummy_data_constraints` only steer invented data."""

    type: type
    constraints: tuple[AnyConstraint, ...] = ()
    dummy_data_constraints: tuple[AnyConstraint, ...] = ()

    def __post_init__(self) -> None:
        if self.type not in VALUE_TYPES:
            raise TypeError(f"a column cannot be of type {self.type!r}")
        both = (*self.constraints, *self.dummy_data_constraints)
        for constraint in both:
            if not isinstance(constraint, CONSTRAINT_KINDS):
                raise ValueError(f"{constraint!r} is not a constraint such as `Constraint.NotNull()`")
        kinds = [type(constraint) for constraint in both]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise ValueError(f"constraint {kind.__name__} is given more than once")

    def constraint(self, kind: PythonType[C], *, dummy: bool = False) -> C | None:
        """Return the constraint of this kind, or None. `dummy=True` looks at those for invented data too."""
        both = (*self.constraints, *self.dummy_data_constraints) if dummy else self.constraints
        return next((each for each in both if isinstance(each, kind)), None)


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Named columns in declared order. Raises ValueError for broken DateAfter rules."""

    columns: tuple[tuple[str, Column], ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", dict(self.columns))
        if "patient_id" in self._by_name:
            raise ValueError("`patient_id` is an implicit column of every table and cannot be declared")
        if len(self._by_name) != len(self.columns):
            raise ValueError("a column is declared twice")
        for name, column in self.columns:
            self._check_dates_after(name, column)

    @classmethod
    def of(cls, columns: Mapping[str, Column | PythonType]) -> TableSchema:
        """Build a schema from `{"date": datetime.date, "code": Column(str)}`."""
        return cls(tuple((name, c if isinstance(c, Column) else Column(c)) for name, c in columns.items()))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @property
    def column_types(self) -> tuple[tuple[str, PythonType], ...]:
        """Every column's name and value type."""
        return tuple((name, column.type) for name, column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def _check_dates_after(self, name: str, column: Column) -> None:
        after = column.constraint(DateAfter, dummy=True)
        if after is None:
            return
        if column.type is not datetime.date:
            raise ValueError(f"`{name}` is not a date column, so it cannot carry DateAfter")
        for earlier in after.column_names:
            if earlier not in self or self[earlier].type is not datetime.date:
                raise ValueError(f"DateAfter of `{name}` names `{earlier}`, which is not a date column here")
            before = self[earlier].constraint(DateAfter, dummy=True)
            missing = set(before.column_names) - set(after.column_names) if before else set()
            if name == earlier or (before and name in before.column_names):
                raise ValueError(f"DateAfter of `{name}` and `{earlier}` form a circle")
            if missing:
                raise ValueError(f"DateAfter of `{name}` must also list {', '.join(sorted(missing))}")
            if _other_constraints(column) != _other_constraints(self[earlier]):
                raise ValueError(
                    f"`{name}` and `{earlier}`, joined by DateAfter, need the same other constraints"
                )


def _other_constraints(column: Column) -> frozenset[AnyConstraint]:
    both = (*column.constraints, *column.dummy_data_constraints)
    return frozenset(each for each in both if not isinstance(each, (NotNull, DateAfter)))
