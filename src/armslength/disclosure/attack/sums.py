"""Sums: which rows and columns of a table are totals of which others, from labels, layout and numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.names import words
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject

TOTAL = re.compile(
    r"^(grand |sub)?-?(total|totals|overall|all|any|everyone|everybody|both|both sexes|all \w+|whole \w+|total \w+)"
    r"( ?\(.*\))?$",
    re.IGNORECASE,
)
_TOTAL_WORDS = frozenset({"total", "overall", "all", "everyone", "everybody"})
_DIMENSIONS = (Role.DIMENSION, Role.ATTRIBUTE, Role.DATE, Role.CODE)
_MOST_DIMENSIONS = 8
_MOST_COLUMNS = 14
# Numbers that add up by chance are rare in three rows of three different sums.
_ENOUGH_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row (or column) that is the total of others. Lines of one `family` were found in the same way."""

    total: int
    parts: tuple[int, ...]
    words: str
    family: str
    named: bool = True


def dimensions_of(subject: Subject) -> list[int]:
    """The columns that say what a row is about."""
    found = dict.fromkeys([*subject.table.label_columns, *subject.columns(*_DIMENSIONS)])
    return list(found)[:_MOST_DIMENSIONS]


def count_columns(subject: Subject) -> list[int]:
    """The columns that show or hide counts, those that mix counts with other statistics among them."""
    return [*subject.columns(Role.COUNT, Role.MIXED)]


def is_hidden(cell: Cell) -> bool:
    """True for a marker that hides a count."""
    return cell.kind is Kind.REDACTED or (cell.kind is Kind.INEQUALITY and cell.sign in ("<", "<="))


def row_lines(subject: Subject) -> list[Line]:
    """The total rows of a table with the rows they are the total of."""
    dimensions = dimensions_of(subject)
    grand = list(_grand(subject, dimensions))
    found = [*_by_label(subject, dimensions), *(grand or _by_block(subject, dimensions))]
    if len(dimensions) == 1:
        found += _by_heading(subject, dimensions[0])
    unique: dict[tuple[int, tuple[int, ...]], Line] = {}
    for line in found:
        unique.setdefault((line.total, line.parts), line)
    return list(unique.values())


def _by_label(subject: Subject, dimensions: list[int]) -> Iterator[Line]:
    """Rows called total beside rows that differ from them in one label only."""
    rows = subject.table.rows
    headings = _headings(subject) if len(dimensions) == 1 else []
    for dimension in dimensions:
        is_total = [bool(TOTAL.match(row[dimension].raw.strip())) for row in rows]
        if not any(is_total) or headings:
            continue
        others = [other for other in dimensions if other != dimension]
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            groups[tuple(row[other].raw.strip() for other in others)].append(number)
        for members in groups.values():
            totals = [number for number in members if is_total[number]]
            parts = [
                number for number in members if not is_total[number] and rows[number][dimension].raw.strip()
            ]
            labels = {rows[number][dimension].raw.strip() for number in parts}
            if len(totals) == 1 and parts and len(labels) == len(parts):
                name = subject.table.header[dimension]
                yield Line(
                    total=totals[0], parts=tuple(parts), words=f"total over `{name}`", family=f"row {name}"
                )


def _grand(subject: Subject, dimensions: list[int]) -> Iterator[Line]:
    """One row that is a total over every dimension, where all the others together are no more than it shows.

    In a column of variables each variable adds up to the total by itself: all rows together are far more.
    """
    rows = subject.table.rows
    if len(dimensions) < 2:
        return
    labels = [tuple([row[d].raw.strip() for d in dimensions]) for row in rows]
    totals = [n for n, said in enumerate(labels) if any(TOTAL.match(text) for text in said)]
    if len(totals) != 1 or not all(not text or TOTAL.match(text) for text in labels[totals[0]]):
        return
    parts = tuple(n for n in range(len(rows)) if n != totals[0])
    if len(parts) < 2 or len(set(labels)) < len(labels):
        return
    slack, compared = 3 * (len(parts) + 1), 0
    for column in count_columns(subject):
        whole = rows[totals[0]][column].count
        known = [count for n in parts if (count := rows[n][column].count) is not None]
        if whole is not None and known:
            # Hidden counts may make up for a difference, but no more than half of what the rows show is hidden.
            if sum(known) > whole + slack or 2 * len(known) < len(parts) or 2 * sum(known) < whole:
                return
            compared += 1
    if compared:
        yield Line(total=totals[0], parts=parts, words="the grand total", family="grand total")


