"""Running text: where each cell stands in a table drawn with bars or with blanks."""

from __future__ import annotations

from itertools import accumulate

from armslength.disclosure.tables import Table

Span = tuple[int, int]


def printed_spans(text: str, table: Table, order: int) -> dict[tuple[int, int], Span]:
    """The span of each cell of the rows whose cells are all found on their line, one after another."""
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(len(line) for line in lines)]
    found: dict[tuple[int, int], Span] = {}
    for row, number in enumerate(table.lines):
        line = lines[number - 1]
        position = 0
        spans: dict[tuple[int, int], Span] = {}
        for column, cell in enumerate(table.rows[row]):
            raw = cell.raw.strip()
            if not raw:
                continue
            position = _word(line, raw, position)
            if position < 0:
                spans = {}
                break
            start = starts[number - 1] + position
            spans[row, column] = (start, start + len(raw))
            position += len(raw)
        found |= spans
    return found


def _word(line: str, raw: str, position: int) -> int:
    """Where a cell's text stands by itself: a 3 is not found in the middle of 130."""
    while (position := line.find(raw, position)) >= 0:
        before, after = line[:position][-1:], line[position + len(raw) :][:1]
        if not before.isalnum() and not after.isalnum() and before != "." and after != ".":
            return position
        position += 1
    return -1
