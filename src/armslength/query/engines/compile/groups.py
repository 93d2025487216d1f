"""A scan by codelist: aggregates per patient and group of rows, then one answer per variable."""

from __future__ import annotations

from sqlglot import exp

from armslength.query.engines.compile.dialect import GROUP, PATIENT
from armslength.query.engines.compile.expressions import balanced, cast, filtering
from armslength.query.engines.compile.reading import read_rows
from armslength.query.engines.compile.reductions import aggregated
from armslength.query.engines.compile.scope import Scope, called, named, quoted
from armslength.query.engines.query_plan import CodelistGroups, Scan, over_table
from armslength.query.model.nodes import Exists, Node, Series


def grouped_query(
    scan: Scan, scope: Scope, relation: exp.Expr, *, codes: str, wide: frozenset[Node]
) -> tuple[exp.Select, list[dict[str, exp.Expr]]]:
    """Return the query of a scan with groups, joined to the uploaded table `codes`, and where its answers are.

    The answers of the reductions in `wide` are columns, whatever the dialect would rather make of them.
    """
    groups = scan.groups
    assert groups is not None  # noqa: S101 - asked for only then
    shared = _shared(groups)
    places, values = _answers(scan, scope, {over_table(each) for each in shared})
    patient = called(cast(scope.patient.copy(), int), PATIENT)
    columns: list[exp.Expr] = [patient, called(quoted(GROUP, codes), GROUP)]
    columns += [called(made, name) for name, made in values.items()]
    rows = read_rows(scan, scope, relation, columns, [filtering(condition, scope) for condition in shared])
    rows.args.setdefault("joins", []).insert(
        0, exp.Join(this=named(codes), on=_belongs(groups, scope, codes))
    )
    rows = rows.group_by(scope.patient.copy(), quoted(GROUP, codes), copy=False)
    asked = [(reduction, name, place) for reduction, name, place in places]
    spread = scope.compilation.dialect.spread(
        rows,
        values=list(values),
        answers=[place for _, _, place in asked],
        wide={number for number, (n, _, _) in enumerate(asked, start=1) if scan.reductions[n].node in wide},
    )
    found: list[dict[str, exp.Expr]] = [{} for _ in scan.reductions]
    for (number, name, _), answer in zip(asked, spread.answers, strict=True):
        found[number][name] = answer
    return spread.query, found


def _shared(groups: CodelistGroups) -> list[Series]:
    """Return the conditions, besides codelist and window, that every reduction has."""
    first, *others = groups.conditions
    everywhere = [{over_table(each) for each in conditions} for conditions in others]
    return [each for each in first if all(over_table(each) in other for other in everywhere)]


Place = tuple[int, str, tuple[int, str | None]]


def _answers(scan: Scan, scope: Scope, shared: set[Node]) -> tuple[list[Place], dict[str, exp.Expr]]:
    """Return (reduction, name, (group, value)) of each answer, and the different values by their names."""
    assert scan.groups is not None  # noqa: S101
    dialect = scope.compilation.dialect.name
    names: dict[str, str] = {}
    values: dict[str, exp.Expr] = {}
    places: list[Place] = []
    asked = zip(scan.reductions, scan.groups.of, scan.groups.conditions, strict=True)
    for number, (reduction, group, conditions) in enumerate(asked):
        own = [each for each in conditions if over_table(each) not in shared]
        if isinstance(reduction.node, Exists) and not own:
            places.append((number, "", (group, None)))  # a group without rows is not there
            continue
        for name, made in aggregated(reduction, scope, conditions=own).items():
            value = names.setdefault(made.sql(dialect=dialect, copy=False), f"value_{len(names) + 1}")
            values.setdefault(value, made)
            places.append((number, name, (group, value)))
    return places, values


def _belongs(groups: CodelistGroups, scope: Scope, codes: str) -> exp.Expr:
    """Say whether a row belongs to a group: by its code, and by its date where the group has a window."""
    code, kind = quoted("code", codes), groups.column.value_type
    tests = [scope.compilation.dialect.equal(scope.column(groups.column), code, kind)]
    if groups.dates is not None:
        for end, compare in (("first", exp.GTE), ("last", exp.LTE)):
            is_open = exp.Is(this=quoted(end, codes), expression=exp.Null())
            inside = compare(this=scope.column(groups.dates), expression=quoted(end, codes))
            tests.append(balanced([is_open, inside], exp.Or))
    return balanced(tests, exp.And)
