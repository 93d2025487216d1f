"""What SQL Server's tables hold: scans with more answers than fit into a row are read in several parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from armslength.query.engines.dialects.mssql_sql import is_text
from armslength.query.engines.query_plan import QueryPlan, Reduction, Scan
from armslength.query.model import nodes

# A table has 1,024 columns at most, and a row 8,060 bytes: text that does not fit is kept elsewhere, and 24 bytes say
# where, with 2 for its place in the row.
MOST_COLUMNS, MOST_BYTES = 1000, 7600
WIDTH, WIDTH_OF_TEXT = 8, 26


def divided(plan: QueryPlan) -> QueryPlan:
    """Return a plan whose scans each make a table that SQL Server can hold."""
    return replace(plan, scans=tuple(part for scan in plan.scans for part in _parts(scan)))


def _parts(scan: Scan) -> Iterator[Scan]:
    chosen: list[int] = []
    columns = width = 0
    for number, reduction in enumerate(scan.reductions):
        more, wider = _size(reduction)
        if chosen and (columns + more > MOST_COLUMNS or width + wider > MOST_BYTES):
            yield _part(scan, chosen)
            chosen, columns, width = [], 0, 0
        chosen.append(number)
        columns, width = columns + more, width + wider
    yield _part(scan, chosen)


def _size(reduction: Reduction) -> tuple[int, int]:
    """Return how many columns an answer takes, and how many bytes of a row."""
    node = reduction.node
    if not isinstance(node, nodes.PickOneRowPerPatient):
        is_long = isinstance(node, nodes.CombineAsSet) or is_text(getattr(node, "value_type", None))
        return 1, WIDTH_OF_TEXT if is_long else WIDTH
    kinds = [reduction.table.schema[name].type for name in reduction.columns]
    return len(kinds), sum(WIDTH_OF_TEXT if is_text(kind) else WIDTH for kind in kinds)


def _part(scan: Scan, chosen: list[int]) -> Scan:
    if len(chosen) == len(scan.reductions):
        return scan
    groups = scan.groups
    if groups is not None:
        groups = replace(
            groups,
            of=tuple(groups.of[number] for number in chosen),
            conditions=tuple(groups.conditions[number] for number in chosen),
        )
    return replace(scan, reductions=tuple(scan.reductions[number] for number in chosen), groups=groups)
