"""The columns of an answer, told from the query alone: where there is no database to ask."""

from __future__ import annotations

from sqlglot import exp, parse_one

from armslength.kernel.errors import Mistake


def columns_of(sql: str, *, where: str) -> tuple[str, ...]:
    """Return the names of the columns that a judged query gives.

    >>> columns_of("WITH a AS (SELECT 1 AS n) SELECT n, n + 1 AS more FROM a UNION SELECT 1, 2", where="")
    ('n', 'more')

    Raises Mistake Q416 when the text of the query does not say them.
    """
    query = parse_one(sql, dialect="duckdb")
    names = tuple(query.named_selects) if isinstance(query, exp.Query) else ()
    if not names or "*" in names or "" in names:
        hint = "write every column with its name (`AS`), or give the rows with `--dummy-data-file`"
        raise Mistake(
            "Q416", "without a database nobody can tell the columns of this query", where=where, hint=hint
        )
    return names
