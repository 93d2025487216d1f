"""Asking a database about one of its tables, through the translation that every query goes through.

What the project may not see is not seen here either: the rows called `held` are those that a study would get.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.conformance.rules import BORN, DIED, HELD, KNOWN, PATIENT
from armslength.query.engines.backend import AnyTable, Backend, TableMapping, qualified
from armslength.query.engines.compile.scope import called, named, quoted
from armslength.query.engines.compile.tables import prepared_lists, translated
from armslength.query.engines.engine import Engine, Plan, ResultQuery, Statement
from armslength.query.model.nodes import SelectPatientTable
from armslength.query.model.schema import Column

# How databases tell the type of an expression, and how they make one short number of several values.
TYPE_OF = {"duckdb": "TYPEOF", "postgres": "PG_TYPEOF", "spark": "TYPEOF", "trino": "TYPEOF"}
ROW_HASH = {"duckdb": "HASH", "spark": "XXHASH64"}
PEOPLE = "armslength_people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A table of a database, with the contract tables that are answered from it; the first gives it its name."""

    mapping: TableMapping
    nodes: tuple[AnyTable, ...]

    @property
    def name(self) -> str:
        return qualified(self.nodes[0].namespace, self.nodes[0].name)

    @property
    def also(self) -> tuple[str, ...]:
        return tuple(qualified(node.namespace, node.name) for node in self.nodes[1:])

    @property
    def columns(self) -> dict[str, Column]:
        """Every promised column; where contracts promise different things of one, all of them."""
        found: dict[str, Column] = {}
        for node in self.nodes:
            for name, column in node.schema.columns:
                kept = found.setdefault(name, column)
                kinds = {type(each) for each in kept.constraints}
                more = tuple(each for each in column.constraints if type(each) not in kinds)
                if more and kept.type is column.type:
                    found[name] = replace(kept, constraints=(*kept.constraints, *more))
        return found

    def place_of(self, column: str | None) -> str:
        """Return the table by the name of the first contract that promises a column."""
        for node in self.nodes:
            if column is not None and column in node.schema:
                return qualified(node.namespace, node.name)
        return self.name

    @property
    def one_row_each(self) -> bool:
        return any(isinstance(node, SelectPatientTable) for node in self.nodes)


