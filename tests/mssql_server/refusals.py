"""What SQL Server would not take, with its numbers and words, found by looking at a statement alone."""

from __future__ import annotations

from sqlglot import exp

COLLATIONS = {"Latin1_General_BIN2"}
DEEPEST_CASE = 10
CONDITIONS = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.In, exp.Is, exp.Exists,
    exp.Like, exp.Between,
)  # fmt: skip
UNKNOWN = (
    exp.Filter, exp.ArrayAgg, exp.Limit, exp.LogicalOr, exp.Boolean, exp.Least, exp.Greatest, exp.Extract,
    exp.DPipe, exp.Bracket, exp.Struct, exp.ILike, exp.IntDiv, exp.Interval, exp.NullSafeEQ, exp.Trunc,
)  # fmt: skip
FUNCTIONS = {
    "CHAR",
    "DATALENGTH",
    "REPLACE",
    "STRING_AGG",
    "DATEFROMPARTS",
    "DATEADD",
    "DATEDIFF",
    "CHARINDEX",
    "LEN",
}
AGGREGATES = (exp.AggFunc, exp.GroupConcat)
# What the server says of errors that it is told to make.
WORDS = {
    102: "Incorrect syntax near the keyword.",
    125: "Case expressions may only be nested to level 10.",
    229: "The SELECT permission was denied on the object 'events', database 'records', schema 'dbo'.",
    262: "CREATE TABLE permission denied in database 'tempdb'.",
    511: "Cannot create a row of size 9017 which is greater than the allowable maximum row size of 8060.",
    701: "There is insufficient system memory in resource pool 'default' to run this query.",
    1105: "Could not allocate space for object 'dbo.SORT temporary run' in database 'tempdb'.",
    1205: "Transaction (Process ID 52) was deadlocked on lock resources with another process and has been chosen as "
    "the deadlock victim. Rerun the transaction.",
    1702: "CREATE TABLE failed because column 'x' in table '#t' exceeds the maximum of 1024 columns.",
    3623: "An invalid floating point operation occurred.",
    4104: 'The multi-part identifier "a.b" could not be bound.',
    8115: "Arithmetic overflow error converting expression to data type bigint.",
    8134: "Divide by zero error encountered.",
    8623: "The query processor ran out of internal resources and could not produce a query plan.",
    8632: "Internal error: An expression services limit has been reached.",
    9002: "The transaction log for database 'tempdb' is full due to 'ACTIVE_TRANSACTION'.",
    40501: "The service is currently busy. Retry the request after 10 seconds.",
    50000: "Something else.",
}  # fmt: skip


class Refused(Exception):
    """What the server answers instead of rows."""

    def __init__(self, number: int, words: str = "") -> None:
        self.number, self.words = number, words or WORDS[number]
        super().__init__(self.words)


def check(tree: exp.Expr) -> None:
    """Raise Refused when SQL Server would not run a statement."""
    for node in tree.walk():
        _check_conditions(node)
        _check_words(node)
        _check_nesting(node)
        if isinstance(node, exp.Select):
            _check_select(node)
        elif isinstance(node, exp.Values) and len(node.expressions) > 1000:
            raise Refused(10738, "The number of row value expressions in the INSERT statement exceeds 1000.")
        elif isinstance(node, exp.Schema) and len(node.expressions) > 1024:
            raise Refused(1702)


def _check_words(node: exp.Expr) -> None:
    if isinstance(node, UNKNOWN) and not (
        isinstance(node, exp.Limit) and node.args.get("limit_options") is None and _is_top(node)
    ):
        raise Refused(102, f"Incorrect syntax: T-SQL has no {type(node).__name__}.")
    if isinstance(node, exp.Collate) and node.expression.name not in COLLATIONS:
        raise Refused(448, f"Invalid collation '{node.expression.name}'.")
    if isinstance(node, exp.Anonymous) and node.name.upper() not in FUNCTIONS:
        raise Refused(195, f"'{node.name}' is not a recognized built-in function name.")
    if isinstance(node, exp.Div) and not isinstance(node.expression, (exp.Nullif, exp.Literal)):
        raise Refused(8134)
    if isinstance(node, exp.Count) and not node.args.get("big_int"):
        raise Refused(8115, "COUNT gives an INT, which overflows at 2,147,483,648 rows.")


def _is_top(node: exp.Limit) -> bool:
    """T-SQL is read, in which only TOP becomes a limit; a LIMIT is read as the name of something."""
    return node.args.get("expression") is not None


def _check_conditions(node: exp.Expr) -> None:
    """Conditions stand where T-SQL asks for them, and nothing else does."""
    if isinstance(node, exp.Paren) or not isinstance(node, exp.Condition):
        return
    is_condition = isinstance(node, CONDITIONS)
    inner = node
    while isinstance(inner.parent, exp.Paren):
        inner = inner.parent
    parent = inner.parent
    asked = (
        isinstance(parent, (exp.Where, exp.Having, exp.And, exp.Or, exp.Not))
        or (isinstance(parent, exp.Join) and inner.arg_key == "on")
        or (isinstance(parent, exp.If) and inner.arg_key == "this" and not _is_simple_case(parent))
    )
    if asked and not is_condition:
        raise Refused(
            4145, f"An expression of non-boolean type near '{node.sql()[:60]}' where a condition is expected."
        )
    if is_condition and not asked:
        raise Refused(156, f"Incorrect syntax: a condition is no value, near '{node.sql()[:60]}'.")


def _is_simple_case(node: exp.If) -> bool:
    return isinstance(node.parent, exp.Case) and node.parent.this is not None


def _check_nesting(node: exp.Expr) -> None:
    if isinstance(node, exp.With) and not _is_outermost(node):
        raise Refused(156, "Incorrect syntax near the keyword 'WITH': it begins a statement.")
    if isinstance(node, exp.Case):
        depth, above = 0, node
        while above is not None and not isinstance(above, exp.Select):
            depth += isinstance(above, (exp.Case, exp.Nullif))
            above = above.parent
        if depth > DEEPEST_CASE:
            raise Refused(125)


def _is_outermost(node: exp.Expr) -> bool:
    return node.parent is not None and node.parent.parent is None


def _check_select(select: exp.Select) -> None:
    if select.args.get("into") is not None and len(select.selects) > 1024:
        raise Refused(1702)
    if select.args.get("order") and select.parent is not None and not select.args.get("limit"):
        raise Refused(1033, "The ORDER BY clause is invalid in derived tables unless TOP is also specified.")
    group = select.args.get("group")
    for key in group.expressions if group else ():
        if key.find(exp.Select, exp.AggFunc):
            raise Refused(
                144, "Cannot use an aggregate or a subquery in an expression used for the group by list."
            )
        if not key.find(exp.Column):
            raise Refused(164, "Each GROUP BY expression must contain at least one column.")
    for aggregate in select.find_all(*AGGREGATES):
        inside = [
            each for each in aggregate.find_all(exp.Select, exp.Window, *AGGREGATES) if each is not aggregate
        ]
        if aggregate.parent_select is select and not isinstance(aggregate.parent, exp.Window) and inside:
            raise Refused(
                130,
                "Cannot perform an aggregate function on an expression containing an aggregate or a "
                "subquery.",
            )
    for window in select.find_all(exp.Window):
        order = window.args.get("order")
        if not window.args.get("partition_by") or order is None:
            raise Refused(10753, "The function must have an OVER clause with ORDER BY.")
        for key in order.expressions:
            if not key.find(exp.Column, exp.Select):
                raise Refused(
                    5309, "Windowed functions do not support constants as ORDER BY clause expressions."
                )
