"""What every series can do: equality, missing values, membership; and how nodes become series again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from armslength.query.language.errors import Error
from armslength.query.language.operands import build, coerced, is_series, refuse_unsuitable, to_node, wanted
from armslength.query.model import nodes as n
from armslength.query.model.codes import BaseCode
from armslength.query.model.types import ValueType

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolSeries
    from armslength.query.language.series.numbers import IntPatientSeries

_S = TypeVar("_S", bound="BaseSeries")
_Made = TypeVar("_Made")

USE_IS_IN = "To ask whether a value is among the patient's values in the other column, use `x.is_in(y)`."


class BaseSeries:
    """One column of values. Build new ones with operators and methods; nothing is computed here."""

    _node: n.Series

    def __init__(self, node: n.Series) -> None:
        self._node = node

    @property
    def _type(self) -> ValueType:
        return self._node.value_type

    @property
    def _qm_node(self) -> n.Series:
        """The node under the name that test suites written for ehrQL look for."""
        return self._node

    # `==` builds a query, so series cannot be dictionary keys or members of sets.
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __eq__(self, other: Any) -> BoolSeries:  # type: ignore[override]
        """Whether values are equal; missing when either is."""
        return self._binary(n.EQ, other, hint=USE_IS_IN)

    def __ne__(self, other: Any) -> BoolSeries:  # type: ignore[override]
        """Whether values differ; missing when either is."""
        return self._binary(n.NE, other, hint=USE_IS_IN)

    def is_null(self) -> BoolSeries:
        """Whether the value is missing."""
        return wrap(n.IsNull(self._node))

    def is_not_null(self) -> BoolSeries:
        """Whether there is a value."""
        return wrap(n.Not(n.IsNull(self._node)))

    def is_in(self, other: Iterable[Any] | BaseSeries) -> BoolSeries:
        """Whether the value is in a list, set or dict (its keys), or among the patient's values of an event series."""
        return wrap(build(n.In, self._node, self._collection(other)))

    def is_not_in(self, other: Iterable[Any] | BaseSeries) -> BoolSeries:
        """The opposite of `is_in`."""
        return wrap(n.Not(build(n.In, self._node, self._collection(other))))

    def when_null_then(self: _S, other: Any) -> _S:
        """The value, or `other` where it is missing."""
        if other is None:
            return self
        present = n.Not(n.IsNull(self._node))
        return wrap(build(n.Case, ((present, self._node),), to_node(other, self._type), given=(other,)))

    def map_values(self, mapping: Mapping[Any, Any], default: Any = None) -> Any:
        """Replace values: `{"F": "female", "M": "male"}`. What is not listed, or missing, becomes `default`."""
        if not mapping:
            raise TypeError("the mapping is empty: it needs at least one value to replace")
        keys_by_value: dict[n.Series | None, list[Any]] = {}
        seen: set[n.Series] = set()
        for key, value in mapping.items():
            key_node = to_node(key, self._type)
            if key_node in seen:
                raise TypeError(f"duplicate condition: the key {key!r} means the same as an earlier one")
            seen.add(key_node)
            keys_by_value.setdefault(_outcome(value), []).append(key_node)
        if default is None and set(keys_by_value) == {None}:
            raise TypeError("at least one value of the mapping must not be `None`")
        cases = tuple((self._one_of(keys), value) for value, keys in keys_by_value.items())
        return wrap(build(n.Case, cases, _outcome(default)))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a series has no single truth value, so `and`, `or`, `not`, `if` and chained comparisons such as "
            "`a < b < c` cannot be used with it: write `&` for and, `|` for or, `~` for not, with each condition in "
            "brackets; a chain becomes `(a < b) & (b < c)`"
        )

    def __abs__(self) -> NoReturn:
        raise Error("`abs()` does not work on a series; write `.absolute()` after it instead")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _binary(self, operation: type[n.Node], other: Any, *, hint: str = "") -> _Made:  # type: ignore[type-var]
        return wrap(build(operation, self._node, to_node(other, self._type), given=(other,), hint=hint))

    def _reflected(self, operation: type[n.Node], other: Any) -> _Made:  # type: ignore[type-var]
        return wrap(build(operation, to_node(other, self._type), self._node, given=(other,)))

    def _one_of(self, keys: list[Any]) -> n.Series:
        if len(keys) == 1:
            condition: n.Series = build(n.EQ, self._node, keys[0])
        else:
            condition = build(n.In, self._node, _literal_set([key.value for key in keys], self._type))
        return condition

    def _collection(self, other: Any) -> n.Series:
        if isinstance(other, EventSeries):
            return n.CombineAsSet(other._node)
        if is_series(other):
            raise TypeError(
                "`is_in` needs an event series, which has many values per patient, but this series has "
                "one value per patient; to compare two single values use `==`"
            )
        if not isinstance(other, (list, tuple, set, frozenset, dict)):
            refuse_unsuitable(other)
            raise TypeError(f"`is_in` expects a list of values, but got {type(other).__name__}: {other!r}")
        return _literal_set(other, self._type)


class PatientSeries(BaseSeries):
    """One value per patient."""


class EventSeries(BaseSeries):
    """Many values per patient: one per row."""

    def count_distinct_for_patient(self) -> IntPatientSeries:
        """How many different values the patient has; missing ones do not count."""
        return wrap(n.CountDistinct(self._node))


_families: dict[type, tuple[type[PatientSeries], type[EventSeries]]] = {}


def register(value_type: type, patient: type[PatientSeries], event: type[EventSeries]) -> None:
    """Say which classes stand for series of this value type, or of types derived from it."""
    _families[value_type] = (patient, event)


def wrap(node: n.Series) -> _Made:  # type: ignore[type-var]  # the caller says which family it is
    """Return the series object of a node: its family by value type, its dimension by domain."""
    value_type = node.value_type
    if not isinstance(value_type, type):
        raise TypeError(f"{wanted(value_type)} is not a series")
    patient, event = next(_families[base] for base in value_type.__mro__ if base in _families)
    return (patient if node.domain is None else event)(node)  # type: ignore[return-value]


@lru_cache(maxsize=256)
def _code_set(codes: tuple[str, ...], system: type[BaseCode]) -> n.Series:
    """Return the constant set of a codelist. Studies use the same long lists again and again."""
    return n.Value(frozenset(map(system, codes)))


def _outcome(value: Any) -> n.Series | None:
    return None if value is None else to_node(value)


def _literal_set(members: Iterable[Any], like: ValueType) -> n.Series:
    """Return the constant set of these members, coerced to the type of the series they meet."""
    if (
        isinstance(like, type)
        and issubclass(like, BaseCode)
        and {type(member) for member in members} == {str}
    ):
        return _code_set(tuple(members), like)
    values = [coerced(member, like) for member in members]
    if any(type(value) is not like for value in values):
        stray = next(value for value in values if type(value) is not like)
        if hasattr(stray, "_node") or stray is None or callable(stray):
            to_node(stray)
        raise TypeError(
            f"expected a list of {wanted(like)}, but it contains {type(stray).__name__}: {stray!r}"
        )
    return n.Value(frozenset(values))
