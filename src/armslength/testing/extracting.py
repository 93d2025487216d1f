"""Ask datasets, event tables and measures of rows given in place, on any installed engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import named_tables
from armslength.query.api.datasets import require_no_parameters
from armslength.query.api.extracts import REFERENCE
from armslength.query.api.extracts import extract_all as ask
from armslength.query.api.measure_queries import Asked, shared_queries
from armslength.query.api.measures import COMBINED, MeasureRow
from armslength.query.language.dataset import Dataset, EventTable, query_of
from armslength.query.language.measures import Measures, measures_of
from armslength.query.model import nodes as n
from armslength.query.model.measures import intervals_of, queries_for
from armslength.query.model.reference import evaluate
from armslength.testing.rows import Given, Table, rows_for

Rows = list[dict[str, Any]]
DATASET = "dataset"


def extract(
    dataset: Any, tables: Given, *, engine: str = "duckdb", disclosure_control: bool | None = None
) -> Rows:
    """Return the rows of a dataset, an event table of one, or measures, as dictionaries of plain values.

    `tables` gives rows by table (the table itself or its name); columns left out are missing, dates may be ISO
    text. `engine` is an installed engine or `reference`. Rows come ordered by patient; those of measures by measure,
    interval and group. Measures are rounded as the definition says, unless `disclosure_control` says otherwise.

    >>> from ehrql import create_dataset
    >>> from ehrql.tables.core import patients
    >>> dataset = create_dataset()
    >>> dataset.define_population(patients.sex == "female")
    >>> dataset.age = patients.age_on("2020-03-31")
    >>> extract(dataset, {patients: [{"patient_id": 1, "sex": "female", "date_of_birth": "1980-05-01"}]})
    [{'patient_id': 1, 'age': 39}]
    """
    name = dataset._name if isinstance(dataset, EventTable) else None
    whole = dataset._dataset if isinstance(dataset, EventTable) else dataset
    found = extract_all(whole, tables, engine=engine, disclosure_control=disclosure_control)
    return found[name or (DATASET if DATASET in found else COMBINED)]


def extract_all(
    dataset: Any, tables: Given, *, engine: str = "duckdb", disclosure_control: bool | None = None
) -> dict[str, Rows]:
    """Return the rows of every table of a dataset: `dataset` and each event table; or those of `measures`."""
    query = _query(dataset)
    if isinstance(query, n.Measures):
        rounds = query.disclosure_control if disclosure_control is None else disclosure_control
        return {COMBINED: _measured(query, tables, engine, rounds=rounds)}
    found = _answers(query, tables, engine)
    return {name: sorted(map(plain, rows), key=_order) for name, rows in found.items()}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose values are Python's own: codes become text."""
    return {name: str(value) if isinstance(value, str) else value for name, value in row.items()}


def _query(asked: Any) -> n.Dataset | n.Measures:
    if isinstance(asked, Dataset):
        return query_of(asked)
    if isinstance(asked, Measures):
        return measures_of(asked)
    if isinstance(asked, (n.Dataset, n.Measures)):
        return asked
    hint = "to ask for one variable, use `check(series, given=…, expect=…)`"
    raise Mistake("Q116", f"{asked!r} is neither a dataset nor measures", hint=hint)


def _answers(query: n.Dataset, tables: Given, engine: str) -> dict[str, Rows]:
    """The rows of each table of a query, in whatever order and types the engine gives."""
    require_no_parameters(query)
    renamed, rows = _told_apart(query, rows_for(named_tables(query), tables))
    if engine == REFERENCE and query.measures:
        return _sums_by_reference(renamed, rows)
    return ask(renamed, rows, engine=engine)


def _told_apart(query: n.Dataset, rows: Mapping[Table, Rows]) -> tuple[n.Dataset, dict[str, Rows]]:
    """Give tables of one name in two namespaces a name each: engines in tests know tables by name."""
    names = [table.name for table in rows]
    if len(set(names)) == len(names):
        return query, {table.name: found for table, found in rows.items()}
    numbered = {table: f"{table.name}_{number}" for number, table in enumerate(rows, start=1)}
    copies = {table: type(table)(name, table.schema, table.namespace) for table, name in numbered.items()}
    renamed = n.rewrite(query, lambda each: copies.get(each, each))  # type: ignore[call-overload]
    assert isinstance(renamed, n.Dataset)  # noqa: S101 - rewriting keeps the class of the root
    return renamed, {copies[table].name: found for table, found in rows.items()}


def _sums_by_reference(query: n.Dataset, rows: Mapping[str, Rows]) -> dict[str, Rows]:
    """Grouped sums under the names that engines give their columns."""
    found = {}
    for number, (sums, answer) in enumerate(
        zip(query.measures, evaluate(query, rows).measures, strict=True), start=1
    ):
        names = ["denominator", *(f"numerator_{i}" for i, _ in enumerate(sums.numerators, start=1))]
        names += [f"group_{i}" for i, _ in enumerate(sums.group_bys, start=1)]
        found[f"measure_{number}"] = [dict(zip(names, row, strict=True)) for row in answer]
    return found


def _measured(measures: n.Measures, tables: Given, engine: str, *, rounds: bool) -> Rows:
    given = {table: list(rows) for table, rows in tables.items()}
    found: dict[str, list[MeasureRow]] = {measure.name: [] for measure in measures.measures}
    for query, asked in _interval_by_interval(measures) if engine == REFERENCE else shared_queries(measures):
        answers = _answers(query, given, engine)
        for number, (interval, measure) in enumerate(asked, start=1):
            found[measure.name] += _rows(measure, interval, answers[f"measure_{number}"])
    for each in found.values():
        each.sort(key=lambda row: row.interval)
    empty: dict[str, Any] = dict.fromkeys(measures.group_names)
    rows = (row.rounded() if rounds else row for each in found.values() for row in each)
    return [
        plain({**{k: v for k, v in row.values.items() if k not in empty}, **empty, **row.groups})
        for row in rows
    ]


def _interval_by_interval(measures: n.Measures) -> Iterator[tuple[n.Dataset, tuple[Asked, ...]]]:
    """The queries as they are defined. Engines are asked as on a database: many intervals at once."""
    for interval in intervals_of(measures):
        for query, group in queries_for(measures, interval):
            yield query, tuple((interval, measure) for measure in group)


def _rows(
    measure: n.Measure, interval: tuple[datetime.date, datetime.date], sums: Iterable[Mapping[str, Any]]
) -> list[MeasureRow]:
    names = [name for name, _ in measure.group_by]
    made = [
        MeasureRow(
            measure=measure.name,
            interval=interval,
            numerator=each["numerator_1"],
            denominator=each["denominator"],
            groups={name: each[f"group_{number}"] for number, name in enumerate(names, start=1)},
        )
        for each in sums
        if each["denominator"]
    ]
    return sorted(made, key=lambda row: _order(row.groups))


def _order(row: Mapping[str, Any]) -> tuple[tuple[bool, Any], ...]:
    """Rows in the order of their values, missing first."""
    return tuple((value is not None, value if value is not None else 0) for value in row.values())
