"""Value types and signatures: what an operation takes, what it gives, checked once when a node is built.

The value types are `bool`, `int`, `float`, `str`, `datetime.date`, the code classes of `codes.py`, and
`SetOf` one of them. Types are compared exactly: a bool is not an int and an int is not a float.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from armslength.query.model.codes import CODE_SYSTEMS, MULTI_CODE_STRINGS, BaseCode, BaseMultiCodeString
from armslength.query.model.errors import TypeMismatch


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set of values of one type per patient. `SetOf(NoneType)` is the empty one: it fits all."""

    element: type


ValueType: TypeAlias = type | SetOf
PRIMITIVES: tuple[type, ...] = (bool, int, float, str, datetime.date)
VALUE_TYPES: frozenset[type] = frozenset((*PRIMITIVES, *CODE_SYSTEMS, *MULTI_CODE_STRINGS))
EMPTY_SET = SetOf(type(None))


@dataclass(frozen=True, slots=True)
class Kind:
    """A group of value types. Operands of the same binding kind must agree exactly inside one node."""

    name: str
    accepts: Callable[[type], bool]
    binds: bool = True


@dataclass(frozen=True, slots=True)
class SetOfKind:
    """A set whose elements are of this kind."""

    kind: Kind


Expected: TypeAlias = type | Kind | SetOfKind


def is_code(value_type: ValueType) -> bool:
    """Whether values are codes of one coding system."""
    return isinstance(value_type, type) and issubclass(value_type, BaseCode)


def is_multi_code(value_type: ValueType) -> bool:
    """Whether values are texts holding many codes."""
    return isinstance(value_type, type) and issubclass(value_type, BaseMultiCodeString)


ANY = Kind("any type", lambda kind: True)
NUMBER = Kind("a number (int or float)", lambda kind: kind in (int, float))
ORDERABLE = Kind("an orderable type (int, float, str, date or code)", lambda kind: kind is not bool)
COUNTABLE = Kind("bool or int", lambda kind: kind in (bool, int), binds=False)
CASTABLE = Kind("bool, int or float", lambda kind: kind in (bool, int, float))
TEXT = Kind("str", lambda kind: kind is str or is_multi_code(kind), binds=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """What each series operand of an operation must be, in field order, and what the operation gives."""

    takes: tuple[Expected, ...]
    gives: Expected


def takes(*operands: Expected, gives: Expected) -> Signature:
    """Declare a signature: `takes(NUMBER, NUMBER, gives=NUMBER)`."""
    return Signature(operands, gives)


def type_name(value_type: ValueType | Expected) -> str:
    """Name a type as a study author would.

    >>> type_name(SetOf(int))
    'a set of int'
    """
    if isinstance(value_type, SetOf):
        return f"a set of {type_name(value_type.element)}"
    if isinstance(value_type, SetOfKind):
        return f"a set of {value_type.kind.name}"
    if isinstance(value_type, Kind):
        return value_type.name
    return value_type.__name__


def solve(operation: str, gives: Expected, operands: Iterable[tuple[str, Expected, ValueType]]) -> ValueType:
    """Check the operands' types against what is expected and return the result type.

    `operands` are (field name, expected, received). Raises TypeMismatch at the first that does not fit.
    """
    bound: dict[Kind, type] = {}
    for operand, expected, received in operands:
        if not _fits(expected, received, bound):
            wanted = _wanted(expected, bound)
            raise TypeMismatch(operation, operand, wanted, type_name(received))
    if isinstance(gives, Kind):
        return bound[gives]
    if isinstance(gives, SetOfKind):
        return SetOf(bound[gives.kind])
    return gives


def _fits(expected: Expected, received: ValueType, bound: dict[Kind, type]) -> bool:
    if isinstance(expected, SetOfKind):
        if received == EMPTY_SET:
            return True
        return isinstance(received, SetOf) and _fits(expected.kind, received.element, bound)
    if isinstance(received, SetOf):
        return False
    if not isinstance(expected, Kind):
        return received is expected
    if expected in bound:
        return received is bound[expected]
    if not expected.accepts(received):
        return False
    if expected.binds:
        bound[expected] = received
    return True


def _wanted(expected: Expected, bound: dict[Kind, type]) -> str:
    if isinstance(expected, SetOfKind):
        return f"a set of {_wanted(expected.kind, bound)}"
    if isinstance(expected, Kind) and expected in bound:
        return type_name(bound[expected])
    return type_name(expected)
