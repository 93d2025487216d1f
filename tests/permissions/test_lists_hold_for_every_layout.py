"""A store, a folder or an OMOP database that holds lists of people and practices: none of them influences an answer.

What a project sees must be what it would see of a database that never held the rows kept from it, for every choice of
permissions and of lists that are there at all, on DuckDB and on PostgreSQL.
"""

from __future__ import annotations

import datetime
import os
from contextlib import closing
from itertools import combinations
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from armslength.policy.data_permissions import LIFTED_BY, PopulationRule
from armslength.query.api.databases import find_backend
from armslength.query.contracts import core, omop
from armslength.query.engines.arrow_types import arrow_type
from armslength.query.engines.backend import Backend
from armslength.query.engines.engine import ArrowTables, Settings, find_engine
from armslength.query.engines.lists import ACTIVATED, OPT_OUT, WITHOUT_OPT_OUT, listed_columns
from armslength.query.formats.store import ColumnType
from armslength.query.model import nodes as n
from armslength.query.stores.omop_schema import CDM_TABLES

EXAMPLES = int(os.environ.get("ARMSLENGTH_EXAMPLES", "12"))
DAY = datetime.date
MOMENTS = {ColumnType.DATETIME: pa.date32()}
NEVER = DAY(9999, 12, 31)
COMBINATIONS = [frozenset(each) for size in range(4) for each in combinations(LIFTED_BY.values(), size)]
LAYOUTS = ("core", "files", "omop", "omop-uk")
SNOMED, DMD = "44054006", "39113611000001102"
INLINE = n.InlinePatientTable(tuple((who, who % 2) for who in (1, 2, 3, 9)), n.TableSchema.of({"flag": int}))

PEOPLE, PRACTICES = st.integers(1, 5), st.sampled_from([10, 11, 20, None])
DAYS = st.sampled_from([None, DAY(2019, 7, 1), DAY(2020, 12, 31), DAY(2021, 1, 1), DAY(2022, 3, 4), NEVER])
ENDS = st.sampled_from([None, DAY(2020, 12, 31), DAY(2021, 12, 31), NEVER])
DATABASES = st.fixed_dictionaries(
    {
        "people": st.lists(PEOPLE, unique=True),
        "events": st.lists(st.tuples(PEOPLE, DAYS, st.sampled_from([0.5, 2.0])), max_size=8),
        "medications": st.lists(st.tuples(PEOPLE, DAYS), max_size=5),
        "registrations": st.lists(st.tuples(PEOPLE, ENDS, PRACTICES), max_size=7),
        "deaths": st.lists(PEOPLE, unique=True, max_size=2),
        # A list that is not there at all is None: nothing is said of it, so nothing is held back by it.
        OPT_OUT: st.none() | st.lists(st.none() | PEOPLE, max_size=4),
        WITHOUT_OPT_OUT: st.none() | st.just([1, 2, 3, 4, 9]) | st.lists(st.none() | PEOPLE, max_size=6),
        ACTIVATED: st.none() | st.lists(st.sampled_from([10, 10, 11, None]), max_size=3),
    }
)


def seen_by(data: dict[str, Any], given_: frozenset[str], *, layout: str) -> tuple[dict[str, Any], set[int]]:
    """The rows that a project may see, and who of everybody conceivable may be seen, in a few lines of Python."""
    deny, allow, activated = (data[name] for name in (OPT_OUT, WITHOUT_OPT_OUT, ACTIVATED))
    active = activated is not None and "include_gp_unactivated" not in given_
    known = {each for each in activated or () if each is not None}
    ends: dict[int, DAY] = {}
    for who in range(1, 10):
        own = [
            (end or NEVER, practice in known) for each, end, practice in data["registrations"] if each == who
        ]
        inside, outside = ([end for end, agreed in own if agreed is wanted] for wanted in (True, False))
        if inside:
            ends[who] = max(inside) if outside and max(outside) > max(inside) else NEVER
    seen = {
        who
        for who in range(1, 10)
        if (deny is None or "include_t1oo" in given_ or who not in deny)
        and (allow is None or "include_ndoo" in given_ or who in allow)
        and (not active or who in ends)
    }

    def in_time(who: int, day: DAY | None) -> bool:
        return not active or (day is not None and day <= ends[who])

    return {
        "people": [who for who in data["people"] if who in seen],
        "events": [row for row in data["events"] if row[0] in seen and in_time(*row[:2])],
        "medications": [row for row in data["medications"] if row[0] in seen and in_time(*row)],
        "registrations": [
            row for row in data["registrations"] if row[0] in seen and (not active or row[2] in known)
        ],
        "deaths": [who for who in data["deaths"] if who in seen],
    }, seen


