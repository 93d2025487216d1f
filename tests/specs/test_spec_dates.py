"""Dates: parts, comparisons, differences, and adding days, weeks, months and years."""

from datetime import date

from ehrql import days, maximum_of, months, weeks, years
from spec_tables import e, p


def test_parts_and_truncation(spec):
    """Year, month and day; the first of the month and of the year."""
    spec(
        p="""
            patient | d1
            1       | 1990-10-20
            2       | ∅
        """,
        asks={
            "year": p.d1.year,
            "month": p.d1.month,
            "day": p.d1.day,
            "first_of_month": p.d1.to_first_of_month(),
            "first_of_year": p.d1.to_first_of_year(),
        },
        gives="""
            patient | year | month | day | first_of_month | first_of_year
            1       | 1990 | 10    | 20  | 1990-10-01     | 1990-01-01
            2       | ∅    | ∅     | ∅   | ∅              | ∅
        """,
    )


def test_comparison_in_words(spec):
    """Before, on or before, after, on or after: with a date, or with text that is one."""
    spec(
        p="""
            patient | d1
            1       | 2000-01-01
            2       | 2000-01-02
            3       | 2000-01-03
            4       | ∅
        """,
        asks={
            "before": p.d1.is_before("2000-01-02"),
            "on_or_before": p.d1.is_on_or_before(date(2000, 1, 2)),
            "after": p.d1.is_after("2000-01-02"),
            "on_or_after": p.d1.is_on_or_after("2000-01-02"),
            "equal": p.d1 == "2000-01-02",
        },
        gives="""
            patient | before | on_or_before | after | on_or_after | equal
            1       | T      | T            | F     | F           | F
            2       | F      | T            | F     | T           | T
            3       | F      | F            | T     | T           | F
            4       | ∅      | ∅            | ∅     | ∅           | ∅
        """,
    )


def test_ranges(spec):
    """A range is two comparisons: one that fails settles the answer even when the other bound is missing."""
    spec(
        p="""
            patient | d1         | d2         | d3
            1       | 2010-01-02 | 2010-01-02 | 2010-01-04
            2       | 2010-01-03 | 2010-01-02 | 2010-01-04
            3       | 2010-01-03 | 2010-01-04 | 2010-01-02
            4       | ∅          | 2010-01-02 | 2010-01-04
            5       | 2010-01-03 | 2010-01-02 | ∅
            6       | 2010-01-03 | 2010-01-04 | ∅
        """,
        asks={
            "on_or_between": p.d1.is_on_or_between(p.d2, p.d3),
            "but_not_on": p.d1.is_between_but_not_on(p.d2, p.d3),
            "during": p.d1.is_during((p.d2, p.d3)),
        },
        gives="""
            patient | on_or_between | but_not_on | during
            1       | T             | F          | T
            2       | T             | T          | T
            3       | F             | F          | F
            4       | ∅             | ∅          | ∅
            5       | ∅             | ∅          | ∅
            6       | F             | F          | F
        """,
    )


def test_differences(spec):
    """Weeks, months and years are rounded down, also when negative."""
    spec(
        p="""
            patient | d1         | d2
            1       | 2020-02-29 | 2021-03-01
            2       | 2021-03-01 | 2020-02-29
            3       | 2021-02-28 | 2020-02-29
            4       | 2021-02-28 | 2020-02-28
            5       | 2021-02-28 | 2021-03-01
            6       | 2000-02-28 | 2000-01-30
            7       | 2000-03-01 | 2000-01-30
            8       | 1999-12-26 | 2000-01-27
            9       | 2000-01-01 | ∅
        """,
        asks={
            "days": (p.d1 - p.d2).days,
            "weeks": (p.d1 - p.d2).weeks,
            "months": (p.d1 - p.d2).months,
            "years": (p.d1 - p.d2).years,
        },
        gives="""
            patient | days | weeks | months | years
            1       | -366 | -53   | -13    | -2
            2       | 366  | 52    | 12     | 1
            3       | 365  | 52    | 11     | 0
            4       | 366  | 52    | 12     | 1
            5       | -1   | -1    | -1     | -1
            6       | 29   | 4     | 0      | 0
            7       | 31   | 4     | 1      | 0
            8       | -32  | -5    | -2     | -1
            9       | ∅    | ∅     | ∅      | ∅
        """,
    )


def test_difference_from_a_literal(spec):
    """An age: the literal may stand on either side."""
    spec(
        p="""
            patient | d1
            1       | 1990-01-30
            2       | ∅
        """,
        asks={"age": ("2021-01-29" - p.d1).years, "days_since": (p.d1 - date(1990, 1, 1)).days},
        gives="""
            patient | age | days_since
            1       | 30  | 29
            2       | ∅   | ∅
        """,
    )


