"""Roles: what a column of a table shows, with the evidence for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.tables import Table


class Role(StrEnum):
    """What a column shows."""

    COUNT = "count"  # named as a count of people or events
    PERHAPS_COUNT = "perhaps a count"  # whole numbers that nothing else explains
    PROPORTION = "proportion"
    ESTIMATE = "estimate"  # a mean, rate, ratio, interval, coefficient
    IDENTIFIER = "identifier"
    ATTRIBUTE = "attribute"  # something about a person: sex, age, a date, a yes or no
    DIMENSION = "dimension"  # what the rows are grouped by


AGGREGATES = frozenset({Role.COUNT, Role.PROPORTION, Role.ESTIMATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRole:
    """One column's role and what speaks for it."""

    role: Role
    evidence: str


_COUNT = re.compile(
    r"(^|_)(n|no|num|number|count|counts|numerator|denominator|patients?|people|persons?|events?|cases?|controls?"
    r"|deaths?|admissions?|total|totals|freq|frequency|population|episodes|appointments|prescriptions|items|tests"
    r"|sample_size|obs|observations|at_risk)(_|$)"
)
_PROPORTION = re.compile(r"(^|_)(pct|percent|percentage|perc|proportion|prop|share|ratio|%)(_|$)|%")
_ESTIMATE = re.compile(
    r"(^|_)(mean|avg|average|median|sd|se|std|std_error|rate|rates|estimate|coef|coefficient|hr|or|rr|irr|ci|lci"
    r"|uci|lower|upper|conf_low|conf_high|p|p_value|pvalue|statistic|z|t|q1|q3|p\d{1,2}|iqr|min|max|var|variance"
    r"|survival|hazard|smd|auc|r2|aic|bic|df|decile_value|value)(_|$)"
)
_WHO = "patient|person|pat|subject|record|row|study|pseudo|nhs|participant|case|hospital|practice"
_IDENTIFIER = re.compile(
    rf"^(({_WHO})_?)?(id|ids|identifier|key|hash|uuid|guid)$|^({_WHO})_?(no|nr|number)$|_pseudo_id$|^pid$"
)
_ATTRIBUTE = re.compile(
    r"(^|_)(sex|gender|age|dob|birth|ethnicity|postcode|lsoa|msoa|date|died|death_date|smoker|smoking|bmi|imd)(_|$)"
)
_DIMENSION = re.compile(
    r"(^|_)(year|years|month|week|day|quarter|quintile|decile|quartile|band|group|level|category|characteristic"
    r"|measure|interval|start|end|rank|order|index|code|version|time|period|age|imd|region|stp|icb)(_|$)"
)


def roles_of(table: Table) -> tuple[ColumnRole, ...]:
    """Say what each column shows. Names speak first, then values, then what the columns are to one another."""
    roles = [_role_of(table, index) for index in range(len(table.header))]
    certain = [index for index, column in enumerate(roles) if column.role is Role.COUNT]
    for index, column in enumerate(roles):
        if column.role is Role.PERHAPS_COUNT:
            evidence = _evidence_of_count(table, index, certain)
            roles[index] = ColumnRole(role=Role.COUNT, evidence=evidence) if evidence else column
    return tuple(roles)


def _role_of(table: Table, index: int) -> ColumnRole:
    name = _normal(table.header[index])
    shown = table.shown(index)
    if _IDENTIFIER.search(name):
        return ColumnRole(role=Role.IDENTIFIER, evidence=f"it is called `{table.header[index]}`")
    if _is_named_count(name) and _mostly_counts(shown):
        return ColumnRole(role=Role.COUNT, evidence=f"it is called `{table.header[index]}`")
    if _PROPORTION.search(name) or _all(shown, Kind.PERCENT):
        return ColumnRole(role=Role.PROPORTION, evidence="its name or its values are percentages or ratios")
    if _all(shown, Kind.COUNT_WITH_PERCENT):
        return ColumnRole(role=Role.COUNT, evidence="its cells read `n (percent)`")
    if _ESTIMATE.search(name):
        return ColumnRole(role=Role.ESTIMATE, evidence=f"it is called `{table.header[index]}`")
    return _role_from_values(name, shown)


def _evidence_of_count(table: Table, index: int, certain: list[int]) -> str | None:
    """Why a column of whole numbers must be a count: parts of it are hidden, or it is a part of a count."""
    if any(cell.kind is Kind.REDACTED for cell in table.column(index)):
        return "some of its whole numbers are hidden"
    for whole in certain:
        pairs = [(row[index].count, row[whole].count) for row in table.rows]
        known = [(part, total) for part, total in pairs if part is not None and total is not None]
        if known and all(part <= total for part, total in known):
            return f"on every row it is no more than `{table.header[whole]}`"
    return None


def _role_from_values(name: str, shown: list[Cell]) -> ColumnRole:
    if _all(shown, Kind.DATE) or _all(shown, Kind.BOOLEAN):
        return ColumnRole(role=Role.ATTRIBUTE, evidence=f"its cells are {shown[0].kind}s")
    if _DIMENSION.search(name):
        return ColumnRole(role=Role.DIMENSION, evidence="its name is that of a grouping")
    if _ATTRIBUTE.search(name):
        return ColumnRole(role=Role.ATTRIBUTE, evidence="its name is that of something about a person")
    if shown and all(cell.count is not None and cell.count >= 0 for cell in shown):
        return ColumnRole(role=Role.PERHAPS_COUNT, evidence="whole numbers that nothing else explains")
    if shown and all(cell.kind in (Kind.DECIMAL, Kind.INTEGER) for cell in shown):
        return ColumnRole(role=Role.ESTIMATE, evidence="decimal numbers")
    return ColumnRole(role=Role.DIMENSION, evidence="text")


def _is_named_count(name: str) -> bool:
    if _PROPORTION.search(name) or re.search(r"(^|_)(rate|mean|median|sd|ratio|band|group|id)(_|$)", name):
        return False
    return bool(_COUNT.search(name))


def _mostly_counts(shown: list[Cell]) -> bool:
    return not shown or sum(cell.count is not None for cell in shown) * 2 >= len(shown)


def _all(shown: list[Cell], kind: Kind) -> bool:
    return bool(shown) and all(cell.kind is kind for cell in shown)


def _normal(name: str) -> str:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^a-z0-9%]+", "_", spaced.lower()).strip("_")
