"""Opt-outs, activation of practices and restricted tables on the TPP backend, exactly as they are laid down."""

from __future__ import annotations

import datetime
import os
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from physical import EVERYTHING, Copy

from armslength.kernel.errors import Mistake
from armslength.policy.data_permissions import FACTS, TABLE_NEEDS, Opens
from armslength.query.api.databases import find_backend
from armslength.query.contracts import core, tpp
from armslength.query.engines.backend import qualified
from armslength.query.model import nodes as n

EXAMPLES = int(os.environ.get("ARMSLENGTH_EXAMPLES", "16"))
DAY, MOMENT = datetime.date, datetime.datetime
NEVER = MOMENT(9999, 12, 31)
POPULATION = sorted(each for each, facts in FACTS.items() if facts.opens is Opens.POPULATION)
TABLES = EVERYTHING - set(POPULATION)
COMBINATIONS = [frozenset(each) | TABLES for size in range(4) for each in combinations(POPULATION, size)]
# Practices: the first two acknowledged the directions, the others did not.
ACKNOWLEDGED, OTHERS = (10, 11), (20, 21)

# Three periods: 2020, 2021, and 2022 without an end; `A` with an acknowledged practice, `U` with another.
VECTORS = [
    # periods, registrations seen, latest end seen, events seen
    (("A", "A", "A"), 3, None, 3),
    (("A", "A", "U"), 2, DAY(2021, 12, 31), 2),
    (("U", "A", "U"), 1, DAY(2021, 12, 31), 2),
    (("U", "U", "A"), 1, None, 3),
    (("A", "A", ""), 2, DAY(2021, 12, 31), 3),
    (("", "", "A"), 1, None, 3),
    (("A", "U", "A"), 2, None, 3),
    (("A", "", "A"), 2, None, 3),
    (("A", "U", ""), 1, DAY(2020, 12, 31), 1),
    (("U", "A", ""), 1, DAY(2021, 12, 31), 3),
    (("A", "", ""), 1, DAY(2020, 12, 31), 3),
    (("U", "U", "U"), None, None, None),
    (("U", "U", ""), None, None, None),
    (("U", "", ""), None, None, None),
    (("", "", ""), None, None, None),
]


