"""No restricted row influences any answer: random questions over random rows, under every choice of permissions.

What a project sees must be what it would see of a database that never held the rows kept from it. So each
question is asked twice: of everything with restrictions, and of what a few lines of Python leave of it, without.
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
from query_strategies import EVENT_TABLES, INLINE, PATIENT_TABLES, VALUES, datasets, shallow_datasets, tables
from running import arrow_tables
from sqlglot import parse_one

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import DIRECT, Backend, TableMapping
from armslength.query.engines.compile.tables import translated
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ArrowTables, Settings
from armslength.query.engines.passes import PASSES
from armslength.query.engines.restrictions import Listed, Restriction
from armslength.query.model import nodes as n

EXAMPLES = int(os.environ.get("ARMSLENGTH_EXAMPLES", "45"))
DATE = datetime.date
LIFTERS = ("see_denied", "see_not_allowed", "see_inactive")
COMBINATIONS = [set(each) for size in range(4) for each in combinations(LIFTERS, size)]

RESTRICTIONS = (
    Restriction(
        name="denied",
        lifted_by="see_denied",
        words="people on the deny list are left out",
        people=parse_one("SELECT l.who AS patient_id FROM denied AS l"),  # type: ignore[arg-type]
        listed=Listed.LEFT_OUT,
    ),
    Restriction(
        name="allowed",
        lifted_by="see_not_allowed",
        words="people who are not on the allow list are left out",
        people=parse_one("SELECT l.who AS patient_id FROM allowed AS l"),  # type: ignore[arg-type]
        listed=Listed.LET_IN,
    ),
    Restriction(
        name="active",
        lifted_by="see_inactive",
        words="records outside activation are left out",
        people=parse_one("SELECT l.who AS patient_id, l.until FROM active AS l"),  # type: ignore[arg-type]
        listed=Listed.LET_IN,
        prepared_as="armslength_active",
        until="until",
        practices=parse_one("SELECT l.practice FROM practices AS l"),  # type: ignore[arg-type]
    ),
)
BACKEND = Backend(
    name="invented",
    title="Tables of random questions",
    tables={
        ("", "people"): TableMapping(table="people"),
        # The other kind of mapping: made of a query, as most tables of providers are.
        ("", "homes"): TableMapping(table="homes_seen", query=parse_one("SELECT h.* FROM homes AS h")),  # type: ignore[arg-type]
        ("", "events"): TableMapping(table="events", day="d"),
        ("", "visits"): TableMapping(table="visits", practice="i"),
    },
    restrictions=RESTRICTIONS,
)


class Lists:
    """The lists of a database, and what they leave of its rows."""

    def __init__(self, denied: Any, allowed: Any, active: Any, practices: Any) -> None:
        self.denied, self.allowed, self.active, self.practices = denied, allowed, active, practices

    def as_tables(self) -> dict[str, pa.Table]:
        who = pa.int64()
        return {
            "denied": pa.table({"who": pa.array(self.denied, who)}),
            "allowed": pa.table({"who": pa.array(self.allowed, who)}),
            "active": pa.table(
                {
                    "who": pa.array([p for p, _ in self.active], who),
                    "until": pa.array([until for _, until in self.active], pa.date32()),
                }
            ),
            "practices": pa.table({"practice": pa.array(self.practices, pa.int64())}),
        }

    def sees(self, person: int, given_: set[str]) -> bool:
        return (
            ("see_denied" in given_ or person not in self.denied)
            and ("see_not_allowed" in given_ or person in self.allowed)
            and ("see_inactive" in given_ or any(person == each for each, _ in self.active))
        )

    def sees_row(self, table: str, row: tuple[Any, ...], given_: set[str]) -> bool:
        if not self.sees(row[0], given_):
            return False
        columns = dict(zip(("patient_id", *EVENT_TABLES[0].schema.names), row, strict=True))
        if "see_inactive" in given_:
            return True
        if table == "events":
            ends = [until for person, until in self.active if person == row[0] and until is not None]
            return columns["d"] is not None and any(columns["d"] <= until for until in ends)
        return table != "visits" or (columns["i"] is not None and columns["i"] in self.practices)


def people() -> Any:
    return st.lists(st.none() | st.integers(1, 9), max_size=6)


LISTS = st.builds(
    Lists,
    denied=people(),
    allowed=people() | st.just(list(range(1, 10))),
    active=st.lists(st.tuples(st.integers(1, 9), st.none() | st.sampled_from(VALUES[DATE])), max_size=12),
    practices=st.lists(st.none() | st.sampled_from(VALUES[int]), max_size=5),
)


def answers(dataset: n.Dataset, source: ArrowTables, backend: Backend, passes: Any) -> Any:
    """Return the rows of each result, in some order of their own, or the code of what went wrong."""
    found = {}
    with DuckDB.open(source, settings=Settings(threads=1)) as engine:
        try:
            plan = engine.compile(dataset, backend=backend, passes=passes)
            with closing(engine.execute(plan)) as results:
                for result in results:
                    rows = result.rows.read_all().to_pylist()
                    found[result.name] = sorted((tuple(row.values()) for row in rows), key=repr)
        except Mistake as mistake:
            return mistake.code
    return found


def without_rows(dataset: n.Dataset, lists: Lists, given_: set[str]) -> Any:
    """The same question, its own table without the people who may not be seen."""
    seen = tuple(row for row in INLINE.rows if lists.sees(row[0], given_))
    return n.rewrite(
        dataset, lambda node: n.InlinePatientTable(seen, INLINE.schema) if node is INLINE else node
    )


def check(dataset: n.Dataset, data: Any, lists: Lists, given_: set[str], passes: Any) -> None:
    everything = arrow_tables(dataset, data)
    held = ArrowTables(tables={**everything.tables, **lists.as_tables()})
    asked = answers(dataset, held, BACKEND.widened(given_), passes)
    left = {name: [row for row in rows if lists.sees_row(name, row, given_)] for name, rows in data.items()}
    expected = answers(without_rows(dataset, lists, given_), arrow_tables(dataset, left), DIRECT, passes)
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


ANY_PASSES = st.sampled_from((PASSES, ()))


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@many(EXAMPLES)
@given(datasets(), tables(), LISTS, st.sampled_from(COMBINATIONS), ANY_PASSES)
def test_no_restricted_row_influences_any_answer(
    dataset: Any, data: Any, lists: Lists, given_: set[str], passes: Any
) -> None:
    """Datasets, event rows and sums, over tables and over rows that travel with the question."""
    check(dataset, data, lists, given_, passes)


@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@many(EXAMPLES // 3)
@given(shallow_datasets(), tables(), LISTS, st.sampled_from(COMBINATIONS), ANY_PASSES)
def test_no_restricted_row_influences_any_answer_about_everybody(
    dataset: Any, data: Any, lists: Lists, given_: set[str], passes: Any
) -> None:
    """Everybody in the tables and many small variables: a restricted row that is read shows at once."""
    check(dataset, data, lists, given_, passes)


EVENTS, VISITS = EVENT_TABLES
EVERY_ROW = n.Dataset(
    n.Or(
        n.Or(*map(n.Exists, PATIENT_TABLES)), n.Or(n.Exists(INLINE), n.Or(n.Exists(EVENTS), n.Exists(VISITS)))
    ),
    (("events", n.Count(EVENTS)), ("visits", n.Count(VISITS)), ("home", n.Exists(PATIENT_TABLES[1]))),
    tuple(
        (
            table.name,
            n.SeriesCollectionFrame((("d", n.SelectColumn(table, "d")), ("i", n.SelectColumn(table, "i")))),
        )
        for table in EVENT_TABLES
    ),
)


@pytest.mark.timeout(3600)
@many(EXAMPLES)
@given(tables(), LISTS, st.sampled_from(COMBINATIONS), ANY_PASSES)
def test_every_row_is_seen_that_is_permitted_and_no_other(
    data: Any, lists: Lists, given_: set[str], passes: Any
) -> None:
    """One question that shows every person and every row there is."""
    check(EVERY_ROW, data, lists, given_, passes)


def test_every_choice_of_permissions_is_tried() -> None:
    assert len(COMBINATIONS) == 2 ** len(RESTRICTIONS) and set() in COMBINATIONS


PEOPLE = PATIENT_TABLES[0]
EVERYBODY = n.Dataset(n.Or(n.Exists(PEOPLE), n.Exists(INLINE)))


def who(lists: Lists, *given_: str) -> Any:
    """The people in a question about everybody: 1 to 4 are in the database; 1, 3 and 9 in its own table."""
    blank = (None,) * len(PEOPLE.schema.names)
    everything = arrow_tables(EVERYBODY, {"people": [(person, *blank) for person in (1, 2, 3, 4)]})
    source = ArrowTables(tables={**everything.tables, **lists.as_tables()})
    found = answers(EVERYBODY, source, BACKEND.widened(given_), PASSES)
    return found if isinstance(found, str) else [row[0] for row in found["dataset"]]


def test_an_empty_deny_list_leaves_nobody_out_and_an_empty_allow_list_everybody() -> None:
    empty = Lists([], [], [], [])
    assert who(empty, "see_not_allowed", "see_inactive") == [1, 2, 3, 4, 9]
    assert who(empty, "see_denied", "see_inactive") == []
    assert who(empty, "see_denied", "see_not_allowed") == []
    assert who(empty, *LIFTERS) == [1, 2, 3, 4, 9]


def test_a_missing_id_on_a_list_is_nobodys() -> None:
    lists = Lists([None, 2], [None, 1], [], [])
    assert who(lists, "see_not_allowed", "see_inactive") == [1, 3, 4, 9]
    assert who(lists, "see_denied", "see_inactive") == [1]


def test_people_of_a_table_that_travels_with_the_question_are_left_out_too() -> None:
    assert who(Lists([1, 9], [], [], []), "see_not_allowed", "see_inactive") == [2, 3, 4]


@pytest.mark.parametrize(
    "name", ["SEE_DENIED", "see_denied ", "", "*", "see_denied,see_not_allowed", "denied"]
)
def test_only_the_permission_itself_lifts_a_restriction(name: str) -> None:
    assert who(Lists([2], [], [], []), name, "see_not_allowed", "see_inactive") == [1, 3, 4, 9]


def test_a_database_without_its_list_answers_nothing() -> None:
    everything = arrow_tables(EVERYBODY, {"people": []}).tables
    for name in ("denied", "allowed", "active"):
        lists = Lists([], [1], [(1, None)], []).as_tables()
        del lists[name]
        assert answers(EVERYBODY, ArrowTables(tables={**everything, **lists}), BACKEND, PASSES) == "Q104"


def test_a_query_that_reads_around_the_backend_is_our_bug() -> None:
    with pytest.raises(RuntimeError, match="no table of `invented`"):
        translated(parse_one("SELECT 1 FROM homes"), backend=BACKEND, dialect="duckdb")
