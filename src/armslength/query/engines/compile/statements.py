"""A query plan as SQL statements: temporary tables for scans and the population, then the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa
from sqlglot import exp

from armslength.query.engines.arrow_types import (
    arrow_type,
    code_rows,
    group_rows,
    inline_rows,
    lookup_rows,
    tag_rows,
)
from armslength.query.engines.backend import Backend
from armslength.query.engines.compile import dates as _dates  # noqa: F401 - registers the calendar operations
from armslength.query.engines.compile.choices import choice_of
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.compile.expressions import as_number, cast, compiled, filtering
from armslength.query.engines.compile.groups import grouped_query
from armslength.query.engines.compile.layers import layer_columns, rows_with_layers
from armslength.query.engines.compile.limits import divided, portions
from armslength.query.engines.compile.reading import read_rows, with_joins
from armslength.query.engines.compile.reductions import aggregated, episodes, present
from armslength.query.engines.compile.scope import (
    POPULATION,
    Compilation,
    Place,
    Scope,
    Tag,
    called,
    named,
    quoted,
)
from armslength.query.engines.compile.tables import people_seen, prepared_lists, translated
from armslength.query.engines.engine import Choice, Plan, ResultQuery, Statement
from armslength.query.engines.lookups import lookup_of
from armslength.query.engines.query_plan import (
    CodelistGroups,
    QueryPlan,
    Scan,
    Stage,
    conditions_of,
    event_table,
    reductions_below,
    rows_of,
)
from armslength.query.model import nodes
from armslength.query.model.nodes import Series
from armslength.query.model.reference import true_for_nobody_in_particular


@dataclass(slots=True, kw_only=True)
class _Statements:
    """The statements made so far, and what they made known.

    `read_with_rows` are the reductions that are joined to many rows, of events or for each sum.
    """

    plan: QueryPlan
    compilation: Compilation
    made: list[Statement] = field(default_factory=list)
    uploaded: set[nodes.Node] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    read_with_rows: frozenset[nodes.Node] = frozenset()

    def prepare(self) -> None:
        """Make the tables that what was compiled last turned out to need: sets, long replacements, large parts."""
        for values, name in self.compilation.sets.items():
            if values not in self.uploaded:
                self.uploaded.add(values)
                kind = type(next(iter(values.value)))
                rows = code_rows(values.value, value_type=kind)
                purpose = f"upload a set of {rows.num_rows} values"
                self.made.append(Statement(purpose=purpose, creates=name, rows=rows))
        for case, name in self.compilation.lookups.items():
            if case not in self.uploaded:
                self.uploaded.add(case)
                lookup = lookup_of(case)
                assert lookup is not None  # noqa: S101 - asked for only then
                rows = lookup_rows(lookup, value_type=case.value_type)
                purpose = f"upload {rows.num_rows} values and what replaces them"
                self.made.append(Statement(purpose=purpose, creates=name, rows=rows))
        for name, query in self.compilation.kept.items():
            if name not in self.kept:
                self.kept.add(name)
                sql = self.written(query, creates=name)
                purpose = "work out parts that are too much for one statement"
                self.made.append(Statement(purpose=purpose, creates=name, sql=sql))

    def create(self, name: str, query: exp.Expr, *, purpose: str, choice: Choice | None = None) -> None:
        sql = self.written(query, creates=name)
        self.prepare()
        self.made.append(Statement(purpose=purpose, creates=name, sql=sql, choice=choice))

    def written(self, query: exp.Expr, *, creates: str | None = None) -> str:
        """Write a query over what the backend's tables stand for, without what the project may not see."""
        dialect = self.compilation.dialect
        held = translated(query, backend=self.compilation.backend, dialect=dialect.name)
        return dialect.written(held, creates=creates)


def compile_plan(plan: QueryPlan, *, dialect: Dialect, backend: Backend) -> Plan:
    """Return the statements of a query plan. Raises Mistake Q102 (operation), Q103 (table), Q105 (parameter)."""
    plan = divided(plan, dialect.limits)
    compilation = Compilation(dialect=dialect, backend=backend)
    statements = _Statements(plan=plan, compilation=compilation, read_with_rows=_read_with_rows(plan))
    for restriction, people in prepared_lists(backend=backend, dialect=dialect.name):
        statements.create(restriction.prepared_as, people, purpose=f"list whom to see: {restriction.words}")
    _upload_inline_tables(statements)
    for stage in Stage:
        for number, scan in enumerate(plan.scans, start=1):
            if scan.stage is stage:
                _scan(scan, f"armslength_scan_{number}", statements)
        if stage is Stage.POPULATION:
            _population(statements)
    results = tuple(_results(statements))
    statements.prepare()
    held_back = tuple(each.words for each in backend.applied)
    return Plan(statements=tuple(statements.made), results=results, held_back=held_back)


