"""Mistakes a person can put right: what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class Mistake(Exception):
    """Something the person at the keyboard can fix. Anything else that escapes is our bug.

    `code` is stable and has a page in docs/reference/errors.md; `what` is one sentence without a
    full stop; `where` is a file with a line, a table, an address; `hint` says what to do next.

    >>> print(Mistake("P003", "action `rates` needs `data`, which does not exist", where="project.yaml:7"))
    error P003: action `rates` needs `data`, which does not exist
      at project.yaml:7
    """

    code: str
    what: str
    where: str | None = None
    hint: str | None = None
    exit_status: int = 1

    def __str__(self) -> str:
        lines = [f"error {self.code}: {self.what}"]
        if self.where:
            lines.append(f"  at {self.where}")
        if self.hint:
            lines += ["", f"hint: {self.hint}"]
        return "\n".join(lines)


class Mistakes(Exception):
    """Several mistakes found in one reading, reported together."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        if not mistakes:
            raise ValueError("an empty list of mistakes is not a mistake")
        self.mistakes = tuple(mistakes)
        super().__init__(str(self))

    @property
    def exit_status(self) -> int:
        return max(mistake.exit_status for mistake in self.mistakes)

    def __str__(self) -> str:
        return "\n\n".join(str(mistake) for mistake in self.mistakes)
