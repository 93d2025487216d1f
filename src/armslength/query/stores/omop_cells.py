"""One cell of an export: what a text means as a value of a declared type, or why it is refused.

`value_of` is the meaning. `typed` gives the same answer for a whole column: fast where every cell is
plain, cell by cell where one is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from armslength.query.formats.store import ColumnType

# How exports write "no value" in a column that holds no text. In a text column only emptiness is null.
NO_VALUE = frozenset({"", "NULL", "null", "\\N"})
EARLIEST, LATEST = date(1800, 1, 1), date(9999, 12, 31)


class Refusal(StrEnum):
    """Why a row is refused. The words never hold the value itself, which may say something of a person."""

    MISSING = "no value where the model requires one"
    NOT_A_NUMBER = "not a number"
    MANGLED = "a number in spreadsheet notation, whose digits are lost"
    NOT_WHOLE = "a number with decimals where a whole number belongs"
    TOO_LARGE = "a number too large to hold"
    NOT_A_DATE = "not a date (YYYY-MM-DD)"
    NO_SUCH_DAY = "a day that is not in the calendar, or before 1800"
    TIME_IN_DATE = "a time of day where only a date belongs"
    NOT_A_TIME = "not a date with a time (YYYY-MM-DD HH:MM:SS)"
    NOT_A_FLAG = "neither true nor false"
    NOT_A_CODE = "not a code of the system"
    ZEROS_LOST = "a code whose leading zeros are lost"
    BECAME_A_DATE = "a code that a spreadsheet turned into a date"
    ROUNDED = "a code that was rounded to 15 digits, as spreadsheets do"
    WRONG_WIDTH = "more or fewer cells than the header"


class CellRefusedError(ValueError):
    """One cell cannot be what its column declares."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


_WHOLE = re.compile(r"[+-]?[0-9]+")
_WHOLE_WITH_ZEROS = re.compile(r"([+-]?[0-9]{1,15})\.0*")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-]00:?00)?")


def value_of(text: str, kind: ColumnType) -> Any:
    """Return what a cell holds, None for no value; raise CellRefusedError when it can hold no such thing.

    >>> value_of("8507.0", ColumnType.INT), value_of("20050507", ColumnType.DATE).isoformat()
    (8507, '2005-05-07')
    >>> value_of("1.2E+17", ColumnType.INT)
    Traceback (most recent call last):
    armslength.query.stores.omop_cells.CellRefusedError: a number in spreadsheet notation, whose digits are lost
    """
    if kind is ColumnType.STR:
        return text or None
    text = text.strip(" ")
    return None if text in NO_VALUE else _READERS[kind](text)


def _whole_number(text: str) -> int:
    if _WHOLE.fullmatch(text):
        value = int(text) if len(text) < 25 else 2**63
    elif zeros := _WHOLE_WITH_ZEROS.fullmatch(text):
        value = int(zeros[1])  # a column that passed through floats; 15 digits are exact there
    elif _SCIENTIFIC.fullmatch(text):
        raise CellRefusedError(Refusal.MANGLED)
    else:
        raise CellRefusedError(Refusal.NOT_WHOLE if _DECIMAL.fullmatch(text) else Refusal.NOT_A_NUMBER)
    if not -(2**63) <= value < 2**63:
        raise CellRefusedError(Refusal.TOO_LARGE)
    return value


def _number(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise CellRefusedError(Refusal.NOT_A_NUMBER)
    value = float(text)
    if math.isinf(value):
        raise CellRefusedError(Refusal.TOO_LARGE)
    return value


def _day(text: str) -> date:
    day, _, time = text.replace("T", " ", 1).partition(" ")
    found = _DAY.fullmatch(day)
    if not found or (time and not _TIME.fullmatch(time)):
        raise CellRefusedError(Refusal.NOT_A_DATE)
    if set(time) - set("0:.Z+-"):
        raise CellRefusedError(Refusal.TIME_IN_DATE)
    return _in_calendar(found)


def _in_calendar(found: re.Match[str]) -> date:
    try:
        day = date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        raise CellRefusedError(Refusal.NO_SUCH_DAY) from None
    if not EARLIEST <= day <= LATEST:
        raise CellRefusedError(Refusal.NO_SUCH_DAY)
    return day


def _moment(text: str) -> datetime:
    day, _, time = text.replace("T", " ", 1).partition(" ")
    found, clock = _DAY.fullmatch(day), _TIME.fullmatch(time or "00:00")
    if not found or not clock:
        raise CellRefusedError(Refusal.NOT_A_TIME)
    hour, minute, second, fraction = clock[1], clock[2], clock[3] or "0", (clock[4] or "0")[:6].ljust(6, "0")
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise CellRefusedError(Refusal.NOT_A_TIME)
    midnight = datetime.combine(_in_calendar(found), datetime.min.time(), tzinfo=UTC)
    moment = midnight.replace(
        hour=int(hour), minute=int(minute), second=int(second), microsecond=int(fraction)
    )
    return moment.replace(tzinfo=None)  # the model's datetimes have no zone


_FLAGS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise CellRefusedError(Refusal.NOT_A_FLAG)
    return _FLAGS[text.lower()]


_READERS: dict[ColumnType, Callable[[str], Any]] = {
    ColumnType.INT: _whole_number,
    ColumnType.FLOAT: _number,
    ColumnType.DATE: _day,
    ColumnType.DATETIME: _moment,
    ColumnType.BOOL: _flag,
}


def typed(cells: pa.StringArray, kind: ColumnType) -> tuple[pa.Array, dict[int, Refusal]]:
    """Return a column of text as its declared type, and by row why a cell is refused (null there)."""
    cells = pc.if_else(pc.equal(cells, ""), None, cells)
    if kind is ColumnType.STR:
        return cells, {}
    fast = _typed_at_once(cells, kind)
    return (fast, {}) if fast is not None else _typed_one_by_one(cells, kind)


def _typed_at_once(cells: pa.StringArray, kind: ColumnType) -> pa.Array | None:
    """Cast a column in which every cell is plain; None when any is not."""
    plain = {
        ColumnType.BOOL: r"^(true|false)$",
        ColumnType.INT: r"^-?[0-9]{1,18}$",
        ColumnType.FLOAT: r"^-?[0-9]+(\.[0-9]+)?$",
        ColumnType.DATE: r"^(1[89]|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$",
        ColumnType.DATETIME: r"^(1[89]|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
    }[kind]
    if not pc.all(pc.match_substring_regex(cells, plain), min_count=0).as_py():
        return None
    try:
        values = cells.cast(kind.arrow)
    except pa.ArrowInvalid:
        return None
    if kind is ColumnType.FLOAT and not pc.all(pc.is_finite(values), min_count=0).as_py():
        return None
    return values


def _typed_one_by_one(cells: pa.StringArray, kind: ColumnType) -> tuple[pa.Array, dict[int, Refusal]]:
    """Read each distinct text once."""
    encoded = cells.dictionary_encode()
    values: list[Any] = []
    reasons: dict[int, Refusal] = {}
    for index, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(value_of(text, kind))
        except CellRefusedError as refused:
            values.append(None)
            reasons[index] = refused.reason
    found = pa.array(values, kind.arrow).take(encoded.indices)
    if not reasons:
        return found, {}
    indices = encoded.indices.to_pylist()
    return found, {row: reasons[index] for row, index in enumerate(indices) if index in reasons}
