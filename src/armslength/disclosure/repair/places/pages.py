"""HTML: where the text of each cell of a page's tables stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import accumulate, pairwise

from armslength.disclosure.tables import Table

Span = tuple[int, int]
_WIDEST_SPAN = 200


@dataclass
class _Grid:
    """A table being read: for each cell the stretches of text in it; a merged cell is followed by empty ones."""

    rows: list[list[list[Span]]] = field(default_factory=list)
    cells: list[list[Span]] = field(default_factory=list)
    open: bool = False


def page_spans(text: str, table: Table, order: int) -> dict[tuple[int, int], Span]:
    """The span of each cell of the page's table number `order` whose text is one piece, and the one that was read."""
    reader = _Places(text)
    reader.feed(text)
    reader.close()
    reader.finish()
    if order >= len(reader.tables):
        return {}
    rows = reader.tables[order]
    depth = len(rows) - len(table.rows)
    found = {}
    for row, cells in enumerate(rows[max(0, depth) :]):
        for column, pieces in enumerate(cells[: len(table.header)]):
            written = [piece for piece in pieces if text[piece[0] : piece[1]].strip()]
            if not written or any(a[1] != b[0] for a, b in pairwise(written)):
                continue
            start, end = written[0][0], written[-1][1]
            shown = text[start:end]
            if " ".join(unescape(shown).split()) == table.rows[row][column].raw:
                left = len(shown) - len(shown.lstrip())
                found[row, column] = (start + left, start + len(shown.rstrip()))
    return found


class _Places(HTMLParser):
    """Follows the tables of a page as its reader does, keeping where texts are instead of what they say."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.tables: list[list[list[list[Span]]]] = []
        self._text, self._wide = text, 1
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._grids: list[_Grid] = []
        self._script = False

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag in ("script", "style")
        if tag == "table":
            self._grids.append(_Grid())
        elif self._grids and tag == "tr":
            self._end_row()
        elif self._grids and tag in ("td", "th"):
            span = dict(attrs).get("colspan") or "1"
            wide = min(_WIDEST_SPAN, int(span)) if span.isdigit() and len(span) < 9 else 1
            grid = self._grids[-1]
            grid.cells += [[] for _ in range(max(1, wide))]
            self._wide, grid.open = max(1, wide), True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._script = False
        elif self._grids and tag in ("td", "th"):
            self._grids[-1].open = False
        elif self._grids and tag == "tr":
            self._end_row()
        elif self._grids and tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        self._keep(len(data))

    def handle_entityref(self, name: str) -> None:
        self._keep(self._reference(f"&{name}"))

    def handle_charref(self, name: str) -> None:
        self._keep(self._reference(f"&#{name}"))

    def _reference(self, said: str) -> int:
        end = self._offset() + len(said)
        return len(said) + (self._text[end : end + 1] == ";")

    def _keep(self, length: int) -> None:
        if self._grids and self._grids[-1].open and not self._script:
            start = self._offset()
            self._grids[-1].cells[-self._wide].append((start, start + length))

    def _end_row(self) -> None:
        grid = self._grids[-1]
        grid.open = False
        if grid.cells:
            grid.rows.append(grid.cells)
        grid.cells = []

    def _end_table(self) -> None:
        self._end_row()
        grid = self._grids.pop()
        if grid.rows:
            self.tables.append(grid.rows)

    def finish(self) -> None:
        """Take what the page left open."""
        while self._grids:
            self._end_table()
