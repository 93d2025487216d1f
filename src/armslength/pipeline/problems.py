"""Collect every problem of a pipeline file, each with its line, an excerpt and a hint."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import Place

MOST_REPORTED = 50
MOST_WARNINGS = 20
EXCERPT_WIDTH = 100


class Problems:
    """The problems found so far in one file."""

    def __init__(self, text: str, *, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name
        self._found: list[tuple[Place, Mistake]] = []
        self._unreported = 0
        self._warnings: list[str] = []

    @property
    def full(self) -> bool:
        """True when enough is found: searching on would cost time and tell nobody more."""
        return len(self._found) >= MOST_REPORTED

    def add(self, code: str, what: str, place: Place, *, hint: str | None = None) -> None:
        """Note one problem."""
        if self.full:
            self._unreported += 1
            return
        self._found.append((place, Mistake(code, what, where=self._where(place), hint=hint)))

    def warn(self, words: str, place: Place | None = None) -> None:
        """Note something that is accepted and better changed."""
        self._warnings.append(words if place is None else f"line {place.line}: {words}")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is better changed, the first of it."""
        more = len(self._warnings) - MOST_WARNINGS
        return (*self._warnings[:MOST_WARNINGS], *([f"and {more} more warnings"] if more > 0 else []))

    def raise_if_any(self) -> None:
        """Raise Mistakes with everything found, in the order of the file."""
        if not self._found:
            return
        found = [mistake for _, mistake in sorted(self._found, key=lambda one: (one[0].line, one[0].column))]
        if self._unreported:
            found.append(Mistake("P001", f"and {self._unreported} more problems", where=self._name))
        raise Mistakes(found)

    def _where(self, place: Place) -> str:
        """Write `project.yaml:7:12` and below it the line with a mark under the column."""
        where = f"{self._name}:{place.line}:{place.column}"
        if not 1 <= place.line <= len(self._lines):
            return where
        line = "".join(letter if letter.isprintable() else " " for letter in self._lines[place.line - 1])
        start = max(0, place.column - EXCERPT_WIDTH // 2)
        gutter = f"{place.line:>6} | "
        mark = " " * (len(gutter) - 2) + "| " + " " * (place.column - 1 - start) + "^"
        return f"{where}\n{gutter}{line[start : start + EXCERPT_WIDTH]}\n{mark}"


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str) -> str:
    """Return a hint with the nearest known spelling, or `otherwise` when nothing is near.

    >>> did_you_mean("ouputs", ["run", "outputs"], otherwise="")
    'did you mean `outputs`?'
    """
    close = get_close_matches(name[:200], list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else otherwise


def shown(text: object) -> str:
    """Quote something from the file for a message: short and printable."""
    flat = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    return f"`{flat if len(flat) <= 80 else flat[:77] + '...'}`"
