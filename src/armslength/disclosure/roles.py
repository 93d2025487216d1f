"""Roles: what a column of a table shows, with the evidence for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from armslength.disclosure import names
from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.tables import Table


class Role(StrEnum):
    """What a column shows."""

    COUNT = "count"  # named as a count of people or events
    PERHAPS_COUNT = "perhaps a count"  # whole numbers that nothing else explains
    PROPORTION = "proportion"
    RATE = "rate"
    MEAN = "mean"
    SPREAD = "spread"  # standard deviation, standard error, variance
    QUANTILE = "quantile"
    EXTREME = "extreme"  # minimum, maximum, range
    BOUND = "bound"  # of a confidence interval
    P_VALUE = "p value"
    ESTIMATE = "estimate"  # a ratio, coefficient, statistic, cost
    DEGREES = "degrees of freedom"
    PERSON_TIME = "person time"
    MIXED = "mixed"  # statistics of several kinds under one another; the row's label says which
    IDENTIFIER = "identifier"
    FREE_TEXT = "free text"
    ATTRIBUTE = "attribute"  # something about a person: sex, age, a yes or no
    DATE = "date"
    CODE = "code"  # of a clinical dictionary
    ROW_INDEX = "row index"
    DIMENSION = "dimension"  # what the rows are grouped by


_ENOUGH_NUMBERED = 4
_OF_MODELS = frozenset({"nobs", "obs", "observations", "nevent"})
_INTEGER, _DECIMAL = Kind.INTEGER, Kind.DECIMAL
COUNTS = frozenset({Role.COUNT, Role.PERHAPS_COUNT})
STATISTICS = frozenset(
    {
        Role.PROPORTION, Role.RATE, Role.MEAN, Role.SPREAD, Role.QUANTILE, Role.EXTREME, Role.BOUND,
        Role.P_VALUE, Role.ESTIMATE, Role.DEGREES, Role.PERSON_TIME, Role.MIXED,
    }
)  # fmt: skip
AGGREGATES = STATISTICS | {Role.COUNT}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRole:
    """One column's role and what speaks for it. `certain` is False where only the values suggest it."""

    role: Role
    evidence: str
    certain: bool = True


def roles_of(table: Table) -> tuple[ColumnRole, ...]:
    """Say what each column shows. Names speak first, then values, then what the columns are to one another."""
    roles = [_role_of(table, index) for index in range(len(table.header))]
    certain = [index for index, column in enumerate(roles) if column.role is Role.COUNT]
    for index, column in enumerate(roles):
        if column.role is Role.PERHAPS_COUNT:
            roles[index] = _as_count(table, index, certain) or column
    for index in certain:
        if len(certain) > 1 and is_level(table, index, roles):
            evidence = "it tells apart rows that are otherwise about the same"
            roles[index] = ColumnRole(role=Role.DIMENSION, evidence=evidence)
    return tuple(roles)


def _role_of(table: Table, index: int) -> ColumnRole:
    name, shown = table.header[index], table.shown(index)
    normal = names.normal(name)
    called = f"it is called `{name}`"
    if names.STRONG_IDENTIFIER.search(normal):
        return ColumnRole(role=Role.IDENTIFIER, evidence=called)
    if _is_row_index(name, normal, index, shown):
        return ColumnRole(role=Role.ROW_INDEX, evidence="it numbers the rows from the first to the last")
    if set(names.words(name)) & names.CODE and not _is_decimal(shown):
        return ColumnRole(role=Role.CODE, evidence=called)
    if names.WEAK_IDENTIFIER.search(normal):
        return ColumnRole(role=Role.IDENTIFIER, evidence=called, certain=False)
    if mixed := _role_from_compounds(shown, name):
        return mixed
    if names.counts_people(name) and _mostly_counts(table, index) and not _is_ladder(table, index, shown):
        # The number of observations of a model is rarely rounded, and is asked for: it is told, not stopped.
        sure = not set(names.words(name)) & _OF_MODELS and not _is_difference(name, shown)
        return ColumnRole(role=Role.COUNT, evidence=called, certain=sure)
    if _all(shown, Kind.DATE) or _are_packed_dates(shown):
        return ColumnRole(role=Role.DATE, evidence="its cells are dates")
    return _role_from_name(name, shown) or _role_from_values(table, index, normal, shown)


def _is_difference(name: str, shown: list[Cell]) -> bool:
    # Nobody counts fewer than none: `excess_deaths` and `n_diff` are counts taken from one another.
    return bool(set(names.words(name)) & _CHANGES) or any((cell.value or 0) < 0 for cell in shown)


