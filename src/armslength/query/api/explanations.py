"""Explain a query: the statements that would be run, in order, and what makes them cost what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from armslength.query.api.databases import Database, find_engine_class
from armslength.query.api.datasets import require_no_parameters
from armslength.query.engines.engine import ArrowTables, Engine, Plan, Statement
from armslength.query.engines.passes import chosen_passes
from armslength.query.engines.query_plan import Pass
from armslength.query.model.nodes import Dataset


def explain(
    dataset: Dataset,
    *,
    database: Database | None = None,
    optimised: bool = True,
    without: Iterable[str] = (),
    permissions: Iterable[str] = (),
) -> str:
    """Return the plan of a query as text, beginning with what is held back from a project with these permissions.

    No data is touched, so the database need not exist. `optimised=False` shows the plain plan, one reading
    of a table for each answer; `without` names passes to leave out.
    """
    wanted = database or Database(dsn="")
    passes = chosen_passes(without) if optimised else ()
    engine, plan = _compiled(dataset, wanted, passes=passes, permissions=permissions)
    try:
        return engine.explain(plan)
    finally:
        engine.close()


def held_back(database: Database, *, permissions: Iterable[str]) -> tuple[str, ...]:
    """Return in words what a project with these permissions does not see of a database. Raises Mistake Q113."""
    return tuple(each.words for each in database.find_backend(given=permissions).applied)


def sql_script(dataset: Dataset, *, database: Database | None = None, permissions: Iterable[str] = ()) -> str:
    """Return every statement a query would run, in order, numbered, with all values written out.

    Rows that travel with the query appear as one INSERT each.
    """
    wanted = database or Database(dsn="")
    engine, plan = _compiled(dataset, wanted, passes=None, permissions=permissions)
    engine.close()
    steps: list[tuple[str, str]] = []
    for statement in plan.statements:
        steps += (("Run query", sql) for sql in _sql_of(statement, engine.capabilities.sql))
    steps += (("Fetch results from query", part.sql) for result in plan.results for part in result.parts)
    of = len(steps)
    return "\n\n".join(
        f"-- {what} {number:03} / {of:03}\n{sql};" for number, (what, sql) in enumerate(steps, start=1)
    )


def _compiled(
    dataset: Dataset, database: Database, *, passes: tuple[Pass, ...] | None, permissions: Iterable[str]
) -> tuple[Engine, Plan]:
    require_no_parameters(dataset)
    engine = find_engine_class(database.engine).open(ArrowTables(tables={}), settings=database.settings)
    try:
        backend = database.find_backend(given=permissions)
        return engine, engine.compile(dataset, backend=backend, passes=passes)
    except BaseException:
        engine.close()
        raise


def _sql_of(statement: Statement, dialect: str) -> Iterator[str]:
    """The SQL of a step; rows to upload become a table and its rows."""
    if statement.sql is not None:
        yield statement.sql
    if statement.rows is None:
        return
    name = exp.to_identifier(statement.creates, quoted=True)
    columns = [
        exp.ColumnDef(
            this=exp.to_identifier(field.name, quoted=True), kind=exp.DataType.build(_type(field.type))
        )
        for field in statement.rows.schema
    ]
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    schema = exp.Schema(this=name, expressions=columns)
    yield exp.Create(this=schema, kind="TABLE", properties=temporary).sql(dialect=dialect)
    # A list of codes gives thousands of these: one tree and one generator for each would take seconds.
    written = Dialect.get_or_raise(dialect).generator()
    into = name.sql(dialect=dialect)
    texts: dict[object, str] = {}
    for row in statement.rows.to_pylist():
        for value in row.values():
            key = (type(value), value)
            if key not in texts:
                texts[key] = written.generate(exp.convert(value), copy=False)
        values = ", ".join(texts[type(value), value] for value in row.values())
        yield f"INSERT INTO {into} VALUES ({values})"  # noqa: S608 - text to read, made of escaped values


def _type(kind: object) -> str:
    named = {"int64": "BIGINT", "int32": "INT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE"}
    return named.get(str(kind), "TEXT")
