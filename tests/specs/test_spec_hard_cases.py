"""Hard cases: where missing values, empty lists, ties and mixed dimensions meet, and what then must come out."""

from datetime import date

import pytest
from ehrql import case, days, maximum_of, minimum_of, months, weeks, when, years
from ehrql.tables import PatientFrame, Series, table_from_rows
from spec_tables import e, e2, p


def test_an_empty_list_holds_nothing_not_even_what_is_missing(spec):
    """No value is in an empty list, and a missing value is not in it either: the answer is false, not missing."""
    spec(
        p="""
            patient | i1 | s1 | d1         | b1
            1       | 7  | a  | 2020-01-01 | T
            2       | ∅  | ∅  | ∅          | ∅
        """,
        asks={
            "number": p.i1.is_in([]),
            "text": p.s1.is_in(()),
            "day": p.d1.is_in({}),
            "flag": p.b1.is_in(set()),
            "other": p.i1.is_not_in([]),
            "both": p.i1.is_in([]) | (p.i1 == 7),
        },
        gives="""
            patient | number | text | day | flag | other | both
            1       | F      | F    | F   | F    | T     | T
            2       | F      | F    | F   | F    | T     | ∅
        """,
    )


def test_rows_against_the_patients_other_rows(spec):
    """Each row is looked up among all values its patient has elsewhere; missing ones there count for nothing."""
    spec(
        e="""
            patient | i1
            1       | 7
            1       | 8
            1       | ∅
            2       | 7
            2       | ∅
            3       | ∅
        """,
        e2="""
            patient | i1
            1       | 7
            1       | ∅
            2       | ∅
        """,
        asks={
            "inside": e.where(e.i1.is_in(e2.i1)).count_for_patient(),
            "outside": e.where(e.i1.is_not_in(e2.i1)).count_for_patient(),
            "not_inside": e.where(~e.i1.is_in(e2.i1)).count_for_patient(),
            "left": e.except_where(e.i1.is_in(e2.i1)).count_for_patient(),
            "filtered": e.where(e.i1.is_in(e2.where(e2.i1 > 7).i1)).count_for_patient(),
        },
        gives="""
            patient | inside | outside | not_inside | left | filtered
            1       | 1      | 1       | 1          | 2    | 0
            2       | 0      | 2       | 2          | 2    | 0
            3       | 0      | 1       | 1          | 1    | 0
        """,
    )


def test_a_value_of_the_patient_among_those_of_a_pick_or_an_aggregate(spec):
    """What is looked for may itself be picked, counted or worked out."""
    first = e.sort_by(e.i1).first_for_patient()
    spec(
        e="""
            patient | i1 | i2
            1       | 1  | 2
            1       | 2  | 9
            2       | ∅  | 1
            2       | 5  | 2
        """,
        asks={
            "picked": first.i1.is_in(e.i2),
            "counted": e.count_for_patient().is_in(e.i2),
            "summed": (e.i1.sum_for_patient() - 1).is_in(e.i2),
            "nobody": p.i1.is_in(e.i2),
            "nothing": p.i1.is_in(e.where(e.i2 > 100).i2),
        },
        gives="""
            patient | picked | counted | summed | nobody | nothing
            1       | F      | T       | T      | ∅      | F
            2       | ∅      | T       | F      | ∅      | F
        """,
    )


def test_a_case_whose_first_value_is_missing(spec):
    """`None` as a value ends the search like any other; without `otherwise` nothing that matches is missing."""
    spec(
        p="""
            patient | i1 | f1  | s1
            1       | 1  | 0.5 | a
            2       | 2  | ∅   | b
            3       | ∅  | 1.5 | ∅
        """,
        asks={
            "first": case(when(p.i1 == 1).then(None), when(p.i1 < 9).then("x"), otherwise="y"),
            "open": case(when(p.i1 == 1).then(10)),
            "same": when(p.f1.is_null()).then(0.0).otherwise(p.f1),
            "never": case(when(p.i1 > 9).then(p.s1), when(False).then("no"), otherwise=None),
            "always": case(when(True).then(p.s1), when(p.i1 == 1).then("no"), otherwise="no"),
        },
        gives="""
            patient | first | open | same | never | always
            1       | ∅     | 10   | 0.5  | ∅     | a
            2       | x     | ∅    | 0.0  | ∅     | b
            3       | y     | ∅    | 1.5  | ∅     | ∅
        """,
    )


