"""From rows as a person writes them in a test to rows exactly as a table's contract wants them.

Columns may be left out (missing), dates may be ISO text, codes plain text, and a whole number serves as a float.
What is neither is a Mistake with the table, the row and the column: a test must not pass because of a typing error.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.loading.contract_tables import find_table, namespaces
from armslength.query.model.nodes import SelectPatientTable, SelectTable

Table = SelectTable | SelectPatientTable
Row = Mapping[str, Any] | Sequence[Any]
# Rows by table: the table itself as imported from `ehrql.tables`, or its name (`patients` or `core.patients`).
Given = Mapping[Any, Iterable[Row]]
VERY_CLOSE = 0.8  # of 1: a letter or two in a name
BOOLS = {"T": True, "F": False}


def rows_for(tables: Sequence[Table], given: Given) -> dict[Table, list[dict[str, Any]]]:
    """Return the rows of each table that a query reads, typed and with every column. Raises Mistake Q116."""
    found: dict[Table, list[dict[str, Any]]] = {table: [] for table in tables}
    for key, rows in given.items():
        for table in _tables_meant(key, tables, given):
            found[table] = [_typed(table, number, row) for number, row in enumerate(rows, start=1)]
    for table, rows in found.items():
        if isinstance(table, SelectPatientTable):
            _require_one_row_each(table, rows)
    return found


def patients_in(given: Given) -> set[int]:
    """Return every patient that any given row is about."""
    found: set[int] = set()
    for rows in given.values():
        for row in rows:
            found.add(_patient(row.get("patient_id") if isinstance(row, Mapping) else row[0], "a row"))
    return found


def _tables_meant(key: Any, tables: Sequence[Table], given: Given) -> list[Table]:
    """The tables of the query that a key stands for; none when the query does not read it."""
    node = getattr(key, "_node", key)
    if isinstance(node, (SelectTable, SelectPatientTable)):
        return [table for table in tables if table is node]
    if not isinstance(key, str):
        hint = "use the table, as imported from `ehrql.tables`, or its name in quotes"
        raise Mistake("Q116", f"rows are given for {key!r}, which is no table", hint=hint)
    meant = [table for table in tables if key in (table.name, f"{table.namespace}.{table.name}")]
    if len(meant) > 1:
        names = " and ".join(f"`{table.namespace}.{table.name}`" for table in meant)
        raise Mistake("Q116", f"`{key}` may be {names}", hint="give the full name, or the table itself")
    if not meant:
        known = {name for table in tables for name in (table.name, f"{table.namespace}.{table.name}")}
        free = sorted(known - {each for each in given if isinstance(each, str)})
        close = get_close_matches(key, free, n=1, cutoff=VERY_CLOSE)
        if close and not any(find_table(namespace, key) for namespace in namespaces()):
            raise Mistake("Q116", f"the query reads no table `{key}`", hint=f"did you mean `{close[0]}`?")
    return meant


def _typed(table: Table, number: int, row: Row) -> dict[str, Any]:
    names = ("patient_id", *table.schema.names)
    where = f"table `{table.name}`, row {number}"
    if not isinstance(row, Mapping):
        values = list(row)
        if not 0 < len(values) <= len(names):
            hint = f"in order: {', '.join(names)}"
            raise Mistake("Q116", f"a row has {len(values)} values for {len(names)} columns", where, hint)
        row = dict(zip(names, values, strict=False))
    for name in row:
        if name not in names:
            close = get_close_matches(str(name), names, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"its columns are {', '.join(names)}"
            raise Mistake("Q116", f"there is no column `{name}`", where, hint)
    kinds = {name: table.schema[name].type for name in table.schema.names}
    patient = _patient(row.get("patient_id"), where)
    return {
        "patient_id": patient,
        **{name: value_of(row.get(name), kind, f"{where}, column `{name}`") for name, kind in kinds.items()},
    }


def _patient(value: Any, where: str) -> int:
    value = _plain(value)
    if type(value) is not int:
        raise Mistake("Q116", f"`patient_id` must be a whole number, not {value!r}", where)
    return value


def _plain(value: Any) -> Any:
    """Numpy's numbers and booleans as Python's own."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    return value


def value_of(value: Any, kind: Any, where: str) -> Any:
    """Return a value as one of `kind`: what is meant by it in a test. Raises Mistake Q116."""
    value = _plain(value)
    if value is None:
        return None
    try:
        made = _made(value, kind)
    except ValueError as error:
        raise Mistake("Q116", f"{value!r} is not a value of this column: {error}", where) from None
    if made is None:
        what = f"{value!r} is of type {type(value).__name__}"
        raise Mistake("Q116", f"{what}, and the column holds {kind.__name__}", where)
    return made


def _made(value: Any, kind: Any) -> Any:
    """The value in its column's type, or None when it cannot be meant as one."""
    if kind is bool:
        return BOOLS.get(value) if isinstance(value, str) else value if type(value) is bool else None
    if kind is int:
        return value if type(value) is int else None
    if kind is float:
        return float(value) if type(value) in (int, float) else None
    if kind is datetime.date:
        if isinstance(value, str):
            return datetime.date.fromisoformat(value)
        if isinstance(value, datetime.datetime):
            return value.date() if value.time() == datetime.time() else None
        return value if isinstance(value, datetime.date) else None
    # Codes in data are not checked, as nobody checks those of a database: they are text that may match or not.
    return str(value) if isinstance(value, str) else None


def _require_one_row_each(table: Table, rows: list[dict[str, Any]]) -> None:
    seen: set[int] = set()
    for number, row in enumerate(rows, start=1):
        patient = row["patient_id"]
        if patient in seen:
            what = f"patient {patient} has a second row, and this table has one for each patient"
            raise Mistake("Q116", what, f"table `{table.name}`, row {number}")
        seen.add(patient)
