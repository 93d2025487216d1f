"""Which tables a query reads, each place by itself: names that a query makes for itself are told apart from tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from armslength.sqlrunner.catalogue import Catalogue


class Kind(StrEnum):
    """What a name in a `FROM` stands for."""

    PEOPLE = "rows about people"
    NOBODY = "rows about nobody"
    LIST = "a list of opt-outs"
    MADE = "a part of the query itself"
    UNKNOWN = "nothing that is known"


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One place where a query names a table."""

    table: exp.Table
    kind: Kind

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def line(self) -> int | None:
        return line_of(self.table)


def references_of(query: exp.Query, *, catalogue: Catalogue) -> tuple[Reference, ...]:
    """Return every place where a query names a table, wherever it hides: subqueries, branches, joins, CTEs."""
    return tuple(
        Reference(table, _kind_of(table, catalogue))
        for table in query.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier)
    )


def _kind_of(table: exp.Table, catalogue: Catalogue) -> Kind:
    name = table.name.lower()
    if catalogue.list_named(name):
        return Kind.LIST
    if name in catalogue.people:
        return Kind.PEOPLE
    if name in catalogue.nobody:
        return Kind.NOBODY
    if not table.args.get("db") and visible_cte(table) is not None:
        return Kind.MADE
    return Kind.UNKNOWN


def visible_cte(table: exp.Table) -> exp.CTE | None:
    """Return the part of a `WITH` that a name means where it stands: one written before it, or around it.

    A part of that name elsewhere, where the database would not see it, is no excuse for a table of that name.
    """
    wanted = table.name.lower()
    below: exp.Expr = table
    node: exp.Expr | None = table.parent
    while node is not None:
        clause = node.args.get("with_")
        if isinstance(clause, exp.With) and clause is not below:
            found = [each for each in _parts(clause) if each.alias.lower() == wanted]
            if found:
                return found[0]
        if isinstance(node, exp.With):
            found = [each for each in _seen_from(node, below) if each.alias.lower() == wanted]
            if found:
                return found[0]
        below, node = node, node.parent
    return None


def _parts(clause: exp.With) -> list[exp.CTE]:
    return [each for each in clause.expressions if isinstance(each, exp.CTE)]


def _seen_from(clause: exp.With, inside: exp.Expr) -> Iterator[exp.CTE]:
    """Yield the parts that one of them may name: those before it, and itself where the clause is recursive."""
    for each in _parts(clause):
        if each is inside:
            if clause.args.get("recursive"):
                yield each
            return
        yield each


def names_made(query: exp.Query) -> Iterator[tuple[exp.Expr, str]]:
    """Yield each name that a query gives to something of its own, with what it names: aliases of sources, CTEs."""
    for alias in query.find_all(exp.TableAlias):
        owner = alias.parent
        if alias.this is not None and owner is not None:
            yield owner, alias.name


def line_of(node: exp.Expr) -> int | None:
    """Return the line of the query text on which something was written."""
    for part in node.walk():
        if line := part.meta.get("line"):
            return int(line)
    return None
