"""Which row a pick takes when sort keys tie: a rule that gives the same row on every engine.

Ties are broken by the columns that anything in the query reads from that very pick, in alphabetical order of
their names, ascending, leaving out those already sorted by. If rows still tie, every value read from
them is the same, so it cannot matter which is taken. `last` is the exact reverse of `first`.
"""

from __future__ import annotations

from armslength.query.model.frames import Frame, PickOneRowPerPatient, Sort, lineage
from armslength.query.model.node import Node, walk
from armslength.query.model.series import SelectColumn, Series


def sort_keys(pick: PickOneRowPerPatient) -> tuple[Series, ...]:
    """Return the pick's sort keys, the most important first. A later sort outranks an earlier one."""
    keys = (frame.sort_by for frame in lineage(pick.source) if isinstance(frame, Sort))
    return tuple(key for key in keys if isinstance(key, Series))


def tie_breaks(*roots: Node) -> dict[PickOneRowPerPatient, tuple[str, ...]]:
    """Return, for each pick anywhere below the roots, the columns that break its ties, in order."""
    read: dict[PickOneRowPerPatient, set[str]] = {}
    for each in walk(*roots):
        if isinstance(each, PickOneRowPerPatient):
            read[each] = set()
        elif isinstance(each, SelectColumn) and isinstance(each.source, PickOneRowPerPatient):
            read[each.source].add(each.name)
    return {pick: tuple(sorted(names - _sorted_by(pick))) for pick, names in read.items()}


def _sorted_by(pick: PickOneRowPerPatient) -> set[str]:
    return {
        key.name
        for key in sort_keys(pick)
        if isinstance(key, SelectColumn) and isinstance(key.source, Frame) and key.source.domain is not None
    }