@dataclass(slots=True, kw_only=True)
class Asked:
    """An open database, and how to ask it. `types` holds what was found of each table's columns."""

    engine: Engine
    backend: Backend
    types: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        """What sqlglot calls the SQL of the database."""
        return self.engine.capabilities.sql

    def rows(self, query: exp.Query, schema: pa.Schema, *, purpose: str) -> list[dict[str, Any]]:
        """Run one query over tables of the backend and return its rows. Raises the engine's Mistakes."""
        asked = translated(query, backend=self.backend, dialect=self.dialect)
        result = ResultQuery(
            name="answer", purpose=purpose, sql=asked.sql(dialect=self.dialect), schema=schema
        )
        plan = Plan(statements=tuple(self._lists()), results=(result,))
        found: list[dict[str, Any]] = []
        with closing(self.engine.execute(plan)) as results:
            for each in results:
                found = each.rows.read_all().to_pylist()
        return found

    def _lists(self) -> Iterable[Statement]:
        for restriction, people in prepared_lists(backend=self.backend, dialect=self.dialect):
            temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
            name = restriction.prepared_as
            create = exp.Create(this=named(name), kind="TABLE", expression=people, properties=temporary)
            purpose = f"list whom to see: {restriction.words}"
            yield Statement(purpose=purpose, creates=name, sql=create.sql(dialect=self.dialect))

    def types_of(self, offered: Offered) -> dict[str, str]:
        """Return the type of each column that is there, lower-case, reading no row. Raises the Mistake of the table."""
        name = offered.mapping.table
        if name not in self.types:
            names = (PATIENT, *offered.columns)
            try:
                self.types[name] = self._probe(offered, names)
            except Mistake:
                self._probe(offered, (PATIENT,))
                self.types[name] = self._probe_one_by_one(offered, names)
        return self.types[name]

    def _probe_one_by_one(self, offered: Offered, names: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in names:
            try:
                found |= self._probe(offered, (name,))
            except Mistake as mistake:
                if mistake.code in ("Q107", "Q108"):  # not about the column
                    raise
        return found

    def _probe(self, offered: Offered, names: Sequence[str]) -> dict[str, str]:
        nothing = source(offered, names).where(exp.false(), copy=False)
        function = TYPE_OF.get(self.dialect, "TYPEOF")
        columns: list[exp.Expr] = []
        for name in names:
            kind = exp.Anonymous(this=function, expressions=[exp.Min(this=quoted(name, HELD))])
            columns.append(called(exp.Cast(this=kind, to=exp.DataType.build("TEXT")), name))
        query = exp.select(*columns, copy=False).from_(nothing.subquery(HELD, copy=False), copy=False)
        schema = pa.schema([(name, pa.string()) for name in names])
        (row,) = self.rows(query, schema, purpose=f"look at the columns of {offered.name}")
        return {name: str(kind).lower() for name, kind in row.items()}


def source(offered: Offered, names: Iterable[str]) -> exp.Select:
    """Select contract columns of a table, under their contract names."""
    alias = offered.mapping.table
    columns = [called(offered.mapping.column(name, alias=alias), name) for name in names]
    return exp.select(*columns, copy=False).from_(named(alias), copy=False)


def rows_held(
    offered: Offered, names: Iterable[str], *, people: Offered | None, days: Iterable[str]
) -> exp.Subquery:
    """Return the rows to check, called `held`; with `people`, also whether and when each person was born and died."""
    names = tuple(dict.fromkeys((PATIENT, *names)))
    query = source(offered, names)
    if people is offered:
        for name, alias in (("date_of_birth", BORN), ("date_of_death", DIED)):
            if name in days:
                query.select(
                    called(offered.mapping.column(name, alias=offered.mapping.table), alias), copy=False
                )
    elif people is not None:
        known = _one_row_each(people, set(days))
        key = offered.mapping.column(PATIENT, alias=offered.mapping.table)
        on = exp.EQ(this=quoted(KNOWN, PEOPLE), expression=key)
        query.append("joins", exp.Join(this=known.subquery(PEOPLE, copy=False), on=on, side="LEFT"))
        for alias in (KNOWN, BORN, DIED):
            query.select(quoted(alias, PEOPLE), copy=False)
    return query.subquery(HELD, copy=False)


def _one_row_each(people: Offered, days: set[str]) -> exp.Select:
    rows = source(people, (PATIENT, *sorted(days)))
    patient = quoted(PATIENT, "person")
    nothing = exp.Cast(this=exp.Null(), to=exp.DataType.build("DATE"))
    born = exp.Min(this=quoted("date_of_birth", "person")) if "date_of_birth" in days else nothing
    died = exp.Max(this=quoted("date_of_death", "person")) if "date_of_death" in days else nothing.copy()
    columns = [called(patient, KNOWN), called(born, BORN), called(died, DIED)]
    query = exp.select(*columns, copy=False).from_(rows.subquery("person", copy=False), copy=False)
    return query.group_by(patient.copy(), copy=False)


def row_key(names: Sequence[str], *, dialect: str) -> exp.Expr:
    """Return an expression that is the same for rows with the same values, and else different."""
    values: list[exp.Expr] = [quoted(name, HELD) for name in names]
    if dialect in ROW_HASH:
        return exp.Anonymous(this=ROW_HASH[dialect], expressions=values)
    texts = [
        exp.func("COALESCE", exp.Cast(this=each, to=exp.DataType.build("TEXT")), exp.Literal.string("\x02"))
        for each in values
    ]
    return exp.func("CONCAT_WS", exp.Literal.string("\x01"), *texts)


KINDS: dict[type, tuple[str, ...]] = {
    bool: ("bool", "bit", "int", "tinyint", "smallint"),
    int: ("int", "tinyint", "smallint", "bigint", "hugeint", "uint", "utinyint", "usmallint", "ubigint"),
    float: ("float", "double", "real", "decimal", "numeric", "int", "bigint", "smallint"),
    datetime.date: ("date",),
}
TEXT = ("varchar", "text", "char", "string", "nvarchar", "enum", "character")


def is_of_type(found: str, promised: type) -> bool:
    """Whether a database's type can be read as what a contract promises.

    >>> is_of_type("bigint", int), is_of_type("decimal(20,3)", float), is_of_type("timestamp", datetime.date)
    (True, True, False)
    """
    if promised is datetime.date:
        return found == "date"
    return found.startswith(KINDS.get(promised, TEXT))
