"""Long replacements of one series' values by others: answered by looking a row up, not by comparing with each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from armslength.query.model.nodes import EQ, Case, In, Node, Series, Value

# Fewer values than this are compared one after the other sooner than a table of them is joined.
SHORTEST = 40
# Floats are left out: a comparison of them and a join need not agree about -0.0.
KEYS = (str, int, datetime.date)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Replacements of the values of `source`, each of which has one row; what is not among them is `default`."""

    source: Series
    rows: tuple[tuple[Any, Any], ...]
    default: Series | None


def lookup_of(case: Node) -> Lookup | None:
    """Read a case as a lookup, when all that it does is to compare one series with many constants."""
    if not isinstance(case, Case):
        return None
    sources: set[Series] = set()
    rows: dict[Any, Any] = {}
    for condition, value in case.cases:
        keys = _keys(condition)
        if keys is None or not (value is None or isinstance(value, Value)):
            return None
        sources.add(condition.lhs)  # type: ignore[attr-defined]
        if len(sources) > 1:
            return None
        for key in keys:
            rows.setdefault(key, None if value is None else value.value)  # the first that fits counts
    if len(rows) < SHORTEST or not all(isinstance(key, KEYS) and not isinstance(key, bool) for key in rows):
        return None
    return Lookup(sources.pop(), tuple(rows.items()), case.default)


def _keys(condition: Node) -> Iterator[Any] | None:
    if isinstance(condition, EQ) and isinstance(condition.rhs, Value):
        return iter((condition.rhs.value,))
    if isinstance(condition, In) and isinstance(condition.rhs, Value):
        return iter(sorted(condition.rhs.value))
    return None
