"""PLACES: where in a file's text each cell of its tables stands, one file per kind of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from armslength.disclosure.repair.places.delimited import delimited_spans
from armslength.disclosure.repair.places.pages import page_spans
from armslength.disclosure.repair.places.printed import printed_spans
from armslength.disclosure.repair.places.records import record_spans
from armslength.disclosure.tables import Document, Table, decode

Place = tuple[int, int, int]  # table, row, column
Span = tuple[int, int]  # where a cell starts in the text, and where it ends
_FINDERS: dict[str, Callable[[str, Table, int], Mapping[tuple[int, int], Span]]] = {
    "csv": delimited_spans,
    "html": page_spans,
    "fixed width": printed_spans,
    "json": record_spans,
}
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252")
_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """A file's bytes with other cells, and the cells that could not be found in it."""

    data: bytes
    missing: tuple[Place, ...]


def rewrite(data: bytes, document: Document, cells: Mapping[Place, str]) -> Rewritten:
    """Replace the text of some cells; everything else, down to quotes and line ends, stays as it was.

    A cell is replaced only where the text found in its place is the one that was read from it.
    """
    text, missing = decode(data), set(cells)
    found: dict[Span, str] = {}
    order = _order_in_kind(document.tables)
    for table in document.tables:
        wanted = [place for place in cells if place[0] == table.number]
        finder = _FINDERS.get(table.source)
        if not wanted or finder is None:
            continue
        spans = finder(text, table, order[table.number])
        for place in wanted:
            span = spans.get(place[1:])
            if span is not None and span not in found:
                missing.discard(place)
                if table.source == "fixed width":
                    span = _with_room(text, span, len(cells[place]))
                found[span] = _written(text[span[0] : span[1]], cells[place], table.source)
    encoding = _encoding_of(data, text)
    if encoding is None:
        return Rewritten(data=data, missing=tuple(sorted(cells)))
    changed = _encoded(_replaced(text, found), encoding, marked=data.startswith(_MARKS.get(encoding, b"\0")))
    return Rewritten(data=changed, missing=tuple(sorted(missing)))


def _order_in_kind(tables: Iterable[Table]) -> dict[int, int]:
    """Which table of its kind each one is: a widget's data between two tables of a page is none of the page's."""
    seen: dict[str, int] = {}
    order = {}
    for table in tables:
        order[table.number] = seen.get(table.source, 0)
        seen[table.source] = order[table.number] + 1
    return order


def _replaced(text: str, found: Mapping[Span, str]) -> str:
    pieces, last = [], 0
    for (start, end), new in sorted(found.items()):
        pieces += [text[last:start], new]
        last = end
    return "".join([*pieces, text[last:]])


def _written(old: str, new: str, source: str) -> str:
    """A cell's new text in the way its file writes cells."""
    if source == "html":
        return new.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if source == "json":
        plain = new.replace(".", "", 1).isdigit()
        return new if plain and not old.startswith('"') else '"' + new.replace('"', "'") + '"'
    if source == "csv" and (any(mark in new for mark in ',;\t|"\n') or (old.startswith('"') and old != new)):
        return '"' + new.replace('"', '""') + '"'
    return new.rjust(len(old)) if source == "fixed width" else new


def _with_room(text: str, span: Span, length: int) -> Span:
    """A longer text takes the blanks before it, all but two, so that columns stay aligned."""
    start, end = span
    while end - start < length and text[max(0, start - 3) : start] == "   ":
        start -= 1
    return start, end


def _encoding_of(data: bytes, text: str) -> str | None:
    for encoding in _ENCODINGS:
        try:
            if _encoded(text, encoding, marked=data.startswith(_MARKS.get(encoding, b"\0"))) == data:
                return encoding
        except UnicodeEncodeError:
            continue
    return None


def _encoded(text: str, encoding: str, *, marked: bool) -> bytes:
    return (_MARKS.get(encoding, b"") if marked else b"") + text.encode(encoding)
