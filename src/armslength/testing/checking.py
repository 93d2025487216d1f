"""Check one variable: a few rows in, the value of each patient out, and a failure that can be read."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.language.operands import is_series, refuse_unsuitable, to_date
from armslength.query.model import nodes as n
from armslength.query.model.measures import INTERVAL_END, INTERVAL_START, substitute
from armslength.testing.extracting import extract_all
from armslength.testing.rows import Given, patients_in, value_of

VALUE, MISSING = "value", "∅"
Day = datetime.date | str


def check(
    series: Any,
    *,
    given: Given,
    expect: Mapping[int, Any],
    engine: str = "duckdb",
    interval: tuple[Day, Day] | None = None,
) -> None:
    """Raise AssertionError unless a series has the expected value for every patient.

    `given` is rows by table. `expect` maps every patient to a value; a patient without rows may be there too. For an
    event series the value is a list, in any order. `interval` gives `INTERVAL` its dates.

    >>> from ehrql.tables.core import patients
    >>> check(
    ...     patients.age_on("2020-03-31"),
    ...     given={patients: [{"patient_id": 1, "date_of_birth": "1980-05-01"}, {"patient_id": 2}]},
    ...     expect={1: 39, 2: None},
    ... )
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    rows_given = {table: list(rows) for table, rows in given.items()}
    node = _node(series, interval)
    found = _values(node, rows_given, expect, engine)
    expected = {patient: _expected(value, node, patient) for patient, value in expect.items()}
    patients = sorted({*found, *expected})
    wrong = [
        patient
        for patient in patients
        if patient not in expected or not _same(found[patient], expected[patient])
    ]
    if wrong:
        raise AssertionError(_told(patients, wrong, expected, found, engine))


def _node(series: Any, interval: tuple[Day, Day] | None) -> n.Series:
    if not is_series(series):
        refuse_unsuitable(series)
        hint = "to ask for several variables, use `extract(dataset, …)`"
        raise Mistake("Q116", f"a series is checked, not {series!r}", hint=hint)
    node: n.Series = series._node
    if interval is None:
        return node
    start, end = (to_date(day) if isinstance(day, str) else day for day in interval)
    return substitute(node, {INTERVAL_START: start, INTERVAL_END: end})  # type: ignore[return-value]


def _values(node: n.Series, given: Given, expect: Mapping[int, Any], engine: str) -> dict[int, Any]:
    """The value of each patient anybody speaks of; a list of values, sorted, for an event series."""
    everybody = sorted({*patients_in(given), *expect})
    named = n.InlinePatientTable(tuple((patient,) for patient in everybody), n.TableSchema(()))
    if node.domain is None:
        query = n.Dataset(n.Exists(named), ((VALUE, node),))
        rows = extract_all(query, given, engine=engine)["dataset"]
        return {row["patient_id"]: row[VALUE] for row in rows}
    events = n.SeriesCollectionFrame(((VALUE, node),))
    query = n.Dataset(n.Exists(named), (), (("events", events),))
    many: dict[int, Any] = {patient: [] for patient in everybody}
    for row in extract_all(query, given, engine=engine)["events"]:
        many[row["patient_id"]].append(row[VALUE])
    return many


def _expected(value: Any, node: n.Series, patient: int) -> Any:
    """An expected value in the type of the series, so that dates and codes may be text."""
    where = f"expect, patient {patient}"
    if node.domain is None:
        return value_of(value, node.value_type, where)
    values = [value_of(each, node.value_type, where) for each in value]
    return sorted(values, key=lambda each: (each is not None, each if each is not None else 0))


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-6) or (math.isnan(found) and math.isnan(expected))
    return bool(found == expected)


def _told(
    patients: list[int], wrong: list[int], expected: Mapping[int, Any], found: Mapping[int, Any], engine: str
) -> str:
    """The table of a failure: every patient, those that differ marked."""
    cells = [("patient", "expected", "found", "")]
    for patient in patients:
        wanted = _shown(expected[patient]) if patient in expected else "(nothing said)"
        cells.append(
            (str(patient), wanted, _shown(found[patient]), "<-- differs" if patient in wrong else "")
        )
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines = [
        " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip(" |")
        for row in cells
    ]
    lines.insert(1, "-+-".join("-" * width for width in widths[:3]))
    count = f"{len(wrong)} of {len(patients)} patients"
    return "\n".join(
        [f"{count} are not as expected (engine: {engine})", "", *(f"  {line}" for line in lines)]
    )


def _shown(value: Any) -> str:
    if value is None:
        return MISSING
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "no rows"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return repr(str(value)) if isinstance(value, str) else repr(value)
