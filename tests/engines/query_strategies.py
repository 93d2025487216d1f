"""Random valid queries, built from the model's nodes, and random data for them: few values, many ties and nulls."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from armslength.query.model import nodes as n
from armslength.query.model.errors import ModelError

DATE = datetime.date
COLUMNS = {"i": int, "j": int, "f": float, "b": bool, "s": str, "t": str, "d": DATE, "u": DATE}
SCHEMA = n.TableSchema.of(COLUMNS)
PATIENT_TABLES = tuple(n.SelectPatientTable(name, SCHEMA) for name in ("people", "homes"))
EVENT_TABLES = tuple(n.SelectTable(name, SCHEMA) for name in ("events", "visits"))
TYPES = (int, float, bool, str, DATE)
ORDERED = (int, float, str, DATE)

VALUES: dict[type, list[Any]] = {
    int: [0, 1, 2, 3, -1, -2, 7, 12],
    # Binary fractions: sums of them do not depend on their order.
    float: [0.0, 0.5, 1.0, 2.25, -0.5, -1.75, 3.0],
    bool: [True, False],
    str: ["", "a", "b", "B", "ab", "a%", "_", "é", "it's"],
    DATE: [
        DATE(2020, 1, 1),
        DATE(2020, 1, 31),
        DATE(2020, 2, 29),
        DATE(2021, 2, 28),
        DATE(2021, 3, 1),
        DATE(1999, 12, 31),
        DATE(2000, 10, 31),
        DATE(1, 1, 1),
        DATE(9999, 12, 31),
    ],
}
FIRST_NAMED = {int: ["i", "j"], float: ["f"], bool: ["b"], str: ["s", "t"], DATE: ["d", "u"]}


@dataclass
class Draw:
    """Hypothesis's draw with the choices a generator of graphs makes all the time."""

    draw: Any

    def choose(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))


@st.composite
def datasets(draw: Any) -> n.Dataset:
    """A dataset: a population that is true for some or all, variables, sometimes event rows and sums."""
    d = Draw(draw)
    population = series(d, bool, None, d.number(1, 4))
    if d.choose((True, False, False)):
        # Everybody in the tables, so that no difference hides among patients who are left out.
        population = n.Or(n.Exists(PATIENT_TABLES[0]), n.Exists(EVENT_TABLES[0]))
    variables = tuple(
        (f"v{k}", series(d, d.choose(TYPES), None, d.number(1, 5))) for k in range(d.number(1, 5))
    )
    events: tuple[Any, ...] = ()
    measures: tuple[Any, ...] = ()
    if d.choose((True, False, False, False)):
        frame = event_frame(d, 2)
        members = [("m0", n.SelectColumn(frame, d.choose(COLUMNS)))]
        for k in range(d.number(0, 2)):
            members.append((f"m{k + 1}", series(d, d.choose(TYPES), frame.domain, 2)))
        events = (("rows", n.SeriesCollectionFrame(tuple(members))),)
    if d.choose((True, False, False, False)):
        measures = (
            n.GroupedSum(
                (("n", series(d, d.choose((bool, int)), None, 2)),),
                series(d, d.choose((bool, int)), None, 2),
                tuple((f"g{k}", series(d, d.choose(TYPES), None, 1)) for k in range(d.number(0, 2))),
            ),
        )
    return n.Dataset(population, variables, events, measures)


@st.composite
def shallow_datasets(draw: Any) -> n.Dataset:
    """Everybody, and many small variables: each operation alone, and the same asked of several codelists.

    A mistake in one operation shows here at once, where a deep query would mostly hide it.
    """
    d = Draw(draw)
    everybody = n.Or(n.Exists(PATIENT_TABLES[0]), n.Exists(EVENT_TABLES[0]))
    made = [_operation(d, d.choose((bool, int, float, DATE)), None, 1) for _ in range(8)]
    made += [_asked_of(rows, d) for rows in [event_frame(d, 1)] for _ in range(2)]
    question = d.number(0, 3)
    for _ in range(3):
        rows = n.Filter(EVENT_TABLES[0], _in_codelist(d, EVENT_TABLES[0]))
        made += [_asked_of(rows, d), (n.Count(rows), n.Sum(n.SelectColumn(rows, "i")))[question % 2]]
    return n.Dataset(everybody, tuple((f"v{number}", each) for number, each in enumerate(made)))


