"""SVG: its texts, titles and attributes, the marks it draws, how finely its lines are given."""

from __future__ import annotations

import re
from collections import Counter
from xml.parsers import expat

from armslength.disclosure.extract.embedded import read_data_address, read_script
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Drawing, Passage, Table, Unreadable

_TELLING = ("aria-label", "alt", "title", "label")
_DRAWN = frozenset({"circle", "ellipse", "rect", "use", "polygon"})
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?(?:[eE][-+]?\d+)?")
UNJUDGED = "what the figure draws is not judged; look at it with the data under it"


def read_drawing(text: str, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read an SVG drawing. Raises Unreadable when it is no XML or defines entities of its own."""
    reader = _Reader(name, policy)
    reader.parse(text)
    return Document(
        name=name,
        tables=tuple(reader.tables),
        passages=tuple(reader.passages),
        hidden=tuple(reader.hidden),
        drawing=Drawing(
            marks=dict(reader.marks),
            vertices=reader.vertices,
            decimals=reader.decimals,
            pictures=reader.pictures,
        ),
        unread=(UNJUDGED, *dict.fromkeys(reader.unread)),
    )


class _Reader:
    """Collects what a drawing holds."""

    def __init__(self, name: str, policy: DisclosurePolicy) -> None:
        self.name, self.policy = name, policy
        self.tables: list[Table] = []
        self.passages: list[Passage] = []
        self.hidden: list[Passage] = []
        self.unread: list[str] = []
        self.marks: Counter[str] = Counter()
        self.vertices = self.decimals = self.pictures = 0
        self._digits: Counter[int] = Counter()
        self._open: list[str] = []
        self._text: list[str] = []
        self._defs = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.CommentHandler = self._comment
        self._parser.EntityDeclHandler = self._entity
        self._parser.ProcessingInstructionHandler = self._instruction

    def parse(self, text: str) -> None:
        try:
            self._parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), True)
        except expat.ExpatError as error:
            raise Unreadable(
                f"it is not a drawing: {expat.ErrorString(error.code)}, line {error.lineno}"
            ) from None
        if self._digits:
            self.decimals = self._digits.most_common(1)[0][0]

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _entity(self, *_: object) -> None:
        # An entity may stand for a billion characters, or for a file.
        raise Unreadable("it defines entities of its own")

    def _instruction(self, target: str, data: str) -> None:
        self.hidden.append(Passage(text=f"{target} {data}", line=self._line, kind="instruction"))

    def _start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._flush()
        self._open.append(tag)
        if len(self._open) > 10 * self.policy.maximum_depth:
            raise Unreadable("it is nested too deeply")
        self._defs += tag in ("defs", "clipPath", "symbol")
        if tag in _DRAWN and not self._defs:
            shape = given.get("xlink:href") or given.get("href") or given.get("r") or ""
            self.marks[tag if tag == "rect" else f"{tag} {shape}".strip()] += 1
        for key, value in given.items():
            self._attribute(tag, key.rpartition(":")[2], value)

    def _attribute(self, tag: str, key: str, value: str) -> None:
        if value[:5].lower() == "data:":
            self.pictures += tag == "image"
            embedded = read_data_address(value, name=self.name, policy=self.policy)
            self.tables += embedded.tables
            self.unread += embedded.unread
            self.hidden += [Passage(text=text, line=self._line, kind=kind) for kind, text in embedded.texts]
        elif key in _TELLING or key.startswith(("data-", "on")):
            self.passages.append(Passage(text=value, line=self._line, kind="attribute"))
        elif key in ("d", "points") and not self._defs:
            numbers = _NUMBER.findall(value)
            self.vertices = max(self.vertices, len(numbers) // 2)
            self._digits.update(len(part) for part in numbers[:2000])

    def _end(self, tag: str) -> None:
        self._flush()
        if self._open:
            self._defs -= self._open.pop() in ("defs", "clipPath", "symbol")

    def _flush(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if not text or not self._open:
            return
        if self._open[-1] == "script":
            embedded = read_script(text, kind="", name=self.name, policy=self.policy)
            self.tables += embedded.tables
            self.hidden.append(Passage(text=text[:2000], line=self._line, kind="script"))
        elif self._open[-1] == "metadata":
            self.hidden.append(Passage(text=text, line=self._line, kind="metadata"))
        elif self._open[-1] != "style":
            self.passages.append(Passage(text=text, line=self._line, kind=f"<{self._open[-1]}>"))

    def _comment(self, text: str) -> None:
        # Plotting libraries draw letters as lines and keep the words beside them as short comments.
        short = len(text.strip()) <= 60
        (self.passages if short else self.hidden).append(
            Passage(text=text.strip(), line=self._line, kind="label" if short else "comment")
        )
