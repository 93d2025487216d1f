"""T-SQL for DuckDB: each batch as statements that DuckDB runs, with what SQL Server would refuse refused.

sqlglot reads it; what things mean is said here, from the documentation of SQL Server, and nowhere shares code with the
engine under test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import refusals
import sqlglot
from refusals import Refused
from sqlglot import exp

MOST_ROWS, MOST_COLUMNS = 1000, 1024
FIRST, LAST = "DATE '0001-01-01'", "DATE '9999-12-31'"
# What functions of SQL Server give, from what DuckDB has.
MACROS = f"""
CREATE MACRO tsql_len(x) AS CAST(length(rtrim(x, ' ')) AS INTEGER);
CREATE MACRO tsql_datalength(x) AS CAST(strlen(x) AS INTEGER);
CREATE MACRO tsql_charindex(part, whole) AS CASE WHEN part = '' THEN 0 ELSE strpos(whole, part) END;
CREATE MACRO tsql_divide(a, b) AS a / b;
CREATE MACRO tsql_whole_divide(a, b) AS a // b;
CREATE MACRO tsql_whole(x) AS CASE
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(trunc(TRY_CAST(x AS DOUBLE)) AS BIGINT) ELSE CAST(x AS BIGINT) END;
CREATE MACRO tsql_within(d) AS CASE
    WHEN d < {FIRST} OR d > {LAST} THEN CAST(concat('left the calendar: ', CAST(d AS VARCHAR)) AS DATE)
    ELSE CAST(d AS DATE) END;