def test_months_from_the_end_of_a_month_and_back(spec):
    """A day that the month lacks becomes the first of the next, so going there and back need not end where it began."""
    spec(
        p="""
            patient | d1
            1       | 2004-01-31
            2       | 2004-02-29
            3       | 2003-03-31
            4       | 2000-12-31
        """,
        asks={
            "on": p.d1 + months(1),
            "back": p.d1 - months(1),
            "there_and_back": p.d1 + months(1) - months(1),
            "year": p.d1 + months(12),
            "century": p.d1 - years(100),
            "half": p.d1 + months(-6),
        },
        gives="""
            patient | on         | back       | there_and_back | year       | century    | half
            1       | 2004-03-01 | 2003-12-31 | 2004-02-01     | 2005-01-31 | 1904-01-31 | 2003-07-31
            2       | 2004-03-29 | 2004-01-29 | 2004-02-29     | 2005-03-01 | 1904-02-29 | 2003-08-29
            3       | 2003-05-01 | 2003-03-01 | 2003-04-01     | 2004-03-31 | 1903-03-31 | 2002-10-01
            4       | 2001-01-31 | 2000-12-01 | 2000-12-31     | 2001-12-31 | 1900-12-31 | 2000-07-01
        """,
    )


def test_spans_that_run_backwards(spec):
    """A span of less than nothing is rounded down too: a day short of a year ago is a year ago."""
    spec(
        p="""
            patient | d1         | d2
            1       | 2020-01-01 | 2020-01-02
            2       | 2020-02-29 | 2021-02-28
            3       | 2020-02-29 | 2021-03-01
            4       | 2020-03-31 | 2020-04-30
            5       | 2020-01-01 | 2020-01-08
            6       | 2020-01-01 | 2020-01-09
        """,
        asks={
            "weeks": (p.d1 - p.d2).weeks,
            "months": (p.d1 - p.d2).months,
            "years": (p.d1 - p.d2).years,
            "forwards": (p.d2 - p.d1).months,
            "literal": ("2020-01-01" - p.d2).years,
        },
        gives="""
            patient | weeks | months | years | forwards | literal
            1       | -1    | -1     | -1    | 0        | -1
            2       | -53   | -12    | -1    | 11       | -2
            3       | -53   | -13    | -2    | 12       | -2
            4       | -5    | -1     | -1    | 0        | -1
            5       | -1    | -1     | -1    | 0        | -1
            6       | -2    | -1     | -1    | 0        | -1
        """,
    )


def test_the_first_of_a_month_of_each_row(spec):
    """Truncated dates are dates: they are moved, counted and compared like others."""
    spec(
        e="""
            patient | d1
            1       | 2020-02-29
            1       | 2020-02-01
            1       | 2020-12-31
            2       | ∅
        """,
        asks={
            "kinds": e.d1.to_first_of_month().count_distinct_for_patient(),
            "years": e.d1.to_first_of_year().count_distinct_for_patient(),
            "last": e.d1.to_first_of_month().maximum_for_patient(),
            "ends": (e.d1.to_first_of_month() + months(1) - days(1)).minimum_for_patient(),
            "whole": e.where(e.d1 == e.d1.to_first_of_month()).count_for_patient(),
        },
        gives="""
            patient | kinds | years | last       | ends       | whole
            1       | 2     | 1     | 2020-12-01 | 2020-02-29 | 1
            2       | 0     | 0     | ∅          | ∅          | 0
        """,
    )


@pytest.mark.parametrize(
    ("text", "part", "answer"),
    [
        ("50%", "%", "T"),
        ("50", "%", "F"),
        ("a_b", "_", "T"),
        ("ab", "_", "F"),
        ("a.b", "a.b", "T"),
        ("axb", "a.b", "F"),
        ("[ab]", "[ab]", "T"),
        ("a", "[ab]", "F"),
        ("a/b", "/", "T"),
        ("it's", "'", "T"),
        ("A", "a", "F"),
        ("a*", "*", "T"),
        ("^a", "^", "T"),
    ],
)
def test_no_character_of_a_text_looked_for_is_special(spec, text, part, answer):
    """Neither in a literal nor in a column: texts are looked for as they are."""
    spec(
        p=f"""
            patient | s1     | s2
            1       | {text} | {part}
            2       | ∅      | {part}
            3       | {text} | ∅
        """,
        asks={"literal": p.s1.contains(part), "column": p.s1.contains(p.s2)},
        gives=f"""
            patient | literal  | column
            1       | {answer} | {answer}
            2       | ∅        | ∅
            3       | {answer} | ∅
        """,
    )