def test_adding_months(spec):
    """The day is kept; where the month lacks it, the first of the next month is taken."""
    spec(
        p="""
            patient | d1         | i1
            1       | 2003-01-29 | 1
            2       | 2004-01-29 | 1
            3       | 2004-01-31 | 1
            4       | 2004-03-31 | -1
            5       | 2000-10-31 | 11
            6       | 2000-10-31 | -11
            7       | 2020-02-29 | 12
            8       | ∅          | 1
            9       | 2000-01-01 | ∅
        """,
        asks={"by_column": p.d1 + months(p.i1), "one": p.d1 + months(1), "back": p.d1 - months(1)},
        gives="""
            patient | by_column  | one        | back
            1       | 2003-03-01 | 2003-03-01 | 2002-12-29
            2       | 2004-02-29 | 2004-02-29 | 2003-12-29
            3       | 2004-03-01 | 2004-03-01 | 2003-12-31
            4       | 2004-03-01 | 2004-05-01 | 2004-03-01
            5       | 2001-10-01 | 2000-12-01 | 2000-10-01
            6       | 1999-12-01 | 2000-12-01 | 2000-10-01
            7       | 2021-03-01 | 2020-03-29 | 2020-01-29
            8       | ∅          | ∅          | ∅
            9       | ∅          | 2000-02-01 | 1999-12-01
        """,
    )


def test_adding_years(spec):
    """29 February becomes 1 March where the year has none, forwards and backwards."""
    spec(
        p="""
            patient | d1         | i1
            1       | 2004-02-29 | 1
            2       | 2004-02-29 | -1
            3       | 2004-02-29 | 4
            4       | 2004-02-29 | -4
            5       | 2003-03-01 | 1
            6       | ∅          | 1
        """,
        asks={"by_column": p.d1 + years(p.i1), "back": p.d1 - years(p.i1)},
        gives="""
            patient | by_column  | back
            1       | 2005-03-01 | 2003-03-01
            2       | 2003-03-01 | 2005-03-01
            3       | 2008-02-29 | 2000-02-29
            4       | 2000-02-29 | 2008-02-29
            5       | 2004-03-01 | 2002-03-01
            6       | ∅          | ∅
        """,
    )


def test_adding_days_and_weeks(spec):
    """Exact; a duration may stand on the left, and its number may be a column."""
    spec(
        p="""
            patient | d1         | i1
            1       | 2020-02-28 | 2
            2       | 2020-02-28 | ∅
            3       | ∅          | 2
        """,
        asks={
            "days": p.d1 + days(p.i1),
            "minus": p.d1 - days(28),
            "weeks": weeks(p.i1) + p.d1,
            "from_literal": "2020-01-01" + days(p.i1),
        },
        gives="""
            patient | days       | minus      | weeks      | from_literal
            1       | 2020-03-01 | 2020-01-31 | 2020-03-13 | 2020-01-03
            2       | ∅          | 2020-01-31 | ∅          | ∅
            3       | ∅          | ∅          | ∅          | 2020-01-03
        """,
    )


def test_dates_that_do_not_exist_are_missing(spec):
    """There are no dates before the year 1 or after 9999."""
    spec(
        p="""
            patient | d1
            1       | 9999-12-31
            2       | 0001-01-01
        """,
        asks={
            "later": p.d1 + days(1),
            "earlier": p.d1 - days(1),
            "year": p.d1 + years(1),
            "month": p.d1 - months(1),
        },
        gives="""
            patient | later      | earlier    | year       | month
            1       | ∅          | 9999-12-30 | ∅          | 9999-12-01
            2       | 0001-01-02 | ∅          | 0002-01-01 | ∅
        """,
    )


def test_dates_of_rows(spec):
    """All of it works for each row of an event table too."""
    spec(
        p="""
            patient | d1
            1       | 2020-01-10
        """,
        e="""
            patient | d1
            1       | 2020-01-01
            1       | 2020-01-20
            1       | ∅
        """,
        asks={
            "before": e.where(e.d1.is_on_or_before(p.d1 + days(5))).count_for_patient(),
            "furthest": (e.d1 - p.d1).days.maximum_for_patient(),
        },
        gives="""
            patient | before | furthest
            1       | 1      | 10
        """,
    )


def test_thirty_days_are_not_a_month(spec):
    """Numbers of days and of months stay apart, however alike the lengths that a database gives them."""
    first = p.d1.to_first_of_month()
    spec(
        p="""
            patient | d1         | i1
            1       | 2004-01-31 | 1
            2       | 2005-02-28 | 12
        """,
        asks={
            "days_30": first + days(30),
            "month_1": first + months(1),
            "days_360": first + days(360),
            "year_1": p.d1 + years(1),
            "fixed_date": "2004-01-31" + months(p.i1),
            "larger": maximum_of(first + days(30), first + months(1)),
        },
        gives="""
            patient | days_30    | month_1    | days_360   | year_1     | fixed_date | larger
            1       | 2004-01-31 | 2004-02-01 | 2004-12-26 | 2005-01-31 | 2004-03-01 | 2004-02-01
            2       | 2005-03-03 | 2005-03-01 | 2006-01-27 | 2006-02-28 | 2005-01-31 | 2005-03-03
        """,
    )
