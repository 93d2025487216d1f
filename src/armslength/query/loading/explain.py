"""From an exception in a definition to what its author reads: their own lines, what is wrong, the likely fix."""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from armslength.query.loading.hints import hint_for

MESSAGE_LENGTH, FRAMES, LINE_LENGTH = 4000, 5, 200


@dataclass(frozen=True)
class Explanation:
    """One mistake in a definition: the sentence, the place with an excerpt, and what may help."""

    what: str
    where: str
    hint: str | None = None


@dataclass(frozen=True)
class Place:
    """A stretch of one line of the study's own code; columns count characters from 0."""

    file: str
    line: int
    text: str
    start: int | None = None
    end: int | None = None


def explain(error: BaseException, *, folders: Iterable[Path], definition: Path) -> Explanation:
    """Explain an exception by the frames that lie in the study's folders; everything else is left out."""
    roots = tuple(folders)
    what = _sentence(error)
    if isinstance(error, SyntaxError) and error.filename:
        place = _place_of_syntax_error(error, roots)
        return Explanation(what, _excerpt(place), hint_for(error, place.text))
    places = _own_places(error.__traceback__, roots)
    if not places:
        return Explanation(what, shown_path(definition, roots), hint_for(error, ""))
    where = _excerpt(places[-1]) + "".join(_caller(place) for place in places[-2 : -2 - FRAMES : -1])
    return Explanation(what, where, hint_for(error, places[-1].text))


def shown_path(file: Path, folders: Iterable[Path]) -> str:
    """A file's path as the study's author says it: relative to the study's folder."""
    for folder in folders:
        if file.is_relative_to(folder):
            return str(file.relative_to(folder))
    return file.name


def _sentence(error: BaseException) -> str:
    """The kind of error and its message with notes. A message that cannot be had is left out."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        return f"{kind}: {error.msg}"
    try:
        # Where a module lies on this machine helps nobody; Python names it in brackets at the end.
        text = re.sub(r" \([^()]*\)$", "", str(error)) if isinstance(error, ImportError) else str(error)
        notes = [str(note) for note in getattr(error, "__notes__", [])]
    except Exception:  # the study's own class may fail at anything
        return kind
    message = "\n".join([text, *notes]).strip()[:MESSAGE_LENGTH]
    if type(error).__module__ == "ehrql" or not message:
        return message or kind
    return f"{kind}: {message}"


def _own_places(trace: TracebackType | None, folders: tuple[Path, ...]) -> list[Place]:
    places = []
    for frame in traceback.extract_tb(trace, limit=-100):
        file = Path(frame.filename)
        if any(file.is_relative_to(folder) for folder in folders) and frame.lineno:
            text = linecache.getline(frame.filename, frame.lineno).rstrip()[:LINE_LENGTH]
            same_line = frame.lineno == frame.end_lineno
            start, end = (frame.colno, frame.end_colno) if same_line else (None, None)
            places.append(Place(shown_path(file, folders), frame.lineno, text, start, end))
    return places


def _place_of_syntax_error(error: SyntaxError, folders: tuple[Path, ...]) -> Place:
    file = Path(error.filename or "")
    text = (error.text or "").rstrip("\n")[:LINE_LENGTH]
    start = error.offset - 1 if error.offset else None
    one_line = error.end_lineno in (None, error.lineno)
    end = error.end_offset - 1 if start is not None and error.end_offset and one_line else None
    return Place(shown_path(file, folders), error.lineno or 1, text, start, end)


def _excerpt(place: Place) -> str:
    """The place and its line, marked where the interpreter knows what part of it is meant."""
    lines = [f"{place.file}:{place.line}"]
    if place.text.strip():
        margin = f"  {place.line:>5} | "
        lines += ["", margin + place.text]
        if place.start is not None:
            length = max(1, (place.end or 0) - place.start)
            whole = place.start <= len(place.text) - len(place.text.lstrip()) and length >= len(
                place.text.strip()
            )
            if not whole:
                lines.append(" " * (len(margin) - 2) + "| " + " " * place.start + "^" * length)
    return "\n".join(lines)


def _caller(place: Place) -> str:
    return f"\n  called from {place.file}:{place.line}:  {place.text.strip()}"
