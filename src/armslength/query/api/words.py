"""A query in words a reader of the study would use: short descriptions of its nodes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from armslength.query.model import nodes as n

FEW = 3
SIGNS: dict[type[n.Node], str] = {
    n.EQ: "=",
    n.NE: "≠",
    n.LT: "<",
    n.LE: "≤",
    n.GT: ">",
    n.GE: "≥",
    n.Add: "+",
    n.Subtract: "-",
    n.Multiply: "·",
    n.TrueDivide: "÷",
    n.FloorDivide: "÷ (whole)",
    n.Power: "to the power of",
}
AGGREGATES: dict[type[n.Node], str] = {
    n.Min: "smallest",
    n.Max: "largest",
    n.Sum: "sum of",
    n.Mean: "mean of",
    n.CountDistinct: "number of different",
    n.CountEpisodes: "number of episodes of",
    n.CombineAsSet: "any of the patient's",
}
UNITS = {
    n.DateDifferenceInDays: "days",
    n.DateDifferenceInMonths: "months",
    n.DateDifferenceInYears: "years",
}
MOVES = {n.DateAddDays: "days", n.DateAddMonths: "months", n.DateAddYears: "years"}
PARTS = {
    n.YearFromDate: "year of",
    n.MonthFromDate: "month of",
    n.DayFromDate: "day of",
    n.ToFirstOfYear: "1 January of the year of",
    n.ToFirstOfMonth: "first of the month of",
    n.Negate: "minus",
    n.Absolute: "size of",
}
Names = Mapping[n.Node, str]


def in_words(node: n.Node, names: Names | None = None, *, depth: int = 6) -> str:
    """Describe a node. `names` are those the author gave to parts of the query; they are used where they fit.

    >>> from armslength.query.model.nodes import GE, Value
    >>> in_words(GE(Value(3), Value(2)))
    '3 ≥ 2'
    """
    known = names or {}
    if node in known:
        return known[node]
    if depth == 0:
        return "…"

    def say(part: n.Node) -> str:
        return in_words(part, known, depth=depth - 1)

    return _series(node, say) if isinstance(node, n.Series) else _frame(node, say)


Say = Callable[[n.Node], str]


def _series(node: n.Node, say: Say) -> str:
    match node:
        case n.Value(value):
            return literal(value)
        case n.SelectColumn(source, name):
            return f"{name} of the {say(source)}" if isinstance(source, n.PickOneRowPerPatient) else name
        case n.Exists(source):
            return f"has {say(source)}" if source.domain is not None else f"is in {say(source)}"
        case n.Count(source):
            return f"number of rows of {say(source)}"
        case n.Not(n.IsNull(source)):
            return f"{say(source)} is recorded"
        case n.Not(n.In(lhs, rhs)):
            return f"{say(lhs)} is none of {say(rhs)}"
        case n.Not(n.Exists(source)):
            return f"has no {say(source)}"
        case n.Not(source):
            return f"not ({say(source)})"
        case n.IsNull(source):
            return f"{say(source)} is missing"
        case n.In(lhs, rhs):
            return f"{say(lhs)} is one of {say(rhs)}"
        case n.And(lhs, rhs):
            return f"{_bracketed(lhs, say)} and {_bracketed(rhs, say)}"
        case n.Or(lhs, rhs):
            return f"{_bracketed(lhs, say)} or {_bracketed(rhs, say)}"
        case n.StringContains(lhs, rhs):
            return f"{say(lhs)} contains {say(rhs)}"
        case n.Case():
            return f"a case of {len(node.cases)}"
        case _:
            return _operation(node, say)


def _operation(node: n.Node, say: Say) -> str:
    kind = type(node)
    parts = [part for _, _, part in node.operands()]
    if kind in SIGNS:
        return f" {SIGNS[kind]} ".join(map(say, parts))
    if kind in AGGREGATES:
        return f"{AGGREGATES[kind]} {say(parts[0])} in {say(_rows(parts[0]))}"
    if kind in UNITS:
        end, start = parts
        is_age = kind is n.DateDifferenceInYears and isinstance(start, n.SelectColumn)
        if is_age and start.name == "date_of_birth":
            return f"age on {say(end)}"
        return f"{UNITS[kind]} from {say(start)} to {say(end)}"
    if kind in MOVES:
        return f"{say(parts[0])} + {say(parts[1])} {MOVES[kind]}"
    if kind in PARTS:
        return f"{PARTS[kind]} {say(parts[0])}"
    if kind in (n.CastToInt, n.CastToFloat):
        return say(parts[0])
    if kind in (n.MinimumOf, n.MaximumOf):
        word = "smallest" if kind is n.MinimumOf else "largest"
        return f"{word} of {', '.join(map(say, parts))}"
    return str(getattr(node, "name", kind.__name__))


def _rows(part: n.Node) -> n.Node:
    return part.domain or part


def _bracketed(node: n.Node, say: Say) -> str:
    said = say(node)
    return f"({said})" if isinstance(node, (n.And, n.Or)) and " " in said else said


def _frame(node: n.Node, say: Say) -> str:
    match node:
        case n.SelectTable(name) | n.SelectPatientTable(name):
            return str(name)
        case n.InlinePatientTable():
            return "the table given with the query"
        case n.Filter(source, condition):
            joined = ", " if isinstance(source, n.Filter) else " with "
            return f"{say(source)}{joined}{say(condition)}"
        case n.Sort(source, _):
            return say(source)
        case n.PickOneRowPerPatient(source, position):
            return f"{position.value} of {say(source)}"
        case _:
            return type(node).__name__


def literal(value: Any) -> str:
    """Write a constant; a long list is counted instead."""
    if isinstance(value, frozenset):
        if len(value) > FEW:
            return f"{len(value):,} values"
        return ", ".join(sorted(literal(each) for each in value)) or "nothing"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return f"“{value}”" if isinstance(value, str) else str(value)


def shortened(text: str, *, length: int) -> str:
    """A text of at most `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
