"""What a database takes in one table, one statement or one result, and how a plan is cut to fit into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from armslength.query.engines.query_plan import CodelistGroups, QueryPlan, Reduction, Scan
from armslength.query.model import nodes

Wide = TypeVar("Wide")
LARGEST_WRITTEN_SET = 20  # values written into the SQL; larger sets become tables
BYTES = 8  # of a number, a date or a condition at most, with what aligns it
BYTES_OF_TEXT = 20  # of where a text or a list is kept, when it does not fit into its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a database takes; None where it takes what memory holds.

    `table_columns` and `row_bytes` are of a temporary table, `result_columns` of a result and of what is worked out
    on the way to it, each with the patient's id. `joins` and `layers` are of one statement: beyond them parts of
    an expression become temporary tables. `constants` are those written into one list; a longer one is uploaded.
    """

    table_columns: int | None = None
    row_bytes: int | None = None
    result_columns: int | None = None
    joins: int | None = None
    layers: int | None = None
    constants: int = LARGEST_WRITTEN_SET


def divided(plan: QueryPlan, limits: Limits) -> QueryPlan:
    """Return a plan whose scans each give a table that the database can hold; none gives less than one answer."""
    return replace(plan, scans=tuple(part for scan in plan.scans for part in _divided(scan, limits)))


def _divided(scan: Scan, limits: Limits) -> Iterator[Scan]:
    chosen: list[int] = []
    columns, width = 1, BYTES
    for number, reduction in enumerate(scan.reductions):
        more, wider = _size(reduction)
        if chosen and (
            is_over(columns + more, limits.table_columns) or is_over(width + wider, limits.row_bytes)
        ):
            yield _part(scan, chosen)
            chosen, columns, width = [], 1, BYTES
        chosen.append(number)
        columns, width = columns + more, width + wider
    yield _part(scan, chosen)


def is_over(number: int, limit: int | None) -> bool:
    return limit is not None and number > limit


def _size(reduction: Reduction) -> tuple[int, int]:
    """Return how many columns an answer takes, and how many bytes of a row."""
    node = reduction.node
    if isinstance(node, nodes.PickOneRowPerPatient):
        kinds = [reduction.table.schema[name].type for name in reduction.columns]
        return len(kinds), sum(map(_bytes, kinds))
    is_list = isinstance(node, nodes.CombineAsSet)
    return 1, BYTES_OF_TEXT if is_list else _bytes(getattr(node, "value_type", None))


def _bytes(kind: object) -> int:
    return BYTES_OF_TEXT if isinstance(kind, type) and issubclass(kind, str) else BYTES


def _part(scan: Scan, chosen: list[int]) -> Scan:
    if len(chosen) == len(scan.reductions):
        return scan
    groups = None if scan.groups is None else _groups_of(scan.groups, chosen)
    return replace(scan, reductions=tuple(scan.reductions[n] for n in chosen), groups=groups)


def _groups_of(groups: CodelistGroups, chosen: list[int]) -> CodelistGroups:
    """Return the groups that the chosen reductions are over, numbered anew."""
    of = [groups.of[n] for n in chosen]
    numbers = {old: new for new, old in enumerate(dict.fromkeys(of))}
    return replace(
        groups,
        groups=tuple(groups.groups[old] for old in numbers),
        of=tuple(numbers[old] for old in of),
        conditions=tuple(groups.conditions[n] for n in chosen),
    )


def portions(
    members: tuple[Wide, ...], *, columns: Callable[[tuple[Wide, ...]], int], most: int | None
) -> list[tuple[Wide, ...]]:
    """Cut members into halves until the columns that each portion takes fit; one alone is not cut.

    >>> portions((1, 2, 3), columns=len, most=2)
    [(1, 2), (3,)]
    """
    if len(members) < 2 or not is_over(columns(members), most):
        return [members]
    middle = (len(members) + 1) // 2
    halves = (members[:middle], members[middle:])
    return [part for half in halves for part in portions(half, columns=columns, most=most)]
