"""The range a computed whole number can be in, given what is known of the values it is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armslength.query.dummy.question import Question
from armslength.query.dummy.wants import Want
from armslength.query.model import nodes as n

Range = tuple[int | None, int | None]
ALL: Range = (None, None)
DEEPEST = 30


def range_of(series: Any, row: Any, wants: Mapping[Any, Want], question: Question, deep: int = 0) -> Range:
    """Return the least and the greatest value of a whole number, None where there is no end."""
    if question.is_constant(series):
        value = question.constant(series)
        return (value, value) if type(value) is int else ALL
    if deep > DEEPEST:
        return ALL

    def part(each: Any) -> Range:
        return _known(each, row, wants, range_of(each, row, wants, question, deep + 1))

    if isinstance(series, n.Add):
        (a, b), (c, d) = part(series.lhs), part(series.rhs)
        return _sum(a, c), _sum(b, d)
    if isinstance(series, n.Subtract):
        (a, b), (c, d) = part(series.lhs), part(series.rhs)
        return _sum(a, None if d is None else -d), _sum(b, None if c is None else -c)
    if isinstance(series, n.Multiply):
        return _product(part(series.lhs), part(series.rhs))
    if isinstance(series, n.CastToInt) and series.source.value_type is bool:
        want = wants.get((series.source, row if series.source.domain is not None else None))
        return (int(want is not None and not want.admits(False)), int(want is None or want.admits(True)))
    if isinstance(series, n.Case):
        return _hull([value for _, value in series.cases] + [series.default], part)
    if isinstance(series, (n.Count, n.CountDistinct, n.CountEpisodes)):
        return (0, None)
    return ALL


def _hull(outcomes: list[Any], part: Any) -> Range:
    spans = [part(each) for each in outcomes if each is not None]
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    return (
        None if None in lows or not spans else min(lows),
        None if None in highs or not spans else max(highs),
    )


def _known(series: Any, row: Any, wants: Mapping[Any, Want], span: Range) -> Range:
    """Narrow a range by what is demanded of the value itself."""
    want = wants.get((series, row if series.domain is not None else None))
    if want is None:
        return span
    among = [value for value in want.among or () if type(value) is int]
    lows = [each for each in (span[0], want.low, min(among, default=None)) if each is not None]
    highs = [each for each in (span[1], want.high, max(among, default=None)) if each is not None]
    return max(lows, default=None), min(highs, default=None)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _product(one: Range, other: Range) -> Range:
    if None in one or None in other:
        return ALL
    ends = [a * b for a in one for b in other]  # type: ignore[operator]
    return min(ends), max(ends)
