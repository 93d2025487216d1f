"""Checking one table after the other: what is promised, whether it holds, and what was found."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.conformance.asking import Asked, Offered, is_of_type, row_key, rows_held
from armslength.query.conformance.profile import distributions
from armslength.query.conformance.rules import (
    PATIENT,
    SEVERITIES,
    Rule,
    Severity,
    column_rules,
    counted,
    held,
    is_missing,
    table_rules,
)
from armslength.query.conformance.verdict import (
    Check,
    ColumnFound,
    Kind,
    Status,
    TableFound,
    share,
    shown,
)
from armslength.query.engines.compile.scope import called
from armslength.query.model.codes import BaseCode, BaseMultiCodeString
from armslength.query.model.schema import Column

NOT_ABOUT_A_TABLE = frozenset({"Q107", "Q108"})  # out of memory, cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a database is to be checked.

    `as_of` is the last day that records may be of. `allowed_age` is how many days before it the newest record of a
    table may be, by the table's name, with `""` for every other one; a table without is not judged by it.
    """

    as_of: datetime.date
    allowed_age: Mapping[str, int] = field(default_factory=dict)
    tolerated: float = 0.0
    pictures: bool = True

    def severity(self, kind: Kind) -> Severity:
        """Return how grave a broken rule is."""
        found = SEVERITIES[kind]
        if kind is Kind.CONSTRAINT and self.tolerated:
            return Severity(warns=0.0, fails=self.tolerated)
        return found

    def age(self, table: Offered) -> int | None:
        """Return how old the newest record of a table may be, in days."""
        for name in (table.name, table.nodes[0].name, ""):
            if name in self.allowed_age:
                return self.allowed_age[name]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of one table."""

    checks: tuple[Check, ...]
    found: TableFound | None = None


def check_tables(
    asked: Asked,
    tables: Sequence[Offered],
    *,
    wishes: Wishes,
    told: Callable[[str], None] = lambda name: None,
) -> Iterator[Checked]:
    """Check tables one by one. A table that cannot be read is a failed check; the next one is looked at too."""
    people = _people(asked, tables)
    for offered in tables:
        told(offered.name)
        try:
            yield _check_table(asked, offered, people=people, wishes=wishes)
        except Mistake as mistake:
            if mistake.code in NOT_ABOUT_A_TABLE:
                raise
            words = f"the table can be read: {mistake.what}"
            check = Check(
                table=offered.name, column=None, kind=Kind.PRESENCE, words=words, status=Status.FAILED
            )
            yield Checked(checks=(check,))


def _people(asked: Asked, tables: Sequence[Offered]) -> Offered | None:
    """Return the table of all people: the one named `patients` that says most, where it can be read."""
    found = [each for each in tables if each.nodes[0].name == "patients" and "date_of_birth" in each.columns]
    for offered in sorted(found, key=lambda each: -len(each.columns)):
        try:
            if PATIENT in asked.types_of(offered):
                return offered
        except Mistake:
            continue
    return None


def _check_table(asked: Asked, offered: Offered, *, people: Offered | None, wishes: Wishes) -> Checked:
    types = asked.types_of(offered)
    checks = list(_presence(offered, types))
    good = {
        name: column
        for name, column in offered.columns.items()
        if name in types and is_of_type(types[name], column.type)
    }
    days = () if people is None else _days(people, asked.types_of(people))
    rules = tuple(_rules(asked, offered, good, types, people=people, days=days, wishes=wishes))
    row = _answer(asked, offered, good, types, rules=rules, people=people, days=days, as_of=wishes.as_of)
    checks += [_judged(rule, row[f"r{n}"], row["n"], offered, wishes) for n, rule in enumerate(rules)]
    newest = max((row[f"d{name}"] for name in _dated(good) if row[f"d{name}"] is not None), default=None)
    checks += _freshness(offered, newest, wishes)
    shapes = distributions(asked, offered, good, rows=row["n"]) if wishes.pictures else ()
    found = TableFound(
        table=offered.name,
        also=offered.also,
        rows=shown(row["n"]),
        columns=tuple(_column(name, column, types, row) for name, column in offered.columns.items()),
        latest=None if newest is None or shown(row["n"]) is None else newest.isoformat()[:7],
        distributions=shapes,
    )
    return Checked(checks=tuple(checks), found=found)


def _presence(offered: Offered, types: Mapping[str, str]) -> Iterator[Check]:
    yield Check(
        table=offered.name, column=None, kind=Kind.PRESENCE, words="the table is there", status=Status.PASSED
    )
    for name, column in offered.columns.items():
        is_there = name in types
        yield Check(
            table=offered.place_of(name),
            column=name,
            kind=Kind.PRESENCE,
            words="the column is there",
            status=Status.PASSED if is_there else Status.FAILED,
        )
        if is_there:
            fits = is_of_type(types[name], column.type)
            words = f"the column holds {type_in_words(column.type)}"
            yield Check(
                table=offered.place_of(name),
                column=name,
                kind=Kind.TYPE,
                words=words if fits else f"{words}, not {types[name]}",
                status=Status.PASSED if fits else Status.FAILED,
            )


def type_in_words(kind: type) -> str:
    """Name a value type.

    >>> type_in_words(int), type_in_words(bool)
    ('whole numbers', 'yes or no')
    """
    if issubclass(kind, (BaseCode, BaseMultiCodeString)):
        return (
            f"{kind.system} as text"
            if issubclass(kind, BaseMultiCodeString)
            else f"{kind.system} codes as text"
        )
    return {bool: "yes or no", int: "whole numbers", float: "numbers", str: "text"}.get(kind, "dates")


def _days(people: Offered, types: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in ("date_of_birth", "date_of_death") if types.get(name) == "date")


def _dated(columns: Mapping[str, Column]) -> list[str]:
    return [name for name, column in columns.items() if column.type is datetime.date]


def _rules(
    asked: Asked,
    offered: Offered,
    good: Mapping[str, Column],
    types: Mapping[str, str],
    *,
    people: Offered | None,
    days: tuple[str, ...],
    wishes: Wishes,
) -> Iterator[Rule]:
    if PATIENT in types:
        names = [PATIENT, *(name for name in offered.columns if name in types)]
        yield from table_rules(
            one_row_each=offered.one_row_each,
            row_key=row_key(names, dialect=asked.dialect) if len(names) > 1 else None,
            knows_people=people is not None and people is not offered,
        )
    for name, column in good.items():
        in_patients = people is offered
        for rule in column_rules(name, column, as_of=wishes.as_of, in_patients=in_patients):
            # Days before birth are looked for only where the day of birth is known.
            needed = {each.name for each in rule.broken.find_all(exp.Column)}
            if {"armslength_born", "armslength_died"} & needed and (people is None or len(days) < 2):
                continue
            if needed - set(good) - {"armslength_born", "armslength_died", PATIENT}:
                continue  # compared with a column that is not there
            yield rule


def _answer(
    asked: Asked,
    offered: Offered,
    good: Mapping[str, Column],
    types: Mapping[str, str],
    *,
    rules: Sequence[Rule],
    people: Offered | None,
    days: tuple[str, ...],
    as_of: datetime.date,
) -> dict[str, Any]:
    """Ask for everything that is counted, in one aggregate query with one row."""
    whole = exp.DataType.build("BIGINT")
    wanted: list[exp.Expr] = [called(exp.Count(this=exp.Star()), "n")]
    schema = [("n", pa.int64())]
    for number, rule in enumerate(rules):
        wanted.append(called(exp.Cast(this=rule.broken, to=whole.copy()), f"r{number}"))
        schema.append((f"r{number}", pa.int64()))
    present = [name for name in offered.columns if name in types]
    for name in present:
        wanted.append(called(exp.Cast(this=counted(is_missing(name)), to=whole.copy()), f"m{name}"))
        schema.append((f"m{name}", pa.int64()))
    for name in _dated(good):
        wanted.append(called(exp.Max(this=_not_ahead(name, as_of)), f"d{name}"))
        schema.append((f"d{name}", pa.date32()))
    rows = rows_held(offered, present, people=people, days=days)
    query = exp.select(*wanted, copy=False).from_(rows, copy=False)
    (row,) = asked.rows(query, pa.schema(schema), purpose=f"check {offered.name}")
    return row


def _not_ahead(name: str, as_of: datetime.date) -> exp.Expr:
    """A day, or nothing where it lies in the future: a slip of the pen is no news."""
    last = exp.Cast(this=exp.Literal.string(as_of.isoformat()), to=exp.DataType.build("DATE"))
    return exp.Case(ifs=[exp.If(this=exp.LTE(this=held(name), expression=last), true=held(name))])


def _judged(rule: Rule, broken: int, rows: int, offered: Offered, wishes: Wishes) -> Check:
    told = shown(broken)
    return Check(
        table=offered.place_of(rule.column),
        column=rule.column,
        kind=rule.kind,
        words=rule.words,
        status=wishes.severity(rule.kind).judge(broken, rows),
        broken=told,
        few=told is None,
        share=share(broken, rows),
    )


def _freshness(offered: Offered, newest: datetime.date | None, wishes: Wishes) -> Iterator[Check]:
    age = wishes.age(offered)
    if age is None:
        return
    words = f"the newest record is at most {age} days old"
    status = Status.FAILED
    if newest is None:
        status, words = Status.SKIPPED, f"{words}: no row has a date"
    elif (wishes.as_of - newest).days <= age:
        status = Status.PASSED
    yield Check(table=offered.name, column=None, kind=Kind.FRESHNESS, words=words, status=status)


def _column(name: str, column: Column, types: Mapping[str, str], row: Mapping[str, Any]) -> ColumnFound:
    return ColumnFound(
        name=name,
        promised=type_in_words(column.type),
        found=types.get(name, ""),
        missing=share(row[f"m{name}"], row["n"]) if name in types else None,
    )
