"""Case and when: the value of the first condition that holds; and the largest or smallest across columns."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from armslength.query.language.operands import build, is_series, refuse_unsuitable, to_node, trailing_comma
from armslength.query.language.series.base import BaseSeries, wrap
from armslength.query.model import nodes as n

if TYPE_CHECKING:
    from armslength.query.language.series import BoolSeries, DateSeries, FloatSeries, IntSeries, StrSeries

_S = TypeVar("_S", bound=BaseSeries)
_V = TypeVar("_V", bound=BaseSeries, covariant=True)
FORMS = "write `case(when(condition).then(value), …, otherwise=value)`"


class when:
    """The start of a condition: `when(condition).then(value)`."""

    _missing_part = "`.then(…).otherwise(…)`"
    _written = "when(…)"

    def __init__(self, condition: Any) -> None:
        refuse_unsuitable(condition)
        is_bool = condition._type is bool if is_series(condition) else isinstance(condition, bool)
        if not is_bool:
            kind = condition._type if is_series(condition) else type(condition)
            name = getattr(kind, "__name__", str(kind)) + trailing_comma((condition,))
            raise TypeError(f"`when()` needs a condition that is true or false (bool), but got {name}")
        self._condition = to_node(condition)

    def __repr__(self) -> str:
        return self._written

    @overload
    def then(self, value: _S) -> WhenThen[_S]: ...
    @overload
    def then(self, value: bool) -> WhenThen[BoolSeries]: ...  # type: ignore[overload-overlap]  # a bool is an int
    @overload
    def then(self, value: int) -> WhenThen[IntSeries]: ...
    @overload
    def then(self, value: float) -> WhenThen[FloatSeries]: ...
    @overload
    def then(self, value: str) -> WhenThen[StrSeries]: ...
    @overload
    def then(self, value: datetime.date) -> WhenThen[DateSeries]: ...
    @overload
    def then(self, value: None) -> WhenThen[Any]: ...
    def then(self, value: Any) -> WhenThen[Any]:
        """Give the value for when the condition is true."""
        return WhenThen(self._condition, value)


class WhenThen(Generic[_V]):
    """A condition and its value: goes into `case(…)`, or ends with `.otherwise(…)`."""

    _missing_part = "`.otherwise(…)` (for a missing value: `.otherwise(None)`)"
    _written = "when(…).then(…)"

    def __init__(self, condition: n.Series, value: Any) -> None:
        self._condition = condition
        self._value = _outcome(value)

    def __repr__(self) -> str:
        return self._written

    def otherwise(self, value: Any) -> _V:
        """Give the value for when the condition is false or missing."""
        found: _V = case(self, otherwise=value)
        return found


def case(*cases: WhenThen[_V], otherwise: Any = None) -> _V:
    """The value of the first case whose condition is true; `otherwise` when none is."""
    if not cases:
        raise TypeError(f"`case()` needs at least one condition: {FORMS}")
    for each in cases:
        _check_case(each)
    pairs = tuple((each._condition, each._value) for each in cases)
    default = _outcome(otherwise)
    conditions = [condition for condition, _ in pairs]
    if len(set(conditions)) < len(conditions):
        position = next(i for i, each in enumerate(conditions) if each in conditions[:i])
        raise TypeError(
            f"duplicate condition: condition {position + 1} of `case()` is the same as an earlier one"
        )
    if default is None and all(value is None for _, value in pairs):
        raise TypeError("`case()` needs at least one value that is not `None`")
    return wrap(build(n.Case, pairs, default))


@overload
def maximum_of(value: _S, other_value: Any, *other_values: Any) -> _S: ...
@overload
def maximum_of(value: Any, other_value: _S, *other_values: Any) -> _S: ...
@overload
def maximum_of(value: Any, other_value: Any, *other_values: Any) -> Any: ...
def maximum_of(value: Any, other_value: Any, *other_values: Any) -> Any:
    """The largest of several values, ignoring missing ones; missing when all are."""
    return _across(n.MaximumOf, (value, other_value, *other_values))


@overload
def minimum_of(value: _S, other_value: Any, *other_values: Any) -> _S: ...
@overload
def minimum_of(value: Any, other_value: _S, *other_values: Any) -> _S: ...
@overload
def minimum_of(value: Any, other_value: Any, *other_values: Any) -> Any: ...
def minimum_of(value: Any, other_value: Any, *other_values: Any) -> Any:
    """The smallest of several values, ignoring missing ones; missing when all are."""
    return _across(n.MinimumOf, (value, other_value, *other_values))


def _across(operation: type[n.Node], values: tuple[Any, ...]) -> Any:
    like = next((value._type for value in values if is_series(value)), None)
    sources = tuple(to_node(value, like) for value in values)
    return wrap(build(operation, sources, given=values))


def _check_case(each: Any) -> None:
    if isinstance(each, WhenThen):
        return
    if isinstance(each, when):
        raise TypeError("`when(…)` inside `case()` is not complete: `.then(…)` is missing")
    if is_series(each):
        raise TypeError(f"a finished `when(…).then(…).otherwise(…)` cannot be part of `case()`: {FORMS}")
    raise TypeError(f"`case()` takes `when(…).then(…)`, not {each!r}; a default is named: {FORMS}")


def _outcome(value: Any) -> n.Series | None:
    return None if value is None else to_node(value)
