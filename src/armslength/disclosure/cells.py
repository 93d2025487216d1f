"""Cells: a text in a table, read as the number, percentage, date or marker it stands for."""

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
    INEQUALITY = "inequality"
    REDACTED = "redacted"
    MISSING = "missing"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `value` is the number it shows, `percent` the percentage beside it, `decimals` its precision."""

    kind: Kind
    raw: str
    value: float | None = None
    percent: float | None = None
    decimals: int = 0

    @property
    def count(self) -> int | None:
        """The whole number this cell shows, if it shows one (`12`, `12.0`, `1,200`, `12 (4.5%)`)."""
        counts = (Kind.INTEGER, Kind.DECIMAL, Kind.COUNT_WITH_PERCENT)
        if self.kind in counts and self.value is not None and self.value == int(self.value):
            return int(self.value)
        return None


_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "--", "..", "."})
_BOOLEAN = frozenset({"t", "f", "true", "false", "yes", "no"})
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
_PLAIN = re.compile(rf"^[£$€]?\s*({_NUMBER}|[-+]?\.\d+)$")
_PERCENT = re.compile(rf"^({_NUMBER})\s*%$")
_WITH_PERCENT = re.compile(rf"^({_NUMBER})\s*[\(\[]\s*({_NUMBER})\s*%?\s*[\)\]]$")
_INEQUALITY = re.compile(rf"^(<=|>=|<|>|≤|≥)\s*({_NUMBER})\s*%?$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$|^\d{1,2}/\d{1,2}/\d{4}$")


def read_cell(raw: str, *, redaction_markers: frozenset[str]) -> Cell:
    """Read one cell's text.

    >>> read_cell("1,204 (8.5%)", redaction_markers=frozenset()).count
    1204
    >>> read_cell("[REDACTED]", redaction_markers=frozenset({"[redacted]"})).kind
    <Kind.REDACTED: 'redacted'>
    """
    text = raw.strip().strip("'\"").strip()
    lowered = text.lower()
    if lowered in redaction_markers:
        return Cell(Kind.REDACTED, raw)
    if lowered in _MISSING:
        return Cell(Kind.MISSING, raw)
    if lowered in _BOOLEAN:
        return Cell(Kind.BOOLEAN, raw)
    return _read_number(text, raw) or Cell(Kind.DATE if _DATE.match(text) else Kind.TEXT, raw)


def _read_number(text: str, raw: str) -> Cell | None:
    if match := _PLAIN.match(text):
        decimals = _decimals(match[1])
        kind = Kind.INTEGER if decimals == 0 and "e" not in text.lower() else Kind.DECIMAL
        return Cell(kind, raw, value=_number(match[1]), decimals=decimals)
    if match := _PERCENT.match(text):
        return Cell(Kind.PERCENT, raw, percent=_number(match[1]), decimals=_decimals(match[1]))
    if match := _WITH_PERCENT.match(text):
        return Cell(
            Kind.COUNT_WITH_PERCENT,
            raw,
            value=_number(match[1]),
            percent=_number(match[2]),
            decimals=_decimals(match[2]),
        )
    if match := _INEQUALITY.match(text):
        return Cell(Kind.INEQUALITY, raw, value=_number(match[2]))
    return None


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _decimals(text: str) -> int:
    _, _, fraction = text.partition(".")
    return len(fraction)
