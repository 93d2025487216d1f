"""Does a query itself leave out whom it must? Proved for each place that names a patient table, or not at all.

Accepted, at the top of a `WHERE` or of an inner join's `ON`, joined by `AND`:

* `t.id NOT IN (SELECT id FROM list)` and `NOT EXISTS (SELECT … FROM list l WHERE l.id = t.id)`, and the same
  without `NOT` for a list of people who are let in;
* `LEFT JOIN list l ON l.id = t.id` with `WHERE l.id IS NULL`;
* `t.id = s.id` where `s` is already proved: people of `t` are then people of `s`.

Everything else proves nothing. What runs is filtered all the same (`rewrite.py`): a gap here lets nobody in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from armslength.query.engines.restrictions import Listed
from armslength.sqlrunner.catalogue import Catalogue, OptOutList
from armslength.sqlrunner.references import visible_cte

PLAIN_KINDS = ("", "INNER", "CROSS")
Place = tuple[str, str]  # a source's alias and a column, in small letters


@dataclass(slots=True)
class Scope:
    """One `SELECT`: its sources by alias, what must be true of each of its rows, and what is proved of its columns."""

    select: exp.Select
    sources: dict[str, exp.Expr] = field(default_factory=dict)
    always: list[exp.Expr] = field(default_factory=list)  # hold for every row that comes out
    left: dict[str, list[exp.Expr]] = field(default_factory=dict)  # alias of a left join: its conditions
    sound: bool = True  # no join that brings rows back which a condition took away
    used: list[exp.Table] = field(default_factory=list)  # lists that leave people out


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proved. `known` keeps what was found out of each `SELECT`: nothing, while it is being looked at."""

    listed: OptOutList
    catalogue: Catalogue
    known: dict[int, set[Place]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """The places that are proved for every restriction, and the places of lists that were used to prove them."""

    kept: frozenset[int]  # ids of the exp.Table
    lists: frozenset[int]


def prove(query: exp.Query, *, catalogue: Catalogue) -> Proof:
    """Say which patient tables of a query are read without the people who must be left out."""
    proved: dict[int, set[str]] = {}
    used: set[int] = set()
    for listed in catalogue.lists:
        asked = Asked(listed, catalogue)
        for select in query.find_all(exp.Select):
            scope = _scope(select)
            asked.known.pop(id(select), None)
            places = _proved_places(scope, asked)
            used |= {id(each) for each in scope.used}
            for alias, source in scope.sources.items():
                columns = _people_columns(source, catalogue)
                if columns and all((alias, column) in places for column in columns):
                    proved.setdefault(id(source), set()).add(listed.table)
    wanted = {each.table for each in catalogue.lists}
    return Proof(frozenset(place for place, names in proved.items() if names == wanted), frozenset(used))


def _scope(select: exp.Select) -> Scope:
    scope = Scope(select)
    start = select.args.get("from_")
    _add_source(scope, start.this if start is not None else None)
    for join in select.args.get("joins") or []:
        alias = _add_source(scope, join.this)
        kind, side, on = join.kind or "", join.side or "", join.args.get("on")
        if join.method or join.args.get("using") or kind not in PLAIN_KINDS or side not in ("", "LEFT"):
            scope.sound = False
        elif side == "LEFT":
            scope.left[alias] = list(_conjuncts(on))
        else:
            scope.always += _conjuncts(on)
    where = select.args.get("where")
    scope.always += _conjuncts(where.this if where is not None else None)
    if select.args.get("laterals"):
        scope.sound = False
    return scope


def _add_source(scope: Scope, source: exp.Expr | None) -> str:
    alias = source.alias_or_name.lower() if source is not None else ""
    if source is None or not alias or alias in scope.sources:
        scope.sound = False
    else:
        scope.sources[alias] = source
    return alias


def _conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    else:
        yield condition


def _proved_places(scope: Scope, asked: Asked) -> set[Place]:
    """Return the columns of a scope that can hold the id of nobody who must be left out."""
    if id(scope.select) in asked.known or not scope.sound:
        return asked.known.get(id(scope.select), set())
    asked.known[id(scope.select)] = set()
    found = [place for condition in scope.always if (place := _excluded(condition, scope, asked.listed))]
    proved = {place for place in found if place[0] not in scope.left}
    proved |= set(_by_left_join(scope, asked.listed))
    for alias, source in scope.sources.items():
        proved |= {(alias, column) for column in _clean_columns(source, asked)}
    proved = _spread(proved, _equalities(scope)) | _from_outside(scope, asked)
    asked.known[id(scope.select)] = proved
    return proved


def _equalities(scope: Scope) -> list[tuple[Place, Place]]:
    """Return pairs of columns of which the second holds no id that the first does not."""
    both_ways = [pair for condition in scope.always if (pair := _equal_places(condition, scope))]
    onward = both_ways + [(second, first) for first, second in both_ways]
    for alias, conditions in scope.left.items():
        for condition in conditions:
            pair = _equal_places(condition, scope)
            # The other side keeps its rows whether or not they find one here, so nothing follows for it.
            if pair and alias in (pair[0][0], pair[1][0]):
                onward.append(pair if pair[1][0] == alias else (pair[1], pair[0]))
    return onward


def _spread(proved: set[Place], onward: list[tuple[Place, Place]]) -> set[Place]:
    """Follow equalities: where the first is proved, so is the second."""
    while more := {second for first, second in onward if first in proved and second not in proved}:
        proved |= more
    return proved


def _from_outside(scope: Scope, asked: Asked) -> set[Place]:
    """Return columns that equal a proved column of the query around this one."""
    parent = scope.select.find_ancestor(exp.Select)
    if parent is None or scope.select.find_ancestor(exp.CTE) is not None:
        return set()
    around = _scope(parent)
    wanted = [each for each in scope.always if isinstance(each, exp.EQ)]
    found: set[Place] = set()
    if not wanted:
        return found
    places = _proved_places(around, asked)
    for condition in wanted:
        sides = (condition.this, condition.expression)
        for mine, theirs in (sides, sides[::-1]):
            inner = _place(mine, scope)
            if not inner or not isinstance(theirs, exp.Column) or theirs.table.lower() in scope.sources:
                continue
            if _place(theirs, around) in places:
                found.add(inner)
    return found


def _place(node: exp.Expr | None, scope: Scope) -> Place | None:
    """Return which column of which source a name means; None when that is not certain."""
    if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
        return None
    if node.table:
        return (node.table.lower(), node.name.lower()) if node.table.lower() in scope.sources else None
    made = {each.alias.lower() for each in scope.select.expressions if isinstance(each, exp.Alias)}
    if len(scope.sources) == 1 and node.name.lower() not in made:
        (source,) = scope.sources.values()
        return (source.alias_or_name.lower(), node.name.lower())
    return None


def _excluded(condition: exp.Expr, scope: Scope, listed: OptOutList) -> Place | None:
    """Return the column that a condition keeps free of the people of a list, or None."""
    wanted = listed.restriction.listed is Listed.LEFT_OUT
    negated = isinstance(condition, exp.Not)
    inner = condition.this.unnest() if negated else condition
    if negated is not wanted:
        return None
    if isinstance(inner, exp.In):
        return _excluded_by_in(inner, scope, listed)
    if isinstance(inner, exp.Exists):
        return _excluded_by_exists(inner, scope, listed)
    return None


def _excluded_by_in(condition: exp.In, scope: Scope, listed: OptOutList) -> Place | None:
    query = condition.args.get("query")
    select = query.unnest() if query is not None else None
    table = _only_the_list(select, listed)
    if table is None or condition.expressions or len(select.expressions) != 1:  # type: ignore[union-attr]
        return None
    rest = select.args.get("where")  # type: ignore[union-attr]
    given = select.expressions[0]  # type: ignore[union-attr]
    place = _place(condition.this, scope)
    if rest is not None or not _is_id(given, table, listed, bare=True) or place is None:
        return None
    scope.used.append(table)
    return place


def _excluded_by_exists(condition: exp.Exists, scope: Scope, listed: OptOutList) -> Place | None:
    select = condition.this.unnest() if condition.this is not None else None
    table = _only_the_list(select, listed)
    where = select.args.get("where") if isinstance(select, exp.Select) else None
    if table is None or where is None or any(each.find(exp.AggFunc) for each in select.expressions):  # type: ignore[union-attr]
        return None
    equality = where.this.unnest()
    if not isinstance(equality, exp.EQ) or table.alias_or_name.lower() in scope.sources:
        return None
    for mine, theirs in ((equality.this, equality.expression), (equality.expression, equality.this)):
        # A bare name in there means the list's own column, so only a full name reaches out.
        if _is_id(mine, table, listed, bare=False) and isinstance(theirs, exp.Column) and theirs.table:
            place = _place(theirs, scope)
            if place is not None:
                scope.used.append(table)
                return place
    return None


def _only_the_list(select: exp.Expr | None, listed: OptOutList) -> exp.Table | None:
    """Return the list when a query reads it whole, and nothing else."""
    if not isinstance(select, exp.Select):
        return None
    extra = {name for name, value in select.args.items() if value} - {"expressions", "from_", "where", "kind"}
    start = select.args.get("from_")
    table = start.this if start is not None else None
    if extra or not isinstance(table, exp.Table) or table.name.lower() != listed.table.lower():
        return None
    alias = table.args.get("alias")
    return None if alias is not None and alias.columns else table


def _is_id(node: exp.Expr, table: exp.Table, listed: OptOutList, *, bare: bool) -> bool:
    if not isinstance(node, exp.Column) or node.name.lower() != listed.column.lower():
        return False
    return node.table.lower() == table.alias_or_name.lower() if node.table else bare


def _by_left_join(scope: Scope, listed: OptOutList) -> Iterator[Place]:
    """Yield columns whose people are left out by `LEFT JOIN list … WHERE id IS NULL`."""
    if listed.restriction.listed is not Listed.LEFT_OUT:
        return
    for alias, conditions in scope.left.items():
        table = scope.sources.get(alias)
        if (
            not isinstance(table, exp.Table)
            or table.name.lower() != listed.table.lower()
            or len(conditions) != 1
        ):
            continue
        missing = any(
            isinstance(each, exp.Is)
            and isinstance(each.expression, exp.Null)
            and isinstance(each.this, exp.Column)
            and each.this.table
            and _is_id(each.this, table, listed, bare=False)
            for each in scope.always
        )
        pair = _equal_places(conditions[0], scope)
        id_of_list = (alias, listed.column.lower())
        if missing and pair and id_of_list in pair:
            place = pair[1] if pair[0] == id_of_list else pair[0]
            if place[0] not in scope.left:
                scope.used.append(table)
                yield place


def _equal_places(condition: exp.Expr, scope: Scope) -> tuple[Place, Place] | None:
    if not isinstance(condition, exp.EQ):
        return None
    first, second = _place(condition.this, scope), _place(condition.expression, scope)
    return (first, second) if first and second and first[0] != second[0] else None


def _people_columns(source: exp.Expr, catalogue: Catalogue) -> tuple[str, ...]:
    if not isinstance(source, exp.Table):
        return ()
    return tuple(column.lower() for column in catalogue.people.get(source.name.lower(), ()))


def _clean_columns(source: exp.Expr, asked: Asked) -> Iterator[str]:
    """Yield the columns of a subquery, or of a part of a `WITH`, that only hold ids which were proved inside it."""
    query: exp.Expr | None = source.this if isinstance(source, exp.Subquery) else None
    alias = source.args.get("alias")
    if isinstance(source, exp.Table) and source.name.lower() not in asked.catalogue.names:
        part = visible_cte(source)
        recursive = part is not None and part.parent is not None and part.parent.args.get("recursive")
        query = part.this if part is not None and not recursive and not part.args["alias"].columns else None
    if not isinstance(query, exp.Select) or (alias is not None and alias.columns):
        return
    inner = _scope(query)
    places = _proved_places(inner, asked)
    for given in query.expressions:
        if _place(given.unalias(), inner) in places:
            yield given.alias_or_name.lower()
