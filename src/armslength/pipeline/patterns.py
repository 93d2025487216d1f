"""Output patterns: which are allowed, what they match, and which two of them could name one file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath

from armslength.pipeline.model import LEVEL_4_FILE_TYPES, Output, PrivacyLevel

LONGEST = 500
MOST_COMPARISONS = 2_000_000
# What a reviewer's page, a URL and a manifest can carry: nothing hidden, no control letters (S2b).
NAMEABLE = re.compile(
    r"[A-Za-z0-9_+=@ ,()\[\]~*-][^\x00-\x1f\x7f\\/]*(/[^.\x00-\x1f\x7f\\/][^\x00-\x1f\x7f\\/]*)*"
)


def is_nameable(path: str) -> bool:
    """Say whether a path can be shown and compared: no letters that are invisible, turn text around or look alike.

    >>> is_nameable("output/rates.csv"), is_nameable("output/r\u202evsc.exe"), is_nameable("output/e\u0301.csv")
    (True, False, False)
    """
    # A name that is no Unicode (a lone surrogate) is not printable either.
    return bool(NAMEABLE.fullmatch(path)) and path.isprintable() and unicodedata.is_normalized("NFC", path)


def why_not_pattern(pattern: str, level: PrivacyLevel) -> str | None:
    """Say why this cannot be an output path, or return None.

    >>> why_not_pattern("output/*.csv", PrivacyLevel.MODERATELY_SENSITIVE) is None
    True
    >>> why_not_pattern("../a.csv", PrivacyLevel.HIGHLY_SENSITIVE)
    'it may not contain `..`'
    """
    return _why_not_characters(pattern) or _why_not_place(pattern) or _why_not_type(pattern, level)


def _why_not_characters(pattern: str) -> str | None:
    if len(pattern) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if "\\" in pattern:
        return "it contains a backslash; use `/` between folders"
    if wrong := next((mark for mark in ("**", "?", "[") if mark in pattern), None):
        return f"it contains `{wrong}`; only a single `*` is a wildcard"
    return None


def _why_not_place(pattern: str) -> str | None:
    if PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).drive:
        return "it is absolute; write it relative to the top of the repository"
    parts = pattern.split("/")
    if ".." in parts:
        return "it may not contain `..`"
    if pattern != str(PurePosixPath(pattern)):
        return f"it is not in its simplest form; write `{PurePosixPath(pattern)}`"
    if any(part.startswith(".") for part in parts):
        return "no folder or file of it may start with a dot"
    if parts[0] == "metadata":
        return "`metadata` is kept for logs; choose another folder"
    if pattern == "project.yaml":
        return "it is the pipeline file itself"
    return None if is_nameable(pattern) else "it has characters that cannot be in a file name here"


def _why_not_type(pattern: str, level: PrivacyLevel) -> str | None:
    suffix = PurePosixPath(pattern).suffix
    if not suffix or suffix == ".":
        return "it has no file type; end it in one, such as `.csv`"
    if suffix.endswith("*"):
        return "its file type ends in `*`; write the type in full"
    if level is PrivacyLevel.MODERATELY_SENSITIVE and suffix not in LEVEL_4_FILE_TYPES:
        allowed = ", ".join(sorted(LEVEL_4_FILE_TYPES))
        return f"`{suffix}` cannot be reviewed; moderately sensitive files are {allowed}"
    return None


@lru_cache(maxsize=20_000)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("[^/]*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Say whether a path, relative and with forward slashes, is named by a pattern.

    >>> matches("output/*.csv", "output/a.csv"), matches("output/*.csv", "output/deep/a.csv")
    (True, False)
    """
    return _expression(pattern).fullmatch(path) is not None


def could_both_name(one: str, other: str) -> bool:
    """Say whether some path is named by both patterns.

    >>> could_both_name("output/a*.csv", "output/*b.csv"), could_both_name("a/*.csv", "b/*.csv")
    (True, False)
    """
    parts, others = one.split("/"), other.split("/")
    return len(parts) == len(others) and all(_parts_meet(*pair) for pair in zip(parts, others, strict=True))


def _parts_meet(one: str, other: str) -> bool:
    """Say whether some name without slashes fits both parts; each `*` stands for any run of letters."""
    if "*" not in one:
        return one == other if "*" not in other else matches(other, one)
    if "*" not in other:
        return matches(one, other)
    # Both have a wildcard: when their fixed starts and fixed ends agree, letting a wildcard of each swallow
    # the middle of the other always gives a common name.
    starts = one.split("*", 1)[0], other.split("*", 1)[0]
    ends = one.rsplit("*", 1)[1][::-1], other.rsplit("*", 1)[1][::-1]
    return _one_begins_other(*starts) and _one_begins_other(*ends)


def _one_begins_other(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


class TooManyWildcards(Exception):
    """Comparing these patterns would take too long; no real project comes near."""


@dataclass
class _Folder:
    """A level of the tree of patterns: fixed names and names with a wildcard lead onward."""

    fixed: dict[str, _Folder] = field(default_factory=dict)
    wild: dict[str, _Folder] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    def add(self, output: Output) -> None:
        folder = self
        for part in output.pattern.split("/"):
            onward = folder.wild if "*" in part else folder.fixed
            folder = onward.setdefault(part, _Folder())
        folder.outputs.append(output)


def overlapping(outputs: Iterable[Output]) -> Iterator[tuple[Output, Output]]:
    """Yield pairs of outputs, in order, that could name one file; raise TooManyWildcards.

    Patterns go into a tree by folder, so that only those are compared that share the folders above.
    """
    tree = _Folder()
    budget = MOST_COMPARISONS
    for output in outputs:
        meeting = [tree]
        for part in output.pattern.split("/"):
            budget -= sum(len(folder.wild) + len(folder.fixed) * ("*" in part) for folder in meeting)
            if budget < 0:
                raise TooManyWildcards
            meeting = [onward for folder in meeting for onward in _onward(folder, part)]
        for folder in meeting:
            yield from ((earlier, output) for earlier in folder.outputs)
        tree.add(output)


def _onward(folder: _Folder, part: str) -> Iterator[_Folder]:
    if "*" in part:
        yield from (onward for name, onward in folder.fixed.items() if matches(part, name))
    elif part in folder.fixed:
        yield folder.fixed[part]
    yield from (onward for name, onward in folder.wild.items() if _parts_meet(part, name))
