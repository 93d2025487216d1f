"""Whether values are what a dataclass declares its fields to be, for building one from outside."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Sequence
from typing import Any, Literal, Union


def check_fields(cls: type, values: Sequence[Any]) -> None:
    """Raise ValueError unless there is one value per field, each of the field's declared type.

    Nothing is left for a constructor to guess. A bool is not an int here.
    """
    declared = _declared(cls)
    if len(values) != len(declared):
        raise ValueError(f"{cls.__name__} has {len(declared)} fields, not {len(values)}")
    for value, (name, hint) in zip(values, declared, strict=True):
        if not fits(value, hint):
            raise ValueError(f"the field `{name}` cannot be {str(value)[:100]}")


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a declared type: a class, a union, a literal, a tuple of such.

    >>> fits((1, 2), tuple[int, ...]), fits(True, int), fits(None, str | None)
    (True, False, True)
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in arguments)
    if origin is Literal:
        return any(value is each for each in arguments)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return all(fits(each, arguments[0]) for each in value)
        return len(value) == len(arguments) and all(map(fits, value, arguments))
    if hint in (int, float, str, bool, type(None)):
        return type(value) is hint
    return isinstance(value, hint)


@functools.cache
def _declared(cls: type) -> tuple[tuple[str, Any], ...]:
    """The name and the declared type of each field a class is built from."""
    # Names in annotations are the module's: a field called `type` must not hide the class `type`.
    hints = typing.get_type_hints(cls, localns={})
    fields = dataclasses.fields(cls)
    return tuple((field.name, hints[field.name]) for field in fields if field.init)
