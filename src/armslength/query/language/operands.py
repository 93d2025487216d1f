"""From what an author wrote to a node: literals are coerced to the series they meet, everything else refused.

All messages about unsuitable operands live here, so each mistake is explained the same way everywhere.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from armslength.query.language.errors import Error
from armslength.query.model import nodes as n
from armslength.query.model.codes import BaseCode
from armslength.query.model.errors import ConstantSortKey, DomainMismatch, ModelError, TypeMismatch
from armslength.query.model.types import ValueType, type_name

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DIFFERENT_ROWS = (
    "cannot combine values of different event rows: they come from different tables, or from the same table "
    "filtered differently, so there is no telling which row goes with which.\n\n"
    "Reduce one of them to one value per patient first: aggregate it (for example `.maximum_for_patient()`), or pick "
    "a row with `.sort_by(…).first_for_patient()`."
)


def is_series(value: object) -> bool:
    """Whether this is a series, without importing the classes (they import us)."""
    return isinstance(getattr(value, "_node", None), n.Series)


def is_frame(value: object) -> bool:
    """Whether this is a frame of any kind."""
    return isinstance(getattr(value, "_node", None), n.Frame)


def to_date(text: str) -> datetime.date:
    """Read a date written YYYY-MM-DD; ValueError says whether the shape or the calendar is wrong.

    >>> to_date("2024-02-29")
    datetime.date(2024, 2, 29)
    """
    if ISO_DATE.fullmatch(text) is None:
        raise ValueError(f"dates are written in YYYY-MM-DD format, which '{text}' is not")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{error} in '{text}'") from None


def coerced(literal: Any, like: ValueType | None) -> Any:
    """Turn a literal into the type of the series it meets, where that is unambiguous."""
    if like is float and type(literal) in (int, bool):
        return float(literal)
    if like is datetime.date and type(literal) is str:
        return to_date(literal)
    if isinstance(like, type) and issubclass(like, BaseCode) and type(literal) is str:
        return like(literal)
    return literal


def to_node(value: Any, like: ValueType | None = None) -> n.Series:
    """Return the series node of an operand. `like` is the type of the series on the other side.

    Raises TypeError for what cannot be an operand, ValueError for bad dates and codes.
    """
    if is_series(value):
        node: n.Series = value._node
        return node
    refuse_unsuitable(value)
    if value is None:
        raise TypeError("`None` cannot be used here; to ask whether a value is missing, use `.is_null()`")
    try:
        return n.Value(coerced(value, like))
    except ModelError:
        raise TypeError(f"not a valid ehrQL type: {value!r}{_hint(value)}") from None


def refuse_unsuitable(value: Any) -> None:
    """Raise TypeError for things that look like operands but are not, saying what is probably missing."""
    if is_frame(value):
        name = type(value).__name__
        raise TypeError(f"expected a series but got the whole table `{name}`: is a column name missing?")
    if hasattr(value, "_missing_part"):
        raise TypeError(f"`{value._written}` is not complete: {value._missing_part} is missing")
    if hasattr(value, "_not_a_series"):
        raise TypeError(value._not_a_series)
    if callable(value) and not isinstance(value, type):
        name = getattr(value, "__name__", "function")
        raise TypeError(
            f"function `{name}` is mentioned but not called: are the brackets missing? `{name}()`"
        )


def build(operation: type[n.Node], *operands: Any, given: tuple[Any, ...] = (), hint: str = "") -> Any:
    """Make a node, explaining in the author's terms when it has no meaning.

    `given` are the operands as the author wrote them; `hint` is added when rows do not match.
    """
    try:
        return operation(*operands)
    except TypeMismatch as error:
        note = trailing_comma(given)
        message = f"expected {error.expected} but got {error.received} instead{note}"
        raise TypeError(message) from None
    except DomainMismatch:
        raise Error(DIFFERENT_ROWS + (f"\n\n{hint}" if hint else "")) from None
    except ConstantSortKey:
        raise Error("cannot sort by a constant: the key must be a column with a value per row") from None


def trailing_comma(given: tuple[Any, ...]) -> str:
    """Return a note when an operand is a one-element tuple, which a stray comma makes."""
    if any(isinstance(value, tuple) and len(value) == 1 for value in given):
        return "; note the trailing comma, which makes a tuple of a single value"
    return ""


def wanted(value_type: ValueType) -> str:
    """Name a type for a message."""
    return type_name(value_type)


def _hint(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return " (a date is wanted, not a moment: use `.date()`)"
    if isinstance(value, tuple):
        return trailing_comma((value,))
    if type(value).__module__ == "numpy":
        return " (turn numpy values into Python ones with `.item()`)"
    return ""
