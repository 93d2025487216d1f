"""Context: what a file alone does not tell. The request it is part of, the code that made it, the data behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from armslength.kernel.errors import Mistake

_REQUEST = {"context": str, "controls": str, "population": str, "earlier_outputs": str}
_FILE = {
    "action": str, "commit": str, "script": str, "published": bool, "dirty": bool, "out_of_date": bool,
    "observations": int, "parameters": int, "smallest_group": int, "contributions": list,
}  # fmt: skip
_CONTRIBUTION = {"line": int, "column": str, "total": float, "largest": float, "second": float}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the author of a request says about all of its files."""

    context: str = ""
    controls: str = ""
    population: str = ""
    earlier_outputs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What the data say of one summed cell: its total, the largest part of it and the second largest."""

    line: int
    column: str
    total: float
    largest: float
    second: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContext:
    """What is known of one file. None stands for what nobody said.

    `script` is the text of the code that wrote it. `observations`, `parameters`, `smallest_group` and
    `contributions` come from the data: they are evidence of level 3, and no finding repeats them.
    """

    action: str | None = None
    commit: str | None = None
    script: str | None = None
    published: bool | None = None
    dirty: bool | None = None
    out_of_date: bool | None = None
    observations: int | None = None
    parameters: int | None = None
    smallest_group: int | None = None
    contributions: tuple[Contribution, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that is known beside the files. `overlaps` are the files that earlier releases overlap."""

    request: Request | None = None
    files: Mapping[str, FileContext] = field(default_factory=dict)
    overlaps: tuple[str, ...] | None = None

    def of(self, name: str) -> FileContext:
        """What is known of a file: the entry whose path its own ends with."""
        parts = PurePath(name).parts
        for key, known in self.files.items():
            wanted = PurePath(key).parts
            if wanted and parts[-len(wanted) :] == wanted:
                return known
        return FileContext()


def read_context(text: str, *, where: str) -> Context:
    """Read a context written as JSON (docs/reference/disclosure-checks.md). Raises Mistake C006."""
    try:
        return _context(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Mistake(
            "C006",
            "this does not describe outputs",
            where=where,
            hint=f"{error}; see docs/reference/disclosure-checks.md",
            exit_status=2,
        ) from None


def _context(data: Any) -> Context:
    _only(data, {"request": dict, "files": dict, "overlaps": list}, "the description")
    request = data.get("request")
    if request is not None:
        _only(request, _REQUEST, "`request`")
    files = {}
    for name, entry in data.get("files", {}).items():
        _only(entry, _FILE, f"`{name}`")
        known = dict(entry)
        if "contributions" in known:
            known["contributions"] = tuple(_contribution(part, name) for part in known["contributions"])
        files[name] = FileContext(**known)
    overlaps = data.get("overlaps")
    return Context(
        request=None if request is None else Request(**request),
        files=files,
        overlaps=None if overlaps is None else tuple(str(name) for name in overlaps),
    )


def _contribution(part: Any, name: str) -> Contribution:
    _only(part, _CONTRIBUTION, f"a contribution of `{name}`")
    for key in ("line", "column", "total", "largest"):
        if key not in part:
            raise ValueError(f"a contribution of `{name}` lacks its `{key}`")
    return Contribution(**part)


def _only(given: Any, known: Mapping[str, type], what: str) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{what} is not an object")
    for key, value in given.items():
        if key not in known:
            raise ValueError(f"{what} has no entry `{key}`; known are {', '.join(known)}")
        wanted = known[key]
        fits = isinstance(value, wanted) or (wanted is float and isinstance(value, int))
        if not fits or (isinstance(value, bool) and wanted is not bool):
            raise ValueError(f"`{key}` of {what} is not of type {wanted.__name__}")
