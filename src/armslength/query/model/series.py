"""Series: one column of values of one type. Constants, columns, case, and the shapes operations come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from armslength.query.model.errors import ModelError
from armslength.query.model.frames import Frame, require_column
from armslength.query.model.node import Node, common_domain, derive, node, solved_type
from armslength.query.model.types import ANY, EMPTY_SET, VALUE_TYPES, Expected, SetOf, Signature, ValueType


class Series(Node):
    """Values. `value_type` is their exact type; `domain` is None when there is one value per patient."""

    __slots__ = ("value_type",)
    value_type: ValueType


@node
class Value(Series):
    """A constant, or a frozenset of constants of one type. 1, 1.0 and True are three different values."""

    is_leaf = True
    value: Any

    def identity(self) -> tuple[Any, ...]:
        return (_type_of_constant(self.value), self.value)

    def check(self) -> None:
        derive(self, domain=None, value_type=_type_of_constant(self.value))


@node
class Parameter(Series):
    """A constant that is named now and given later, such as the start of a measure's interval."""

    is_leaf = True
    name: str
    type: type

    def check(self) -> None:
        derive(self, domain=None, value_type=self.type)


@node
class SelectColumn(Series):
    """One column of a frame."""

    source: Frame
    name: str

    def check(self) -> None:
        require_column(self.source, self.name)
        derive(self, domain=self.source.domain, value_type=self.source.schema[self.name].type)


@node
class Case(Series):
    """The value of the first condition that is true, else the default. None stands for missing."""

    cases: tuple[tuple[Series, Series | None], ...]
    default: Series | None = None

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        for condition, _ in self.cases:
            yield "condition", bool, condition
        for _, value in self.cases:
            if value is not None:
                yield "value", ANY, value
        if self.default is not None:
            yield "default", ANY, self.default

    def check(self) -> None:
        if not self.cases:
            raise ModelError("a case needs at least one condition")
        if len({condition for condition, _ in self.cases}) != len(self.cases):
            raise ModelError("a case has the same condition twice")
        if self.default is None and all(value is None for _, value in self.cases):
            raise ModelError("a case needs at least one value that is not missing")
        domain = common_domain("Case", (operand for _, _, operand in self.operands()))
        derive(self, domain=domain, value_type=solved_type(self, ANY))


class Operation(Series):
    """A series computed from others, row by row. `signature` declares what its operands must be."""

    __slots__ = ()
    signature: ClassVar[Signature]

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        for name, expected in zip(self.child_fields, self.signature.takes, strict=False):
            yield name, expected, getattr(self, name)

    def check(self) -> None:
        value_type = solved_type(self, self.signature.gives)
        domain = common_domain(type(self).__name__, (operand for _, _, operand in self.operands()))
        derive(self, domain=domain, value_type=value_type)


@node
class Unary(Operation):
    """An operation on one series. Its own meaning is in its subclasses."""

    source: Series


@node
class Binary(Operation):
    """An operation on two series."""

    lhs: Series
    rhs: Series


class Aggregation(Series):
    """One value per patient, from all of the patient's rows."""

    __slots__ = ()


@node
class FrameAggregation(Aggregation):
    """An aggregation that asks about rows, not values; never missing."""

    gives: ClassVar[type]
    source: Frame

    def check(self) -> None:
        if not isinstance(self.source, Frame):
            raise TypeError(f"{type(self).__name__} needs a frame, not {self.source!r}")
        derive(self, domain=None, value_type=self.gives)


@node
class SeriesAggregation(Aggregation):
    """An aggregation of an event series; missing values are ignored."""

    signature: ClassVar[Signature]
    source: Series

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        yield "source", self.signature.takes[0], self.source

    def check(self) -> None:
        value_type = solved_type(self, self.signature.gives)
        if self.source.domain is None:
            raise ModelError(f"{type(self).__name__} needs a series with many values per patient")
        derive(self, domain=None, value_type=value_type)


def _type_of_constant(value: Any) -> ValueType:
    if isinstance(value, frozenset):
        elements = {type(each) for each in value}
        if not elements:
            return EMPTY_SET
        if len(elements) > 1 or not elements <= VALUE_TYPES:
            raise ModelError(
                f"a set must hold values of one type, not {sorted(e.__name__ for e in elements)}"
            )
        return SetOf(elements.pop())
    if type(value) not in VALUE_TYPES:
        raise ModelError(f"{value!r} is not a value of a type that series can have")
    return type(value)
