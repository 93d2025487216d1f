"""Tables: what an output file holds, as typed cells under named columns, and the text around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from armslength.disclosure.cells import Cell, Kind, read_cell

_MISSING, _REDACTED = Kind.MISSING, Kind.REDACTED


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of typed cells. `lines` gives each row's line in the file, for people.

    `name` names the table to people: the file, and which table in it when there are several. `source` is
    how it was found (`csv`, `html`, `widget`, `json`, `markdown`, `fixed width`, `svg`); `hidden` are the
    positions of rows that a reader of the page would not see.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    uneven: tuple[int, ...] = ()  # lines with more or fewer cells than the header
    number: int = 0  # position in the file, from 0
    title: str = ""
    source: str = "csv"
    hidden: tuple[int, ...] = ()

    @cached_property
    def columns(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells column by column."""
        if not self.rows:
            return tuple(() for _ in self.header)
        return tuple(zip(*self.rows, strict=True))

    def column(self, index: int) -> Sequence[Cell]:
        return self.columns[index]

    @cached_property
    def _shown(self) -> dict[int, list[Cell]]:
        return {}

    def shown(self, index: int) -> list[Cell]:
        """The cells of a column that show something: not missing, not redacted."""
        if index not in self._shown:
            self._shown[index] = [
                cell
                for cell in self.columns[index]
                if cell.kind is not _MISSING and cell.kind is not _REDACTED
            ]
        return self._shown[index]

    @cached_property
    def _counts(self) -> dict[int, list[int | None]]:
        return {}

    def counts(self, index: int) -> list[int | None]:
        """The whole number of each cell of a column, or None."""
        if index not in self._counts:
            self._counts[index] = [cell.count for cell in self.columns[index]]
        return self._counts[index]

    @cached_property
    def _kinds(self) -> dict[int, list[Kind]]:
        return {}

    def has(self, index: int, *kinds: Kind) -> bool:
        """True when a column holds a cell of one of these kinds."""
        if index not in self._kinds:
            self._kinds[index] = [cell.kind for cell in self.columns[index]]
        return any(kind in self._kinds[index] for kind in kinds)

    @cached_property
    def label_columns(self) -> tuple[int, ...]:
        """The leading columns that hold words: what a row is about."""
        labels: list[int] = []
        for index in range(len(self.header)):
            shown = self.shown(index)
            if not shown or sum(cell.kind in (Kind.TEXT, Kind.BOOLEAN) for cell in shown) * 2 < len(shown):
                if labels:
                    break
                continue
            labels.append(index)
        return tuple(labels)

    def label(self, row: int) -> str:
        """The words that say what a row is about."""
        return " ".join(self.rows[row][index].raw.strip() for index in self.label_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text outside every table. `kind`: what carries it (`text`, `title`, `comment`, `attribute`, …)."""

    text: str
    line: int
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a figure draws: groups of like marks, with how many there are, and the finest coordinate used."""

    marks: dict[str, int] = field(default_factory=dict)  # a kind of mark, such as `circle`: how often
    vertices: int = 0  # points of the longest line
    decimals: int = 0  # digits after the point of most coordinates
    pictures: int = 0  # pictures of pixels inside the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything that was read from one file.

    `hidden` are places where content lies that a reader of the file does not see; `unread` says, in words,
    what could not be read.
    """

    name: str
    tables: tuple[Table, ...] = ()
    passages: tuple[Passage, ...] = ()
    hidden: tuple[Passage, ...] = ()
    drawing: Drawing | None = None
    unread: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()  # the names used in a JSON document


class Unreadable(Exception):
    """The content cannot be read as what its name says; the file is then not checked, never passed."""


def decode(data: bytes) -> str:
    """Decode text that may carry a byte order mark, be UTF-16 or an old Windows encoding.

    Raises Unreadable for binary content.
    """
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Unreadable("it is written in UTF-32; save it as UTF-8")
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"it starts like {encoding} text but is not: {error.reason}") from None
    if b"\x00" in data:
        return _decode_wide(data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _decode_wide(data: bytes) -> str:
    # UTF-16 without a mark has a nought in every other byte of plain text.
    for encoding, noughts in (("utf-16-le", data[1:2000:2]), ("utf-16-be", data[0:2000:2])):
        if len(data) >= 4 and len(data) % 2 == 0 and noughts.count(0) > 0.9 * len(noughts):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return text
    raise Unreadable("it holds bytes that no text holds")


def make_table(
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    name: str,
    markers: frozenset[str],
    number: int = 0,
    title: str = "",
    source: str = "csv",
    hidden: tuple[int, ...] = (),
) -> Table:
    """Make a table of typed cells from texts; each row comes with its line. Uneven rows are filled up and noted."""
    numbered = list(rows)
    width = max([len(header), *(len(row) for _, row in numbered)])
    names = [part.strip() for part in header] + [""] * (width - len(header))
    known: dict[str, Cell] = {}

    def read(text: str) -> Cell:
        cell = known.get(text)
        if cell is None:
            cell = read_cell(text, redaction_markers=markers)
            if len(known) < 100_000:
                known[text] = cell
        return cell

    return Table(
        name=name,
        header=tuple(part or f"(column {index + 1})" for index, part in enumerate(names)),
        rows=tuple(tuple([read(part) for part in _fill(row, width)]) for _, row in numbered),
        lines=tuple(line for line, _ in numbered),
        uneven=tuple(line for line, row in numbered if len(row) != len(header)),
        number=number,
        title=title,
        source=source,
        hidden=hidden,
    )


def _fill(row: Sequence[str], width: int) -> Sequence[str]:
    return row if len(row) == width else [*row, *([""] * (width - len(row)))]
