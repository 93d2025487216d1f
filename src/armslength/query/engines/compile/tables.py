"""The tables of a backend in a compiled query: each becomes what it stands for, with what is held back left out.

Everything a database is asked goes through here, just before it becomes text. So no pass, layer or new kind of
question can read around a restriction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from sqlglot import exp

from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.mapping_files import SEEN
from armslength.query.engines.restrictions import Restriction, combined

OURS = "armslength_"  # what temporary tables and layers of a query are called
FINAL = "is_physical"  # the mark of a table that stands for itself


def translated(query: exp.Expr, *, backend: Backend, dialect: str) -> exp.Expr:
    """Return a query over what the tables of the backend stand for, fit for a database that speaks `dialect`.

    Raises RuntimeError for a table that neither the backend nor the query itself knows: it would be read as it is.
    """
    tables = backend.by_name
    for table in list(query.find_all(exp.Table)):
        if table.name.startswith(OURS) or table.meta.get(FINAL):
            continue
        if backend.tables is not None and table.name not in tables:
            raise RuntimeError(f"a query reads `{table.name}`, which is no table of `{backend.name}`")
        mapping = tables.get(table.name) or backend.mapping_called(table.name)
        rows = relation(mapping, backend=backend)
        if rows is not None:
            alias = exp.TableAlias(this=exp.to_identifier(table.alias or table.name, quoted=True))
            table.replace(exp.Subquery(this=_final(rows, backend, dialect), alias=alias))
    return query


def people_seen(patient: exp.Expr, *, backend: Backend, dialect: str) -> list[exp.Expr]:
    """Return the conditions that somebody may be in the population at all.

    Tables that travel with a query name people too, so leaving them out of the database's tables is not enough.
    """
    return [_final(each.keeps_person(patient), backend, dialect) for each in combined(backend.applied)]


def prepared_lists(*, backend: Backend, dialect: str) -> Iterator[tuple[Restriction, exp.Expr]]:
    """Yield the restrictions whose people are worked out once for each job, with the query that gives them."""
    for each in combined(backend.applied):
        if each.prepared_as:
            yield each, _final(each.people.copy(), backend, dialect)


def _final(query: exp.Expr, backend: Backend, dialect: str) -> exp.Expr:
    """Make a part of a query portable, and mark its tables as what they are."""
    query = portable(query, backend=backend, dialect=dialect)
    for table in query.find_all(exp.Table):
        table.meta[FINAL] = True
    return query


def relation(mapping: TableMapping, *, backend: Backend) -> exp.Query | None:
    """Return the rows of a table that a project may see, or None when they are all of a physical table."""
    query = None if mapping.query is None else _with_people_seen(mapping.query.copy(), backend)
    conditions = [_condition(mapping, restriction) for restriction in combined(backend.applied)]
    if not conditions:
        return query
    source: exp.Expr
    if query is not None:
        source = query.subquery("held", copy=False)
    else:
        name = exp.Table(this=exp.to_identifier(mapping.table, quoted=True))
        source = exp.alias_(name, "held", table=True, copy=False)
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier("held"))
    return exp.select(everything).from_(source, copy=False).where(_all(conditions), copy=False)


def _with_people_seen(query: exp.Query, backend: Backend) -> exp.Query:
    """Replace each `SEEN(id)` by the conditions that the project may see that person."""
    for call in list(query.find_all(exp.Anonymous)):
        if call.name.upper() == SEEN:
            (person,) = call.expressions
            conditions = [each.keeps_person(person) for each in combined(backend.applied)] or [exp.true()]
            call.replace(exp.Paren(this=_all(conditions)))
    return query


def _all(conditions: list[exp.Expr]) -> exp.Expr:
    return reduce(lambda left, right: exp.And(this=left, expression=right), conditions)


def _condition(mapping: TableMapping, restriction: Restriction) -> exp.Expr:
    def held(column: str | None) -> exp.Expr | None:
        return None if column is None else exp.column(exp.to_identifier(column, quoted=True), table="held")

    patient = held(mapping.patient_id)
    assert patient is not None  # noqa: S101 - every table says whose its rows are
    return restriction.keeps_row(patient, day=held(mapping.day), practice=held(mapping.practice))


def portable(query: exp.Expr, *, backend: Backend, dialect: str) -> exp.Expr:
    """Rewrite what sqlglot leaves as it is between the dialect of a mapping and that of the database asked."""
    for kind, rewrite in REWRITES.get(dialect, {}).items():
        for node in list(query.find_all(kind)):
            node.replace(rewrite(node))
    if dialect != backend.dialect:
        # Names of collations belong to one kind of database. Mappings fold letter case themselves where it must not
        # count.
        for collation in list(query.find_all(exp.Collate)):
            collation.replace(collation.this)
    return query


def _duckdb_number(node: exp.Expr) -> exp.Expr:
    prefixed = exp.DPipe(this=exp.Literal.string("0x"), expression=node.this)
    return exp.Cast(this=exp.Paren(this=prefixed), to=exp.DataType.build("BIGINT"))


def _postgres_number(node: exp.Expr) -> exp.Expr:
    padded = exp.func("LPAD", node.this, exp.Literal.number(16), exp.Literal.string("0"))
    prefixed = exp.DPipe(this=exp.Literal.string("x"), expression=padded)
    bits = exp.Cast(this=exp.Paren(this=prefixed), to=exp.DataType.build("BIT(64)", dialect="postgres"))
    return exp.Cast(this=bits, to=exp.DataType.build("BIGINT"))


def _postgres_date(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="MAKE_DATE", expressions=[node.args[each] for each in ("year", "month", "day")])


def _postgres_digits(node: exp.Expr) -> exp.Expr:
    return exp.Upper(this=exp.Anonymous(this="ENCODE", expressions=[node.this, exp.Literal.string("hex")]))


def _tsql_digits(node: exp.Expr) -> exp.Expr:
    arguments = [exp.var("VARCHAR(MAX)"), node.this, exp.Literal.number(2)]
    return exp.Anonymous(this="CONVERT", expressions=arguments)


# Bytes as hexadecimal digits, digits as a number, and a date made of numbers, where sqlglot does not know how a
# database writes it. The only base that mappings use is 16.
REWRITES: dict[str, dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]]] = {
    "duckdb": {exp.FromBase: _duckdb_number},
    "postgres": {
        exp.DateFromParts: _postgres_date,
        exp.FromBase: _postgres_number,
        exp.Hex: _postgres_digits,
    },
    "tsql": {exp.Hex: _tsql_digits},
}
