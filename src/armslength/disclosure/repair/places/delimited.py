"""Delimited text: where each cell stands, quotes and all."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.extract.delimited import find_delimiter
from armslength.disclosure.tables import Table

Span = tuple[int, int]


def delimited_spans(text: str, table: Table, order: int) -> dict[tuple[int, int], Span]:
    """The span of each cell of a table whose text is the one that was read."""
    rows = {line: row for row, line in enumerate(table.lines)}
    found = {}
    for line, spans in _records(text, find_delimiter(text)):
        row = rows.get(line)
        if row is None:
            continue
        for column, (start, end) in enumerate(spans[: len(table.header)]):
            shown = text[start:end]
            if shown.startswith('"') and shown.endswith('"') and len(shown) > 1:
                shown = shown[1:-1].replace('""', '"')
            raw = table.rows[row][column].raw
            # Decimal commas were read as points.
            if shown == raw or shown.replace(",", ".") == raw:
                found[row, column] = (start, end)
    return found


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[Span]]]:
    """Each record with the line it ends on, as the reader of delimited text counts lines, and its cells."""
    line, start, quoted = 1, 0, False
    spans: list[Span] = []
    position, size = 0, len(text)
    while position < size:
        character = text[position]
        if quoted:
            if character == '"':
                quoted = text[position + 1 : position + 2] == '"'
                position += quoted
            elif character == "\n" or (character == "\r" and text[position + 1 : position + 2] != "\n"):
                line += 1
        elif character == '"' and position == start:
            quoted = True
        elif character == delimiter:
            spans.append((start, position))
            start = position + 1
        elif character in "\r\n":
            yield line, [*spans, (start, position)]
            position += character == "\r" and text[position + 1 : position + 2] == "\n"
            line, start, spans = line + 1, position + 1, []
        position += 1
    if start < size or spans:
        yield line, [*spans, (start, size)]
