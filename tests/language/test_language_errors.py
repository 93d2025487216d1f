"""Mistakes authors make: each is caught where it is written, and the message says what to do."""

import datetime
import re

import pytest
from ehrql import (
    INTERVAL,
    Error,
    case,
    create_dataset,
    create_measures,
    days,
    maximum_of,
    months,
    weeks,
    when,
    years,
)
from ehrql.codes import DMDCode
from ehrql.tables import Constraint, EventFrame, PatientFrame, Series, table, table_from_rows
from language_tables import e, e2, p

DATE = datetime.date(2020, 1, 1)


def variable(value):
    dataset = create_dataset()
    dataset.x = value


def population(value):
    create_dataset().define_population(value)


def events(**columns):
    dataset = create_dataset()
    dataset.add_event_table("rows", **columns)
    return dataset.rows


def measure(**arguments):
    intervals = months(1).starting_on("2020-01-01")
    given = {"numerator": p.b, "denominator": p.b, "intervals": intervals, **arguments}
    create_measures().define_measure("m", **given)


MISTAKES = {
    # 1, 2: logic
    "and": (lambda: p.b and p.b, TypeError, "write `&`"),
    "not": (lambda: not p.b, TypeError, "`~` for not"),
    "chained comparison": (lambda: 1 < p.i < 5, TypeError, "chained comparisons"),
    "missing brackets": (lambda: p.i == 1 & p.b, TypeError, ""),
    "and with an int": (lambda: p.b & p.i, TypeError, "unsupported operand"),
    "or with a literal int": (lambda: p.b | 1, TypeError, "unsupported operand"),
    # 3, 4: types
    "int and float": (lambda: p.i + p.f, TypeError, "expected int but got float"),
    "float and int": (lambda: p.f + p.i, TypeError, "expected float but got int"),
    "int and float literal": (lambda: p.i == 2.0, TypeError, "expected int but got float"),
    "int and bool": (lambda: p.i == True, TypeError, "expected int but got bool"),  # noqa: E712
    "bool and int": (lambda: p.b == 1, TypeError, "expected bool but got int"),
    "bool is not ordered": (lambda: p.b < p.b, TypeError, "not supported|unorderable"),
    "text has no plus": (lambda: p.s + "a", TypeError, "unsupported operand"),
    "trailing comma": (lambda: p.i == (3,), TypeError, "trailing comma"),
    "trailing comma in where": (lambda: e.where((e.b,)), TypeError, "trailing comma"),
    "trailing comma in when": (lambda: when((p.b,)), TypeError, "trailing comma"),
    "trailing comma after a variable": (lambda: variable((p.i,)), TypeError, "invalid.*trailing comma"),
    "trailing comma in a population": (lambda: population((p.b,)), TypeError, "trailing comma"),
    "a moment is not a date": (lambda: p.d == datetime.datetime(2020, 1, 1), TypeError, r"\.date\(\)"),
    "codes of another system": (lambda: e.c == e.k, TypeError, "expected SNOMEDCTCode but got DMDCode"),
    "code of another system": (lambda: e.c == DMDCode("123456"), TypeError, "expected SNOMEDCTCode"),
    "comparison with None": (lambda: p.i == None, TypeError, "is_null"),  # noqa: E711
    "None in a list": (lambda: p.i.is_in([1, None]), TypeError, "is_null"),
    "None in maximum_of": (lambda: maximum_of(p.i, None), TypeError, "None"),
    "float literal in maximum_of": (lambda: maximum_of(p.i, 2.5), TypeError, "expected int"),
    "bool in maximum_of": (lambda: maximum_of(p.b, p.b), TypeError, "orderable"),
    "wrong type in a list": (lambda: p.i.is_in([1, "a"]), TypeError, "list of int.*str: 'a'"),
    # 5, 6, 7, 8: what is not a series
    "frame as operand": (lambda: p.i == p, TypeError, "whole table `p`.*column name"),
    "event frame as operand": (lambda: p.i + e, TypeError, "whole table `e`"),
    "method not called": (lambda: p.i == p.d.is_null, TypeError, r"brackets missing\? `is_null\(\)`"),
    "method not called in where": (lambda: e.where(e.d.is_null), TypeError, "brackets"),
    "when alone": (lambda: p.i + when(p.b), TypeError, r"\.then\(…\)\.otherwise\(…\)"),
    "when then alone": (lambda: p.i == when(p.b).then(1), TypeError, r"otherwise\(None\)"),
    "some object": (lambda: p.i == object(), TypeError, "not a valid ehrQL type"),
    # 9: rows
    "rows of two tables": (lambda: e.i + e2.i, Error, "first_for_patient"),
    "rows filtered differently": (lambda: e.where(e.b).i + e.i, Error, "filtered differently"),
    "equality of two tables": (lambda: e.i == e2.i, Error, r"is_in\(y\)"),
    "where about other rows": (lambda: e.where(e2.i > 1), Error, "cannot filter `e`"),
    "except_where about other rows": (lambda: e.except_where(e2.i > 1), Error, "cannot filter `e`"),
    "where with an int": (lambda: e.where(e.i), TypeError, "true or false .bool., but got int"),
    "where with None": (lambda: e.where(None), TypeError, "NoneType"),
    # 10, 11, 12: sorting
    "sort by a literal": (lambda: e.sort_by(1), Error, "constant"),
    "sort by a patient series": (lambda: e.sort_by(p.i), Error, "constant"),
    "sort by a name": (lambda: e.sort_by("i"), TypeError, r"table\.i"),
    "sort by a bool": (lambda: e.sort_by(e.b), TypeError, "orderable.*as_int"),
    "sort by nothing": (lambda: e.sort_by(), TypeError, "at least one"),
    "sort by other rows": (lambda: e.sort_by(e2.i), Error, "other rows"),
    "pick without sorting": (lambda: e.first_for_patient(), AttributeError, "first_for_patient"),
    "unknown column": (lambda: e.nothing, AttributeError, "`e` has no attribute `nothing`"),
    # 13, 14: membership
    "is_in a value": (lambda: p.i.is_in(3), TypeError, "expects a list of values, but got int"),
    "is_in a text": (lambda: p.s.is_in("abc"), TypeError, "expects a list"),
    "is_in a range": (lambda: p.i.is_in(range(3)), TypeError, "expects a list"),
    "is_in a patient series": (lambda: p.i.is_in(p.i), TypeError, "many values per patient"),
    "is_in a frame": (lambda: p.i.is_in(e), TypeError, "whole table"),
    # 15, 16
    "abs": (lambda: abs(p.i), Error, "absolute"),
    "dictionary key": (lambda: {p.i: 1}, TypeError, "unhashable"),
    "iteration": (lambda: list(p.i), TypeError, "not iterable"),
    "in": (lambda: 1 in p.i, TypeError, "not iterable|container"),
    # 17, 18, 19
    "date in another shape": (lambda: p.d == "1/1/2020", ValueError, "YYYY-MM-DD.*1/1/2020"),
    "date without zeros": (lambda: p.d == "2020-1-1", ValueError, "YYYY-MM-DD"),
    "impossible date": (lambda: p.d == "2020-02-30", ValueError, "2020-02-30"),
    "bad code": (lambda: p.c == "abc", ValueError, "Invalid SNOMEDCTCode: 'abc'"),
    "bad code in a list": (lambda: p.c.is_in(["123456", "x"]), ValueError, "Invalid SNOMEDCTCode: 'x'"),
    "many codes compared": (lambda: p.m == "A01", TypeError, "contains_any_of"),
    "many codes in a list": (lambda: p.m.is_in(["A01"]), TypeError, "contains_any_of"),
    "many codes mapped": (lambda: p.m.map_values({"A01": 1}), TypeError, "contains"),
    "many codes, bad prefix": (lambda: p.m.contains("A01.1"), TypeError, "ICD-10"),
    "many codes, other system": (lambda: p.m.contains(DMDCode("123456")), TypeError, "ICD10Code"),
    "any of one string": (lambda: p.m.contains_any_of("A01"), TypeError, "list of codes"),
    "any of nothing": (lambda: p.m.contains_any_of([]), TypeError, "at least one"),
    "many codes filled with text": (lambda: p.m.when_null_then("A01"), TypeError, "ICD10MultiCodeString"),
    # 20: case
    "case without cases": (lambda: case(otherwise=1), TypeError, "at least one condition"),
    "case of None": (lambda: case(when(p.b).then(None)), TypeError, "not `None`"),
    "case twice": (lambda: case(when(p.b).then(1), when(p.b).then(2)), TypeError, "duplicate condition"),
    "case with bare when": (lambda: case(when(p.b)), TypeError, r"\.then"),
    "case with finished when": (lambda: case(when(p.b).then(1).otherwise(2)), TypeError, "cannot be part"),
    "case with a default": (lambda: case(when(p.b).then(1), 2), TypeError, "otherwise="),
    "case of several types": (
        lambda: case(when(p.b).then(1), otherwise="a"),
        TypeError,
        "expected int but got str",
    ),
    "case of float and int": (
        lambda: when(p.b).then(p.f).otherwise(0),
        TypeError,
        "expected float but got int",
    ),
    "date text stays text": (lambda: when(p.b).then("2020-01-01").otherwise(p.d), TypeError, "expected str"),
    "when of an int": (lambda: when(p.i), TypeError, "true or false .bool., but got int"),
    "when of None": (lambda: when(None), TypeError, "bool"),
    "when of a frame": (lambda: when(p), TypeError, "whole table"),
    "then of a frame": (lambda: when(p.b).then(e), TypeError, "whole table"),
    "empty mapping": (lambda: p.i.map_values({}), TypeError, "empty"),
    "mapping to None": (lambda: p.i.map_values({1: None}), TypeError, "None"),
    "same key twice": (lambda: p.d.map_values({DATE: 1, "2020-01-01": 2}), TypeError, "duplicate"),
    # 21, 22: variables
    "literal variable": (lambda: variable(1), TypeError, "invalid variable `x`.*int: 1"),
    "event series variable": (lambda: variable(e.i), TypeError, "many values per patient"),
    "frame variable": (lambda: variable(p), TypeError, "invalid variable `x`.*whole table"),
    "difference variable": (
        lambda: variable(p.d - "2020-01-01"),
        TypeError,
        r"invalid variable `x`.*\.years",
    ),
    "when variable": (lambda: variable(when(p.b).then(1)), TypeError, "otherwise"),
    # 23: population
    "literal population": (lambda: population(True), TypeError, "bool series"),
    "int population": (lambda: population(p.i), TypeError, "bool series"),
    "event population": (lambda: population(e.b), TypeError, "many values per patient"),
    "frame population": (lambda: population(p), TypeError, "whole table"),
    "population of everybody": (lambda: population(~e.exists_for_patient()), Error, "nothing is recorded"),
    "population over time": (lambda: population(p.d > INTERVAL.start_date), Error, "INTERVAL"),
    # 24: event tables
    "event table without columns": (lambda: events(), ValueError, "at least one"),
    "event table of patients": (lambda: events(i=p.i), TypeError, "event series"),
    "event table of two tables": (lambda: events(i=e.i, j=e2.i), Error, "another event table"),
    "event table of a frame": (lambda: events(i=e), TypeError, "whole table"),
    "event table with patient_id": (lambda: events(patient_id=e.i), AttributeError, "patient_id"),
    "event table, unknown column": (lambda: events(i=e.i).j, AttributeError, "no column `j`"),
    # 25: measures
    "measure of floats": (lambda: measure(numerator=p.f), TypeError, "bool or int"),
    "measure of events": (lambda: measure(denominator=e.b), TypeError, "one value per patient"),
    "measure without numerator": (lambda: measure(numerator=None), Error, "no `numerator`"),
    "grouped by a list": (lambda: measure(group_by=[p.s]), Error, "dict"),
    "grouped by events": (lambda: measure(group_by={"s": e.s}), TypeError, "group `s`"),
    "group with a taken name": (lambda: measure(group_by={"ratio": p.s}), Error, "`ratio`"),
    "group with a bad name": (lambda: measure(group_by={"a b": p.s}), Error, "a b"),
    "intervals of a duration": (lambda: measure(intervals=months(3)), Error, "starting_on"),
    "intervals not a list": (lambda: measure(intervals=((DATE, DATE),)), Error, "list"),
    "intervals of texts": (lambda: measure(intervals=[("2020-01-01", "2020-02-01")]), Error, "two dates"),
    "interval backwards": (lambda: measure(intervals=[(DATE, DATE - days(1))]), Error, "end before"),
    # 26, 27, 28: durations
    "date plus number": (lambda: p.d + 1, TypeError, "unsupported operand"),
    "units mixed": (lambda: days(1) + weeks(1), TypeError, "unsupported operand"),
    "duration times number": (lambda: days(1) * 2, TypeError, "unsupported operand"),
    "duration minus date": (lambda: days(1) - DATE, TypeError, "unsupported operand"),
    "part of a year": (lambda: DATE + years(1.5), TypeError, "whole number"),
    "part of a year on a series": (lambda: p.d + years(1.5), TypeError, "expected int but got float"),
    "interval from a series": (lambda: months(1).starting_on(p.d), TypeError, "fixed date"),
    "interval of a series": (lambda: months(p.i).ending_on(DATE), TypeError, "fixed whole number"),
    "interval of less than nothing": (lambda: months(-1).ending_on(DATE), ValueError, "not negative"),
    "episodes of an int": (lambda: e.d.count_episodes_for_patient(3), TypeError, "days"),
    "episodes of months": (lambda: e.d.count_episodes_for_patient(months(3)), TypeError, "days"),
    "episodes of a series": (lambda: e.d.count_episodes_for_patient(days(p.i)), ValueError, "fixed"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_explained(name):
    make, kind, says = MISTAKES[name]
    with pytest.raises(Exception) as caught:
        make()
    assert type(caught.value) is kind, f"{type(caught.value).__name__}: {caught.value}"
    assert re.search(says, str(caught.value), re.DOTALL), str(caught.value)
    assert caught.value.__cause__ is None, "what happened inside is not the author's business"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(str(caught.value)) < 700, "a message fits on a screen"


def test_errors_are_shown_under_the_name_authors_know():
    assert f"{Error.__module__}.{Error.__qualname__}" == "ehrql.Error"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("population", "define_population"),
        ("x", "already defined"),
        ("rows", "already defined"),
        ("patient_id", "not allowed"),
        ("dummy_data_config", "not allowed"),
        ("_x", "letters, digits"),
        ("1x", "letters, digits"),
        ("naïve", "letters, digits"),
        ("a b", "letters, digits"),
    ],
)
def test_names_of_variables(name, says):
    dataset = create_dataset()
    dataset.x = p.i
    dataset.add_event_table("rows", i=e.i)
    with pytest.raises(AttributeError, match=says):
        dataset.add_column(name, p.i)