def _read_with_rows(plan: QueryPlan) -> frozenset[nodes.Node]:
    """Return the reductions that something else than the one row of each patient in the result is made of."""
    found = {node for scan in plan.scans for reduction in scan.reductions for node in reduction.needs}
    found |= set(reductions_below(*(events for _, events in plan.dataset.events)))
    for measure in plan.dataset.measures:
        series = (node for _, node in (*measure.numerators, *measure.group_bys))
        found |= set(reductions_below(measure.denominator, *series))
    return frozenset(found)


def _upload_inline_tables(statements: _Statements) -> None:
    inline = [t for t in nodes.tables_of(statements.plan.dataset) if isinstance(t, nodes.InlinePatientTable)]
    for number, table in enumerate(inline, start=1):
        name = f"armslength_inline_{number}"
        rows = inline_rows(table)
        statements.compilation.inline[table] = name
        purpose = f"upload an inline table of {rows.num_rows} patients"
        statements.made.append(Statement(purpose=purpose, creates=name, rows=rows))


def _scan(scan: Scan, name: str, statements: _Statements) -> None:
    if scan.groups is not None:
        codes, tags = _upload_groups(scan.groups, name, statements), {}
    else:
        codes, tags = "", _upload_tags(scan, name, statements)

    def made(scan: Scan) -> tuple[exp.Select, list[dict[str, exp.Expr]]]:
        scope = _rows_scope(scan.table, statements.compilation, tags)
        if scan.groups is not None:
            relation, wide = _relation(scope, _roots(scan)), statements.read_with_rows
            return grouped_query(scan, scope, relation, codes=codes, wide=wide)
        return (_windowed_query if scan.reductions[0].is_windowed else _scan_query)(scan, scope)

    kept = len(statements.compilation.kept)
    query, places = made(scan)
    table, count = scan.table.name, len(scan.reductions)
    answers = f"{count} answer" + "s" * (count != 1)
    how = f", grouped by {len(scan.groups.groups)} codelists" if scan.groups is not None else ""
    purpose = f"read {table} for {answers} about the {scan.stage.value}{how}"
    choice = None
    if scan.members_only and len(statements.compilation.kept) == kept:
        choice = choice_of(
            statements.plan.dataset,
            backend=statements.compilation.backend,
            written=statements.written,
            otherwise=lambda: statements.written(made(replace(scan, members_only=False))[0], creates=name),
            purpose=purpose,
        )
    statements.create(name, query, purpose=purpose, choice=choice)
    for reduction, found in zip(scan.reductions, places, strict=True):
        statements.compilation.places[reduction.node] = Place(table=name, answers=found)


def _rows_scope(
    table: nodes.SelectTable, compilation: Compilation, tags: dict[tuple[str, frozenset[object]], Tag]
) -> Scope:
    mapping = compilation.backend.mapping_of(table)
    patient = mapping.column("patient_id", alias=mapping.table)
    return Scope(compilation=compilation, patient=patient, rows=table, alias=mapping.table, tags=tags)


def _upload_tags(scan: Scan, name: str, statements: _Statements) -> dict[tuple[str, frozenset[object]], Tag]:
    found = {}
    for number, tags in enumerate(scan.tags, start=1):
        alias = f"{name}_codes_{number}"
        rows, places = tag_rows(tags.memberships, value_type=tags.column.value_type)
        purpose = f"upload {rows.num_rows} codes of {len(tags.memberships)} codelists"
        statements.made.append(Statement(purpose=purpose, creates=alias, rows=rows))
        for codes, (column, bit) in zip(tags.memberships, places, strict=True):
            found[(tags.column.name, codes)] = Tag(alias=alias, column=column, bit=bit)
    return found


def _upload_groups(groups: CodelistGroups, name: str, statements: _Statements) -> str:
    """Upload a row for each code and group it is in; return the name of their table."""
    alias = f"{name}_codes"
    rows = group_rows(groups)
    codelists = len({group.codes for group in groups.groups})
    purpose = f"upload {rows.num_rows} codes of {codelists} codelists"
    if groups.dates is not None:
        purpose += f" with {len(groups.groups)} windows of dates"
    statements.made.append(Statement(purpose=purpose, creates=alias, rows=rows))
    return alias