def test_dividing_by_nothing_and_by_less(spec):
    """Divided by 0 a number is missing, floats included; whole quotients are rounded down, casts towards 0."""
    spec(
        p="""
            patient | i1 | i2 | f1   | f2
            1       | -7 | 2  | -7.5 | 2.0
            2       | 7  | -2 | 7.5  | -2.0
            3       | 7  | 0  | 7.5  | 0.0
            4       | 0  | -3 | 0.0  | -3.0
            5       | ∅  | 0  | ∅    | 0.0
        """,
        asks={
            "true": p.i1 / p.i2,
            "whole": p.i1 // p.i2,
            "float": p.f1 / p.f2,
            "floor": p.f1 // p.f2,
            "cast": p.f1.as_int(),
            "cast_quotient": (p.i1 / p.i2).as_int(),
            "literal": 7 // p.i2,
            "by_zero": p.i1 / 0,
        },
        gives="""
            patient | true | whole | float | floor | cast | cast_quotient | literal | by_zero
            1       | -3.5 | -4    | -3.75 | -4    | -7   | -3            | 3       | ∅
            2       | -3.5 | -4    | -3.75 | -4    | 7    | -3            | -4      | ∅
            3       | ∅    | ∅     | ∅     | ∅     | 7    | ∅             | ∅       | ∅
            4       | 0.0  | 0     | 0.0   | 0     | 0    | 0             | -3      | ∅
            5       | ∅    | ∅     | ∅     | ∅     | ∅    | ∅             | ∅       | ∅
        """,
    )


def test_the_largest_of_values_literals_and_rows(spec):
    """Literals take the type of the first series; missing values are passed over, in rows as in patients."""
    spec(
        p="""
            patient | i1 | f1  | d1
            1       | 5  | 1.5 | 2020-05-01
            2       | ∅  | ∅   | ∅
        """,
        e="""
            patient | i1
            1       | 9
            1       | ∅
            2       | ∅
        """,
        asks={
            "largest": maximum_of(1, p.i1, 3),
            "float": minimum_of(2, p.f1),
            "day": maximum_of("2020-01-01", p.d1, date(2020, 2, 1)),
            "rows": maximum_of(e.i1, p.i1).sum_for_patient(),
            "nested": minimum_of(maximum_of(p.i1, 0), e.i1.maximum_for_patient()),
        },
        gives="""
            patient | largest | float | day        | rows | nested
            1       | 5       | 1.5   | 2020-05-01 | 14   | 5
            2       | 3       | 2.0   | 2020-02-01 | ∅    | 0
        """,
    )


def test_aggregates_of_nothing_of_missing_and_of_negative_numbers(spec):
    """Sums of nothing are missing and not 0; counts of nothing are 0 and not missing; means of ints are floats."""
    spec(
        p="""
            patient
            1
            2
            3
        """,
        e="""
            patient | i1
            1       | 1
            1       | -2
            1       | ∅
            1       | 1
            2       | ∅
        """,
        asks={
            "total": e.i1.sum_for_patient(),
            "mean": e.i1.mean_for_patient(),
            "kinds": e.i1.count_distinct_for_patient(),
            "rows": e.count_for_patient(),
            "filled": e.i1.sum_for_patient().when_null_then(0),
            "each_filled": e.i1.when_null_then(10).sum_for_patient(),
            "flags": (e.i1 > 0).as_int().sum_for_patient(),
        },
        gives="""
            patient | total | mean | kinds | rows | filled | each_filled | flags
            1       | 0     | 0.0  | 2     | 4    | 0      | 10          | 2
            2       | ∅     | ∅    | 0     | 1    | 0      | 10          | ∅
            3       | ∅     | ∅    | 0     | 0    | 0      | ∅           | ∅
        """,
    )


def test_conditions_of_patients_on_rows(spec):
    """A condition of the patient, known or not, decides over all of the patient's rows."""
    spec(
        p="""
            patient | b1 | d1
            1       | T  | 2020-01-02
            2       | F  | 2020-01-02
            3       | ∅  | ∅
        """,
        e="""
            patient | i1 | d1
            1       | 1  | 2020-01-01
            1       | 2  | 2020-01-03
            2       | 4  | 2020-01-03
            3       | 8  | 2020-01-03
            4       | 16 | 2020-01-03
        """,
        asks={
            "kept": e.where(p.b1).i1.sum_for_patient(),
            "left": e.except_where(p.b1).i1.sum_for_patient(),
            "later": e.where(e.d1 > p.d1).i1.sum_for_patient(),
            "not_later": e.except_where(e.d1 > p.d1).i1.sum_for_patient(),
            "either": e.where(p.b1 | (e.i1 > 3)).i1.sum_for_patient(),
            "scaled": (e.i1 * p.b1.as_int()).sum_for_patient(),
        },
        gives="""
            patient | kept | left | later | not_later | either | scaled
            1       | 3    | ∅    | 2     | 1         | 3      | 3
            2       | ∅    | 4    | 4     | ∅         | 4      | 0
            3       | ∅    | 8    | ∅     | 8         | 8      | ∅
            4       | ∅    | 16   | ∅     | 16        | 16     | ∅
        """,
    )