def lived(who: int, periods: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """A person's registrations, and an event in the middle of each year."""
    registrations, events = [], []
    for year, kind in zip((2020, 2021, 2022), periods, strict=True):
        events.append({"Patient_ID": who, "ConsultationDate": MOMENT(year, 7, 1), "CTV3Code": "XE2eD"})
        if kind:
            end = NEVER if year == 2022 else MOMENT(year, 12, 31)
            practice = ACKNOWLEDGED[0] if kind == "A" else OTHERS[0]
            row = {
                "Patient_ID": who,
                "StartDate": MOMENT(year, 1, 1),
                "EndDate": end,
                "Organisation_ID": practice,
            }
            registrations.append(row)
    return {
        "RegistrationHistory": registrations,
        "CodedEvent": events,
        "Patient": [{"Patient_ID": who, "DateOfBirth": DAY(1980, 1, 1), "Sex": "F"}],
    }


@pytest.fixture
def practices(tpp_copy: Copy) -> Copy:
    everyone = ACKNOWLEDGED + OTHERS
    return tpp_copy.fill(
        Organisation=[{"Organisation_ID": each, "Region": "London"} for each in everyone],
        DirectionsAcknowledged=[{"Organisation_ID": each} for each in ACKNOWLEDGED],
    )


def test_activation_of_practices_by_date_and_by_practice(practices: Copy) -> None:
    for who, (periods, *_) in enumerate(VECTORS, start=1):
        practices.fill(**lived(who, periods))
    latest = tpp.practice_registrations.sort_by(tpp.practice_registrations.end_date).last_for_patient()
    still_registered = tpp.practice_registrations.where(tpp.practice_registrations.end_date.is_null())
    question = n.Dataset(
        core.patients.exists_for_patient()._node,
        (
            ("registrations", core.practice_registrations.count_for_patient()._node),
            ("end", latest.end_date._node),
            ("open", still_registered.exists_for_patient()._node),
            ("events", core.clinical_events.count_for_patient()._node),
        ),
    )
    found = practices.ask(question, given=EVERYTHING - {"include_gp_unactivated"})["dataset"]
    expected = [
        (who, registrations, end, events)
        for who, (_, registrations, end, events) in enumerate(VECTORS, start=1)
        if registrations is not None
    ]
    assert [
        (who, count, None if is_open else end, events) for who, count, end, is_open, events in found
    ] == expected
    everybody = practices.ask(question)["dataset"]
    assert len(everybody) == len(VECTORS) and {row[4] for row in everybody} == {3}


def test_dates_that_are_missing_or_stand_for_never_are_outside_activation(practices: Copy) -> None:
    practices.fill(**lived(1, ("A", "", "")))
    practices.fill(CodedEvent=[{"Patient_ID": 1, "ConsultationDate": NEVER, "CTV3Code": "XE2eD"}])
    assert len(practices.rows(tpp.clinical_events)) == 4
    seen = practices.rows(tpp.clinical_events, "date", given=EVERYTHING - {"include_gp_unactivated"})
    assert [day for _, day in seen] == [DAY(year, 7, 1) for year in (2020, 2021, 2022)]


def test_without_any_permission_only_those_whom_every_rule_lets_in_are_seen(practices: Copy) -> None:
    for who in range(1, 5):
        practices.fill(**lived(who, ("A", "A", "A") if who != 4 else ("U", "U", "U")))
    practices.fill(
        PatientsWithTypeOneDissent=[{"Patient_ID": 2}],
        PatientsWithoutNDOO=[{"Patient_ID": who} for who in (1, 2, 4)],
    )

    def seen(*given_: str) -> list[int]:
        return [row[0] for row in practices.rows(core.patients, given=frozenset(given_))]

    assert seen() == [1]
    assert seen("include_t1oo") == [1, 2]
    assert seen("include_ndoo") == [1, 3]
    assert seen("include_gp_unactivated") == [1, 4]
    assert seen(*POPULATION) == [1, 2, 3, 4]


def test_a_mother_who_may_not_be_seen_is_nobodys_mother(practices: Copy) -> None:
    for who, year in ((1, 1970), (2, 1971), (3, 2000)):
        practices.fill(Patient=[{"Patient_ID": who, "DateOfBirth": DAY(year, 1, 1), "Sex": "F"}])
    practices.fill(
        Relationship=[
            {"Patient_ID": 3, "Type_of_Relationship": "Mother", "Patient_ID_Relationship_With": who}
            for who in (1, 2)
        ],
        PatientsWithTypeOneDissent=[{"Patient_ID": 2}],
    )
    allowed = EVERYTHING - {"include_t1oo"}
    assert practices.rows(tpp.parents) == []  # two mothers
    assert practices.rows(tpp.parents, given=allowed) == [(3, 1)]
    practices.fill(PatientsWithTypeOneDissent=[{"Patient_ID": 1}])
    assert practices.rows(tpp.parents, given=allowed) == []


@pytest.mark.parametrize(
    "table", ["PatientsWithTypeOneDissent", "PatientsWithoutNDOO", "DirectionsAcknowledged"]
)
def test_a_list_that_is_not_there_stops_every_query(practices: Copy, table: str) -> None:
    practices.execute([f'DROP TABLE "{table}"'])
    with pytest.raises(Mistake) as told:
        practices.rows(core.patients, given=frozenset())
    assert (told.value.code, told.value.exit_status) == ("Q104", 4)


RESTRICTED = dict(TABLE_NEEDS)


def test_the_policy_the_contracts_and_the_backend_name_the_same_restricted_tables() -> None:
    from armslength.query.contracts.raw import tpp as raw

    backend = find_backend("tpp")
    assert backend.tables is not None
    by_backend = {
        qualified(*name): mapping.needs for name, mapping in backend.tables.items() if mapping.needs
    }
    nodes = [getattr(contract, name)._node for contract in (tpp, raw) for name in contract.__all__]
    by_contract = {
        qualified(node.namespace, node.name): node.required_permission
        for node in nodes
        if node.required_permission
    }
    assert by_backend == by_contract == RESTRICTED
    days = {node.name: node.activation_filter_field for node in nodes if node.activation_filter_field}
    assert days == {name: mapping.day for name, mapping in backend.by_name.items() if mapping.day}


@pytest.mark.parametrize("name", sorted(RESTRICTED))
def test_a_restricted_table_is_refused_by_name_even_where_the_question_does_not_say_that_it_is(
    tpp_copy: Copy, name: str
) -> None:
    namespace, _, table = name.rpartition(".")
    backend = find_backend("tpp")
    assert backend.tables is not None
    # As a definition would write it that tries to leave its restriction out.
    disguised = n.SelectTable(table, n.TableSchema.of({}), namespace)
    with pytest.raises(Mistake, match=f"`{RESTRICTED[name]}`") as told:
        tpp_copy.ask(n.Dataset(n.Exists(disguised)), given=EVERYTHING - {RESTRICTED[name]})
    assert (told.value.code, told.value.exit_status) == ("Q115", 12)
    assert tpp_copy.ask(n.Dataset(n.Exists(disguised)))["dataset"] == []


def test_every_restriction_of_an_installed_backend_is_lifted_by_a_permission_of_the_population() -> None:
    for name in ("core", "emis", "emisv2", "omop", "tpp"):
        backend = find_backend(name)
        assert not backend.given and backend.applied == backend.restrictions
        assert {each.lifted_by for each in backend.restrictions} <= set(POPULATION)
    assert sorted(each.lifted_by for each in find_backend("tpp").restrictions) == POPULATION


# --- what a project sees is what is left when restricted rows were never there ------------------------------------

EVENTS, REGISTRATIONS = tpp.clinical_events, tpp.practice_registrations
INLINE = n.InlinePatientTable(tuple((who, who % 2) for who in (1, 2, 3, 9)), n.TableSchema.of({"flag": int}))
LATEST = EVENTS.sort_by(EVENTS.date).last_for_patient()
CODES_OF_SOMEBODY = n.CombineAsSet(n.SelectColumn(EVENTS._node, "ctv3_code"))


def questions(inline: Any) -> dict[str, n.Dataset]:
    """Ways to ask that a careless engine might answer from more than it should."""
    flagged = n.EQ(n.SelectColumn(inline, "flag"), n.Value(1))
    variables = (
        ("sex", core.patients.sex._node),
        ("events", EVENTS.count_for_patient()._node),
        ("last", LATEST.ctv3_code._node),
        ("sum", EVENTS.numeric_value.sum_for_patient()._node),
        ("registrations", REGISTRATIONS.count_for_patient()._node),
        ("left", REGISTRATIONS.end_date.maximum_for_patient()._node),
        ("mother", tpp.parents.mother_id._node),
        ("area", tpp.addresses.imd_rounded.maximum_for_patient()._node),
        ("again", n.Count(n.Filter(EVENTS._node, n.In(EVENTS.ctv3_code._node, CODES_OF_SOMEBODY)))),
    )
    somebody = n.Or(n.Exists(core.patients._node), n.Exists(EVENTS._node))
    rows = n.SeriesCollectionFrame((("day", EVENTS.date._node), ("code", EVENTS.ctv3_code._node)))
    homes = n.SeriesCollectionFrame((("start", REGISTRATIONS.start_date._node),))
    sums = n.GroupedSum(
        (("events", EVENTS.count_for_patient()._node),),
        somebody,
        (
            ("sex", core.patients.sex._node),
            ("region", tpp.addresses.msoa_code.count_distinct_for_patient()._node),
        ),
    )
    return {
        "everybody": n.Dataset(somebody, variables),
        "everybody who is not there": n.Dataset(n.Not(n.Exists(core.patients._node)), variables),
        "only the question's own table": n.Dataset(n.Exists(inline), variables),
        "the question's own table or the database": n.Dataset(n.Or(flagged, somebody), variables),
        "event rows": n.Dataset(somebody, (), (("rows", rows), ("homes", homes))),
        "sums": n.Dataset(n.Or(flagged, somebody), (), (), (sums,)),
        "mothers": n.Dataset(n.Exists(tpp.parents._node), variables[6:7]),
    }


PEOPLE = st.integers(1, 4)
MOMENTS = st.sampled_from(
    [MOMENT(1900, 1, 1), MOMENT(2020, 7, 1), MOMENT(2021, 12, 31), MOMENT(2022, 1, 1, 5), NEVER]
)
PRACTICE = st.sampled_from(ACKNOWLEDGED + OTHERS + (99,))


def rows_of(**columns: Any) -> Any:
    return st.lists(st.fixed_dictionaries(columns), max_size=6)


DATABASES = st.fixed_dictionaries(
    {
        "Patient": st.lists(PEOPLE, unique=True).map(
            lambda who: [
                {"Patient_ID": each, "DateOfBirth": DAY(1950 + 20 * each, 1, 1), "Sex": "FMIU"[each - 1]}
                for each in who
            ]
        ),
        "CodedEvent": rows_of(
            Patient_ID=PEOPLE,
            ConsultationDate=MOMENTS,
            CTV3Code=st.sampled_from(["XE2eD", "xe2ed", "H33.."]),
            NumericValue=st.sampled_from([0.0, 0.5, 2.0]),
        ),
        "RegistrationHistory": rows_of(
            Patient_ID=PEOPLE, StartDate=MOMENTS, EndDate=MOMENTS, Organisation_ID=PRACTICE
        ),
        "Relationship": rows_of(
            Patient_ID=PEOPLE,
            Patient_ID_Relationship_With=PEOPLE,
            Type_of_Relationship=st.sampled_from(["Mother", "Daughter"]),
        ),
        "PatientAddress": rows_of(Patient_ID=PEOPLE, ImdRankRounded=st.sampled_from([-1, 100, 900])),
        "PatientsWithTypeOneDissent": rows_of(Patient_ID=st.integers(1, 9)),
        "PatientsWithoutNDOO": rows_of(Patient_ID=st.integers(1, 9)),
    }
)
PRACTICES = {
    "Organisation": [{"Organisation_ID": each} for each in ACKNOWLEDGED + OTHERS],
    "DirectionsAcknowledged": [{"Organisation_ID": each} for each in ACKNOWLEDGED],
}


def what_is_left(
    data: dict[str, list[dict[str, Any]]], given_: frozenset[str]
) -> tuple[dict[str, Any], set[int]]:
    """The rows of a database that a project may see, and who of everybody conceivable may be seen."""
    dissent = {row["Patient_ID"] for row in data["PatientsWithTypeOneDissent"]}
    without = {row["Patient_ID"] for row in data["PatientsWithoutNDOO"]}
    ends = activated_ends(data["RegistrationHistory"])
    seen = {
        who
        for who in range(1, 10)
        if ("include_t1oo" in given_ or who not in dissent)
        and ("include_ndoo" in given_ or who in without)
        and ("include_gp_unactivated" in given_ or who in ends)
    }
    left = {
        table: [row for row in rows if row["Patient_ID"] in seen or table.startswith("PatientsWith")]
        for table, rows in data.items()
    }
    left["Relationship"] = [
        row for row in left["Relationship"] if row["Patient_ID_Relationship_With"] in seen
    ]
    if "include_gp_unactivated" not in given_:
        left["CodedEvent"] = [
            row
            for row in left["CodedEvent"]
            if row["ConsultationDate"] != NEVER and row["ConsultationDate"].date() <= ends[row["Patient_ID"]]
        ]
        left["RegistrationHistory"] = [
            row for row in left["RegistrationHistory"] if row["Organisation_ID"] in ACKNOWLEDGED
        ]
    return left, seen


def activated_ends(registrations: list[dict[str, Any]]) -> dict[int, DAY]:
    """The last day of each person's records that may be seen, of people ever registered with such a practice."""
    ends: dict[int, DAY] = {}
    for who in {row["Patient_ID"] for row in registrations}:
        own = [row for row in registrations if row["Patient_ID"] == who]
        inside = [row["EndDate"].date() for row in own if row["Organisation_ID"] in ACKNOWLEDGED]
        outside = [row["EndDate"].date() for row in own if row["Organisation_ID"] not in ACKNOWLEDGED]
        if inside:
            moved_on = bool(outside) and max(outside) > max(inside)
            ends[who] = max(inside) if moved_on else NEVER.date()
    return ends


@pytest.fixture(scope="module")
def two_copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Copy]:
    folder: Path = tmp_path_factory.mktemp("copies")
    return Copy("tpp", folder / "held.duckdb"), Copy("tpp", folder / "left.duckdb")


@pytest.mark.timeout(3600)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
@given(
    data=DATABASES,
    given_=st.sampled_from(COMBINATIONS),
    asked=st.lists(st.sampled_from(sorted(questions(INLINE))), min_size=2, max_size=2, unique=True),
)
def test_what_a_project_sees_is_the_database_without_what_is_held_back(
    two_copies: tuple[Copy, Copy], data: dict[str, Any], given_: frozenset[str], asked: list[str]
) -> None:
    held, without = two_copies
    left, seen = what_is_left(data, given_)
    for copy, rows in ((held, data), (without, left)):
        copy.refill(**rows, **PRACTICES)
    own = n.InlinePatientTable(tuple(row for row in INLINE.rows if row[0] in seen), INLINE.schema)
    for name in asked:
        answer, expected = held.ask(questions(INLINE)[name], given=given_), without.ask(questions(own)[name])
        for result in expected:
            assert sorted(answer[result], key=repr) == sorted(expected[result], key=repr), (name, result)
