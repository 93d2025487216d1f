"""YAML text to a tree of nodes that remember their line and column.

Hostile files are expected: size, depth, number of nodes (after aliases are expanded) and tags are
bounded before anything is built from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from armslength.pipeline.model import Place
from armslength.pipeline.problems import Problems, shown

# The parser of most tools, in C: it decides what is YAML, and reads thousands of actions in no time.
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
MOST_BYTES = 4 * 2**20
MOST_NODES = 200_000
MOST_DEPTH = 20
CORE_TAGS = frozenset(
    {None, "!"}
    | {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map")}
)


@dataclass(frozen=True)
class Scalar:
    """A leaf. `plain` says that it was written without quotes, so it may be a number."""

    text: str
    plain: bool
    place: Place
    size: int = 1


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place
    size: int


@dataclass(frozen=True)
class Mapping:
    """Keys and values in the order of the file; keys are unique."""

    pairs: tuple[tuple[Scalar, Node], ...]
    place: Place
    size: int

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Sequence | Mapping


class _Unreadable(Exception):
    """The file cannot be read further; the problem is already noted."""


class _Builder:
    """Build nodes from the events of one document."""

    def __init__(self, events: Iterator[Event], problems: Problems) -> None:
        self._events = events
        self._problems = problems
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0

    def stop(self, code: str, what: str, place: Place, *, hint: str | None = None) -> _Unreadable:
        self._problems.add(code, what, place, hint=hint)
        return _Unreadable()

    def node(self, event: Any, depth: int) -> Node:
        """Build the node that starts with this event."""
        place = _place(event.start_mark)
        if isinstance(event, AliasEvent):
            known = self._anchors.get(str(event.anchor))
            if known is None:
                raise self.stop("P003", f"alias {shown(event.anchor)} is used before it is defined", place)
            self._count(known.size, place)
            return known
        self._count(1, place)
        if depth > MOST_DEPTH:
            raise self.stop("P002", f"the file is nested deeper than {MOST_DEPTH} levels", place)
        if event.tag is not None and str(event.tag) not in CORE_TAGS:
            raise self.stop("P003", f"tag {shown(event.tag)} is not allowed", place, hint="remove the tag")
        built = self._build(event, depth, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = built
        return built

    def _build(self, event: Event, depth: int, place: Place) -> Node:
        if isinstance(event, ScalarEvent):
            return Scalar(event.value, not event.style and event.tag is None, place)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(depth, place)
        if isinstance(event, MappingStartEvent):
            return self._mapping(depth, place)
        raise self.stop("P003", "the file ends too early", place)

    def _sequence(self, depth: int, place: Place) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), place, 1 + sum(item.size for item in items))

    def _mapping(self, depth: int, place: Place) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        merged: list[Mapping] = []
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                raise self.stop("P003", "a key must be a word, not a list or a mapping", key.place)
            if key.text == "<<" and key.plain:
                merged += self._merged(value)
            elif key.text in pairs:
                first = pairs[key.text][0].place.line
                self._problems.add(
                    "P004",
                    f"key {shown(key.text)} is given twice",
                    key.place,
                    hint=f"it is given first on line {first}; keep one of the two",
                )
            else:
                pairs[key.text] = (key, value)
        for mapping in merged:
            for key, value in mapping.pairs:
                pairs.setdefault(key.text, (key, value))
        size = 1 + sum(1 + value.size for _, value in pairs.values())
        return Mapping(tuple(pairs.values()), place, size)

    def _merged(self, value: Node) -> list[Mapping]:
        """Return the mappings that `<<` brings in."""
        parts = value.items if isinstance(value, Sequence) else (value,)
        mappings = [part for part in parts if isinstance(part, Mapping)]
        if len(mappings) != len(parts):
            raise self.stop("P003", "`<<` can only bring in mappings", value.place)
        for mapping in mappings:
            self._count(mapping.size, value.place)
        return mappings

    def _count(self, more: int, place: Place) -> None:
        self._nodes += more
        if self._nodes > MOST_NODES:
            raise self.stop(
                "P002",
                f"the file holds more than {MOST_NODES:,} values once its aliases are written out",
                place,
                hint="write fewer aliases, or split the study",
            )


def read_tree(content: bytes | str, *, name: str) -> tuple[Node, Problems]:
    """Read YAML into a tree, with the problems found so far; raise Mistakes when it cannot be read at all."""
    text, problems = _decoded(content, name=name)
    start = Place(1, 1)
    try:
        events = yaml.parse(text, Loader=LOADER)
        for event in events:
            if isinstance(event, DocumentStartEvent):
                root = _Builder(events, problems).node(next(events), 0)
                break
        else:
            _raise_empty(problems)
        if any(isinstance(event, DocumentStartEvent) for event in events):
            problems.add("P003", "the file holds more than one YAML document", start, hint="remove the `---`")
        return root, problems
    except _Unreadable:
        pass
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "it is not YAML").rstrip(".")
        hint = "indent with spaces, never with tabs" if _starts_with_tab(text, mark) else None
        problems.add("P003", f"this is not YAML: {what}", _place(mark) if mark else start, hint=hint)
    except (YAMLError, ValueError, RecursionError) as error:
        problems.add(
            "P003", f"this is not YAML: {shown(str(error).splitlines()[0] if str(error) else error)}", start
        )
    problems.raise_if_any()
    raise AssertionError("reading stopped without a problem")


def _starts_with_tab(text: str, mark: Any) -> bool:
    """Say whether the line in question, or the one before it, is indented with a tab."""
    lines = text.splitlines()
    number = mark.line if mark else 0
    return any(line.lstrip(" ").startswith("\t") for line in lines[max(0, number - 1) : number + 1])


def _raise_empty(problems: Problems) -> NoReturn:
    """Say that there is nothing in the file."""
    problems.add("P005", "the file is empty", Place(1, 1), hint="start with `version: '5.0'` and `actions:`")
    raise _Unreadable


def _decoded(content: bytes | str, *, name: str) -> tuple[str, Problems]:
    """Return the text of a file and where to note its problems; raise Mistakes when it is no text."""
    size = len(content)
    if size > MOST_BYTES:
        problems = Problems("", name=name)
        problems.add("P002", f"the file is {size:,} bytes; the most is {MOST_BYTES:,}", Place(1, 1))
        problems.raise_if_any()
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems = Problems("", name=name)
        line = content[: error.start].count(b"\n") + 1 if isinstance(content, bytes) else 1
        problems.add("P003", "the file is not UTF-8 text", Place(line, 1), hint="save it as UTF-8")
        problems.raise_if_any()
    return text, Problems(text, name=name)


def _place(mark: Any) -> Place:
    return Place(int(mark.line) + 1, int(mark.column) + 1)