CREATE MACRO tsql_add_days(n, d) AS tsql_within(CAST(d AS DATE) + CAST(n AS INTEGER));
CREATE MACRO tsql_add_months(n, d) AS tsql_within(CAST(d AS TIMESTAMP) + to_months(CAST(n AS INTEGER)));
CREATE MACRO tsql_days_between(a, b) AS CAST(date_diff('day', CAST(a AS DATE), CAST(b AS DATE)) AS INTEGER);
"""
TYPES = {
    "BIT": "BOOLEAN",
    "BIGINT": "BIGINT",
    "INT": "INTEGER",
    "FLOAT": "DOUBLE",
    "DATE": "DATE",
    "VARCHAR": "VARCHAR",
    "NVARCHAR": "VARCHAR",
    "CHAR": "VARCHAR",
}
OVERFLOW = "Arithmetic overflow error converting expression to data type bigint."


@dataclass(frozen=True)
class Step:
    """One thing to do: SQL for DuckDB, or something that a server does besides."""

    sql: str = ""
    gives_rows: bool = False
    ends: int | None = None
    waits: float = 0
    fails_next: int = 0


def prepare(database: Any) -> None:
    """Give a database what translated statements call. Text is the same in either case, as in most SQL Servers."""
    database.execute(MACROS)
    database.execute("SET default_collation = 'NOCASE'")


SPECIAL: tuple[tuple[str, Callable[[re.Match[str], Any], Step]], ...] = (
    (r"SET [A-Z_, ]+ (ON|OFF|us_english|COMMITTED|LOW)", lambda found, session: Step()),
    (
        r"SET (LANGUAGE|DEADLOCK_PRIORITY|TRANSACTION ISOLATION LEVEL) [A-Za-z_ ]+",
        lambda found, session: Step(),
    ),
    (r"KILL (\d+)", lambda found, session: Step(ends=int(found[1]))),
    (r"EXEC fail_next (\d+)", lambda found, session: Step(fails_next=int(found[1]))),
    (r"WAITFOR DELAY '00:00:(\d+)'", lambda found, session: Step(waits=float(found[1]))),
    (
        r"SELECT @@SPID AS \[?id\]?",
        lambda found, session: Step(f"SELECT {session.number} AS id", gives_rows=True),
    ),
    (
        r"CREATE CLUSTERED INDEX \[\w+\] ON \[(.+)\] \(\[(.+)\]\)",
        lambda found, _: Step(_looked(found[1], found[2])),
    ),
    (r"DROP TABLE IF EXISTS (\[[^;]+\])", lambda found, session: Step(_dropped(found[1]))),
)


def _looked(table: str, column: str) -> str:
    """An index changes nothing but speed; what it is of must be there."""
    names = [_quoted(name.replace("]]", "]")) for name in (table, column)]
    return f"CREATE TEMP TABLE looked AS SELECT {names[1]} FROM {names[0]} LIMIT 0; DROP TABLE looked"


def _dropped(names: str) -> str:
    tables = (name.replace("]]", "]") for name in re.findall(r"\[((?:[^]]|\]\])+)\]", names))
    return "; ".join(f"DROP TABLE IF EXISTS {_quoted(name)}" for name in tables)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def statements(text: str, session: Any) -> list[Step]:
    """Return what a batch is to do. Raises Refused for what SQL Server would not take."""
    plain = text.strip().rstrip(";")
    parts = plain.split("; ") if plain.startswith("SET ") else [plain]
    found: list[Step] = []
    for part in parts:
        matches = ((re.fullmatch(pattern, part), make) for pattern, make in SPECIAL)
        special = next(((match, make) for match, make in matches if match), None)
        if special is not None:
            found.append(special[1](special[0], session))
            continue
        try:
            trees = sqlglot.parse(part, read="tsql")
        except sqlglot.errors.ParseError as failed:
            raise Refused(102, f"Incorrect syntax: {failed}") from None
        found += [step for tree in trees if tree is not None for step in _steps(tree, session)]
    return [step for step in found if step != Step()]


def _steps(tree: exp.Expr, session: Any) -> Iterator[Step]:
    for name in tree.find_all(exp.Identifier):
        if name.args.get("temporary"):
            name.set("this", f"#{name.name}")
            name.set("temporary", False)
    refusals.check(tree)
    if session.may_not_read:
        for table in tree.find_all(exp.Table):
            if not table.name.startswith("#") and isinstance(tree, exp.Select):
                raise Refused(229, f"The SELECT permission was denied on the object '{table.name}'.")
    into = tree.args.get("into") if isinstance(tree, exp.Select) else None
    if into is not None:
        into.pop()
        yield Step(f"CREATE TEMP TABLE {_quoted(into.this.name)} AS {_translated(tree)}")
        return
    sql = _translated(tree)
    if isinstance(tree, exp.Create) and tree.this.find(exp.Table).name.startswith("#"):
        sql = sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1)
    yield Step(sql, gives_rows=isinstance(tree, exp.Query))


def _translated(tree: exp.Expr) -> str:
    """Return a statement as DuckDB takes it. What holds others is translated after them."""
    root = exp.Subquery(this=tree)
    for node in reversed(list(root.walk(bfs=False))):
        translate = TRANSLATIONS.get(type(node))
        if translate is not None:
            made = translate(node)
            if made is not node:
                node.replace(made)
    made = root.this
    made.pop()
    return made.sql(dialect="duckdb")


def _called(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[each.copy() for each in arguments])


def _bare(node: exp.Expr) -> exp.Expr:
    """Take off what sqlglot puts around arguments of functions that it thinks it knows."""
    while isinstance(node, (exp.TimeStrToTime, exp.TsOrDsToDate)):
        node = node.this
    return node


def _is_text(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    if isinstance(node, (exp.Paren, exp.Collate)):
        return isinstance(node, exp.Collate) or _is_text(node.this)
    if isinstance(node, (exp.Add, exp.DPipe)):
        return _is_text(node.this) or _is_text(node.expression)
    return isinstance(node, (exp.National, exp.Chr, exp.DPipe))


def _add(node: exp.Expr) -> exp.Expr:
    if not _is_text(node):
        return node
    return exp.Paren(this=exp.DPipe(this=node.this.copy(), expression=node.expression.copy()))


def _collate(node: exp.Expr) -> exp.Expr:
    return exp.Collate(this=exp.Paren(this=node.this.copy()), expression=exp.Var(this="C"))


def _padded(node: exp.Expr) -> exp.Expr:
    """Text that differs in blanks at its end is the same to `=`, in every collation."""
    if not (_is_text(node.this) or _is_text(node.expression)):
        return node
    return type(node)(this=_trimmed(node.this), expression=_trimmed(node.expression))


def _trimmed(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Collate):
        return exp.Collate(
            this=_called("rtrim", node.this, exp.Literal.string(" ")), expression=exp.Var(this="C")
        )
    return _called("rtrim", node, exp.Literal.string(" "))


def _among(node: exp.Expr) -> exp.Expr:
    if not _is_text(node.this):
        return node
    made = exp.In(this=_trimmed(node.this), expressions=[_trimmed(each) for each in node.expressions])
    query = node.args.get("query")
    if query is not None:
        query = query.copy()
        column = query.this.selects[0]
        column.replace(_trimmed(column))
        made.set("query", query)
    return made


def _divided(node: exp.Expr) -> exp.Expr:
    is_float = any(_is_float(each) for each in (node.this, node.expression))
    return _called("tsql_divide" if is_float else "tsql_whole_divide", node.this, node.expression)


def _is_float(node: exp.Expr) -> bool:
    while isinstance(node, (exp.Paren, exp.Nullif)):
        node = node.this
    return isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DOUBLE


def _cast(node: exp.Expr) -> exp.Expr:
    kind = node.to.sql(dialect="duckdb")
    if kind in ("BIGINT", "INTEGER", "INT") and not isinstance(node.this, exp.Null):
        made = _called("tsql_whole", node.this)
        return made if kind == "BIGINT" else exp.Cast(this=made, to=exp.DataType.build("INT"))
    return node


def _type(node: exp.Expr) -> exp.Expr:
    name = node.sql(dialect="tsql").partition("(")[0].replace("INTEGER", "INT").replace("TEXT", "VARCHAR")
    if name not in TYPES:
        raise Refused(243, f"Type {name} is not a defined system type.")
    return exp.DataType.build(TYPES[name], dialect="duckdb")


def _date_add(node: exp.Expr) -> exp.Expr:
    name = {"DAY": "tsql_add_days", "MONTH": "tsql_add_months"}[node.unit.name.upper()]
    return _called(name, node.expression, _bare(node.this))


def _date_diff(node: exp.Expr) -> exp.Expr:
    assert node.unit.name.upper() == "DAY"
    return _called("tsql_days_between", _bare(node.expression), _bare(node.this))


def _smallest(node: exp.Expr) -> exp.Expr:
    """DuckDB has no VALUES that read the rows around them."""
    query = node.this
    source = query.args.get("from_") if isinstance(query, exp.Select) else None
    if source is None or not isinstance(source.this, exp.Values) or len(query.selects) != 1:
        return node
    aggregate = query.selects[0].unalias()
    function = exp.Least if isinstance(aggregate, exp.Min) else exp.Greatest
    first, *others = (row.expressions[0].copy() for row in source.this.expressions)
    return function(this=first, expressions=others, ignore_nulls=True)


def _aggregated(node: exp.Expr) -> exp.Expr:
    return _called("string_agg", node.this, node.args["separator"])


def _column_definition(node: exp.Expr) -> exp.Expr:
    for constraint in list(node.args.get("constraints") or []):
        if isinstance(constraint.args.get("kind"), exp.CollateColumnConstraint):
            constraint.pop()
    return node


TRANSLATIONS: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Add: _add,
    exp.Collate: _collate,
    exp.EQ: _padded,
    exp.NEQ: _padded,
    exp.In: _among,
    exp.Div: _divided,
    exp.Cast: _cast,
    exp.DataType: _type,
    exp.DateAdd: _date_add,
    exp.DateDiff: _date_diff,
    exp.Length: lambda node: _called(
        "tsql_len", node.this.this if isinstance(node.this, exp.Cast) else node.this
    ),
    exp.StrPosition: lambda node: _called("tsql_charindex", node.args["substr"], node.this),
    exp.Subquery: _smallest,
    exp.GroupConcat: _aggregated,
    exp.National: lambda node: exp.Literal.string(node.name),
    exp.Convert: lambda node: exp.Cast(this=node.expression.copy(), to=exp.DataType.build("VARCHAR")),
    exp.ColumnDef: _column_definition,
    exp.Anonymous: lambda node: (
        _called("tsql_datalength", *node.expressions) if node.name.upper() == "DATALENGTH" else node
    ),
}


def translated_error(failed: duckdb.Error) -> Refused:
    """Return what SQL Server says where DuckDB failed."""
    words = str(failed)
    if "left the calendar" in words:
        return Refused(517, "Adding a value to a 'date' column caused an overflow.")
    if table := re.search(r"Table with name (\S+) does not exist", words):
        return Refused(208, f"Invalid object name '{table[1]}'.")
    if column := re.search(r'Referenced column "(.*?)" not found', words):
        return Refused(207, f"Invalid column name '{column[1]}'.")
    if column := re.search(r'does not have a column named "(.*?)"', words):
        return Refused(207, f"Invalid column name '{column[1]}'.")
    if isinstance(failed, (duckdb.OutOfRangeException, duckdb.ConversionException)):
        return Refused(8115, OVERFLOW)
    return Refused(50000, words)
