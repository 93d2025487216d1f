"""A query model crosses as data and comes back the same; nothing else gets through."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armslength.kernel.errors import Mistake
from armslength.query.model import nodes
from armslength.query.model.codes import ICD10Code, SNOMEDCTCode
from armslength.query.model.constraints import Constraint
from armslength.query.model.measures import INTERVAL_START, Measure, Measures
from armslength.query.model.schema import Column, TableSchema
from armslength.query.model.serialize import read, write

EVENTS = nodes.SelectTable(
    "events",
    TableSchema.of(
        {
            "date": datetime.date,
            "code": SNOMEDCTCode,
            "number": int,
            "ratio": float,
            "text": str,
            "flag": bool,
        }
    ),
    namespace="core",
)
PATIENTS = nodes.SelectPatientTable(
    "patients", TableSchema.of({"birth": datetime.date, "sex": str, "weight": float}), namespace="core"
)
CONTRACTS = {(table.namespace, table.name): table for table in (EVENTS, PATIENTS)}


def find_table(namespace: str, name: str) -> Any:
    return CONTRACTS.get((namespace, name))


def back(document: bytes) -> Any:
    return read(document, find_table=find_table)


def column(frame: nodes.Frame, name: str) -> nodes.Series:
    return nodes.SelectColumn(frame, name)


# ------------------------------------------------------------------------------- the same comes back

dates = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
floats = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
snomed = st.integers(100_000, 10**18 - 1).map(lambda number: SNOMEDCTCode(str(number)))
constants = st.one_of(st.booleans(), st.integers(), floats, texts, dates, snomed, st.just(ICD10Code("A01X")))
sets = st.one_of(
    st.frozensets(st.integers()), st.frozensets(texts), st.frozensets(dates), st.frozensets(snomed)
)


@given(constants)
def test_constants_keep_their_exact_type(value: object) -> None:
    came = back(write(nodes.Value(value)))
    assert came is nodes.Value(value) and type(came.value) is type(value)


@given(sets)
def test_sets_come_back(values: frozenset[Any]) -> None:
    assert back(write(nodes.Value(values))).value == values


@st.composite
def datasets(draw: st.DrawFn) -> nodes.Dataset:
    """A dataset grown from random filters, sorts, picks, aggregations, cases and comparisons."""
    frame: nodes.Frame = EVENTS
    for _ in range(draw(st.integers(0, 4))):
        threshold = nodes.Value(draw(st.integers(-5, 5)))
        frame = nodes.Filter(frame, nodes.GT(column(frame, "number"), threshold))
    frame = nodes.Sort(frame, column(frame, draw(st.sampled_from(["date", "code", "ratio"]))))
    picked = nodes.PickOneRowPerPatient(frame, draw(st.sampled_from(list(nodes.Position))))
    numbers: list[nodes.Series] = [
        column(picked, "number"),
        nodes.Count(frame),
        nodes.CountEpisodes(column(frame, "date"), draw(st.integers(0, 99))),
        nodes.Sum(column(frame, "number")),
    ]
    bools: list[nodes.Series] = [
        nodes.Exists(frame),
        nodes.In(column(PATIENTS, "sex"), nodes.Value(frozenset({"f"}))),
    ]
    for _ in range(draw(st.integers(0, 12))):
        left, right = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
        operation = draw(st.sampled_from([nodes.Add, nodes.Multiply, nodes.Subtract, nodes.FloorDivide]))
        numbers.append(operation(left, right))
        bools.append(draw(st.sampled_from([nodes.LT, nodes.EQ]))(left, right))
        condition = draw(st.sampled_from(bools))
        numbers.append(nodes.Case(((condition, left),), draw(st.sampled_from([right, None]))))
    variables = draw(st.lists(st.sampled_from(numbers + bools), max_size=6))
    events = nodes.SeriesCollectionFrame((("when", column(frame, "date")),))
    grouped = nodes.GroupedSum((("of", numbers[0]),), bools[0], (("sex", column(PATIENTS, "sex")),))
    return nodes.Dataset(
        draw(st.sampled_from(bools)),
        tuple((f"v{index}", variable) for index, variable in enumerate(variables)),
        draw(st.sampled_from([(), (("visits", events),)])),
        draw(st.sampled_from([(), (grouped,)])),
    )


@settings(max_examples=150, deadline=None)
@given(datasets())
def test_a_dataset_comes_back_as_the_very_same_nodes(dataset: nodes.Dataset) -> None:
    document = write({"dataset": dataset, "claimed": ("a", "b"), "size": 10})
    came = back(document)
    assert came["dataset"] is dataset and came["claimed"] == ("a", "b") and came["size"] == 10
    assert write(came) == document


def test_inline_tables_bring_their_schema_and_constraints() -> None:
    schema = TableSchema.of(
        {
            "start": Column(datetime.date, (Constraint.FirstOfMonth(),)),
            "kind": Column(str, (Constraint.Categorical(("a", "b")),), (Constraint.NotNull(),)),
            "count": Column(int, (Constraint.ClosedRange(0, 9),)),
            "size": Column(float, (Constraint.GeneralRange(0.5, None),)),
        }
    )
    table = nodes.InlinePatientTable(((1, datetime.date(2020, 1, 1), "a", 3, None),), schema)
    assert back(write(table)) is table


def test_measures_come_back_with_their_intervals() -> None:
    january = (datetime.date(2020, 1, 1), datetime.date(2020, 1, 31))
    recent = nodes.Filter(EVENTS, nodes.GE(column(EVENTS, "date"), INTERVAL_START))
    measure = Measure(
        "rate", nodes.Count(recent), nodes.Exists(EVENTS), (("sex", column(PATIENTS, "sex")),), (january,)
    )
    measures = Measures((measure,), disclosure_control=False)
    assert back(write(measures)) is measures


def test_infinite_numbers_come_back() -> None:
    assert back(write(nodes.Value(float("inf")))).value == float("inf")
    assert str(back(write(nodes.Value(float("nan")))).value) == "nan"


def test_the_document_does_not_depend_on_the_order_of_sets() -> None:
    values = [f"{number}" for number in range(500)]
    assert write(nodes.Value(frozenset(values))) == write(nodes.Value(frozenset(reversed(values))))


def test_shared_parts_are_written_once_so_size_and_time_are_linear() -> None:
    series: nodes.Series = nodes.Count(EVENTS)
    for _ in range(3000):
        series = nodes.Add(series, series)
    started = time.monotonic()
    document = write(series)
    assert back(document) is series
    assert len(document) < 3000 * 60
    assert time.monotonic() - started < 5


def test_other_values_cannot_be_written() -> None:
    for value in (datetime.datetime(2020, 1, 1), object(), {1: {2, 3}}):
        with pytest.raises(TypeError, match="a query cannot hold"):
            write(value)


# ------------------------------------------------------------------------------------ hostile documents


def document(entries: object, value: object = None, **changes: object) -> bytes:
    whole = {"format": "armslength-query", "version": 1, "nodes": entries, "value": value}
    return json.dumps({**whole, **changes}).encode()


TABLE = ["table", ["core", "events"]]
NUMBER = ["SelectColumn", [{"node": 0}, "number"]]

EVIL = {"constraint": ["Evil", []]}

HOSTILE: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "not JSON"),
    "not text": (b"\xff\xfe", "not JSON"),
    "deep JSON": (b"[" * 200_000, "not JSON"),
    "another format": (document([], format="pickle"), "format"),
    "another version": (document([], version=2), "version"),
    "more parts": (document([], extra=1), "parts"),
    "nodes that are no list": (document({}), "list"),
    "a class of Python": (document([["os.system", ["id"]]]), "not the name of any operation"),
    "a class that is no operation": (document([["Binary", []]]), "not the name of any operation"),
    "a table of its own": (document([["SelectTable", ["x", {"schema": []}, "", None, False]]]), "not the name"),
    "an unknown table": (document([["table", ["core", "passwd"]]]), "not a table of the contract"),
    "a table by odd names": (document([["table", [["core"], 1]]]), "text was expected"),
    "a forward reference": (document([["Count", [{"node": 1}]], TABLE]), "comes before"),
    "a circle": (document([["Not", [{"node": 0}]]]), "comes before"),
    "a negative reference": (document([TABLE, ["Count", [{"node": -1}]]]), "comes before"),
    "a reference by bool": (document([TABLE, ["Count", [{"node": False}]]]), "comes before"),
    "too few fields": (document([TABLE, ["Count", []]]), "has 1 fields"),
    "too many fields": (document([TABLE, ["Count", [{"node": 0}, 1]]]), "has 1 fields"),
    "a wrong type of field": (document([TABLE, NUMBER, ["Count", [{"node": 1}]]]), "`source` cannot be"),
    "a text where a node belongs": (document([["Not", ["x"]]]), "`source` cannot be"),
    "a gap that is a text": (
        document([TABLE, ["SelectColumn", [{"node": 0}, "date"]], ["CountEpisodes", [{"node": 1}, "7; DROP"]]]),
        "`maximum_gap_days` cannot be",
    ),
    "an unknown column": (document([TABLE, ["SelectColumn", [{"node": 0}, "nhs_number"]]]), "no column"),
    "an ill-typed operation": (document([TABLE, NUMBER, ["Not", [{"node": 1}]]]), "expected bool"),
    "mixed rows": (
        document([TABLE, ["Filter", [{"node": 0}, {"node": 2}]]]),
        "comes before",
    ),
    "a population of many rows": (
        document([TABLE, ["SelectColumn", [{"node": 0}, "flag"]], ["Dataset", [{"node": 1}, [], [], []]]]),
        "one value per patient",
    ),
    "a bad code that is no row of data": (
        document([["Value", [{"found": ["SNOMEDCTCode", "'; --"]}]]]),
        "Invalid SNOMEDCTCode",
    ),
    "a bad code": (document([["Value", [{"code": ["SNOMEDCTCode", "'; --"]}]]]), "Invalid SNOMEDCTCode"),
    "a bad code in a set": (document([["Value", [{"values": ["SNOMEDCTCode", ["x"]]}]]]), "Invalid"),
    "an unknown type": (document([["Parameter", ["x", {"type": "object"}]]]), "not the name of any value type"),
    "a bad date": (document([["Value", [{"date": "2020-02-30"}]]]), "day is out of range"),
    "an unknown encoding": (document([], {"Path": "/etc/passwd"}), "not the name of any value"),
    "two keys": (document([], {"node": 0, "date": "x"}), "not an encoded value"),
    "a value in a dict twice": (document([], {"dict": [["a", 1], ["a", 2]]}), "twice"),
    "deep values": (document([], json.loads("[" * 60 + "]" * 60)), "nested more than"),
    "not a number": (b'{"format":"armslength-query","version":1,"nodes":[],"value":NaN}', "NaN"),
    "half a character": (document([["Value", ["\ud800"]]]), "surrogates"),
    "inline rows of other types": (
        document([["InlinePatientTable", [[["1", 2]], {"schema": [["n", {"column": ["int", [], []]}]]}]]]),
        "types of its columns",
    ),
    "an inline row too short": (
        document([["InlinePatientTable", [[[1]], {"schema": [["n", {"column": ["int", [], []]}]]}]]]),
        "has 1 values where 2",
    ),
    "a constraint of another kind": (
        document([["InlinePatientTable", [[], {"schema": [["n", {"column": ["int", [EVIL], []]}]]}]]]),
        "not the name of any constraint",
    ),
    "an output with a path as name": (
        document([TABLE, ["Exists", [{"node": 0}]], ["Dataset", [{"node": 1}, [["../x", {"node": 1}]], [], []]]]),
        "cannot be the name",
    ),
    "an output named like the patients": (
        document([TABLE, ["Exists", [{"node": 0}]], ["Dataset", [{"node": 1}, [["patient_id", {"node": 1}]], [], []]]]),
        "cannot be the name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_forged_document_is_refused_with_the_place(name: str) -> None:
    forged, reason = HOSTILE[name]
    with pytest.raises(Mistake) as refused:
        back(forged)
    assert refused.value.code == "Q001" and refused.value.where
    assert reason in refused.value.what


def test_operations_nested_too_deep_are_refused() -> None:
    entries: list[object] = [TABLE, ["Exists", [{"node": 0}]]]
    entries += [["Not", [{"node": index}]] for index in range(1, 10_002)]
    with pytest.raises(Mistake, match="nested more than 10,000 deep"):
        back(document(entries))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_document_is_read_whole_or_refused(data: st.DataObject) -> None:
    good = write({"dataset": nodes.Dataset(nodes.Exists(EVENTS), (("n", nodes.Count(EVENTS)),))})
    at = data.draw(st.integers(0, len(good) - 1))
    damaged = good[:at] + bytes([data.draw(st.integers(0, 255))]) + good[at + 1 :]
    try:
        back(damaged)
    except Mistake as refused:
        assert refused.code == "Q001"


# ------------------------------------------------------------------------------- tables of a definition's own

VISITS = nodes.SelectTable(
    "visits",
    TableSchema.of(
        {
            "day": datetime.date,
            "kind": Column(str, (Constraint.Categorical(["a", "b"]), Constraint.NotNull())),
        }
    ),
    required_permission="visits",
)
HOMES = nodes.SelectPatientTable("homes", TableSchema.of({"size": int}))


@pytest.mark.parametrize("own", [VISITS, HOMES])
def test_a_table_of_its_own_comes_back_where_there_is_no_real_data(own: Any) -> None:
    assert read(write(nodes.Exists(own)), find_table=find_table, own_tables=True) == nodes.Exists(own)


@pytest.mark.parametrize("own", [VISITS, HOMES])
def test_a_table_of_its_own_is_refused_on_real_data(own: Any) -> None:
    with pytest.raises(Mistake, match=own.name) as told:
        back(write(nodes.Exists(own)))
    assert told.value.code == "Q129" and "table_from_file" in (told.value.hint or "")


@pytest.mark.parametrize("name", ["../passwd", "", "a b", "x" * 201])
def test_a_table_of_its_own_has_a_plain_name(name: str) -> None:
    text = write(nodes.Exists(HOMES)).replace(b'"homes"', json.dumps(name).encode())
    with pytest.raises(Mistake, match="refused"):
        read(text, find_table=find_table, own_tables=True)
