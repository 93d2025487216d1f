"""HTML: its tables with hidden rows, the data of embedded widgets, comments, attributes, data addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from armslength.disclosure.extract.embedded import Embedded, read_data_address, read_script
from armslength.disclosure.names import vocabulary
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Table, Unreadable, make_table

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])", re.I
)
_HIDDEN_CLASS = re.compile(r"(^|\s)(hidden|d-none|visually-hidden|sr-only|collapse)(\s|$)")
_TELLING = ("title", "alt", "aria-label", "content", "value", "placeholder", "summary")
_VOID = vocabulary("area base br col embed hr img input link meta param source track wbr")
# The widest a merged cell may be: a page may say 10^9.
_WIDEST_SPAN = 200
_LONGEST_ATTRIBUTE = 20_000


@dataclass
class _Grid:
    """A table being read: rows of (line, texts, header cells?, hidden?)."""

    line: int
    caption: str = ""
    rows: list[tuple[int, list[str], bool, bool]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    heads: int = 0
    text: list[str] | None = None
    span: int = 1
    hidden: bool = False


# Read piece by piece, so that what never ends is met once per piece and not once per sign.
_PIECE, _SHORT = 256 * 1024, 4096


def _feed(reader: _Reader, text: str) -> None:
    try:
        for start in range(0, len(text), _PIECE):
            reader.feed(text[start : start + _PIECE])
        rest = reader.rawdata
        if len(rest) <= _SHORT or "<" not in rest:
            reader.close()
            return
    except AssertionError as error:  # how the parser refuses `<![x>`
        raise Unreadable(f"it is not HTML: {error}") from None
    # A tag or comment without its end: closing would try every sign of it as the start of another.
    line = reader.getpos()[0]
    reader.unread.append(f"from line {line} on it is cut off in the middle of a tag or a comment")
    reader.hidden.append(Passage(text=rest, line=line, kind="comment"))


def read_page(text: str, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read an HTML page. Raises Unreadable beyond the limits."""
    reader = _Reader(name=name, policy=policy)
    _feed(reader, text)
    reader.finish()
    return Document(
        name=name,
        tables=tuple(reader.tables),
        passages=tuple(reader.passages),
        hidden=tuple(reader.hidden),
        unread=tuple(dict.fromkeys(reader.unread)),
        keys=frozenset(reader.keys),
    )


