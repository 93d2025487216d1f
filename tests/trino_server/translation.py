"""What Trino's SQL means, as SQL of DuckDB; what Trino would refuse is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp, parse
from sqlglot.dialects.trino import Trino as TrinoSyntax
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

LONGEST = 1_000_000  # characters in one statement
# Operators that sqlglot reads for everybody, and Trino's grammar does not have.
FOREIGN = {
    TokenType.AMP,
    TokenType.CARET,
    TokenType.DCOLON,
    TokenType.DIV,
    TokenType.PIPE,
    TokenType.TILDE,
    TokenType.L_BRACE,
}
KINDS = {
    "BIGINT",
    "BOOLEAN",
    "DATE",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "INT",
    "TIMESTAMP",
    "VARBINARY",
    "VARCHAR",
}
FUNCTIONS = {
    *(
        "ABS",
        "ARRAY",
        "ARRAY_AGG",
        "ARRAY_FILTER",
        "ARRAY_MAX",
        "ARRAY_MIN",
        "ARG_MAX",
        "ARG_MIN",
        "ANY_VALUE",
        "AVG",
    ),
    *(
        "ARRAY_CONTAINS",
        "FILTER",
        "BITWISE_AND",
        "CASE",
        "CAST",
        "COALESCE",
        "COUNT",
        "DATE_ADD",
        "DATE_DIFF",
        "DAY",
        "EXISTS",
    ),
    *(
        "EXTRACT",
        "FLOOR",
        "FROM_BASE",
        "GREATEST",
        "HEX",
        "IF",
        "INFINITY",
        "LAG",
        "LEAST",
        "LOGICAL_AND",
        "MAX",
        "MIN",
    ),
    *(
        "LOGICAL_OR",
        "NAN",
        "NULLIF",
        "POWER",
        "ROW_NUMBER",
        "STR_POSITION",
        "STR_TO_TIME",
        "STRUCT",
        "SUBSTRING",
        "SUM",
    ),
    *("TIMESTAMP_TRUNC", "DATE_TRUNC", "TRUNC", "AND", "OR", "XOR", "DATEDIFF", "DATEADD"),
}

CONSTANT = r"(?:NULL|TRUE|FALSE|-?\d{1,18}|'(?:[^']|'')*+'|CAST\('[-0-9.e+]+' AS (?:DATE|DOUBLE)\))"
ROWS = re.compile(
    rf'INSERT INTO "\w+"\."\w+"\."\w+" VALUES (?:\({CONSTANT}(?:, {CONSTANT})*+\)(?:, (?=\()|$))++', re.DOTALL
)


@dataclass
class RefusedError(Exception):
    """An error as Trino tells it."""

    name: str
    message: str
    kind: str = "USER_ERROR"


@dataclass(frozen=True)
class Translated:
    """A statement for DuckDB. `update` is what Trino calls it, empty for a query."""

    sql: str
    update: str = ""
    counts: bool = False


def translated(sql: str) -> Translated:
    """Translate one statement. Raises RefusedError as Trino would."""
    if len(sql) > LONGEST:
        raise RefusedError(
            "QUERY_TEXT_TOO_LARGE", f"Query text length ({len(sql)}) exceeds the maximum length"
        )
    if ROWS.fullmatch(sql):
        return Translated(
            sql, "INSERT", counts=True
        )  # the same for DuckDB, and too long to be read as a tree
    tree = _read(sql)
    for node in tree.walk():
        _check(node)
    for table in tree.find_all(exp.Table):
        if table.db == "information_schema":
            table.set("catalog", None)  # DuckDB has one for all catalogues
    for kind, rewrite in REWRITES.items():
        for node in list(tree.find_all(kind)):
            made = rewrite(node)
            if node is tree:
                tree = made
            elif made is not node:
                node.replace(made)
    text = tree.sql(dialect="duckdb")
    if isinstance(tree, exp.Create):
        is_query = tree.expression is not None
        return Translated(text, "CREATE TABLE", counts=is_query)
    if isinstance(tree, exp.Insert):
        return Translated(text, "INSERT", counts=True)
    return Translated(text, "DROP TABLE" if isinstance(tree, exp.Drop) else "")


def _read(sql: str) -> exp.Expr:
    try:
        tokens = TrinoSyntax().tokenize(sql)
        trees = parse(sql, read="trino")
    except SqlglotError as error:
        raise RefusedError("SYNTAX_ERROR", str(error).split("\n")[0]) from None
    for token in tokens:
        if token.token_type in FOREIGN or token.token_type is TokenType.SEMICOLON:
            raise RefusedError("SYNTAX_ERROR", f"mismatched input '{token.text}'")
    (tree,) = trees
    if not isinstance(tree, (exp.Query, exp.Create, exp.Insert, exp.Drop)):
        raise RefusedError("SYNTAX_ERROR", "mismatched input")
    return tree


def _check(node: exp.Expr) -> None:
    if isinstance(node, exp.Create) and (node.args.get("properties") or node.kind != "TABLE"):
        raise RefusedError("SYNTAX_ERROR", "mismatched input 'TEMPORARY'")
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        raise RefusedError("SYNTAX_ERROR", "mismatched input 'MATERIALIZED'")
    if isinstance(node, exp.DataType) and node.this.value not in KINDS:
        raise RefusedError("TYPE_NOT_FOUND", f"Unknown type: {node.sql()}")
    if isinstance(node, exp.Bracket) and any(isinstance(each, exp.Slice) for each in node.expressions):
        raise RefusedError("SYNTAX_ERROR", "mismatched input ':'")
    if isinstance(node, exp.Any):
        raise RefusedError("SYNTAX_ERROR", "mismatched input 'ANY'")
    if isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
        name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
        if name not in FUNCTIONS:
            raise RefusedError("FUNCTION_NOT_FOUND", f"Function '{name.lower()}' not registered")
    if (
        isinstance(node, exp.Literal)
        and not node.is_string
        and node.this.isdecimal()
        and int(node.this) >= 1 << 63
    ):
        raise RefusedError("INVALID_LITERAL", f"Invalid numeric literal: {node.this}")


def _called(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _cast(made: exp.Expr, to: str) -> exp.Cast:
    return exp.Cast(this=made, to=exp.DataType.build(to, dialect="duckdb"))


def _first_in(order: str) -> Callable[[Any], exp.Expr]:
    """Take the first of a list in an order; what is missing comes first, so one missing value makes it missing."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        listed = node.this
        if isinstance(node, (exp.Least, exp.Greatest)):
            listed = exp.Array(expressions=[node.this, *node.expressions])
        ordered = _called("list_sort", listed, exp.Literal.string(order), exp.Literal.string("NULLS FIRST"))
        return _called("list_extract", ordered, exp.Literal.number(1))

    return rewrite