def test_episodes_of_equal_missing_and_filtered_dates(spec):
    """Equal dates are one episode, missing ones none; a gap as long as is allowed does not end an episode."""
    spec(
        e="""
            patient | d1         | b1
            1       | 2020-01-01 | T
            1       | 2020-01-01 | T
            1       | ∅          | T
            1       | 2020-01-08 | F
            1       | 2020-01-15 | T
            2       | ∅          | T
        """,
        asks={
            "weeks": e.d1.count_episodes_for_patient(weeks(1)),
            "six": e.d1.count_episodes_for_patient(days(6)),
            "none": e.d1.count_episodes_for_patient(days(0)),
            "some": e.where(e.b1).d1.count_episodes_for_patient(days(13)),
            "moved": (e.d1 + days(e.b1.as_int())).count_episodes_for_patient(days(6)),
        },
        gives="""
            patient | weeks | six | none | some | moved
            1       | 1     | 3   | 3    | 2    | 2
            2       | 0     | 0   | 0    | 0    | 0
        """,
    )


def test_missing_keys_come_first_and_last_only_when_alone(spec):
    """The first row may be one whose key is missing; the last is one only when there is no other."""
    ordered = e.sort_by(e.i1, e.d1)
    spec(
        e="""
            patient | i1 | d1         | s1
            1       | ∅  | 2020-01-02 | a
            1       | ∅  | ∅          | b
            1       | 1  | ∅          | c
            1       | 1  | 2020-01-01 | d
            2       | ∅  | ∅          | e
        """,
        asks={
            "first": ordered.first_for_patient().s1,
            "last": ordered.last_for_patient().s1,
            "known": ordered.where(e.i1.is_not_null()).first_for_patient().s1,
            "reversed": e.sort_by(-e.i1, e.d1).first_for_patient().s1,
            "there": ordered.last_for_patient().d1.is_null(),
        },
        gives="""
            patient | first | last | known | reversed | there
            1       | b     | d    | c     | b        | F
            2       | e     | e    | ∅     | e        | T
        """,
    )


def test_rows_given_with_a_query_of_every_type(spec):
    """Values keep the types their columns declare, missing ones included; patients not listed have none."""

    @table_from_rows(
        [
            (1, 2**40, 0.5, True, "it's", date(1900, 2, 28)),
            (2, None, None, None, None, None),
            (4, -1, -0.5, False, "", date(9999, 12, 31)),
        ]
    )
    class given(PatientFrame):
        i = Series(int)
        f = Series(float)
        b = Series(bool)
        s = Series(str)
        d = Series(date)

    spec(
        p="""
            patient
            1
            2
            3
            4
        """,
        asks={
            "number": given.i + 1,
            "share": given.f,
            "flag": ~given.b,
            "text": given.s.contains("'"),
            "empty": given.s == "",
            "day": given.d.to_first_of_year(),
            "here": given.exists_for_patient(),
        },
        gives="""
            patient | number        | share | flag | text | empty | day        | here
            1       | 1099511627777 | 0.5   | F    | T    | F     | 1900-01-01 | T
            2       | ∅             | ∅     | ∅    | ∅    | ∅     | ∅          | T
            3       | ∅             | ∅     | ∅    | ∅    | ∅     | ∅          | F
            4       | 0             | -0.5  | T    | F    | T     | 9999-01-01 | T
        """,
    )


def test_categories_of_missing_and_unlisted_values(spec):
    """A key that is listed as `None` becomes missing; what is not listed, or missing, becomes the default."""
    spec(
        p="""
            patient | i1 | s1 | d1
            1       | 1  | a  | 2020-01-01
            2       | 2  | b  | 2020-01-02
            3       | 3  | ∅  | ∅
        """,
        asks={
            "named": p.i1.map_values({1: "one", 2: None}, default="many"),
            "open": p.i1.map_values({1: "one", 2: "two"}),
            "own": p.i1.map_values({1: p.s1, 2: "two"}, default=p.s1),
            "days": p.d1.map_values({"2020-01-01": True, "2020-01-02": False}),
        },
        gives="""
            patient | named | open | own | days
            1       | one   | one  | a   | T
            2       | ∅     | two  | two | F
            3       | many  | ∅    | ∅   | ∅
        """,
    )