def test_the_population_is_defined_once():
    dataset = create_dataset()
    with pytest.raises(AttributeError, match="define_population"):
        _ = dataset.population
    dataset.define_population(p.b)
    with pytest.raises(AttributeError, match="once"):
        dataset.define_population(p.b)


@pytest.mark.parametrize(
    ("condition", "valid"),
    [
        (e.exists_for_patient(), True),
        (p.d.is_null(), False),
        (p.d.is_not_null(), True),
        (e.count_for_patient() >= 0, False),
        (e.count_for_patient() > 0, True),
        (p.i.is_not_in([1]), True),
        (p.i.is_not_in([]), False),
        (p.i.is_not_in(e.i), False),
        (p.b.when_null_then(True), False),
        (case(when(p.b).then(False), otherwise=True), False),
        (p.exists_for_patient() & ~e.exists_for_patient(), True),
        (table_from_rows([(1, 1)])(type("rows", (PatientFrame,), {"i": Series(int)})).i.is_null(), False),
    ],
)
def test_a_population_must_not_include_patients_nobody_knows(condition, valid):
    if valid:
        population(condition)
    else:
        with pytest.raises(Error, match="nothing is recorded"):
            population(condition)


def nothing_inside():
    class t(PatientFrame):
        class other:
            pass

    table(t)


def stray_meta():
    class t(PatientFrame):
        class _meta:
            colour = "red"

    table(t)


@pytest.mark.parametrize(
    ("make", "kind", "says"),
    [
        (nothing_inside, Error, "`_meta`"),
        (stray_meta, Error, "colour"),
        (lambda: table(type("t", (), {})), Error, "PatientFrame"),
        (lambda: table_from_rows([])(type("t", (EventFrame,), {})), Error, "PatientFrame"),
        (lambda: table_from_rows([(1,)])(type("t", (PatientFrame,), {"i": Series(int)})), Error, "1 values"),
        (lambda: table(type("t", (PatientFrame,), {"patient_id": Series(int)})), ValueError, "patient_id"),
        (lambda: Series(int, constraints=[Constraint.NotNull]), ValueError, "NotNull"),
        (lambda: Series(list), TypeError, "list"),
    ],
)
def test_tables_that_break_a_rule(make, kind, says):
    with pytest.raises(kind, match=says):
        make()
