"""A compiled query in the shape that T-SQL asks for: what is a condition and what a value, where queries may nest.

The compiler writes conditions wherever they mean something. T-SQL knows them in some places only, and has no values of
their kind; it aggregates nothing that holds a query or a window; it groups by columns, not by their places; its WITH
stands at the beginning. Each function here settles one of these, over the whole tree.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from armslength.query.engines.compile.tables import FINAL, OURS

PER_GROUP = "is_per_group"  # the mark of a window over the rows that a query groups together
CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.In, exp.Exists, exp.Is)
NEVER_MISSING = (exp.Is, exp.Exists)
NARROW = 1 << 31  # from here on a constant is a decimal to T-SQL, unless it is cast


def shaped(query: exp.Expr, *, creates: str | None, temporary: frozenset[str]) -> exp.Expr:
    """Return a query, which it changes, as T-SQL has it; with `creates`, one that makes a temporary table."""
    root = exp.Subquery(this=query)  # something to hang the query on, so that it can be replaced itself
    _rewrite(root)
    for select in list(root.find_all(exp.Select)):
        _group_by_columns(select)
        if _needs_rows_first(select):
            _rows_first(select)
    _settle_conditions(root)
    _number_constants(root)
    ctes = _taken_out(root)
    made: exp.Expr = root.this
    made.pop()
    if creates is not None:
        made = _into(made, f"#{creates}")
    if ctes:
        made.set("with_", exp.With(expressions=ctes))
    _mark_temporary(made, {cte.alias for cte in ctes}, temporary)
    return made


def _rewrite(root: exp.Expr) -> None:
    for node in reversed(list(root.walk(bfs=False))):
        rewrite = REWRITES.get(type(node))
        if rewrite is not None:
            made = rewrite(node)
            if made is not node:
                node.replace(made)


def _any(node: exp.Expr) -> exp.Expr:
    """Whether a condition holds for any row: what is missing does not."""
    each = exp.Case().when(node.this.copy(), exp.Literal.number(1), copy=False)
    return exp.Max(this=each.else_(exp.Literal.number(0), copy=False))


def _of_several(function: type[exp.AggFunc]) -> Callable[[exp.Expr], exp.Expr]:
    """Aggregate over a table of the values, which skips what is missing; LEAST came with SQL Server 2022."""

    def made(node: exp.Expr) -> exp.Expr:
        value = exp.to_identifier("value", quoted=True)
        rows = [exp.Tuple(expressions=[each.copy()]) for each in (node.this, *node.expressions)]
        alias = exp.TableAlias(this=exp.to_identifier("each", quoted=True), columns=[value])
        chosen = function(this=exp.Column(this=value.copy()))
        query = exp.select(chosen, copy=False).from_(exp.Values(expressions=rows, alias=alias), copy=False)
        return exp.Subquery(this=query)

    return made


def _big_count(node: exp.Expr) -> exp.Expr:
    node.set("big_int", True)
    return node


def _typed(node: exp.Expr) -> exp.Expr:
    """Cast conditions to numbers, and text not at all: a VARCHAR without a length would cut it off."""
    assert isinstance(node, exp.Cast)  # noqa: S101 - asked for only then
    operand: exp.Expr = node.this
    if node.to.this is exp.DataType.Type.BOOLEAN:
        if isinstance(operand, CONDITIONS):
            return operand.copy()
        node.set("to", exp.DataType.build("INT"))
    elif node.to.this is exp.DataType.Type.VARCHAR and not node.to.expressions and not _is_mapping(node):
        if not isinstance(operand, exp.Null):
            return operand.copy()
        node.set("to", exp.DataType.build("VARCHAR(1)", dialect="tsql"))
    return node


def _is_mapping(node: exp.Expr) -> bool:
    """Whether something is in a query that a backend wrote, which means what it says."""
    select = node.parent_select
    source = select.args.get("from_") if select is not None else None
    return source is not None and bool(source.this.meta.get(FINAL))


def _instead_of_missing(node: exp.Expr) -> exp.Expr:
    """COALESCE is a CASE that has its operand twice, ISNULL is not; it gives a number of the first one's type."""
    (other, *more) = node.expressions
    is_number = isinstance(other, exp.Boolean) or (isinstance(other, exp.Literal) and not other.is_string)
    node.set("is_null", is_number and not more)
    return node


def _constant(node: exp.Expr) -> exp.Expr:
    """Write text of other alphabets as NVARCHAR: in a VARCHAR its characters become question marks."""
    return exp.National(this=node.name) if node.is_string and not node.name.isascii() else node


REWRITES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Cast: _typed,
    exp.Coalesce: _instead_of_missing,
    exp.Count: _big_count,
    exp.Greatest: _of_several(exp.Max),
    exp.Least: _of_several(exp.Min),
    exp.Literal: _constant,
    exp.LogicalOr: _any,
    exp.Trunc: lambda node: node.this.copy(),  # always in a cast to a whole number, which cuts off by itself
}


def _group_by_columns(select: exp.Select) -> None:
    """Replace places in the list of columns by what is there."""
    group = select.args.get("group")
    for key in list(group.expressions) if group else ():
        if isinstance(key, exp.Literal):
            key.replace(select.selects[int(key.name) - 1].unalias().copy())


def _needs_rows_first(select: exp.Select) -> bool:
    group = select.args.get("group")
    keys = group.expressions if group else []
    if any(key.find(exp.Select) or not key.find(exp.Column) for key in keys):
        return True
    return any(each.find(exp.Window, exp.Select) for each in _aggregates(select))


