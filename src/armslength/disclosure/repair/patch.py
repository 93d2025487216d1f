"""A patch: the repaired table as new bytes, and the lines of code that make the study write it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from armslength.disclosure.attack.findings import rule_of
from armslength.disclosure.attack.keys import band_of
from armslength.disclosure.attack.structure import TableSystem, table_system
from armslength.disclosure.attack.sums import TOTAL, count_columns, dimensions_of, is_hidden
from armslength.disclosure.cells import Kind
from armslength.disclosure.repair.places import rewrite
from armslength.disclosure.repair.suppression import protect
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document
from armslength.kernel.errors import Mistake

MARKER = "[REDACTED]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What to change in one table. `cells` are (row, column) to hide; `safe` is the attacker's word on the result.

    `merges` suggest categories to join instead, each as (dimension, level, neighbour); `code` are lines of Python
    for the study.
    """

    cells: tuple[tuple[int, int], ...]
    safe: bool
    merges: tuple[tuple[str, str, str], ...] = ()
    code: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        return bool(self.cells) or not self.safe


def repair(subject: Subject) -> Repair:
    """Find the fewest cells to hide besides those that are hidden, checked by attacking the result."""
    found = table_system(subject)
    if found is None:
        return Repair(cells=(), safe=True)
    protection = protect(found.system, rule=rule_of(subject.policy))
    cells = tuple(_cells(found, protection.hide))
    merges = tuple(merges_of(subject)) if cells or not protection.safe else ()
    return Repair(cells=cells, safe=protection.safe, merges=merges, code=tuple(_code(subject, cells, merges)))


def _cells(found: TableSystem, hide: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for position in hide:
        cell = found.system.quantities[position].cell
        if cell is not None:
            yield cell[1], cell[2]


def patch(data: bytes, subject: Subject, repaired: Repair) -> bytes:
    """The bytes of a file with the repair of one table made; everything else stays as it was.

    Raises Mistake C014 when a cell is not found where the table says it is.
    """
    place = {(subject.table.number, *cell): marker_of(subject) for cell in repaired.cells}
    written = rewrite(data, Document(name=subject.table.name, tables=(subject.table,)), place)
    if written.missing:
        raise Mistake(
            "C014", "the table and the file do not match cell by cell", where=subject.table.name,
            hint="use the lines of code that the repair suggests",
        )  # fmt: skip
    return written.data


def marker_of(subject: Subject) -> str:
    """The marker that the table uses already: a second one would tell which cells were hidden later."""
    for column in count_columns(subject):
        for cell in subject.table.columns[column]:
            if cell.kind is Kind.REDACTED and cell.percent is None:
                return cell.raw.strip()
    markers = subject.policy.redaction_markers
    return MARKER if MARKER.lower() in markers or not markers else min(markers)


def merges_of(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """For each hidden level, the neighbour that loses least: next to it for ordered levels, else the smallest."""
    table, columns = subject.table, count_columns(subject)
    for dimension in dimensions_of(subject)[:1]:
        levels = [row[dimension].raw.strip() for row in table.rows]
        sizes: dict[str, int] = {}
        hidden: dict[str, None] = {}
        for level, row in zip(levels, table.rows, strict=True):
            if level and not TOTAL.match(level):
                sizes[level] = sizes.get(level, 0) + sum(row[column].count or 0 for column in columns)
                if any(is_hidden(row[column]) for column in columns):
                    hidden[level] = None
        order = list(sizes)
        for level in hidden:
            place = order.index(level)
            beside = [order[n] for n in (place - 1, place + 1) if 0 <= n < len(order)]
            if band_of(level) is None:
                beside = [other for other in order if other != level]
            if beside:
                yield table.header[dimension], level, min(beside, key=lambda other: (sizes[other], other))


def _code(
    subject: Subject, cells: tuple[tuple[int, int], ...], merges: tuple[tuple[str, str, str], ...]
) -> Iterator[str]:
    if merges:
        yield "# Either merge, before counting:"
        for dimension, level, other in merges[:8]:
            name, joined = f"data[{dimension!r}]", f"{level} or {other}"
            yield f"{name} = {name}.replace([{level!r}, {other!r}], {joined!r})"
    if cells:
        yield (
            "# or hide these cells too, before working out any total:"
            if merges
            else "# Hide these cells too:"
        )
        for row, column in cells[:40]:
            place = f"table.loc[{row}, {subject.table.header[column]!r}]"
            yield f"{place} = {marker_of(subject)!r}  # {subject.table.label(row)}"