def as_contract(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows as stores and folders of core tables hold them."""
    start = DAY(2019, 1, 1)
    return {
        "patients": [{"patient_id": who, "sex": "female", "date_of_birth": start} for who in data["people"]],
        "clinical_events": [
            {"patient_id": who, "date": day, "snomedct_code": SNOMED, "numeric_value": value}
            for who, day, value in data["events"]
        ],
        "medications": [
            {"patient_id": who, "date": day, "dmd_code": DMD} for who, day in data["medications"]
        ],
        "practice_registrations": [
            {"patient_id": who, "start_date": start, "end_date": end, "practice_pseudo_id": practice}
            for who, end, practice in data["registrations"]
        ],
        "ons_deaths": [{"patient_id": who, "date": start} for who in data["deaths"]],
    }


def as_omop(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The same as the model holds them."""
    start = DAY(2019, 1, 1)
    practices = {who: practice for who, _, practice in data["registrations"]}
    return {
        "person": [
            {"person_id": who, "year_of_birth": 1980, "month_of_birth": 2, "gender_concept_id": 8532,
             "care_site_id": practices.get(who)}
            for who in data["people"]
        ],
        "measurement": [
            {"person_id": who, "measurement_date": day, "measurement_concept_id": 1, "value_as_number": value}
            for who, day, value in data["events"]
        ],
        "drug_exposure": [
            {"person_id": who, "drug_exposure_start_date": day, "drug_source_concept_id": 2}
            for who, day in data["medications"]
        ],
        "observation_period": [
            {"person_id": who, "observation_period_start_date": start, "observation_period_end_date": end}
            for who, end, _ in data["registrations"]
        ],
        "death": [{"person_id": who, "death_date": start} for who in data["deaths"]],
        "concept": [
            {"concept_id": 1, "concept_code": SNOMED, "vocabulary_id": "SNOMED"},
            {"concept_id": 2, "concept_code": DMD, "vocabulary_id": "dm+d"},
        ],
    }  # fmt: skip


def one_practice_each(data: dict[str, Any]) -> dict[str, Any]:
    """In the model a person has one place of care, which a person who is not in PERSON has not."""
    practices = {who: practice for who, _, practice in data["registrations"] if who in data["people"]}
    return data | {"registrations": [(who, end, practices.get(who)) for who, end, _ in data["registrations"]]}


def schemas(layout: str) -> dict[str, pa.Schema]:
    if layout.startswith("omop"):
        return {
            # Moments are days here: rows that travel to a server in a test have no others.
            name: pa.schema([(c.name, MOMENTS.get(c.type, c.type.arrow)) for c in table.columns])
            for name, table in CDM_TABLES.items()
        }
    nodes = {name: getattr(core, name)._node for name in core.__all__}
    return {
        name: pa.schema(
            [("patient_id", pa.int64())]
            + [(each, arrow_type(node.schema[each].type)) for each in node.schema.names]
        )
        for name, node in nodes.items()
    }


def tables_of(data: dict[str, Any], *, layout: str) -> dict[str, pa.Table]:
    """Every table of a layout that its backend reads, with the lists that are there."""
    rows = as_omop(data) if layout.startswith("omop") else as_contract(data)
    known = schemas(layout)
    backend = find_backend(layout)
    read = {name for mapping in backend.by_name.values() for name in backend.physical_tables(mapping)}
    tables = {
        name: pa.Table.from_pylist(
            [{field.name: row.get(field.name) for field in known[name]} for row in rows.get(name, [])],
            schema=known[name],
        )
        for name in (read or known)
        if name in known
    }
    person = "person_id" if layout.startswith("omop") else "patient_id"
    for name, column in listed_columns(person).items():
        if data.get(name) is not None:
            tables[name] = pa.table({column: pa.array(data[name], pa.int64())})
    return tables


def questions(layout: str, inline: Any) -> dict[str, n.Dataset]:
    """Ways to ask that a careless engine might answer from more than it should."""
    events, registrations = core.clinical_events, core.practice_registrations
    codes_of_somebody = n.CombineAsSet(n.SelectColumn(events._node, "snomedct_code"))
    variables = (
        ("sex", core.patients.sex._node),
        ("died", core.patients.date_of_death._node),
        ("events", events.count_for_patient()._node),
        ("last", events.sort_by(events.date).last_for_patient().date._node),
        ("sum", events.numeric_value.sum_for_patient()._node),
        ("registrations", registrations.count_for_patient()._node),
        ("left", registrations.end_date.maximum_for_patient()._node),
        ("again", n.Count(n.Filter(events._node, n.In(events.snomedct_code._node, codes_of_somebody)))),
    )
    if layout != "omop":
        variables += (("issues", core.medications.count_for_patient()._node),)
    if layout.startswith("omop"):
        values, drugs = omop.measurement, omop.drug_exposure
        variables += (
            ("values", values.value_as_number.sum_for_patient()._node),
            ("drugs", drugs.drug_exposure_start_date.maximum_for_patient()._node),
            ("periods", omop.observation_period.count_for_patient()._node),
            ("dead", n.Exists(omop.death._node)),
        )
    else:
        variables += (("dead", n.Exists(core.ons_deaths._node)),)
    somebody = n.Or(
        n.Exists(core.patients._node), n.Or(n.Exists(events._node), n.Exists(registrations._node))
    )
    flagged = n.EQ(n.SelectColumn(inline, "flag"), n.Value(1))
    rows = n.SeriesCollectionFrame((("day", events.date._node), ("value", events.numeric_value._node)))
    homes = n.SeriesCollectionFrame((("end", registrations.end_date._node),))
    sums = n.GroupedSum(
        (("events", events.count_for_patient()._node),), somebody, (("sex", core.patients.sex._node),)
    )
    return {
        "everybody": n.Dataset(somebody, variables),
        "everybody who is not there": n.Dataset(n.Not(n.Exists(core.patients._node)), variables),
        "the question's own table or the database": n.Dataset(n.Or(flagged, somebody), variables[:4]),
        "event rows": n.Dataset(somebody, (), (("rows", rows), ("homes", homes))),
        "sums": n.Dataset(n.Or(flagged, somebody), (), (), (sums,)),
    }


def ask(
    question: n.Dataset, tables: dict[str, pa.Table], backend: Backend, *, engine: str
) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    opened = find_engine(engine).open(ArrowTables(tables=tables), settings=Settings(threads=1))
    with closing(opened):
        for result in opened.execute(opened.compile(question, backend=backend)):
            table = result.rows.read_all()
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            found[result.name] = sorted(rows, key=repr)
    return found


def check(data: dict[str, Any], given_: frozenset[str], name: str, *, layout: str, engine: str) -> None:
    data = one_practice_each(data) if layout.startswith("omop") else data
    left, seen = seen_by(data, given_, layout=layout)
    own = n.InlinePatientTable(tuple(row for row in INLINE.rows if row[0] in seen), INLINE.schema)
    backend = find_backend(layout)
    lists = {each for each in (OPT_OUT, WITHOUT_OPT_OUT, ACTIVATED) if data[each] is not None}
    held = backend.holding(lists).widened(given_)
    asked = ask(questions(layout, INLINE)[name], tables_of(data, layout=layout), held, engine=engine)
    expected = ask(questions(layout, own)[name], tables_of(left, layout=layout), backend, engine=engine)
    assert asked == expected


def many(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize="ARMSLENGTH_EXAMPLES" not in os.environ,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        database=None,
    )


ASKED = st.sampled_from(sorted(questions("core", INLINE)))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_held_back_influences_no_answer(layout: str) -> None:
    @many(EXAMPLES)
    @given(DATABASES, st.sampled_from(COMBINATIONS), ASKED)
    def holds(data: dict[str, Any], given_: frozenset[str], name: str) -> None:
        check(data, given_, name, layout=layout, engine="duckdb")

    holds()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("layout", ["core", "omop-uk"])
def test_what_is_held_back_influences_no_answer_of_postgresql(layout: str, postgresql: str) -> None:
    @many(EXAMPLES // 2)
    @given(DATABASES, st.sampled_from(COMBINATIONS), ASKED)
    def holds(data: dict[str, Any], given_: frozenset[str], name: str) -> None:
        check(data, given_, name, layout=layout, engine="postgresql")

    holds()


def test_every_choice_of_permissions_is_tried() -> None:
    assert len(COMBINATIONS) == 2 ** len(PopulationRule) and frozenset() in COMBINATIONS


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("given_", COMBINATIONS, ids=lambda each: "+".join(sorted(each)) or "none")
def test_every_choice_of_permissions_on_one_database(layout: str, given_: frozenset[str]) -> None:
    """What random rows might miss: each rule holds back somebody whom no other does."""
    data = {
        "people": [1, 2, 3, 4],
        "events": [(who, DAY(2020, 1, 1), 0.5) for who in (1, 2, 3, 4)] + [(1, None, 2.0), (1, NEVER, 2.0)],
        "medications": [(who, DAY(2020, 1, 1)) for who in (1, 2, 3, 4)],
        "registrations": [(1, None, 10), (2, None, 10), (3, None, 10), (4, None, 20)],
        "deaths": [1, 2],
        OPT_OUT: [2, None],
        WITHOUT_OPT_OUT: [1, 2, 4, None],
        ACTIVATED: [10, 10, None],
    }
    for name in questions(layout, INLINE):
        check(data, given_, name, layout=layout, engine="duckdb")
    seen = seen_by(data, given_, layout=layout)[1] & {1, 2, 3, 4}
    hidden = {"include_t1oo": 2, "include_ndoo": 3, "include_gp_unactivated": 4}
    assert seen == {1} | {who for lifted, who in hidden.items() if lifted in given_}
