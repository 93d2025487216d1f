"""Delimited text: CSV with any delimiter, titles above, headers of several rows, several tables under one another."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from armslength.disclosure.cells import Kind, read_cell
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Table, Unreadable, make_table

DELIMITERS = (",", ";", "\t", "|", "~", "^", "\x1f")
_DECIMAL_COMMA = re.compile(r"^\s*[-+]?\d+,\d+\s*$")
_CERTAIN_DECIMAL_COMMA = re.compile(r"^\s*[-+]?(\d+,(\d{1,2}|\d{4,})|0,\d+)\s*$")
_YEAR = re.compile(r"^(19|20)\d{2}$")
_NUMERIC = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.COUNT_WITH_PERCENT, Kind.FRACTION})
# More header rows than this are data.
_HEADER_ROWS = 3


@dataclass
class _Block:
    """Rows without an empty line between them, each with its line."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_delimited(
    text: str, *, name: str, policy: DisclosurePolicy, delimiter: str | None = None
) -> Document:
    """Read delimited text with a header, or without one when its first row is numbers. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("it is empty")
    delimiter = delimiter or find_delimiter(text)
    tables: list[Table] = []
    passages: list[Passage] = []
    for rows in _parts(_blocks(text, delimiter=delimiter, policy=policy), policy):
        rows, around = _without_titles(rows)
        passages += around
        if rows:
            label = name if not tables else f"{name}, table {len(tables) + 1}"
            tables.append(_table(rows, name=label, number=len(tables), policy=policy))
        if len(tables) > policy.maximum_tables:
            raise Unreadable(f"it has more than {policy.maximum_tables} tables")
    if not tables:
        raise Unreadable("it holds no row with a cell")
    return Document(name=name, tables=tuple(tables), passages=tuple(passages))


def find_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same, largest, number of cells."""
    sample = [line for line in text[:20_000].splitlines()[:20] if line.strip()]

    def cells(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) if common > 1 else 0, common)

    try:
        return max(DELIMITERS, key=cells)
    except csv.Error:
        return ","


def _blocks(text: str, *, delimiter: str, policy: DisclosurePolicy) -> list[_Block]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    blocks = [_Block()]
    cells = 0
    try:
        for row in reader:
            if not row or not any(part.strip() for part in row):
                if blocks[-1].rows:
                    blocks.append(_Block())
                continue
            cells += len(row)
            if cells > policy.maximum_cells:
                raise Unreadable(f"it has more than {policy.maximum_cells:,} cells")
            blocks[-1].rows.append((reader.line_num, row))
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} cannot be read as a row: {error}") from None
    blocks = [block for block in blocks if block.rows]
    if delimiter == ";":
        _mend_decimal_commas(blocks)
    return blocks


def _parts(blocks: list[_Block], policy: DisclosurePolicy) -> list[list[tuple[int, list[str]]]]:
    """The rows of each table: an empty line starts a new table only when a new header follows it."""
    parts: list[list[tuple[int, list[str]]]] = []
    for block in blocks:
        first = block.rows[0][1]
        starts = (
            len(block.rows) > 1
            and not any(_is_number(part) for part in first)
            and any(_is_number(part) for _, row in block.rows[1:] for part in row)
        )
        if not parts or starts or not any(len(row) > 1 for _, row in parts[-1]):
            parts.append(block.rows)
        else:
            parts[-1].extend(block.rows)
    for rows in parts:
        if max(len(row) for _, row in rows) * len(rows) > policy.maximum_cells:
            raise Unreadable(f"its widest row would make more than {policy.maximum_cells:,} cells")
    return parts


def _without_titles(
    rows: list[tuple[int, list[str]]],
) -> tuple[list[tuple[int, list[str]]], list[Passage]]:
    """Take lines of one cell above and below a wider table as its title and footnotes."""

    def alone(row: list[str]) -> bool:
        return sum(bool(part.strip()) for part in row) == 1 and bool(row[0].strip())

    width = max(len(row) for _, row in rows)
    if width < 2 or sum(not alone(row) for _, row in rows) < 2:
        return rows, []
    start, end = 0, len(rows)
    while start < min(6, len(rows)) and alone(rows[start][1]) and not _is_number(rows[start][1][0]):
        start += 1
    while end > start + 2 and len(rows[end - 1][1]) == 1 and alone(rows[end - 1][1]):
        end -= 1
    around = [
        Passage(text=row[0].strip(), line=line, kind="title" if position < start else "footnote")
        for position, (line, row) in enumerate(rows)
        if position < start or position >= end
    ]
    return rows[start:end], around


def _table(rows: list[tuple[int, list[str]]], *, name: str, number: int, policy: DisclosurePolicy) -> Table:
    depth = _header_rows([row for _, row in rows[: _HEADER_ROWS + 1]])
    width = max(len(row) for _, row in rows)
    header = _joined_header([row for _, row in rows[:depth]], width) if depth != 1 else rows[0][1]
    if depth == 0:
        header = [f"(column {index + 1})" for index in range(width)]
    return make_table(header, rows[depth:], name=name, number=number, markers=policy.redaction_markers)


def _header_rows(rows: list[list[str]]) -> int:
    """How many of the first rows are the header: none when the first is mostly numbers, two where cells are merged."""
    first = [part for part in rows[0] if part.strip()]
    numbers = [part for part in first if _is_number(part) and not _YEAR.match(part.strip())]
    if len(rows) > 1 and len(numbers) * 2 > len(first):
        return 0
    depth = 1
    while depth < min(_HEADER_ROWS, len(rows) - 1):
        above, row = rows[depth - 1], rows[depth]
        named = [part for part in above[1:] if part.strip()]
        merged = len(named) < len(above) - 1 or len(set(named)) < len(named)
        words = [part for part in row if part.strip()]
        if not (merged and len(words) > 1 and not any(_is_number(part) for part in words)):
            break
        if not any(_is_number(part) for part in rows[depth + 1]):
            break
        depth += 1
    return depth


def _joined_header(rows: list[list[str]], width: int) -> list[str]:
    """Names from a header of several rows: a merged name holds for the empty cells right of it."""
    names = [""] * width
    for level, row in enumerate(rows):
        held = ""
        for index in range(width):
            part = row[index].strip() if index < len(row) else ""
            held = part or (held if level < len(rows) - 1 else "")
            names[index] = " ".join(filter(None, (names[index], held)))
    return names


def _mend_decimal_commas(blocks: list[_Block]) -> None:
    # Where the semicolon separates cells, the comma is usually the decimal point; one certain cell decides.
    every = [part for block in blocks for _, row in block.rows for part in row]
    if any(_CERTAIN_DECIMAL_COMMA.match(part) for part in every):
        for block in blocks:
            block.rows = [
                (line, [part.replace(",", ".") if _DECIMAL_COMMA.match(part) else part for part in row])
                for line, row in block.rows
            ]


def _is_number(text: str) -> bool:
    stripped = text.strip()
    if not stripped or not any(character.isdigit() for character in stripped[:30]):
        return False
    return read_cell(stripped, redaction_markers=frozenset()).kind in _NUMERIC
