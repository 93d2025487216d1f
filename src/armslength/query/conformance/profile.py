"""What the values of a table look like: one more query for each table, in which no number is small."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp, parse_one

from armslength.query.conformance.asking import Asked, Offered, rows_held
from armslength.query.conformance.rules import held
from armslength.query.conformance.verdict import THRESHOLD, Bar, Distribution, Shape, shown
from armslength.query.engines.compile.scope import called
from armslength.query.model.codes import BaseCode
from armslength.query.model.constraints import Categorical
from armslength.query.model.schema import Column

MOST_VALUES, MOST_CODES = 2_000, 30
# Upper ends of the bands that numbers are put in, each twice or two and a half times the one before.
BANDS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000)
SCHEMA = pa.schema([("which", pa.int64()), ("number", pa.int64()), ("words", pa.string()), ("n", pa.int64())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What rows are counted by, for one distribution."""

    column: str
    shape: Shape
    made: exp.Expr
    is_number: bool


def keys_of(columns: dict[str, Column]) -> Iterator[Key]:
    """Yield what to count the rows of a table by. Texts of which nothing is promised may say anything: not these."""
    for name, column in columns.items():
        value = held(name)
        if column.type is datetime.date:
            yield Key(column=name, shape=Shape.MONTHS, made=_month(value), is_number=True)
        elif column.type is bool:
            yes = exp.If(this=exp.EQ(this=value, expression=exp.true()), true=exp.Literal.string("true"))
            no = exp.If(
                this=exp.EQ(this=value.copy(), expression=exp.false()), true=exp.Literal.string("false")
            )
            yield Key(column=name, shape=Shape.CATEGORIES, made=exp.Case(ifs=[yes, no]), is_number=False)
        elif column.constraint(Categorical) is not None:
            yield Key(column=name, shape=Shape.CATEGORIES, made=value, is_number=column.type is int)
        elif issubclass(column.type, BaseCode):
            yield Key(column=name, shape=Shape.CODES, made=value, is_number=False)
        elif column.type in (int, float) and not name.endswith("_id"):
            yield Key(column=name, shape=Shape.NUMBERS, made=_band(value), is_number=True)


def _month(value: exp.Expr) -> exp.Expr:
    year = exp.Extract(this=exp.var("YEAR"), expression=value)
    month = exp.Extract(this=exp.var("MONTH"), expression=value.copy())
    hundreds = exp.Mul(this=year, expression=exp.Literal.number(100))
    return exp.Cast(
        this=exp.Paren(this=exp.Add(this=hundreds, expression=month)), to=exp.DataType.build("INT")
    )


def _band(value: exp.Expr) -> exp.Expr:
    ifs = [
        exp.If(this=exp.LT(this=value.copy(), expression=exp.Literal.number(0)), true=exp.Literal.number(0))
    ]
    ifs += [
        exp.If(
            this=exp.LTE(this=value.copy(), expression=exp.Literal.number(end)),
            true=exp.Literal.number(number),
        )
        for number, end in enumerate(BANDS, start=1)
    ]
    above = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    ifs.append(exp.If(this=above, true=exp.Literal.number(len(BANDS) + 1)))
    return exp.Case(ifs=ifs)


def distributions(
    asked: Asked, offered: Offered, columns: dict[str, Column], *, rows: int
) -> tuple[Distribution, ...]:
    """Count the rows of a table by each of some columns, in one reading. What is rare is not asked for."""
    keys = tuple(keys_of(columns))
    if not keys:
        return ()
    query = _counting(keys, rows_held(offered, columns, people=None, days=()))
    found: dict[int, list[tuple[object, int]]] = {}
    for row in asked.rows(query, SCHEMA, purpose=f"count the values of {offered.name}"):
        key = keys[row["which"]]
        found.setdefault(row["which"], []).append(
            (row["number"] if key.is_number else row["words"], row["n"])
        )
    return tuple(_distribution(key, found.get(number, []), rows) for number, key in enumerate(keys))


def _counting(keys: Sequence[Key], rows: exp.Subquery) -> exp.Select:
    inner = exp.select(*(called(key.made, f"k{n}") for n, key in enumerate(keys)), copy=False)
    inner = inner.from_(rows, copy=False)
    numbers = [f"k{n}" for n, key in enumerate(keys) if key.is_number]
    words = [f"k{n}" for n, key in enumerate(keys) if not key.is_number]
    which = " ".join(f"WHEN GROUPING({_name(n)}) = 0 THEN {n}" for n in range(len(keys)))
    number = f"COALESCE({', '.join(map(_quote, numbers))}, NULL)" if numbers else "CAST(NULL AS INT)"
    text = f"COALESCE({', '.join(map(_quote, words))}, NULL)" if words else "CAST(NULL AS TEXT)"
    sets = ", ".join(f"({_name(n)})" for n in range(len(keys)))
    limits = " ".join(f"WHEN {n} THEN {MOST_CODES}" for n, key in enumerate(keys) if key.shape is Shape.CODES)
    most = f"CASE which {limits} ELSE {MOST_VALUES} END" if limits else str(MOST_VALUES)
    # Every part of the text is a number or a name made of one.
    text = (
        "SELECT which, number, words, n FROM (SELECT which, number, words, n, "  # noqa: S608
        "ROW_NUMBER() OVER (PARTITION BY which ORDER BY n DESC, number, words) AS place FROM ("
        f"SELECT CASE {which} END AS which, {number} AS number, {text} AS words, COUNT(*) AS n "
        f"FROM counted_rows GROUP BY GROUPING SETS ({sets}) HAVING COUNT(*) > {THRESHOLD}) AS grouped) AS placed "
        f"WHERE place <= {most} ORDER BY which, place"
    )
    query = parse_one(text, read="duckdb")
    (place,) = [table for table in query.find_all(exp.Table) if table.name == "counted_rows"]
    place.replace(inner.subquery("counted_rows", copy=False))
    return query  # type: ignore[return-value]


def _name(number: int) -> str:
    return _quote(f"k{number}")


def _quote(name: str) -> str:
    return f'"{name}"'


def _distribution(key: Key, found: list[tuple[object, int]], rows: int) -> Distribution:
    present = [(value, count) for value, count in found if value is not None]
    rest = rows - sum(count for _, count in found)
    if key.shape in (Shape.MONTHS, Shape.NUMBERS):
        present.sort(key=lambda each: int(str(each[0])))
    bars = tuple(Bar(label=label(key.shape, value), rows=shown(count) or 0) for value, count in present)
    return Distribution(
        column=key.column, shape=key.shape, bars=bars, others=(shown(rest) or 0) if rest > 0 else 0
    )


def label(shape: Shape, value: object) -> str:
    """Return what a value is called.

    >>> label(Shape.MONTHS, 202403), label(Shape.NUMBERS, 4), label(Shape.CODES, "A01")
    ('2024-03', '2 to 5', 'A01')
    """
    if shape is Shape.MONTHS:
        year, month = divmod(int(str(value)), 100)
        return f"{year:04}-{month:02}"
    if shape is not Shape.NUMBERS:
        return str(value)
    band = int(str(value))
    if band == 0:
        return "below 0"
    if band > len(BANDS):
        return f"above {BANDS[-1]:,}"
    return "0" if band == 1 else f"{BANDS[band - 2]:,} to {BANDS[band - 1]:,}"
