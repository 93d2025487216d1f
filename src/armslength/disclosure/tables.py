"""Tables: what an output file holds, as typed cells under named columns."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from armslength.disclosure.cells import Cell, Kind, read_cell
from armslength.disclosure.policy import DisclosurePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of typed cells. `lines` gives each row's line in the file, for people."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    uneven: tuple[int, ...] = ()  # lines with more or fewer cells than the header

    def column(self, index: int) -> list[Cell]:
        return [row[index] for row in self.rows]

    def shown(self, index: int) -> list[Cell]:
        """The cells of a column that show something: not missing, not redacted."""
        return [cell for cell in self.column(index) if cell.kind not in (Kind.MISSING, Kind.REDACTED)]


class Unreadable(Exception):
    """The content cannot be read as what its name says; the file is then not checked, never passed."""


def decode(data: bytes) -> str:
    """Decode text that may carry a byte order mark, be UTF-16 or an old Windows encoding.

    Raises Unreadable for binary content.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"it starts like {encoding} text but is not: {error.reason}") from None
    if b"\x00" in data:
        raise Unreadable("it holds bytes that no text holds")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_delimited(text: str, *, name: str, policy: DisclosurePolicy) -> Table:
    """Read delimited text (comma, semicolon, tab or bar) with one header row. Raises Unreadable."""
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise Unreadable("it is empty")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    try:
        for row in reader:
            if not row or not any(part.strip() for part in row):
                continue
            cells += len(row)
            if cells > policy.maximum_cells:
                raise Unreadable(f"it has more than {policy.maximum_cells:,} cells")
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} cannot be read as a row: {error}") from None
    _, header = rows[0]
    return _table(name, header, rows[1:], policy)


def read_records(text: str, *, name: str, policy: DisclosurePolicy) -> Table:
    """Read JSON that is a list of flat records, or an object of equally long columns. Raises Unreadable."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON: {error}") from None
    if isinstance(document, dict) and document and all(isinstance(part, list) for part in document.values()):
        longest = max(len(part) for part in document.values())
        document = [
            {key: part[index] if index < len(part) else None for key, part in document.items()}
            for index in range(longest)
        ]
    if not isinstance(document, list) or not document or not all(isinstance(row, dict) for row in document):
        raise Unreadable("it is JSON, but neither a list of records nor an object of columns")
    header = list(dict.fromkeys(str(key) for row in document for key in row))
    if len(header) * len(document) > policy.maximum_cells:
        raise Unreadable(f"it has more than {policy.maximum_cells:,} cells")
    rows = [(index + 1, [_text(row.get(key)) for key in header]) for index, row in enumerate(document)]
    return _table(name, header, rows, policy)


def _table(
    name: str, header: list[str], rows: list[tuple[int, list[str]]], policy: DisclosurePolicy
) -> Table:
    width = max([len(header), *(len(row) for _, row in rows)])
    names = [part.strip() for part in header] + [""] * (width - len(header))
    markers = policy.redaction_markers
    return Table(
        name=name,
        header=tuple(part or f"(column {index + 1})" for index, part in enumerate(names)),
        rows=tuple(
            tuple(read_cell(part, redaction_markers=markers) for part in row + [""] * (width - len(row)))
            for _, row in rows
        ),
        lines=tuple(line for line, _ in rows),
        uneven=tuple(line for line, row in rows if len(row) != len(header)),
    )


def _delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same, largest, number of cells."""
    sample = [line for line in text.splitlines()[:20] if line.strip()]

    def cells(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        return (widths.count(widths[0]) if widths[0] > 1 else 0, widths[0])

    return max((",", ";", "\t", "|"), key=cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return str(value)