def _role_from_compounds(shown: list[Cell], name: str) -> ColumnRole | None:
    """The role of a column whose cells carry two numbers each."""
    if not shown:
        return None
    kinds = [cell.kind for cell in shown if cell.kind is not _INTEGER and cell.kind is not _DECIMAL]
    paired = kinds.count(Kind.COUNT_WITH_PERCENT) + kinds.count(Kind.FRACTION)
    others = kinds.count(Kind.INTERVAL) + kinds.count(Kind.SPREAD)
    if paired == len(shown):
        firm = any(cell.firm for cell in shown) or "%" in name
        return ColumnRole(role=Role.COUNT, evidence="its cells read `n (percent)`", certain=firm)
    if (paired and paired + others >= 2) or ((paired + others) * 3 >= len(shown) and paired):
        return ColumnRole(role=Role.MIXED, evidence="its cells show `n (percent)` and other statistics")
    if others * 2 > len(shown):
        return ColumnRole(role=Role.ESTIMATE, evidence="its cells show values with intervals or spreads")
    return None


# A percentage of change is no share of anything.
_CHANGES = frozenset(
    {"change", "difference", "diff", "reduction", "increase", "decrease", "effectiveness", "ve", "excess"}
)
_BY_NAME = (
    (names.PROPORTION, Role.PROPORTION), (names.RATE, Role.RATE), (names.P_VALUE, Role.P_VALUE),
    (names.MEAN, Role.MEAN), (names.QUANTILE, Role.QUANTILE), (names.SPREAD, Role.SPREAD),
    (names.EXTREME, Role.EXTREME), (names.BOUND, Role.BOUND), (names.DEGREES, Role.DEGREES),
    (names.ESTIMATE, Role.ESTIMATE),
)  # fmt: skip


def _role_from_name(name: str, shown: list[Cell]) -> ColumnRole | None:
    parts = set(names.words(name))
    called = f"it is called `{name}`"
    if shown and not any(cell.value is not None or cell.percent is not None for cell in shown):
        return None  # words are not statistics, whatever their column is called
    if names.is_person_time(name):
        return ColumnRole(role=Role.PERSON_TIME, evidence=called)
    if (parts & {"odds", "hazard", "risk", "rate"} and "ratio" in parts) or parts & _CHANGES:
        return ColumnRole(role=Role.ESTIMATE, evidence=called)
    if "%" in name:
        return ColumnRole(role=Role.PROPORTION, evidence=called)
    if parts in ({"p"}, {"p", "value"}, {"p", "val"}):
        return ColumnRole(role=Role.P_VALUE, evidence=called)
    for vocabulary, role in _BY_NAME:
        if parts & vocabulary:
            return ColumnRole(role=role, evidence=called)
    return None


def _role_from_values(table: Table, index: int, normal: str, shown: list[Cell]) -> ColumnRole:
    parts = set(names.words(table.header[index]))
    if _all(shown, Kind.PERCENT):
        return ColumnRole(role=Role.PROPORTION, evidence="its cells are percentages")
    if _all(shown, Kind.BOOLEAN):
        return ColumnRole(role=Role.ATTRIBUTE, evidence="its cells are yes or no")
    if parts & names.FREE_TEXT:
        return ColumnRole(role=Role.FREE_TEXT, evidence=f"it is called `{table.header[index]}`")
    if parts & names.DIMENSION and not _is_decimal(shown):
        return ColumnRole(role=Role.DIMENSION, evidence="its name is that of a grouping")
    if parts & names.ATTRIBUTE:
        return ColumnRole(role=Role.ATTRIBUTE, evidence="its name is that of something about a person")
    if shown and all(cell.count is not None and cell.count >= 0 for cell in shown):
        if names.is_size_of_something_else(normal) or _is_ladder(table, index, shown):
            return ColumnRole(
                role=Role.DIMENSION, evidence="whole numbers that rise row by row", certain=False
            )
        return ColumnRole(role=Role.PERHAPS_COUNT, evidence="whole numbers that nothing else explains")
    if shown and all(cell.kind in (Kind.DECIMAL, Kind.INTEGER, Kind.INEQUALITY) for cell in shown):
        return ColumnRole(role=Role.ESTIMATE, evidence="decimal numbers", certain=False)
    numbers = sum(cell.value is not None for cell in shown)
    if numbers * 2 > len(shown) and numbers:
        return ColumnRole(role=Role.MIXED, evidence="numbers and words under one another", certain=False)
    return ColumnRole(role=Role.DIMENSION, evidence="text")