def _aggregates(select: exp.Select) -> list[exp.Expr]:
    """Return the aggregates of a query, without those of queries and windows in it."""
    found = [
        each
        for each in select.find_all(exp.AggFunc, exp.Anonymous)
        if isinstance(each, exp.AggFunc) or each.name == "STRING_AGG"
    ]
    return [
        each for each in found if each.parent_select is select and not isinstance(each.parent, exp.Window)
    ]


def _rows_first(select: exp.Select) -> None:
    """Work out what is grouped and aggregated as columns of a query inside, for each row."""
    group = select.args.get("group")
    keys = [key.copy() for key in group.expressions] if group else []
    for window in list(select.find_all(exp.Window)):
        if window.meta.pop(PER_GROUP, False):
            window.set("partition_by", [key.copy() for key in keys])
    columns: dict[str, exp.Alias] = {}

    def inside(made: exp.Expr) -> exp.Expr:
        text = made.sql("tsql")
        name = exp.to_identifier(f"column_{len(columns) + 1}", quoted=True)
        column = columns.setdefault(text, exp.Alias(this=made.copy(), alias=name))
        return exp.column(exp.to_identifier(column.alias, quoted=True))

    for aggregate in _aggregates(select):
        for operand in list(_operands(aggregate)):
            operand.replace(inside(operand))
    for part in [*select.selects, *(group.expressions if group else ())]:
        for node in list(part.walk()):
            if node in keys and node.parent_select is select:
                node.replace(inside(node))
    rows = exp.Select(expressions=list(columns.values()))
    for name in ("from_", "joins", "where"):
        rows.set(name, select.args.get(name))
        select.set(name, None)
    select.from_(rows.subquery("each_row", copy=False), copy=False)


def _operands(aggregate: exp.Expr) -> list[exp.Expr]:
    if isinstance(aggregate, exp.Anonymous):
        return aggregate.expressions[:1]
    if isinstance(aggregate.this, exp.Distinct):
        return aggregate.this.expressions
    return [] if isinstance(aggregate.this, exp.Star) else [aggregate.this]


def _settle_conditions(root: exp.Expr) -> None:
    """Make a number of each condition that is a value, and a condition of each value that stands for one."""
    for node in reversed(list(root.walk(bfs=False))):
        if isinstance(node, exp.Paren) or node is root:
            continue
        is_asked = _is_condition_asked(node)
        if isinstance(node, exp.Boolean):
            number = exp.Literal.number(int(node.this))
            node.replace(exp.EQ(this=exp.Literal.number(1), expression=number) if is_asked else number)
        elif is_asked and not isinstance(node, CONDITIONS):
            # A copy, because a node that is replaced by one that holds it would hold itself.
            node.replace(exp.EQ(this=node.copy(), expression=exp.Literal.number(1)))
        elif not is_asked and isinstance(node, CONDITIONS):
            node.replace(_as_number(node))


def _is_condition_asked(node: exp.Expr) -> bool:
    """Whether T-SQL takes a condition, and nothing else, where something stands."""
    while isinstance(node.parent, exp.Paren):
        node = node.parent
    parent = node.parent
    if isinstance(parent, (exp.Connector, exp.Not, exp.Where, exp.Having)):
        return True
    if isinstance(parent, exp.Join):
        return node.arg_key == "on"
    if isinstance(parent, exp.If) and node.arg_key == "this":
        return not (isinstance(parent.parent, exp.Case) and parent.parent.this)
    return False


def _as_number(condition: exp.Expr) -> exp.Expr:
    one, zero = exp.Literal.number(1), exp.Literal.number(0)
    made = exp.Case().when(condition.copy(), one, copy=False)
    if isinstance(condition, NEVER_MISSING):
        return made.else_(zero, copy=False)
    return made.when(exp.Not(this=exp.Paren(this=condition.copy())), zero, copy=False)


def _number_constants(root: exp.Expr) -> None:
    """Cast what does not fit into an INT: T-SQL makes a DECIMAL of it."""
    for node in list(root.find_all(exp.Literal)):
        if not node.is_string and node.name.isdecimal() and int(node.name) >= NARROW:
            whole = node.parent if isinstance(node.parent, exp.Neg) else node
            if not isinstance(whole.parent, (exp.Cast, exp.Limit)):
                whole.replace(exp.Cast(this=whole.copy(), to=exp.DataType.build("BIGINT")))


def _taken_out(root: exp.Expr) -> list[exp.Expr]:
    """Take every WITH out of the tree; return the queries of them all, each after those it reads."""
    found: dict[str, exp.Expr] = {}
    for each in reversed(list(root.find_all(exp.With))):
        for cte in each.expressions:
            cte.set("materialized", None)  # T-SQL leaves that to the server
            if found.setdefault(cte.alias, cte) != cte:
                raise RuntimeError(f"two queries of one statement are called `{cte.alias}`")
        each.pop()
    return list(found.values())


def _into(query: exp.Expr, name: str) -> exp.Expr:
    if not isinstance(query, exp.Select):
        query = exp.select("*").from_(exp.Subquery(this=query, alias=_alias("everything")), copy=False)
    query.set("into", exp.Into(this=exp.Table(this=exp.to_identifier(name, quoted=True))))
    return query


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _mark_temporary(query: exp.Expr, ctes: set[str], temporary: frozenset[str]) -> None:
    """Call temporary tables as T-SQL does, known by the names that the compiler gave them."""
    for table in query.find_all(exp.Table):
        is_ours = table.name.startswith(OURS) and table.name not in ctes
        if is_ours or (table.name in temporary and not table.meta.get(FINAL)):
            if not table.alias:
                table.set("alias", _alias(table.name))
            table.set("this", exp.to_identifier(f"#{table.name}", quoted=True))
