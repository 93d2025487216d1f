"""An independent reading of T-SQL, by its grammar alone: sqlfluff's, which shares nothing with what writes the SQL."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

MOST_STATEMENTS, LONGEST = 250, 2500  # what is read of a run: each shape of a statement once, no giants


@cache
def _config() -> Any:
    from sqlfluff.core import FluffConfig

    return FluffConfig(overrides={"dialect": "tsql"})


def unparsable(sql: str) -> list[str]:
    """Return the parts of a statement that are no T-SQL."""
    from sqlfluff.core import Lexer, Parser

    tokens, _ = Lexer(config=_config()).lex(sql)
    tree = Parser(config=_config()).parse(tokens)
    assert tree is not None
    return [part.raw for part in tree.recursive_crawl("unparsable")]


class Reader:
    """Reads statements of a shape that it has not read before, so many and no longer than it may."""

    def __init__(self) -> None:
        self._shapes: set[str] = set()

    def unparsable(self, sql: str) -> list[str]:
        shape = re.sub(r"'[^']*'|\d+|\[\w+\]", "0", sql)
        if shape in self._shapes or len(self._shapes) >= MOST_STATEMENTS or len(sql) > LONGEST:
            return []
        self._shapes.add(shape)
        return unparsable(sql)
