"""Assure a dataset: invented patients of a test file in, what the author expects of each of them out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import named_tables
from armslength.query.model.nodes import Dataset, SelectPatientTable, SelectTable
from armslength.query.model.reference import evaluate
from armslength.query.model.schema import Column

IN_POPULATION, COLUMNS = "expected_in_population", "expected_columns"
Problems = dict[Any, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceReport:
    """What was found, by patient: in the rows of the tests, and in what the dataset makes of them."""

    data: Problems
    results: Problems

    @property
    def is_ok(self) -> bool:
        return not self.data and not self.results

    @property
    def text(self) -> str:
        parts = (("Test data", self.data), ("Results", self.results))
        return "\n\n".join(f"{title}\n{_listed(problems)}" for title, problems in parts)


def assure(dataset: Dataset, test_data: Mapping[Any, Any]) -> AssuranceReport:
    """Run a dataset on the patients of `test_data` and compare. Raises Mistake Q240 for tests of another shape."""
    tables = named_tables(dataset)
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables}
    data: Problems = {}
    for patient, test in test_data.items():
        _check_shape(patient, test, [name for name, _ in dataset.variables])
        problems = []
        for table in tables:
            given, told = _rows_of(patient, test, table)
            rows[table.name] += given
            problems += told
        if problems:
            data[patient] = problems
    # Rows of the wrong types would only give results nobody can trust.
    results = {} if data else _results(dataset, rows, test_data)
    return AssuranceReport(data=data, results=results)


def _check_shape(patient: Any, test: Any, variables: list[str]) -> None:
    where = f"test_data, patient {patient!r}"
    if type(patient) is not int or not isinstance(test, Mapping):
        hint = 'write `{1: {"patients": {…}, "expected_columns": {…}}}`'
        raise Mistake("Q240", "each test is a patient number and a dict", where, hint, exit_status=13)
    included = test.get(IN_POPULATION, True)
    if type(included) is not bool:
        raise Mistake("Q240", f"`{IN_POPULATION}` is True or False", where, exit_status=13)
    expected = test.get(COLUMNS)
    if included and not isinstance(expected, Mapping):
        hint = f"or say that the patient is not in the population: `{IN_POPULATION}: False`"
        raise Mistake("Q240", f"`{COLUMNS}` must be a dict of expected values", where, hint, exit_status=13)
    for name in expected or ():
        if name not in variables:
            hint = f"its variables are {', '.join(variables) or 'none'}"
            raise Mistake("Q240", f"the dataset has no variable `{name}`", where, hint, exit_status=13)


def _rows_of(
    patient: int, test: Mapping[str, Any], table: SelectTable | SelectPatientTable
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows given for one table, and what is wrong with them."""
    if table.name not in test:
        return [], [f"no rows for table `{table.name}`: give them, or an empty list if there are none"]
    given = test[table.name]
    listed = [given] if isinstance(given, Mapping) else list(given or ())
    told = []
    if isinstance(table, SelectPatientTable) and len(listed) > 1:
        told.append(f"{len(listed)} rows for table `{table.name}`, which has at most one for each patient")
    rows = []
    for row in listed:
        if not isinstance(row, Mapping):
            told.append(f"a row of `{table.name}` is not a dict: {row!r}")
            continue
        told += [f"{table.name}.{problem}" for problem in _problems_of(row, table)]
        rows.append({"patient_id": patient, **{name: _as_column(value) for name, value in row.items()}})
    return rows, told


def _problems_of(row: Mapping[str, Any], table: SelectTable | SelectPatientTable) -> Iterator[str]:
    for name, value in row.items():
        if name == "patient_id":
            continue
        if name not in table.schema:
            yield f"{name}: there is no such column; there are {', '.join(table.schema.names)}"
            continue
        column = table.schema[name]
        if not _is_of(value, column):
            yield f"{name}: expected {column.type.__name__}, got {value!r}"
            continue
        for constraint in column.constraints:
            if not constraint.validate(value):
                yield f"{name}: {value!r} breaks a promise of the contract: {constraint.description}"


def _is_of(value: Any, column: Column) -> bool:
    if value is None:
        return True
    if issubclass(column.type, str):
        return isinstance(value, str)
    return type(value) is column.type or (column.type is float and type(value) is int)


def _as_column(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _results(
    dataset: Dataset, rows: Mapping[str, list[dict[str, Any]]], test_data: Mapping[Any, Any]
) -> Problems:
    answer = evaluate(dataset, rows)
    found = {row[0]: dict(zip(answer.columns, row, strict=True)) for row in answer.rows}
    problems: Problems = {}
    for patient, test in test_data.items():
        told = list(_differences(test, found.get(patient)))
        if told:
            problems[patient] = told
    return problems


def _differences(test: Mapping[str, Any], row: Mapping[str, Any] | None) -> Iterator[str]:
    included = test.get(IN_POPULATION, True)
    if included and row is None:
        yield "expected in the population, but is not"
    elif not included and row is not None:
        yield "is in the population, but was not expected to be"
    elif included and row is not None:
        for name, expected in test[COLUMNS].items():
            if row[name] != expected:
                yield f"{name}: expected {_shown(expected)}, got {_shown(row[name])}"


def _shown(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return repr(str(value)) if isinstance(value, str) else repr(value)


def _listed(problems: Problems) -> str:
    if not problems:
        return "  All OK"
    lines = []
    for patient, told in problems.items():
        lines.append(f"  Patient {patient}")
        lines += [f"    {each}" for each in told]
    return "\n".join(lines)