def _scan_query(scan: Scan, scope: Scope) -> tuple[exp.Select, list[dict[str, exp.Expr]]]:
    """Read a table once: what all reductions require is a WHERE, what only some require a test of their own."""
    relation = _relation(scope, _roots(scan))
    first, *others = scan.reductions
    shared = [c for c in first.conditions if all(c in other.conditions for other in others)]
    wheres = [filtering(condition, scope) for condition in shared]
    columns: list[exp.Expr] = [called(cast(scope.patient.copy(), int), "patient_id")]
    places = []
    for reduction in scan.reductions:
        own = [condition for condition in reduction.conditions if condition not in shared]
        found: dict[str, exp.Expr] = {}
        for name, made in aggregated(reduction, scope, conditions=own).items():
            found[name] = quoted(f"answer_{len(columns)}")
            columns.append(called(made, f"answer_{len(columns)}"))
        places.append(found)
    query = read_rows(scan, scope, relation, columns, wheres)
    return query.group_by(scope.patient.copy(), copy=False), places


def _windowed_query(scan: Scan, scope: Scope) -> tuple[exp.Select, list[dict[str, exp.Expr]]]:
    (reduction,) = scan.reductions
    relation = _relation(scope, _roots(scan))
    gap, count = episodes(reduction, scope)
    wheres = [filtering(condition, scope) for condition in reduction.conditions]
    wheres.append(present(reduction.node.source, scope))  # type: ignore[attr-defined]
    patient = called(cast(scope.patient.copy(), int), "patient_id")
    inner = read_rows(scan, scope, relation, [patient, called(gap, "gap")], wheres)
    outer = exp.select(quoted("patient_id"), called(count, "answer_1"))
    outer = outer.from_(inner.subquery("gaps"), copy=False).group_by(quoted("patient_id"), copy=False)
    return outer, [{"": quoted("answer_1")}]


def _roots(scan: Scan) -> Iterator[nodes.Node]:
    """Yield every expression that a scan works out for each of its rows."""
    for reduction in scan.reductions:
        yield from (*reduction.conditions, *reduction.keys)
        if isinstance(reduction.node, nodes.SeriesAggregation):
            yield reduction.node.source


def _relation(scope: Scope, roots: Iterable[nodes.Node]) -> exp.Expr:
    return rows_with_layers(named(scope.alias), scope.alias, scope, roots)


def _population(statements: _Statements) -> None:
    population = statements.plan.dataset.population
    scope = Scope(compilation=statements.compilation, patient=quoted("patient_id", "everybody"))
    ids = list(_ids(statements, scope))
    everybody = ids[0] if len(ids) == 1 else exp.union(*ids, distinct=True, copy=False)
    relation = rows_with_layers(everybody.subquery("everybody"), "everybody", scope, [population])
    condition = compiled(population, scope)
    query = exp.select(scope.patient.copy()).from_(relation, copy=False)
    compilation = statements.compilation
    seen = people_seen(scope.patient, backend=compilation.backend, dialect=compilation.dialect.name)
    query = with_joins(query, scope, [condition, *seen])
    if len(ids) == 1:
        query = query.distinct(copy=False)
    statements.create(POPULATION, query, purpose="decide who is in the population")


def _ids(statements: _Statements, scope: Scope) -> Iterator[exp.Select]:
    """Yield queries that together give every patient who might be in the population.

    A condition that is never true of somebody about whom nothing is recorded can only be true of
    those who are in what it reads; any other is asked of everybody in any table of the query.
    """
    dataset = statements.plan.dataset
    if not true_for_nobody_in_particular(dataset.population):
        places = (statements.compilation.places[node] for node in reductions_below(dataset.population))
        sources = [(place.table, "patient_id") for place in places]
        tables = [t for t in nodes.tables_of(dataset.population) if t.domain is None]
    else:
        sources, tables = [], list(nodes.tables_of(dataset))
    for table in tables:
        if isinstance(table, nodes.InlinePatientTable):
            sources.append((statements.compilation.inline[table], "patient_id"))
        else:
            mapping = statements.compilation.backend.mapping_of(table)  # type: ignore[arg-type]
            sources.append((mapping.table, mapping.patient_id))
    for physical, column in dict.fromkeys(sources):
        patient = cast(quoted(column, physical), int)
        known = exp.Not(this=exp.Paren(this=exp.Is(this=quoted(column, physical), expression=exp.Null())))
        yield exp.select(called(patient, "patient_id")).from_(named(physical)).where(known)
    if not sources:
        nobody = called(cast(exp.Null(), int), "patient_id")
        yield exp.select(nobody).where(exp.false())


def _results(statements: _Statements) -> Iterator[ResultQuery]:
    dataset = statements.plan.dataset
    yield _dataset_result(statements, dataset)
    for name, events in dataset.events:
        yield _events_result(statements, name, events)
    for number, measure in enumerate(dataset.measures, start=1):
        yield _measure_result(statements, f"measure_{number}", measure)


