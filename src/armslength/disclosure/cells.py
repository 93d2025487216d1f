"""Cells: a text in a table, read as the number, percentage, interval, date or marker it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell's text is."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    COUNT_WITH_PERCENT = "count (percent)"
    FRACTION = "count / total"  # `12/345`, `12/345 (3.5%)`
    SPREAD = "value ± spread"  # `65.1 ± 12.0`, `65.1 (12.0)`
    INTERVAL = "value [interval]"  # `1.2 (0.9 to 1.4)`, `65 [51, 77]`, `(0.9, 1.4)`
    INEQUALITY = "inequality"
    REDACTED = "redacted"
    MISSING = "missing"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXT = "text"


# Compared by identity below: hashing a member of an enum runs Python code, and this is asked for every cell.
_INTEGER, _DECIMAL, _PAIR, _PART = Kind.INTEGER, Kind.DECIMAL, Kind.COUNT_WITH_PERCENT, Kind.FRACTION


# Not frozen: a table has hundreds of thousands, and setting a frozen field costs three times as much.
@dataclass(slots=True, unsafe_hash=True)
class Cell:
    """One cell. Nobody changes it after it was read: equal texts share one.

    `value` is the number it shows, `percent` the percentage beside it (0 to 100), `decimals` the digits
    after the point of the percentage if there is one, else of the value. `low` and `high` are the ends of
    an interval, `spread` what follows ±, `whole` the total of a fraction, `sign` that of an inequality.
    `firm` is False where `12 (4.5)` lacks the percent sign: it may be a mean with its deviation.
    """

    kind: Kind
    raw: str
    value: float | None = None
    percent: float | None = None
    decimals: int = 0
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    whole: int | None = None
    sign: str = ""
    firm: bool = True

    @property
    def count(self) -> int | None:
        """The whole number this cell shows, if it shows one (`12`, `12.0`, `1,200`, `12 (4.5%)`, `12/80`)."""
        value, kind = self.value, self.kind
        if value is None or not value.is_integer():
            return None
        counts = kind is _INTEGER or kind is _DECIMAL or kind is _PAIR or kind is _PART
        return int(value) if counts else None


_MISSING = frozenset({"", "na", "n/a", "nan", "<na>", "null", "none", "nil", "-", "--", "—", "–", "..", "."})  # noqa: RUF001
_BOOLEAN = frozenset({"t", "f", "true", "false", "yes", "no", "y"})
_NUMBER = r"[-+−]?(?:\d{1,3}(?:[,\u00a0\u202f' ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+−]?\.\d+"  # noqa: RUF001
_TO = r"\s*(?:,|;|to|–|—|-|:)\s*"  # noqa: RUF001
_PLAIN = re.compile(rf"^[£$€]?\s*({_NUMBER})$")
_SIMPLE_DECIMAL = re.compile(r"^-?\d{1,15}\.(\d{1,20})$", re.ASCII)
_PERCENT = re.compile(rf"^({_NUMBER})\s*(?:%|per ?cent)$")
_WITH_PERCENT = re.compile(rf"^({_NUMBER})\s*[\(\[]\s*(<?\s*(?:{_NUMBER}))\s*(%?)\s*[\)\]]\s*(%?)$")
_FRACTION = re.compile(
    rf"^({_NUMBER})\s*(?:/|of|out of)\s*({_NUMBER})(?:\s*[\(\[]\s*({_NUMBER})\s*%?\s*[\)\]])?$"
)
_SPREAD = re.compile(rf"^({_NUMBER})\s*(?:±|\+/-)\s*({_NUMBER})$")
_INTERVAL = re.compile(
    rf"^({_NUMBER})?\s*%?\s*[\(\[]\s*(?:95%\s*CI:?)?\s*({_NUMBER})\s*%?{_TO}({_NUMBER})\s*%?\s*[\)\]]\s*%?$"
)
_INEQUALITY = re.compile(rf"^(<=|>=|=<|=>|<|>|≤|≥)\s*({_NUMBER})\s*%?$")
_MARKER_WITH_PERCENT = re.compile(rf"^(.+?)\s*[\(\[]\s*({_NUMBER})\s*%?\s*[\)\]]$")
_DATE = re.compile(
    r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(?:Z| ?UTC|[+-]\d{2}:?\d{2})?)?$"
    r"|^\d{1,2}/\d{1,2}/\d{4}$|^\d{1,2}[- ]?[A-Za-z]{3,9}[- ]?\d{4}$|^(19|20)\d{2}[-/](0[1-9]|1[0-2])$"
)
# No count has more digits; what has is a code, and a float could not hold it exactly.
_LONGEST_NUMBER = 15
_SIGNS = {"=<": "<=", "≤": "<=", "=>": ">=", "≥": ">="}


def read_cell(raw: str, *, redaction_markers: frozenset[str]) -> Cell:
    """Read one cell's text.

    >>> read_cell("1,204 (8.5%)", redaction_markers=frozenset()).count
    1204
    >>> read_cell("[REDACTED]", redaction_markers=frozenset({"[redacted]"})).kind
    <Kind.REDACTED: 'redacted'>
    >>> read_cell("65 [51, 77]", redaction_markers=frozenset()).high
    77.0
    """
    if raw.isdigit() and raw.isascii() and len(raw) <= _LONGEST_NUMBER:
        return Cell(Kind.INTEGER, raw, float(raw))
    if match := _SIMPLE_DECIMAL.match(raw):
        return Cell(Kind.DECIMAL, raw, float(raw), decimals=len(match[1]))
    text = raw.strip().strip("'\"").strip()
    lowered = text.lower()
    if lowered in redaction_markers:
        inequality = _INEQUALITY.match(text)
        value = _number(inequality[2]) if inequality else None
        return Cell(Kind.REDACTED, raw, value=value, sign=_sign(inequality[1]) if inequality else "")
    if lowered in _MISSING:
        return Cell(Kind.MISSING, raw)
    if lowered in _BOOLEAN:
        return Cell(Kind.BOOLEAN, raw)
    if len(text) > 80 or not any(character.isdigit() for character in text):
        return Cell(Kind.TEXT, raw)
    try:
        return (
            _read_number(text, raw) or _read_compound(text, raw, redaction_markers) or _read_rest(text, raw)
        )
    except (ValueError, OverflowError):
        return Cell(Kind.TEXT, raw)


def _read_number(text: str, raw: str) -> Cell | None:
    if match := _PLAIN.match(text):
        if len(text) > _LONGEST_NUMBER and "." not in text and len(re.sub(r"\D", "", text)) > _LONGEST_NUMBER:
            return Cell(Kind.TEXT, raw)
        decimals = _decimals(match[1])
        kind = Kind.INTEGER if decimals == 0 and "e" not in text.lower() else Kind.DECIMAL
        return Cell(kind, raw, value=_number(match[1]), decimals=decimals)
    if match := _PERCENT.match(text):
        return Cell(Kind.PERCENT, raw, percent=_number(match[1]), decimals=_decimals(match[1]))
    if match := _INEQUALITY.match(text):
        return Cell(Kind.INEQUALITY, raw, value=_number(match[2]), sign=_sign(match[1]))
    return None


def _read_compound(text: str, raw: str, markers: frozenset[str]) -> Cell | None:
    if match := _WITH_PERCENT.match(text):
        return _with_percent(match, raw)
    if match := _FRACTION.match(text):
        value, whole = _number(match[1]), _number(match[2])
        if whole.is_integer() and value <= whole:
            percent = _number(match[3]) if match[3] else None
            decimals = _decimals(match[3]) if match[3] else 0
            return Cell(Kind.FRACTION, raw, value=value, percent=percent, decimals=decimals, whole=int(whole))
    if match := _SPREAD.match(text):
        value = _number(match[1])
        return Cell(Kind.SPREAD, raw, value=value, decimals=_decimals(match[1]), spread=_number(match[2]))
    if match := _INTERVAL.match(text):
        return _interval(match, raw)
    if (match := _MARKER_WITH_PERCENT.match(text)) and match[1].strip().lower() in markers:
        return Cell(Kind.REDACTED, raw, percent=_number(match[2]), decimals=_decimals(match[2]))
    return None


def _with_percent(match: re.Match[str], raw: str) -> Cell:
    value, percent = _number(match[1]), _number(match[2].lstrip("< "))
    firm = bool(match[3] or match[4])
    if _decimals(match[1]) or not 0 <= percent <= 100:
        # `65.1 (12.0)`: a count has no decimals, and no percentage is above 100.
        return Cell(Kind.SPREAD, raw, value=value, decimals=_decimals(match[1]), spread=percent, firm=firm)
    return Cell(
        Kind.COUNT_WITH_PERCENT, raw, value=value, percent=percent, decimals=_decimals(match[2]), firm=firm
    )


def _interval(match: re.Match[str], raw: str) -> Cell | None:
    low, high = _number(match[2]), _number(match[3])
    if low > high:
        return None
    value = _number(match[1]) if match[1] else None
    return Cell(Kind.INTERVAL, raw, value=value, decimals=_decimals(match[1] or match[2]), low=low, high=high)


def _read_rest(text: str, raw: str) -> Cell:
    return Cell(Kind.DATE if _DATE.match(text) else Kind.TEXT, raw)


def _sign(text: str) -> str:
    return _SIGNS.get(text, text)


def _number(text: str) -> float:
    for mark in (",", "\u00a0", "\u202f", "'", " "):
        text = text.replace(mark, "")
    return float(text.replace("−", "-"))  # noqa: RUF001


def _decimals(text: str) -> int:
    _, _, fraction = text.lower().partition("e")[0].partition(".")
    return len(fraction)
