"""Reports on a database for people who write studies: what is there, how new it is, which codes are used.

They are asked through the same translation as studies, so nobody whom a study may not see is counted in them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.conformance.asking import Asked, Offered, rows_held
from armslength.query.conformance.checking import type_in_words
from armslength.query.conformance.coverage import Coverage, coverage_of
from armslength.query.conformance.rules import held
from armslength.query.conformance.verdict import THRESHOLD, shown
from armslength.query.engines.compile.scope import called
from armslength.query.language.frames import BaseFrame
from armslength.query.language.tables import describe_columns
from armslength.query.model.codes import BaseCode
from armslength.query.model.constraints import Categorical
from armslength.query.model.schema import Column

Cell = str | int | None
MOST_CODES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a report says of one table: words, rows under the report's columns, and a plot of days."""

    title: str
    words: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: its columns, and a section for each table."""

    title: str
    words: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        return [row for section in self.sections for row in section.rows]


def schema_report(asked: Asked, tables: Iterable[Offered]) -> Report:
    """Say what tables and columns there are, of what types, and of which tables of the database they are made."""
    sections = []
    for offered in tables:
        types = _types(asked, offered)
        rows = tuple(
            (offered.name, name, type_in_words(column.type), types.get(name, "not there"), _promises(column))
            for name, column in offered.columns.items()
        )
        made_of = sorted(set(asked.backend.physical_tables(offered.mapping)))
        sections.append(Section(title=offered.name, words=f"Made of {', '.join(made_of)}.", rows=rows))
    return Report(
        title=f"The tables of {asked.backend.name}",
        words="What each contract promises, and what the database holds.",
        columns=("table", "column", "holds", "type", "promises"),
        sections=tuple(sections),
    )


def _types(asked: Asked, offered: Offered) -> Mapping[str, str]:
    try:
        return asked.types_of(offered)
    except Mistake:
        return {}


def _promises(column: Column) -> str:
    return "; ".join(each.description for each in column.constraints)


def latest_report(asked: Asked, tables: Iterable[Offered], *, as_of: datetime.date) -> Report:
    """Say for each date of each table until when there are records, and until when they look complete."""
    sections = []
    for offered in tables:
        types = _types(asked, offered)
        found = [
            (name, coverage_of(asked, offered, name, as_of=as_of))
            for name, column in offered.columns.items()
            if column.type is datetime.date and types.get(name) == "date"
        ]
        rows = tuple(
            (
                offered.name,
                name,
                each.rows or None,
                each.by if each.rows else "few rows in every year",
                each.first,
                each.latest,
                _text(each.complete),
            )
            for name, each in found
        )
        main = next((each for name, each in found if name in ("date", offered.mapping.day)), None)
        plotted = main or (found[0][1] if found else None)
        sections.append(Section(title=offered.name, rows=rows, coverage=plotted))
    return Report(
        title=f"Latest available records of {asked.backend.name}",
        words=f"Up to {as_of}. Days with {THRESHOLD} rows or fewer are left out, and their rows not counted; where "
        "that would hide most rows, they are counted by month or by year. Records look complete until the last week "
        "with at least half as many rows as the weeks before usually had.",
        columns=("table", "column", "rows", "counted by", "first", "latest", "looks complete until"),
        sections=tuple(each for each in sections if each.rows),
    )


def _text(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def codes_report(
    asked: Asked,
    tables: Iterable[Offered],
    *,
    codelist: Mapping[str, str] | None = None,
    only_ethnicity: bool = False,
) -> Report:
    """Say how often each code is used, most used first; with a codelist, only its codes, and their categories.

    `only_ethnicity`: of columns that hold ethnicity, which may hold a category and no code.
    """
    sections = []
    for offered in tables:
        types = _types(asked, offered)
        columns = [
            name
            for name, column in offered.columns.items()
            if name in types
            and (_is_ethnic(name, column) if only_ethnicity else issubclass(column.type, BaseCode))
        ]
        if only_ethnicity and codelist and not columns:
            columns = [n for n, c in offered.columns.items() if n in types and issubclass(c.type, BaseCode)]
        for name in columns:
            used = list(_usage(asked, offered, name, codelist))
            rows = tuple(
                (offered.name, name, value, (codelist or {}).get(value or "", ""), n) for value, n in used
            )
            words = "" if rows else f"No value occurs in more than {THRESHOLD} rows."
            sections.append(Section(title=f"{offered.name}.{name}", words=words, rows=rows))
    what = "Ethnicity" if only_ethnicity else "Codes"
    return Report(
        title=f"{what} used in {asked.backend.name}",
        words=f"Rows for each value, rounded to 5; values in {THRESHOLD} rows or fewer are left out.",
        columns=("table", "column", "value", "category", "rows"),
        sections=tuple(sections),
    )


def _is_ethnic(name: str, column: Column) -> bool:
    return "ethnic" in name and (column.type is int or issubclass(column.type, str))


def _usage(
    asked: Asked, offered: Offered, name: str, codelist: Mapping[str, str] | None
) -> Iterator[tuple[str | None, int]]:
    value = exp.Cast(this=held(name), to=exp.DataType.build("TEXT"))
    count = exp.Count(this=exp.Star())
    rows = rows_held(offered, (name,), people=None, days=())
    query = exp.select(called(value, "value"), called(count, "n"), copy=False).from_(rows, copy=False)
    if codelist is not None:
        query = query.where(
            exp.In(this=value.copy(), expressions=[exp.convert(code) for code in codelist]), copy=False
        )
    query = query.group_by(value.copy(), copy=False)
    query = query.having(exp.GT(this=count.copy(), expression=exp.Literal.number(THRESHOLD)), copy=False)
    query = query.order_by(exp.Ordered(this=count.copy(), desc=True), value.copy(), copy=False).limit(
        MOST_CODES
    )
    schema = pa.schema([("value", pa.string()), ("n", pa.int64())])
    for row in asked.rows(query, schema, purpose=f"count the values of {offered.name}.{name}"):
        if (rounded := shown(row["n"])) is not None:
            yield row["value"], rounded


def guide_report(asked: Asked, tables: Iterable[Offered], *, frames: Mapping[str, BaseFrame]) -> Report:
    """Say what each table means: what a row is, and for each column its meaning, promises and values."""
    sections = []
    for offered in tables:
        types = _types(asked, offered)
        described: dict[str, Any] = {}
        for name in (offered.name, *offered.also):
            described = describe_columns(frames[name]) | described
        rows = tuple(
            (
                offered.name,
                name,
                type_in_words(column.type),
                _meaning(described[name]),
                _promises(column),
                _state(name, types),
            )
            for name, column in offered.columns.items()
        )
        sections.append(
            Section(title=offered.name, words=_about(offered, frames[offered.name], asked), rows=rows)
        )
    held_back = " ".join(f"Held back: {each.words}." for each in asked.backend.applied)
    return Report(
        title=f"Guide to the tables of {asked.backend.name}",
        words=held_back or "Nothing is held back from studies by this backend.",
        columns=("table", "column", "holds", "meaning", "promises", "here"),
        sections=tuple(sections),
    )


def _meaning(series: object) -> str:
    parts = [getattr(series, "description", ""), getattr(series, "implementation_notes", "")]
    return " ".join(each for each in parts if each)


def _state(name: str, types: Mapping[str, str]) -> str:
    return types.get(name, "not there")


def _about(offered: Offered, frame: BaseFrame, asked: Asked) -> str:
    each_row = "One row for each patient." if offered.one_row_each else "Many rows for a patient, or none."
    told = [" ".join((type(frame).__doc__ or "").split()), each_row]
    if offered.also:
        told.append(f"Also offered as {', '.join(offered.also)}.")
    if offered.mapping.needs:
        told.append(f"Studies need the permission {offered.mapping.needs}.")
    if offered.mapping.day and asked.backend.applied:
        told.append(f"Rows may be held back by {offered.mapping.day}.")
    values = [name for name, column in offered.columns.items() if column.constraint(Categorical)]
    if values:
        told.append(f"Columns with a fixed list of values: {', '.join(values)}.")
    return " ".join(each for each in told if each)