def _by_block(subject: Subject, dimensions: list[int]) -> Iterator[Line]:
    """A column of variables, a column of their levels: every variable breaks the same total down."""
    table = subject.table
    if len(dimensions) < 2:
        return
    variable, level, others = dimensions[0], dimensions[1], dimensions[2:]
    outer: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, row in enumerate(table.rows):
        outer[tuple(row[other].raw for other in others)][row[variable].raw.strip()].append(number)
    for blocks in outer.values():
        totals = [name for name in blocks if TOTAL.match(name) and len(blocks[name]) == 1]
        if len(totals) != 1:
            continue
        for name, members in blocks.items():
            labels = [table.rows[number][level].raw.strip() for number in members]
            if name != totals[0] and len(members) >= 2 and len(set(labels)) == len(labels):
                parts = tuple(n for n, label in zip(members, labels, strict=True) if not TOTAL.match(label))
                if parts:
                    yield Line(
                        total=blocks[totals[0]][0],
                        parts=parts,
                        words=f"total over `{name}`",
                        family=f"block {name}",
                    )


def _headings(subject: Subject) -> list[int]:
    """Rows that show nothing but a label."""
    columns = count_columns(subject)
    return [
        number
        for number, row in enumerate(subject.table.rows)
        if columns and all(row[column].kind is Kind.MISSING for column in columns)
    ]


def _by_heading(subject: Subject, dimension: int) -> Iterator[Line]:
    """A total row, then headings with their levels below: every heading breaks the same total down."""
    rows = subject.table.rows
    headings = _headings(subject)
    first = headings[0] if headings else len(rows)
    totals = [number for number in range(first) if TOTAL.match(rows[number][dimension].raw.strip())]
    if len(totals) != 1:
        return
    for heading, end in zip(headings, [*headings, len(rows)][1:], strict=True):
        parts = tuple(range(heading + 1, end))
        if len(parts) >= 2:
            name = rows[heading][dimension].raw.strip()
            yield Line(total=totals[0], parts=parts, words=f"total over `{name}`", family=f"heading {name}")


def column_lines(subject: Subject) -> list[Line]:
    """The total columns of a table with the columns they are the total of."""
    columns = [*subject.columns(Role.COUNT)]
    found = list(_columns_by_name(subject, columns))
    return found or list(_columns_by_numbers(subject, columns[:_MOST_COLUMNS]))


def _columns_by_name(subject: Subject, columns: list[int]) -> Iterator[Line]:
    header = subject.table.header
    for total in columns:
        said = set(words(header[total]))
        if not said & _TOTAL_WORDS:
            continue
        stem = said - _TOTAL_WORDS - {"n", "count", "number", "of"}
        parts = [c for c in columns if c != total and stem <= set(words(header[c]))]
        parts = [c for c in parts if not set(words(header[c])) & _TOTAL_WORDS]
        if len(parts) >= 2:
            name = header[total]
            yield Line(
                total=total, parts=tuple(parts), words=f"`{name}` is the row's total", family=f"column {name}"
            )


def _columns_by_numbers(subject: Subject, columns: list[int]) -> Iterator[Line]:
    """Columns of exact counts, one of which is the sum of two or three others on every row that shows them all."""
    counts = {c: [cell.count for cell in subject.table.columns[c]] for c in columns}
    hides = [c for c in columns if any(is_hidden(cell) for cell in subject.table.columns[c])]
    if not hides:
        return
    for total in columns:
        for size in (2, 3):
            for parts in combinations([c for c in columns if c != total], size):
                if set(hides) & {total, *parts} and _adds_up(counts, total, parts):
                    name = subject.table.header[total]
                    words_ = f"`{name}` is the sum of {size} columns on every row that shows them"
                    yield Line(
                        total=total, parts=parts, words=words_, family=f"sum {total} {parts}", named=False
                    )


def _adds_up(counts: dict[int, list[int | None]], total: int, parts: tuple[int, ...]) -> bool:
    seen = set()
    for row, whole in enumerate(counts[total]):
        values = [counts[part][row] for part in parts]
        if whole is None or None in values:
            continue
        known = [value for value in values if value is not None]
        if sum(known) != whole:
            return False
        if sum(value > 0 for value in known) >= 2:
            seen.add(whole)
    return len(seen) >= _ENOUGH_ROWS
