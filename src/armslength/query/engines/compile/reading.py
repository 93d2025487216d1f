"""Selecting from one event table: its codelists, what its expressions join, and who is left out."""

from __future__ import annotations

from sqlglot import exp

from armslength.query.engines.compile.expressions import balanced
from armslength.query.engines.compile.layers import layered
from armslength.query.engines.compile.scope import POPULATION, Scope, named, quoted
from armslength.query.engines.query_plan import Scan


def read_rows(
    scan: Scan, scope: Scope, relation: exp.Expr, columns: list[exp.Expr], wheres: list[exp.Expr]
) -> exp.Select:
    """Select from a scan's table with its codelists, the joins its expressions needed, and its tests."""
    query = exp.select(*columns, copy=False).from_(relation, copy=False)
    for tags in scan.tags:
        alias = next(tag.alias for (name, _), tag in scope.tags.items() if name == tags.column.name)
        code, kind = quoted("code", alias), tags.column.value_type
        on = scope.compilation.dialect.equal(scope.column(tags.column), code, kind)
        side = {} if tags.required else {"side": "LEFT"}
        query.append("joins", exp.Join(this=named(alias), on=on, **side))
    if scan.members_only:
        members = exp.select(quoted("patient_id")).from_(named(POPULATION))
        wheres = [exp.In(this=scope.patient.copy(), query=exp.Subquery(this=members)), *wheres]
    return with_joins(query, scope, wheres)


def with_joins(query: exp.Select, scope: Scope, wheres: list[exp.Expr]) -> exp.Select:
    """Give a query the joins its expressions turned out to need, its tests, and the layers it reads."""
    for join in scope.joins.values():
        query.append("joins", join)
    if wheres:
        query = query.where(balanced(wheres, exp.And), copy=False)
    return layered(query, scope)