class _Reader(HTMLParser):
    """Collects what a page holds. Nothing is executed or fetched."""

    def __init__(self, *, name: str, policy: DisclosurePolicy) -> None:
        super().__init__(convert_charrefs=True)
        self.name, self.policy = name, policy
        self.tables: list[Table] = []
        self.passages: list[Passage] = []
        self.hidden: list[Passage] = []
        self.unread: list[str] = []
        self.keys: set[str] = set()
        self._grids: list[_Grid] = []
        self._open: list[tuple[str, bool]] = []  # elements, and whether each hides its content
        self._hiding = 0
        self._script: tuple[str, int] | None = None  # the type of the script being read, and its line
        self._body: list[str] = []
        self._caption = False
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self._look_at_attributes(given)
        if tag in ("script", "style"):
            self._script, self._body = (
                ("style" if tag == "style" else given.get("type", ""), self.getpos()[0]),
                [],
            )
            return
        if tag not in _VOID:
            hides = "hidden" in given or bool(
                _HIDDEN_STYLE.search(given.get("style", "")) or _HIDDEN_CLASS.search(given.get("class", ""))
            )
            self._open.append((tag, hides))
            self._hiding += hides
            if len(self._open) > 50 * self.policy.maximum_depth:
                raise Unreadable("it is nested too deeply")
        self._start_part(tag, given)

    def _start_part(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            if len(self._grids) > self.policy.maximum_depth:
                raise Unreadable("its tables are nested too deeply")
            self._grids.append(_Grid(line=self.getpos()[0]))
        elif self._grids and tag == "tr":
            self._end_row()
        elif self._grids and tag in ("td", "th"):
            self._end_cell()
            grid = self._grids[-1]
            span = given.get("colspan", "1")
            grid.text, grid.span = [], min(_WIDEST_SPAN, int(span)) if span.isdigit() and len(span) < 9 else 1
            grid.heads += tag == "th"
        elif tag == "caption":
            self._caption = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._end_script()
            return
        self._end_part(tag)
        if any(open_tag == tag for open_tag, _ in self._open[-30:]):
            while self._open:
                open_tag, hides = self._open.pop()
                self._hiding -= hides
                if open_tag == tag:
                    break

    def _end_part(self, tag: str) -> None:
        if not self._grids:
            return
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "caption":
            self._caption = False
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._body.append(data)
        elif self._grids and self._grids[-1].text is not None:
            self._grids[-1].text.append(data)
            self._grids[-1].hidden |= self._hiding > 0
        elif data.strip():
            line = self.getpos()[0]
            if self._caption and self._grids:
                self._grids[-1].caption += data.strip()
            hidden = self._hiding > 0
            (self.hidden if hidden else self.passages).append(
                Passage(text=data.strip(), line=line, kind="hidden text" if hidden else self._kind())
            )

    def _kind(self) -> str:
        return "code" if any(tag in ("pre", "code") for tag, _ in self._open[-8:]) else "text"

    def handle_comment(self, data: str) -> None:
        if any(character.isalnum() for character in data) and not data.startswith("[if "):
            self.hidden.append(Passage(text=data.strip(), line=self.getpos()[0], kind="comment"))

    def unknown_decl(self, data: str) -> None:
        self.hidden.append(Passage(text=data, line=self.getpos()[0], kind="declaration"))

    def _look_at_attributes(self, given: dict[str, str]) -> None:
        line = self.getpos()[0]
        for key, value in given.items():
            if value[:5].lower() == "data:":
                self._keep(read_data_address(value, name=self.name, policy=self.policy), line)
            elif (key in _TELLING or key.startswith(("data-", "on"))) and any(map(str.isalnum, value[:1000])):
                self.passages.append(Passage(text=value[:_LONGEST_ATTRIBUTE], line=line, kind="attribute"))

    def _end_script(self) -> None:
        if self._script is None:
            return
        kind, line = self._script
        body = "".join(self._body)
        self._script, self._body = None, []
        if kind != "style":
            self._keep(read_script(body, kind=kind, name=self.name, policy=self.policy), line)

    def _keep(self, embedded: Embedded, line: int) -> None:
        for table in embedded.tables:
            self._add(table)
        self.hidden += [Passage(text=text, line=line, kind=kind) for kind, text in embedded.texts]
        self.unread += embedded.unread
        self.keys |= embedded.keys

    def _end_cell(self) -> None:
        grid = self._grids[-1]
        if grid.text is not None:
            grid.cells += [" ".join("".join(grid.text).split())] + [""] * (grid.span - 1)
            grid.text = None

    def _end_row(self) -> None:
        self._end_cell()
        grid = self._grids[-1]
        if grid.cells:
            self._cells += len(grid.cells)
            if self._cells > self.policy.maximum_cells:
                raise Unreadable(f"its tables have more than {self.policy.maximum_cells:,} cells")
            grid.rows.append((self.getpos()[0], grid.cells, grid.heads * 2 > len(grid.cells), grid.hidden))
        grid.cells, grid.heads, grid.hidden = [], 0, False

    def _end_table(self) -> None:
        self._end_row()
        grid = self._grids.pop()
        rows = grid.rows
        if len(rows) < 1:
            return
        depth = next((index for index, row in enumerate(rows) if not row[2]), len(rows))
        depth = max(1, min(depth, 3, len(rows)))
        width = max(len(row[1]) for row in rows)
        if width * len(rows) > self.policy.maximum_cells:
            raise Unreadable(f"its widest row would make more than {self.policy.maximum_cells:,} cells")
        header = _joined([row[1] for row in rows[:depth]], width)
        body = rows[depth:]
        hidden = tuple(index for index, row in enumerate(body) if row[3])
        self._add(
            make_table(
                header,
                [(line, cells) for line, cells, _, _ in body],
                name=self.name,
                markers=self.policy.redaction_markers,
                title=grid.caption,
                source="html",
                hidden=hidden,
            )
        )

    def _add(self, table: Table) -> None:
        if len(self.tables) >= self.policy.maximum_tables:
            raise Unreadable(f"it has more than {self.policy.maximum_tables} tables")
        number = len(self.tables)
        name = self.name if number == 0 else f"{self.name}, table {number + 1}"
        self.tables.append(
            Table(
                name=name, header=table.header, rows=table.rows, lines=table.lines, uneven=table.uneven,
                number=number, title=table.title, source=table.source, hidden=table.hidden,
            )
        )  # fmt: skip

    def finish(self) -> None:
        """Take what the page left open: a table without its end is still shown by browsers."""
        self._end_script()
        while self._grids:
            self._end_table()


def _joined(rows: list[list[str]], width: int) -> list[str]:
    """Names from header rows: a cell merged over columns names each of them."""
    names = [""] * width
    for level, row in enumerate(rows):
        held = ""
        for index in range(width):
            part = row[index] if index < len(row) else ""
            held = part or (held if level < len(rows) - 1 else "")
            names[index] = " ".join(filter(None, (names[index], held)))
    return names
