"""Texts that fit a regular expression, for columns whose contract promises one."""

from __future__ import annotations

import random
import re
import string
from functools import lru_cache
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_REPEAT = 10
PRINTABLE = string.ascii_letters + string.digits + " "
CATEGORIES = {
    kinds.CATEGORY_DIGIT: string.digits,
    kinds.CATEGORY_WORD: string.ascii_letters + string.digits + "_",
    kinds.CATEGORY_SPACE: " ",
}


def text_like(pattern: str, *, chance: random.Random) -> str:
    """Return a text that fits the pattern from its first to its last character.

    Repeats without an end are repeated up to ten times. Raises ValueError for what cannot be turned round, such as
    a look-ahead.

    >>> text_like("[A-C]{2}-7", chance=random.Random(1))
    'AC-7'
    """
    return "".join(_written(item, chance) for item in _parsed(pattern))


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> list[tuple[Any, Any]]:
    return list(parser.parse(pattern))


def _written(item: tuple[Any, Any], chance: random.Random) -> str:
    kind, value = item
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.ANY:
        return chance.choice(PRINTABLE)
    if kind is kinds.NOT_LITERAL:
        return chance.choice(PRINTABLE.replace(chr(value), ""))
    if kind is kinds.IN:
        return chance.choice(_alphabet(value))
    if kind is kinds.BRANCH:
        return "".join(_written(each, chance) for each in chance.choice(value[1]))
    if kind is kinds.SUBPATTERN:
        return "".join(_written(each, chance) for each in value[-1])
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
        least, most, repeated = value
        times = chance.randint(least, max(least, min(most, LONGEST_REPEAT)))
        return "".join(_written(each, chance) for _ in range(times) for each in repeated)
    if kind is kinds.AT:
        return ""
    raise ValueError(f"no text can be made from {str(kind).lower()} in a pattern")


def _alphabet(members: list[tuple[Any, Any]]) -> str:
    letters: list[str] = []
    negated = False
    for kind, value in members:
        if kind is kinds.NEGATE:
            negated = True
        elif kind is kinds.LITERAL:
            letters.append(chr(value))
        elif kind is kinds.RANGE:
            letters += map(chr, range(value[0], value[1] + 1))
        elif kind is kinds.CATEGORY and value in CATEGORIES:
            letters += CATEGORIES[value]
        else:
            raise ValueError(f"no text can be made from {str(kind).lower()} in a pattern")
    return "".join(each for each in PRINTABLE if each not in letters) if negated else "".join(letters)


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern."""
    return re.fullmatch(pattern, text) is not None