def _asked_of(rows: Any, d: Draw) -> Any:
    """One column of the first or last row, sorted by a column with ties and missing values."""
    last = n.PickOneRowPerPatient(
        n.Sort(rows, n.SelectColumn(rows, d.choose(("d", "s", "i")))), d.choose(n.Position)
    )
    return n.SelectColumn(last, d.choose(("d", "f", "j", "t")))


def series(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    """A series of a type: patient-level when the domain is None, else perhaps of that domain."""
    options: list[Any] = [_column] * 3 + [_constant]
    if depth > 0:
        options += [_operation] * 6 + [_case] + [_aggregation] * (4 if domain is None else 1)
        if domain is not None:
            options += [lambda d, kind, domain, depth: series(d, kind, None, depth - 1)]
    for _ in range(10):
        try:
            return d.choose(options)(d, kind, domain, depth)
        except ModelError:
            continue
    return _column(d, kind, domain, depth)


def _constant(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    return n.Value(d.choose(VALUES[kind]))


def _column(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    if domain is not None:
        return n.SelectColumn(domain, d.choose(FIRST_NAMED[kind]))
    source = d.choose((pick, _patient_table)) if depth > 0 else _patient_table
    return n.SelectColumn(source(d, depth - 1), d.choose(FIRST_NAMED[kind]))


def _patient_table(d: Draw, depth: int) -> Any:
    return d.choose((*PATIENT_TABLES, PATIENT_TABLES[0], INLINE))


def event_frame(d: Draw, depth: int) -> Any:
    """An event table, filtered and sorted any number of times."""
    frame: Any = d.choose((EVENT_TABLES[0], *EVENT_TABLES))
    for _ in range(d.number(0, 2)):
        # A condition may be about the rows of any ancestor.
        domain = d.choose([each.domain for each in n.lineage(frame)])
        condition = (
            _in_codelist(d, domain) if d.choose((True, False, False)) else series(d, bool, domain, depth)
        )
        if d.choose((True, False, False)):
            condition = n.Or(n.Not(condition), n.IsNull(condition))
        frame = n.Filter(frame, condition)
        if d.choose((True, False, False, False)):
            frame = _sorted(d, frame, 1)
    return frame


def _in_codelist(d: Draw, domain: Any) -> Any:
    """A column of the rows in a constant set, as most conditions of real studies are."""
    kind = d.choose((str, str, int))
    return n.In(n.SelectColumn(domain, FIRST_NAMED[kind][0]), _set(d, kind))


def pick(d: Draw, depth: int) -> Any:
    """A picked row; keys with few values, so that ties are common."""
    frame = event_frame(d, max(depth, 0))
    for _ in range(d.number(1, 2)):
        frame = _sorted(d, frame, max(depth, 0))
    return n.PickOneRowPerPatient(frame, d.choose(n.Position))


def _sorted(d: Draw, frame: Any, depth: int) -> Any:
    try:
        return n.Sort(frame, series(d, d.choose(ORDERED), frame.domain, d.number(0, depth)))
    except ModelError:
        return n.Sort(frame, n.SelectColumn(frame, d.choose(("i", "d", "s", "f"))))


def _case(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    cases = tuple(
        (series(d, bool, domain, depth - 1), _maybe(d, kind, domain, depth - 1))
        for _ in range(d.number(1, 3))
    )
    return n.Case(cases, _maybe(d, kind, domain, depth - 1))


def _maybe(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    return None if d.choose((True, False, False, False)) else series(d, kind, domain, depth)


def _aggregation(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    frame = event_frame(d, depth - 1)

    def of(wanted: type) -> Any:
        made = series(d, wanted, frame.domain, d.number(0, depth - 1))
        return made if made.domain is not None else n.SelectColumn(frame, d.choose(FIRST_NAMED[wanted]))

    options: dict[type, list[Any]] = {
        bool: [lambda: n.Exists(_any_frame(d, frame, depth))],
        int: [
            lambda: n.Count(_any_frame(d, frame, depth)),
            lambda: n.CountDistinct(of(d.choose(TYPES))),
            lambda: n.CountEpisodes(of(DATE), d.choose((-1, 0, 1, 30, 400))),
            lambda: n.Sum(of(int)),
        ],
        float: [lambda: n.Sum(of(float)), lambda: n.Mean(of(d.choose((int, float))))],
        str: [],
        DATE: [],
    }
    extremes = [] if kind is bool else [lambda: n.Min(of(kind)), lambda: n.Max(of(kind))]
    return d.choose([*options[kind], *extremes])()


def _any_frame(d: Draw, frame: Any, depth: int) -> Any:
    return d.choose((frame, frame, pick(d, depth - 1), _patient_table(d, 0)))


def _operation(d: Draw, kind: type, domain: Any, depth: int) -> Any:
    def of(wanted: type) -> Any:
        return series(d, wanted, domain, depth - 1)

    def two(operation: Any, wanted: type) -> Any:
        return lambda: operation(of(wanted), of(wanted))

    any_type, ordered, number = d.choose(TYPES), d.choose(ORDERED), d.choose((int, float))
    options: dict[type, list[Any]] = {
        bool: [
            *(two(each, any_type) for each in (n.EQ, n.NE)),
            *(two(each, ordered) for each in (n.LT, n.LE, n.GT, n.GE)),
            *(two(each, bool) for each in (n.And, n.Or)),
            lambda: n.Not(of(bool)),
            lambda: n.IsNull(of(any_type)),
            lambda: n.In(of(any_type), _set(d, any_type)),
            lambda: n.In(of(any_type), _set(d, any_type)),
            lambda: n.In(of(any_type), n.CombineAsSet(_event_series(d, any_type, depth - 1))),
            two(n.StringContains, str),
        ],
        int: [
            *(two(each, int) for each in (n.Add, n.Subtract, n.Multiply)),
            *(lambda each=each: each(of(int)) for each in (n.Negate, n.Absolute)),
            two(n.FloorDivide, number),
            lambda: n.CastToInt(of(d.choose((bool, int, float)))),
            *(
                two(each, DATE)
                for each in (n.DateDifferenceInDays, n.DateDifferenceInMonths, n.DateDifferenceInYears)
            ),
            *(lambda each=each: each(of(DATE)) for each in (n.YearFromDate, n.MonthFromDate, n.DayFromDate)),
        ],
        float: [
            *(two(each, float) for each in (n.Add, n.Subtract, n.Multiply)),
            *(lambda each=each: each(of(float)) for each in (n.Negate, n.Absolute)),
            two(n.TrueDivide, number),
            two(n.Power, number),
            lambda: n.CastToFloat(of(number)),
        ],
        str: [],
        DATE: [
            *(
                lambda each=each: each(of(DATE), of(int))
                for each in (n.DateAddDays, n.DateAddMonths, n.DateAddYears)
            ),
            *(lambda each=each: each(of(DATE)) for each in (n.ToFirstOfYear, n.ToFirstOfMonth)),
        ],
    }
    extremes = [
        lambda each=each: each(tuple(of(kind) for _ in range(d.number(1, 3))))
        for each in (n.MinimumOf, n.MaximumOf)
    ]
    return d.choose([*options[kind], *(extremes if kind is not bool else [])])()


def _set(d: Draw, kind: type) -> Any:
    values = d.draw(st.lists(st.sampled_from(VALUES[kind]), max_size=len(VALUES[kind])))
    return n.Value(frozenset(values))


def _event_series(d: Draw, kind: type, depth: int) -> Any:
    frame = event_frame(d, max(depth - 1, 0))
    made = series(d, kind, frame.domain, max(depth - 1, 0))
    return made if made.domain is not None else n.SelectColumn(frame, d.choose(FIRST_NAMED[kind]))


def row() -> Any:
    return st.tuples(*(st.none() | st.sampled_from(VALUES[kind]) for kind in COLUMNS.values()))


INLINE = n.InlinePatientTable(
    tuple(
        (patient, *(values[patient % len(values)] for values in (VALUES[kind] for kind in COLUMNS.values())))
        for patient in (1, 3, 9)
    ),
    SCHEMA,
)


@st.composite
def tables(draw: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Rows for every table: a few patients, some in only one table, columns often missing."""
    data: dict[str, list[tuple[Any, ...]]] = {}
    for table in PATIENT_TABLES:
        patients = draw(st.lists(st.integers(1, 4), unique=True, max_size=4))
        data[table.name] = [(patient, *draw(row())) for patient in patients]
    for table in EVENT_TABLES:
        patients = draw(st.lists(st.integers(1, 5), max_size=8))
        data[table.name] = [(patient, *draw(row())) for patient in patients]
    return data
