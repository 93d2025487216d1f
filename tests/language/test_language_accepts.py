"""What is allowed, though it looks like something that is not."""

import pytest
from ehrql import Error, case, create_dataset, days, maximum_of, weeks, when
from ehrql.codes import SNOMEDCTCode
from ehrql.tables import PatientFrame, Series, table_from_rows
from language_tables import e, e2, p


def variable(name):
    dataset = create_dataset()
    setattr(dataset, name, p.i)
    return dataset


def events(**columns):
    dataset = create_dataset()
    dataset.add_event_table("rows", **columns)
    return dataset.rows


ALLOWED = {
    "a bool where a float is wanted": lambda: p.f + True,
    "ints in a list of floats": lambda: p.f.is_in([1, 2.5]),
    "dates as text in a set": lambda: p.d.is_in(frozenset(["2020-01-01"])),
    "the keys of a dictionary": lambda: p.c.is_in({"123456": "category"}),
    "a code and text of one system in a list": lambda: p.c.is_in(["123456", SNOMEDCTCode("234567")]),
    "an empty list": lambda: p.i.is_in([]),
    "the values of another table": lambda: e.where(e.i.is_in(e2.i)),
    "a condition of the same rows before they were filtered": lambda: e.where(e.b).where(e.i > 1),
    "the same filter written twice": lambda: e.where(e.b).i + e.where(e.b).i,
    "sorted rows beside unsorted ones": lambda: e.sort_by(e.i).i + e.i,
    "a literal on the left": lambda: (p.i > 5) | False,
    "no condition at all": lambda: False | p.b,
    "a case of constants": lambda: case(when(True).then(1), otherwise=2),
    "a case without default": lambda: when(p.b).then("2020-01-01").otherwise(None),
    "a date as text first": lambda: maximum_of("2020-01-01", p.d),
    "mapping to nothing but a default": lambda: p.i.map_values({1: None}, default="x"),
    "text looked for in strings of codes": lambda: p.s.contains(p.m),
    "a variable called variables": lambda: variable("variables"),
    "a variable called like a method": lambda: variable("add_column"),
    "a value of the patient on each row": lambda: events(number=e.i, sex=p.s),
    "durations of columns compared": lambda: (days(p.i) == days(1)).is_null(),
    "sorting by text and codes": lambda: e.sort_by(e.s, e.c, e.d),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_this_is_allowed(name):
    assert ALLOWED[name]() is not None


def test_durations_of_different_units_are_never_equal():
    assert (weeks(1) == days(7)) is False
    assert (weeks(1) != days(7)) is True


def test_rows_given_with_a_query_belong_to_a_class_of_their_own():
    class Base(PatientFrame):
        i = Series(int)

    with pytest.raises(Error, match="`PatientFrame` alone"):

        @table_from_rows([(1, 2)])
        class derived(Base):
            pass
