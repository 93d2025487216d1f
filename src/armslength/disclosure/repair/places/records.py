"""JSON: where each value stands, and which of them is a given cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import JSONDecodeError

from armslength.disclosure.tables import Table

Span = tuple[int, int]
Path = tuple[str, ...]
_BLANK = " \t\r\n"
_DEEPEST = 60


def record_spans(text: str, table: Table, order: int) -> dict[tuple[int, int], Span]:
    """The span of each cell whose value stands at one of the places that the shapes of JSON tables have."""
    try:
        values = dict(_values(text))
    except (ValueError, IndexError, RecursionError):
        return {}
    label = table.name.partition(", ")[2]
    before: Path = tuple(label.split(".")) if label else ()
    found = {}
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells):
            for path in _paths(before, table, row, column):
                span = values.get(path)
                if span is not None and _says(text, span) == cell.raw:
                    found[row, column] = span
                    break
    return found


def _paths(before: Path, table: Table, row: int, column: int) -> Iterator[Path]:
    """Where the value of a cell may be: in a list of records, a column, a grid, an object of objects, or alone."""
    key, at = table.header[column], str(row)
    yield (*before, at, *key.split("."))
    yield (*before, at, key)
    yield (*before, key, at)
    yield (*before, "data", at, str(column))
    yield (*before, at, str(column))
    yield (*before, str(row + 1), str(column))
    yield (*before, table.rows[row][0].raw, key)
    yield (*before, at)
    yield (*before, key)


def _says(text: str, span: Span) -> str:
    value = json.loads(text[span[0] : span[1]])
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _values(text: str) -> Iterator[tuple[Path, Span]]:
    """Every single value of a document with its path. Raises ValueError for what is no JSON."""
    found: list[tuple[Path, Span]] = []
    end = _skip(text, _value(text, _skip(text, 0), (), found))
    if end != len(text):
        raise JSONDecodeError("more than one value", text, end)
    yield from found


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def _value(text: str, position: int, path: Path, found: list[tuple[Path, Span]]) -> int:
    """Read the value that starts here; return where it ends."""
    if len(path) > _DEEPEST:
        raise JSONDecodeError("nested too deeply", text, position)
    if text[position] not in "{[":
        end = json.JSONDecoder().raw_decode(text, position)[1]
        found.append((path, (position, end)))
        return end
    closing, number = "}" if text[position] == "{" else "]", 0
    position = _skip(text, position + 1)
    while text[position] != closing:
        key = str(number)
        if closing == "}":
            key, position = json.JSONDecoder().raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        position = _skip(text, _value(text, position, (*path, key), found))
        if text[position] == ",":
            position = _skip(text, position + 1)
        number += 1
    return position + 1