def _members_scope(statements: _Statements) -> Scope:
    return Scope(compilation=statements.compilation, patient=quoted("patient_id", POPULATION))


def _members(scope: Scope, roots: Iterable[nodes.Node]) -> exp.Expr:
    return rows_with_layers(named(POPULATION), POPULATION, scope, roots)


Members = tuple[tuple[str, Series], ...]


def _dataset_result(statements: _Statements, dataset: nodes.Dataset) -> ResultQuery:
    def columns(variables: Members) -> int:
        return 1 + len(variables) + layer_columns((node for _, node in variables), _members_scope(statements))

    most = statements.compilation.dialect.limits.result_columns
    parts = portions(dataset.variables, columns=columns, most=most)
    first, *others = (_dataset_part(statements, variables) for variables in parts)
    return replace(first, others=tuple(others))


def _dataset_part(statements: _Statements, variables: Members) -> ResultQuery:
    scope = _members_scope(statements)
    relation = _members(scope, (node for _, node in variables))
    patient = called(scope.patient.copy(), "patient_id")
    columns = [patient, *_outputs(variables, scope)]
    query = with_joins(exp.select(*columns, copy=False).from_(relation, copy=False), scope, [])
    query = query.order_by(scope.patient.copy(), copy=False)
    return _result("dataset", query, variables, statements)


def _events_result(statements: _Statements, name: str, events: nodes.SeriesCollectionFrame) -> ResultQuery:
    domain = rows_of(events)
    table = event_table(domain)
    scope = _rows_scope(table, statements.compilation, {})
    conditions = conditions_of(domain)
    relation = _relation(scope, (*conditions, *(node for _, node in events.members)))
    patient = called(cast(scope.patient.copy(), int), "patient_id")
    columns = [patient, *_outputs(events.members, scope)]
    wheres = [filtering(condition, scope) for condition in conditions]
    everything = Scan(table=table, stage=Stage.VARIABLES, reductions=(), members_only=True)
    query = read_rows(everything, scope, relation, columns, wheres)
    # No order is promised, but the same data shall give the same file.
    places = [exp.Literal.number(number) for number in range(1, len(columns) + 1)]
    return _result(name, query.order_by(*places, copy=False), events.members, statements)


def _outputs(members: Iterable[tuple[str, Series]], scope: Scope) -> list[exp.Expr]:
    return [called(cast(compiled(member, scope), member.value_type), name) for name, member in members]


def _result(
    name: str, query: exp.Select, members: Iterable[tuple[str, Series]], statements: _Statements
) -> ResultQuery:
    patient = pa.field("patient_id", pa.int64(), nullable=False)
    fields = [pa.field(each, arrow_type(member.value_type)) for each, member in members]
    sql = statements.written(query)
    return ResultQuery(name=name, purpose=f"fetch {name}", sql=sql, schema=pa.schema([patient, *fields]))


def _measure_result(statements: _Statements, name: str, measure: nodes.GroupedSum) -> ResultQuery:
    """Sum over the population: columns are the denominator, the numerators and the groups, by position."""
    scope = _members_scope(statements)
    summed: list[tuple[str, Series]] = [("denominator", measure.denominator)]
    summed += [(f"numerator_{n}", node) for n, (_, node) in enumerate(measure.numerators, start=1)]
    groups = [(f"group_{n}", node) for n, (_, node) in enumerate(measure.group_bys, start=1)]
    relation = _members(scope, (node for _, node in (*summed, *groups)))
    columns: list[exp.Expr] = []
    for column, node in summed:
        is_condition = node.value_type is bool
        total = exp.Sum(this=as_number(node, scope) if is_condition else cast(compiled(node, scope), int))
        columns.append(
            called(cast(exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]), int), column)
        )
    columns += _outputs(groups, scope)
    query = with_joins(exp.select(*columns, copy=False).from_(relation, copy=False), scope, [])
    places = [exp.Literal.number(len(summed) + n) for n in range(1, len(groups) + 1)]
    if groups:
        query = query.group_by(*places, copy=False).order_by(*(p.copy() for p in places), copy=False)
    else:
        # Without groups a database gives one row even when nobody is summed; the language gives none.
        query = query.having(
            exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0)), copy=False
        )
    fields = [pa.field(column, pa.int64()) for column, _ in summed]
    fields += [pa.field(column, arrow_type(node.value_type)) for column, node in groups]
    sql = statements.written(query)
    return ResultQuery(name=name, purpose=f"sum {name}", sql=sql, schema=pa.schema(fields))