def _as_count(table: Table, index: int, certain: list[int]) -> ColumnRole | None:
    """A column of whole numbers is a count when some of it is hidden, or when it is a rounded part of a count."""
    if any(cell.kind is Kind.REDACTED for cell in table.column(index)):
        return ColumnRole(role=Role.COUNT, evidence="some of its whole numbers are hidden")
    shown = table.shown(index)
    if len({cell.value for cell in shown}) < 3 or max((cell.value or 0) for cell in shown) < 50:
        # Few or small whole numbers are below any count: quintiles, doses, years of follow-up.
        return None
    for whole in certain:
        pairs = [(row[index].count, row[whole].count) for row in table.rows]
        known = [(part, total) for part, total in pairs if part is not None and total is not None]
        if len(known) >= 3 and all(part <= total for part, total in known) and _moves_with(known):
            # Days in hospital are below the number of patients too, but nobody rounds them to 5.
            sure = _mostly_rounded([part for part, _ in known])
            evidence = f"on every row it is no more than `{table.header[whole]}`"
            return ColumnRole(role=Role.COUNT, evidence=evidence, certain=sure)
    return None


# No level of a grouping is above this: doses, visits, 0 and 1.
_HIGHEST_LEVEL, _FEWEST_RUNGS = 30, 6


def is_level(table: Table, index: int, roles: Sequence[ColumnRole]) -> bool:
    """True for `event` with 0 and 1, or `cases` with 0, 1, 2…, by which the rows of another count are grouped.

    Without such a column rows repeat what they are about, and each of its values meets each of the other groups. A
    column that counts does neither: its rows are about something else already.
    """
    levels = table.counts(index)
    if any(level is None or not 0 <= level <= _HIGHEST_LEVEL for level in levels) or len(set(levels)) < 2:
        return False
    if any(cell.kind is not _INTEGER for cell in table.columns[index]):
        return False
    groups = (Role.DIMENSION, Role.ATTRIBUTE, Role.DATE, Role.CODE)
    others = [other for other, column in enumerate(roles) if other != index and column.role in groups]
    rest = [tuple([row[other].raw for other in others]) for row in table.rows]
    if not others or len(set(rest)) == 1:
        rising = all(a is not None and b is not None and a < b for a, b in pairwise(levels))
        return rising and (levels == [0, 1] or (len(levels) >= _FEWEST_RUNGS and levels[:3] in _STARTS))
    if len(set(rest)) == len(rest) or len(set(zip(rest, levels, strict=True))) < len(rest):
        return False
    return len(rest) * 4 >= len(set(rest)) * len(set(levels)) * 3


_STARTS = ([0, 1, 2], [1, 2, 3])


def _mostly_rounded(counts: Sequence[int]) -> bool:
    distinct = {count for count in counts if count > 0}
    rounded = max(sum(count % 5 == 0 for count in distinct), sum(count % 6 == 3 for count in distinct))
    return len(distinct) >= 3 and rounded * 10 >= 7 * len(distinct)


def _moves_with(pairs: list[tuple[int, int]]) -> bool:
    # A part of a whole is not the same few numbers on every row while the whole changes.
    return len({part for part, _ in pairs}) * 2 >= len({total for _, total in pairs})


def _is_row_index(name: str, normal: str, index: int, shown: list[Cell]) -> bool:
    unnamed = normal in names.INDEX_NAMES or re.fullmatch(
        r"\(column \d+\)|\.\.\.\d+|v1|_|unnamed: ?\d+", name.lower()
    )
    numbered = normal in names.NUMBER_NAMES and len(shown) >= _ENOUGH_NUMBERED
    if not (unnamed or numbered) or index > 1 or not shown:
        return False
    first = shown[0].count
    return first in (0, 1) and all(cell.count == first + step for step, cell in enumerate(shown))


def _is_ladder(table: Table, index: int, shown: list[Cell]) -> bool:
    """True for 0, 1, 2, 3… or 5, 10, 15…: what the rows are grouped by, although it may be called a number."""
    known = [number for number in table.counts(index) if number is not None]
    if len(known) < max(3, len(table.rows) - 2 * (1 + len(known) - len(set(known)))):
        return False  # the last may be open: `6+`
    distinct = list(dict.fromkeys(known))
    if len(distinct) < 3:
        return False
    step = distinct[1] - distinct[0]
    even = step > 0 and all(b - a == step for a, b in pairwise(distinct))
    if not even or distinct[0] > step + 1:
        return False
    others = [
        other
        for other in range(len(table.header))
        if other != index and names.counts_people(table.header[other])
    ]
    return step == 1 and bool(others)


def _are_packed_dates(shown: list[Cell]) -> bool:
    # 20210104 is a day, not a long number.
    return bool(shown) and all(
        cell.kind is Kind.INTEGER
        and re.fullmatch(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])", cell.raw.strip())
        for cell in shown
    )


def _mostly_counts(table: Table, index: int) -> bool:
    shown, counts = table.shown(index), table.counts(index)
    return not shown or (len(counts) - counts.count(None)) * 2 >= len(shown)


def _is_decimal(shown: Sequence[Cell]) -> bool:
    return bool(shown) and sum(cell.decimals > 0 and cell.count is None for cell in shown) * 2 > len(shown)


def _all(shown: Sequence[Cell], kind: Kind) -> bool:
    return bool(shown) and all(cell.kind is kind for cell in shown)
