"""Turn the bytes of a file into something a page can show: bounded, escaped by the template, never executed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from armslength.airlock.features.files.level4 import Content
from armslength.airlock.features.findings.queries import ShownFinding, ShownReport
from armslength.disclosure.cells import Cell, Kind, read_cell
from armslength.disclosure.policy import DEFAULT
from armslength.disclosure.tables import Unreadable, decode

MOST_CELLS = 100_000
MOST_ROWS = 5_000
LONGEST_CELL = 300  # characters
LONGEST_TEXT = 200_000
LOG_TAIL = 10_000
LOG_SUMMARY = "job summary:"  # the last part of a log, written by the runner itself

TABLES = {".csv": ",", ".tsv": "\t", ".psv": "|"}
IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
SIGNATURES = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
WORDS = frozenset({Kind.TEXT, Kind.DATE, Kind.BOOLEAN})
PAGES = {".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8"}


@dataclass(frozen=True, kw_only=True)
class SheetCell:
    """One cell, and the gravest finding about it."""

    text: str
    numeric: bool = False
    finding: ShownFinding | None = None


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row of a table with its line in the file."""

    line: int
    cells: tuple[SheetCell, ...]
    uneven: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnSummary:
    """What is in one column, at a glance."""

    name: str
    kind: str
    filled: int
    missing: int
    redacted: int
    distinct: int
    smallest: str = ""
    largest: str = ""
    rounding: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A delimited file as a table."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    summary: tuple[ColumnSummary, ...]
    total: int
    uneven: int
    sort: int | None = None
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One file as a page shows it. `how` is one of: table, image, page, text, log, bytes."""

    how: str
    sheet: Sheet | None = None
    text: str = ""
    summary: str = ""  # of a log
    notes: tuple[str, ...] = field(default=())


def show(
    content: Content, *, report: ShownReport, sort: int | None = None, descending: bool = False
) -> Shown:
    """Return how to show a content. What cannot be read is said, never guessed."""
    suffix = PurePosixPath(content.path).suffix.lower()
    if suffix in IMAGES:
        return _image(content, suffix)
    if suffix in PAGES:
        note = (
            "Shown without its scripts, in a frame that can reach nothing; what they would draw is missing."
        )
        return Shown(how="page", notes=(note,))
    try:
        text = decode(content.data)
    except Unreadable as reason:
        return Shown(how="bytes", notes=(f"This file cannot be shown as text: {reason}.",))
    notes = () if _is_utf8(content.data) else ("This file is not UTF-8; letters outside ASCII may be wrong.",)
    if suffix in TABLES:
        return _table(text, suffix, report=report, sort=sort, descending=descending, notes=notes)
    if suffix == ".log":
        return _log(text, notes)
    return _text(text, suffix, notes)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _image(content: Content, suffix: str) -> Shown:
    signature = SIGNATURES.get(suffix, b"")
    if not content.data.startswith(signature):
        return Shown(
            how="bytes",
            notes=(f"This file is called {suffix} but does not begin like one; it is not drawn.",),
        )
    note = "No check reads pictures: look for small numbers, labels and single points yourself."
    return Shown(how="image", notes=(note,))


def _text(text: str, suffix: str, notes: tuple[str, ...]) -> Shown:
    if suffix == ".json" and len(text) <= LONGEST_TEXT:
        try:
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            notes = (*notes, "This is not valid JSON; it is shown as it is.")
    if len(text) > LONGEST_TEXT:
        notes = (*notes, f"Only the first {LONGEST_TEXT:,} of {len(text):,} characters are shown.")
    return Shown(how="text", text=text[:LONGEST_TEXT], notes=notes)


def _log(text: str, notes: tuple[str, ...]) -> Shown:
    body, marker, summary = text.rpartition(LOG_SUMMARY)
    if not marker:
        body, summary = text, ""
    if len(body) > LOG_TAIL:
        cut = body.find("\n", len(body) - LOG_TAIL) + 1 or len(body) - LOG_TAIL
        notes = (
            *notes,
            f"The first {cut:,} characters are left out; these are the last {len(body) - cut:,}.",
        )
        body = body[cut:]
    return Shown(how="log", text=body, summary=summary.strip(), notes=notes)


def _table(
    text: str, suffix: str, *, report: ShownReport, sort: int | None, descending: bool, notes: tuple[str, ...]
) -> Shown:
    try:
        lines = _rows(text, delimiter=_delimiter(text, TABLES[suffix]))
    except csv.Error as error:
        return Shown(
            how="text",
            text=text[:LONGEST_TEXT],
            notes=(*notes, f"This is not a table that can be read: {error}."),
        )
    if not lines:
        return Shown(how="text", text="", notes=(*notes, "The file is empty."))
    header_cells, data = lines[0][1], lines[1:]
    width = max(len(cells) for _, cells in lines)
    header = tuple(
        name.strip() or f"(column {i + 1})"
        for i, name in enumerate(header_cells + [""] * (width - len(header_cells)))
    )
    typed = [
        [read_cell(cell, redaction_markers=DEFAULT.redaction_markers) for cell in cells] for _, cells in data
    ]
    most = min(MOST_ROWS, max(1, MOST_CELLS // width))
    if len(data) > most:
        notes = (*notes, f"Only the first {most:,} of {len(data):,} rows are shown; every row was checked.")
    rows = _sheet_rows(header, data[:most], typed, width=len(header_cells), report=report)
    sheet = Sheet(
        header=header,
        rows=_sorted(rows, typed, sort, descending),
        summary=tuple(_summary(name, [row[i] for row in typed if i < len(row)]) for i, name in enumerate(header)),
        total=len(data),
        uneven=sum(len(cells) != len(header_cells) for _, cells in data),
        sort=sort if sort is not None and 0 <= sort < width else None,
        descending=descending,
    )  # fmt: skip
    return Shown(how="table", sheet=sheet, notes=notes)


def _rows(text: str, *, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]


def _delimiter(text: str, usual: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {candidate: first.count(candidate) for candidate in (usual, ",", ";", "\t", "|")}
    return max(counts, key=lambda candidate: (counts[candidate], candidate == usual))


def _sheet_rows(
    header: tuple[str, ...],
    data: list[tuple[int, list[str]]],
    typed: list[list[Cell]],
    *,
    width: int,
    report: ShownReport,
) -> list[SheetRow]:
    marks: dict[tuple[int, str], ShownFinding] = {}
    for finding in reversed(report.findings):  # gravest first in the report, so the gravest wins here
        for line, column in finding.places:
            marks[line, column] = finding
    rows = []
    for (line, cells), kinds in zip(data, typed, strict=False):
        shown = tuple(
            SheetCell(
                text=cell[:LONGEST_CELL], numeric=kind.value is not None, finding=marks.get((line, header[i]))
            )
            for i, (cell, kind) in enumerate(zip(cells, kinds, strict=True))
        )
        padding = tuple(SheetCell(text="") for _ in range(len(header) - len(cells)))
        rows.append(SheetRow(line=line, cells=shown + padding, uneven=len(cells) != width))
    return rows


def _sorted(
    rows: list[SheetRow], typed: list[list[Cell]], sort: int | None, descending: bool
) -> tuple[SheetRow, ...]:
    if sort is None or not rows or not 0 <= sort < len(rows[0].cells):
        return tuple(rows)
    keys = [_sort_key(cells[sort]) if sort < len(cells) else (2, 0.0, "") for cells in typed]
    order = sorted(range(len(rows)), key=lambda i: keys[i], reverse=descending)
    return tuple(rows[i] for i in order)


def _sort_key(cell: Cell) -> tuple[int, float, str]:
    if cell.value is not None:
        return (0, cell.value, "")
    return (1, 0.0, cell.raw.lower())


def _summary(name: str, cells: list[Cell]) -> ColumnSummary:
    numbers = [cell.value for cell in cells if cell.value is not None]
    words = sum(cell.kind in WORDS for cell in cells)
    missing = sum(cell.kind is Kind.MISSING for cell in cells)
    redacted = sum(cell.kind is Kind.REDACTED for cell in cells)
    kind = "empty" if not (numbers or words) else "text" if not numbers else "mixed" if words else "number"
    return ColumnSummary(
        name=name, kind=kind, filled=len(cells) - missing, missing=missing, redacted=redacted,
        distinct=len({cell.raw for cell in cells}), smallest=_plain(min(numbers)) if numbers else "",
        largest=_plain(max(numbers)) if numbers else "", rounding=_rounding(numbers) if kind == "number" else "",
    )  # fmt: skip


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.6g}"


def _rounding(numbers: list[float]) -> str:
    """Say which rounding every number of a column is consistent with."""
    if any(number != int(number) for number in numbers):
        return "has decimals"
    whole = [int(number) for number in numbers]
    for base in (10, 5, 6):
        if all(number % base == 0 for number in whole):
            return f"all multiples of {base}"
    if all(number == 0 or number % 6 == 3 for number in whole):
        return "all midpoints of 6"
    return "not rounded"
