"""The `spec` fixture: a small table in, a query, a small table out, on every engine there is.

    spec(
        e=\"\"\"
            patient | i1
            1       | 101
        \"\"\",
        asks={"total": e.i1.sum_for_patient()},
        gives=\"\"\"
            patient | total
            1       | 101
        \"\"\",
    )

Missing is written `∅`, true T, false F, a bar inside text ¦; text may be quoted to show that it
is empty. Everybody in any of the given tables is in the population, unless `population` says otherwise.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from functools import reduce
from importlib.metadata import entry_points
from operator import or_
from typing import Any

import pytest
from ehrql import create_dataset, create_measures
from spec_tables import TABLES

from armslength.query.api.extracts import extract
from armslength.query.language.dataset import query_of
from armslength.query.model import nodes as n
from armslength.testing import extract as measure_rows

EMBEDDED = ("reference", "duckdb")
ENGINES = ("reference", *sorted({point.name for point in entry_points(group="armslength.engines")}))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every engine, by name; `reference` defines what the others must give."""
    name: str = request.param
    if name not in EMBEDDED:
        request.getfixturevalue(name)  # starts its server, or skips with the reason
    return name


@pytest.fixture
def spec(engine: str) -> Callable[..., None]:
    """Return the function that checks one example on one engine."""

    def check(
        *, gives: str, asks: Mapping[str, Any] | None = None, population: Any = None, **given: Any
    ) -> None:
        if asks is None:
            return check_measures(engine, gives=gives, **given)
        tables: dict[str, str] = given
        dataset = create_dataset()
        present = [TABLES[name].exists_for_patient() for name in tables]
        everyone = present[0]
        for one in present[1:]:
            everyone = everyone | one
        dataset.define_population(everyone if population is None else population)
        for name, series in asks.items():
            dataset.add_column(name, series)
        query = query_of(dataset)
        data = {name: read_table(text, columns_of(TABLES[name])) for name, text in tables.items()}
        kinds = {name: series._type for name, series in asks.items()}
        expected = read_table(gives, kinds, only=tuple(asks))
        found = [tuple(row.values()) for row in extract(query, data, engine=engine)]
        assert same(sorted(found), sorted(expected)), show(query, found, expected)

    return check


def check_measures(
    engine: str,
    *,
    measures: Mapping[str, Mapping[str, Any]],
    intervals: Any,
    gives: str,
    disclosure_control: bool = True,
    **tables: str,
) -> None:
    """Compare the rows of measures, whose values are written as in a CSV file; `start` is that of the interval."""
    asked = create_measures()
    asked.define_defaults(intervals=intervals)
    for name, arguments in measures.items():
        asked.define_measure(name, **arguments)
    rows = {}
    for name, text in tables.items():
        kinds = columns_of(TABLES[name])
        names = ("patient_id", *kinds)
        rows[TABLES[name]] = [dict(zip(names, row, strict=True)) for row in read_table(text, kinds)]
    found = measure_rows(asked, rows, engine=engine, disclosure_control=disclosure_control)
    lines = [[cell.strip() for cell in line.split("|")] for line in gives.strip().splitlines()]
    header, *expected = (line for line in lines if set(line[0]) != {"-"})
    shown = [
        [written(row["interval_start" if name == "start" else name]) for name in header] for row in found
    ]
    assert sorted(shown) == sorted(expected)


def written(value: Any) -> str:
    """A value as these specifications write it."""
    if value is None:
        return "∅"
    if isinstance(value, bool):
        return "T" if value else "F"
    return f"{value:g}" if isinstance(value, float) else str(value)


def columns_of(frame: Any) -> dict[str, type]:
    return {name: column.type for name, column in frame._columns.items()}


def read_table(text: str, kinds: Mapping[str, type], only: tuple[str, ...] | None = None) -> Any:
    """Read a table of text: (patient, then every kind in order); columns left out are missing."""
    lines = [
        [cell.strip() for cell in line.split("|")]
        for line in text.strip().splitlines()
        if line.strip("- |\n")
    ]
    header, *rows = lines
    assert header[0] == "patient", f"the first column is `patient`, not `{header[0]}`"
    assert set(header[1:]) <= set(kinds), f"unknown columns {set(header[1:]) - set(kinds)}"
    assert only is None or set(header[1:]) == set(only), "the answer shows every column asked for"
    found = []
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        found.append(
            (int(cells["patient"]), *(read_value(cells.get(name, "∅"), kind) for name, kind in kinds.items()))
        )
    return found


def read_value(text: str, kind: type) -> Any:
    if text == "∅":
        return None
    if kind is bool:
        return {"T": True, "F": False}[text]
    if kind is datetime.date:
        return datetime.date.fromisoformat(text)
    if issubclass(kind, str):
        return text[1:-1] if text.startswith('"') else text.replace("¦", "|")
    return kind(text)


def same(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    """Whether rows are equal: types exactly, floats nearly."""
    return len(found) == len(expected) and all(
        len(one) == len(other) and all(map(same_value, one, other))
        for one, other in zip(found, expected, strict=True)
    )


def same_value(found: Any, expected: Any) -> bool:
    if isinstance(found, str) and isinstance(expected, str):
        return str(found) == str(expected)
    if type(found) is not type(expected):
        return False
    return math.isclose(found, expected, rel_tol=1e-5) if isinstance(found, float) else found == expected


def show(query: n.Dataset, found: Any, expected: Any) -> str:
    """Write down how an answer differs."""
    header = ("patient", *(name for name, _ in query.variables))
    return f"\n{header}\nexpected: {sorted(expected)}\n   found: {sorted(found)}"


@pytest.fixture
def answers(engine: str) -> Callable[..., dict[int, tuple[Any, ...]]]:
    """Return the function that asks one engine for several values, for rows too odd to be written as a table."""

    def ask(
        asks: Mapping[str, Any], tables: Mapping[Any, list[dict[str, Any]]]
    ) -> dict[int, tuple[Any, ...]]:
        dataset = create_dataset()
        present = [table.exists_for_patient() for table in tables]
        dataset.define_population(reduce(or_, present))
        for name, series in asks.items():
            dataset.add_column(name, series)
        rows = {table._node.name: given for table, given in tables.items()}
        return {
            patient: tuple(values)
            for patient, *values in (row.values() for row in extract(query_of(dataset), rows, engine=engine))
        }

    return ask
