"""The sound way: each patient table becomes the rows of it that may be seen, before anything else looks at them.

It needs no understanding of the rest of the query. What is run is written from the syntax tree that was judged,
never the author's text, so a comment or a trick of quotation that reads differently elsewhere is not run at all.
"""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.sqlrunner.catalogue import Catalogue
from armslength.sqlrunner.references import Kind, references_of

KEPT = "kept"


def filtered(query: exp.Query, *, catalogue: Catalogue) -> exp.Query:
    """Return a copy in which every patient table holds only people who may be seen."""
    copy = query.copy()
    if not catalogue.restrictions:
        return copy
    for reference in references_of(copy, catalogue=catalogue):
        if reference.kind is Kind.PEOPLE:
            table = reference.table
            table.replace(_kept_rows(table, catalogue))
    return copy


def predicate_of(table: str, *, catalogue: Catalogue, alias: str = KEPT) -> exp.Expr:
    """Return the condition that a row of a patient table may be seen, over the table known as `alias`."""
    conditions = [
        restriction.keeps_person(exp.column(column, table=alias))
        for restriction in catalogue.restrictions
        for column in catalogue.people[table.lower()]
    ]
    return reduce(lambda left, right: exp.And(this=left, expression=right), conditions)


def _kept_rows(table: exp.Table, catalogue: Catalogue) -> exp.Subquery:
    alias = table.args.get("alias") or exp.TableAlias(this=table.this.copy())
    source = exp.Table(
        this=table.this.copy(), db=table.args.get("db"), alias=exp.TableAlias(this=exp.to_identifier(KEPT))
    )
    rows = exp.select(exp.Star()).from_(source).where(predicate_of(table.name, catalogue=catalogue))
    return exp.Subquery(this=rows, alias=alias.copy())


def check_filtered(query: exp.Query, *, catalogue: Catalogue) -> None:
    """Make sure of what is about to run: read anew, every patient table stands in its filter. Raises Mistake Q409."""
    if not catalogue.restrictions:
        return
    for reference in references_of(query, catalogue=catalogue):
        if reference.kind is Kind.UNKNOWN or (
            reference.kind is Kind.PEOPLE and not _stands_in_its_filter(reference.table, catalogue)
        ):
            what = f"the query could not be held to the opt-outs: `{reference.name}` would be read without a filter"
            raise Mistake("Q409", what, hint="this is a defect; report the query, without any data")


def _stands_in_its_filter(table: exp.Table, catalogue: Catalogue) -> bool:
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None else None
    if select is None or where is None or table.parent is not select.args.get("from_"):
        return False
    wanted = predicate_of(table.name, catalogue=catalogue).sql(catalogue.dialect)
    nothing_else = not any(
        value for name, value in select.args.items() if name not in ("expressions", "from_", "where", "kind")
    )
    plain = [type(each) for each in select.expressions] == [exp.Star]
    return nothing_else and plain and table.alias == KEPT and where.this.sql(catalogue.dialect) == wanted
