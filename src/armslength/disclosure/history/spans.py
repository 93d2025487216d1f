"""Spans: levels that are bands of numbers or stretches of time, on one scale, however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from armslength.disclosure.attack.keys import FOREVER, Band, CellKey, band_of

# Bands of numbers are kept in hundredths, so that `18.5-24.9` and `25-29.9` have whole ends.
SCALE = 100
_END = 10**12
_NUMBER = r"(\d{1,9}(?:\.\d{1,2})?)"
_CLOSED = re.compile(rf"^{_NUMBER} ?(?:-|–|to) ?{_NUMBER}$")  # noqa: RUF001
_HALF_OPEN = re.compile(rf"^\[{_NUMBER}, ?{_NUMBER}\)$")
_ABOVE = re.compile(rf"^(?:(?:>=|≥) ?{_NUMBER}|{_NUMBER} ?(?:\+|and over|or over|and above|or more))$")
_BELOW = re.compile(rf"^(?:<|under|below|less than) ?{_NUMBER}$")
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_QUARTER = re.compile(r"^((?:19|20)\d{2})[ -]?q([1-4])$")
_MONTH = re.compile(r"^((?:19|20)\d{2})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class Span:
    """A level as a half-open stretch of whole numbers: hundredths, or days since year 1."""

    start: int
    end: int
    is_time: bool = False

    @property
    def band(self) -> Band:
        """The stretch as the attacker of bands takes it."""
        return Band(self.start, self.end)


@lru_cache(maxsize=65_536)
def span_of(dimension: str, level: str) -> Span | None:
    """Read a level as a span, or None.

    >>> span_of("age", "40-44"), span_of("bmi", "18.5-24.9")
    (Span(start=4000, end=4500, is_time=False), Span(start=1850, end=2500, is_time=False))
    >>> span_of("period", "2021-02").end - span_of("period", "2021-02").start
    28
    """
    said = level.strip().lower()
    if dimension == "period":
        return _time_of(said)
    if band := band_of(said):
        return Span(band.start * SCALE, _END if band.end == FOREVER else band.end * SCALE)
    if match := _HALF_OPEN.match(said):
        return _ordered(_hundredths(match[1]), _hundredths(match[2]))
    if match := _CLOSED.match(said):
        return _ordered(_hundredths(match[1]), _hundredths(match[2]) + _step(match[1], match[2]))
    if match := _ABOVE.match(said):
        return Span(_hundredths(match[1] or match[2]), _END)
    if match := _BELOW.match(said):
        return _ordered(0, _hundredths(match[1]))
    return None


def banded_dimensions(key: CellKey) -> list[str]:
    """The dimensions of a key whose level is a span: what may be cut at other points elsewhere."""
    return [name for name, level in key.levels if span_of(name, level) is not None]


def words_of(span: Span, *, whole: bool) -> str:
    """A span for people; `whole` where only whole numbers are counted, as with years of age.

    >>> words_of(Span(4800, 5000), whole=True), words_of(Span(1850, 2500), whole=False)
    ('48-49', '18.5 to below 25')
    """
    if span.is_time:
        return f"{date.fromordinal(span.start)} to {date.fromordinal(span.end - 1)}"
    if span.end >= _END:
        return f"{span.start / SCALE:g}+"
    if whole and span.start % SCALE == 0 and span.end % SCALE == 0:
        first, last = span.start // SCALE, span.end // SCALE - 1
        return str(first) if first == last else f"{first}-{last}"
    return f"{span.start / SCALE:g} to below {span.end / SCALE:g}"


def _ordered(start: int, end: int) -> Span | None:
    return Span(start, end) if start < end else None


def _hundredths(text: str) -> int:
    return round(float(text) * SCALE)


def _step(*texts: str) -> int:
    """A closed end takes in everything that rounds down to its last digit: 24.9 ends before 25."""
    decimals = max(len(text.partition(".")[2]) for text in texts)
    return int(SCALE // 10**decimals)


def _time_of(said: str) -> Span | None:
    if _YEAR.match(said):
        return _days(int(said), 1, 12)
    if match := _QUARTER.match(said):
        return _days(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := _MONTH.match(said):
        return _days(int(match[1]), int(match[2]), 1)
    return None


def _days(year: int, month: int, months: int) -> Span:
    after, left = divmod(month - 1 + months, 12)
    return Span(date(year, month, 1).toordinal(), date(year + after, left + 1, 1).toordinal(), is_time=True)
