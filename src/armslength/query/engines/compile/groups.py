"""A scan by codelist: aggregates per patient and codelist, then one column per answer.

The groups of a patient become lists, one of group numbers and one per aggregate, in the same order; an
answer is the value at the place of its codelist's number. Finding it costs the same for each variable
of a patient, where a CASE per variable costs the same for each row.
"""

from __future__ import annotations

from sqlglot import exp

from armslength.query.engines.compile.expressions import cast, filtering, literal
from armslength.query.engines.compile.reading import read_rows
from armslength.query.engines.compile.reductions import aggregated
from armslength.query.engines.compile.scope import Scope, quoted
from armslength.query.engines.query_plan import Reduction, Scan, is_membership, over_table
from armslength.query.model.nodes import Series

PATIENT, GROUP = "patient_id", "codelist"


def grouped_query(scan: Scan, scope: Scope, relation: exp.Expr, *, codes: str) -> exp.Select:
    """Return (patient_id, answer_1, …) of a scan with groups, joined to the uploaded table `codes`."""
    assert scan.groups is not None  # noqa: S101 - asked for only then
    aggregates, answers = _aggregates(scan, scope)
    patient = exp.alias_(cast(scope.patient.copy(), int), PATIENT, quoted=True)
    columns = [patient, exp.alias_(quoted(GROUP, codes), GROUP, quoted=True)]
    columns += [exp.alias_(made, _value(n), quoted=True) for n, made in enumerate(aggregates)]
    first, *others = scan.reductions
    shared = [c for c in _own(first) if all(over_table(c) in _over_table(other) for other in others)]
    groups = read_rows(scan, scope, relation, columns, [filtering(condition, scope) for condition in shared])
    on = exp.EQ(this=scope.column(scan.groups.column), expression=quoted("code", codes))
    groups.args.setdefault("joins", []).insert(0, exp.Join(this=_table(codes), on=on))
    groups = groups.group_by(scope.patient.copy(), quoted(GROUP, codes), copy=False)
    return _answers(scan, _lists(groups, len(aggregates)), answers)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _value(number: int) -> str:
    return f"value_{number + 1}"


def _place(number: int) -> str:
    return f"place_{number + 1}"


def _own(reduction: Reduction) -> list[Series]:
    """Return the conditions of a reduction besides its codelist."""
    return [condition for condition in reduction.conditions if not is_membership(condition)]


def _over_table(reduction: Reduction) -> set[object]:
    return {over_table(condition) for condition in _own(reduction)}


def _aggregates(scan: Scan, scope: Scope) -> tuple[list[exp.Expr], list[tuple[int, int]]]:
    """Return the different aggregates, and for each reduction (number of its codelist, number of its aggregate)."""
    assert scan.groups is not None  # noqa: S101
    numbers = {codes: number for number, codes in enumerate(scan.groups.memberships)}
    others = [_over_table(each) for each in scan.reductions]
    everywhere = set.intersection(*others)
    found: dict[str, tuple[int, exp.Expr]] = {}
    answers = []
    for reduction in scan.reductions:
        own = [c for c in _own(reduction) if over_table(c) not in everywhere]
        made = aggregated(reduction, scope, conditions=own)
        number, _ = found.setdefault(made.sql(dialect=scope.compilation.dialect.name), (len(found), made))
        (codes,) = (c.rhs.value for c in reduction.conditions if is_membership(c))  # type: ignore[attr-defined]
        answers.append((numbers[codes], number))
    return [made for _, made in found.values()], answers


def _lists(groups: exp.Select, aggregates: int) -> exp.Select:
    """Return one row per patient: lists of group numbers and of each aggregate's values."""
    names = [GROUP, *(_value(number) for number in range(aggregates))]
    columns = [exp.alias_(exp.ArrayAgg(this=quoted(name)), name, quoted=True) for name in names]
    query = exp.select(quoted(PATIENT), *columns, copy=False).from_(groups.subquery("groups"), copy=False)
    return query.group_by(quoted(PATIENT), copy=False)


def _answers(scan: Scan, lists: exp.Select, answers: list[tuple[int, int]]) -> exp.Select:
    """Return one row per patient and one column per answer. A codelist without rows has no place: missing."""
    assert scan.groups is not None  # noqa: S101
    values = [quoted(_value(number)) for number in sorted({number for _, number in answers})]
    places = [
        exp.alias_(exp.func("LIST_POSITION", quoted(GROUP), literal(number)), _place(number), quoted=True)
        for number in range(len(scan.groups.memberships))
    ]
    placed = exp.select(quoted(PATIENT), *values, *places, copy=False)
    placed = placed.from_(lists.subquery("lists"), copy=False)
    columns = [
        exp.alias_(
            exp.func("LIST_EXTRACT", quoted(_value(value)), quoted(_place(group))), f"answer_{n}", quoted=True
        )
        for n, (group, value) in enumerate(answers, start=1)
    ]
    query = exp.select(quoted(PATIENT), *columns, copy=False)
    return query.from_(placed.subquery("places"), copy=False)