def _pick(name: str) -> Callable[[Any], exp.Expr]:
    """A row of keys may hold nothing missing: Trino does not compare such rows. Values may be missing."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        for row in list(node.expression.find_all(exp.Struct)):
            fields = [
                each.expression if isinstance(each, exp.PropertyEQ) else each for each in row.expressions
            ]
            lacking = exp.or_(
                *(exp.Is(this=exp.Paren(this=each.copy()), expression=exp.Null()) for each in fields)
            )
            refusal = _called(
                "error", exp.Literal.string("ROW comparison not supported for fields with null elements")
            )
            case = exp.Case().when(lacking, refusal).else_(_called("row", *(each.copy() for each in fields)))
            if row is node.expression:
                node.set("expression", case)
            else:
                row.replace(case)
        return _called(name, node.this, node.expression)

    return rewrite


def _later(node: Any) -> exp.Expr:
    unit, count, date = (
        node.args["unit"].name.lower(),
        _cast(node.expression, "INTEGER"),
        _cast(node.this, "DATE"),
    )
    if unit == "day":
        return exp.Paren(this=exp.Add(this=date, expression=count))
    step = _called({"month": "to_months", "year": "to_years"}[unit], count)
    return _cast(exp.Add(this=date, expression=step), "DATE")


def _contains(node: Any) -> exp.Expr:
    is_null = exp.Is(this=exp.Paren(this=node.expression.copy()), expression=exp.Null())
    return exp.Case().when(is_null, exp.Null()).else_(_called("list_contains", node.this, node.expression))


def _from_base(node: Any) -> exp.Expr:
    assert node.expression.name == "16"
    return _cast(exp.Paren(this=exp.DPipe(this=exp.Literal.string("0x"), expression=node.this)), "BIGINT")


def _anonymous(node: Any) -> exp.Expr:
    constants = {"INFINITY": "inf", "NAN": "nan"}
    text = constants.get(node.name.upper())
    return node if text is None else _cast(exp.Literal.string(text), "DOUBLE")


REWRITES: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.ArgMin: _pick("arg_min_null"),
    exp.ArgMax: _pick("arg_max_null"),
    exp.DateAdd: _later,
    exp.ArrayContains: _contains,
    exp.FromBase: _from_base,
    exp.Anonymous: _anonymous,
    # In Trino the types of the operands say whether a quotient is whole; so they do for this operator of DuckDB.
    exp.Div: lambda node: exp.IntDiv(this=node.this, expression=node.expression),
    exp.Least: _first_in("ASC"),
    exp.Greatest: _first_in("DESC"),
    exp.ArrayMin: _first_in("ASC"),
    exp.ArrayMax: _first_in("DESC"),
}
