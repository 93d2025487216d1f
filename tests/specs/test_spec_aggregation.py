"""One value per patient from many, and one value from several columns."""

from ehrql import days, maximum_of, minimum_of, weeks
from spec_tables import e, p

ROWS = """
    patient | i1 | f1  | s1 | d1         | b1 | c1
    1       | 1  | 1.5 | b  | 2020-01-02 | T  | 123456
    1       | 1  | ∅   | b  | 2020-01-01 | F  | 123456
    1       | ∅  | 2.5 | ∅  | ∅          | ∅  | ∅
    1       | 4  | 4   | a  | 2020-01-03 | T  | 654321
    2       | ∅  | ∅   | ∅  | ∅          | ∅  | ∅
"""
EVERYBODY = """
    patient | i1
    1       | ∅
    2       | ∅
    3       | ∅
"""


def test_sum_and_mean(spec):
    """Missing values are ignored; nothing left gives missing, not 0."""
    spec(
        p=EVERYBODY,
        e=ROWS,
        asks={
            "sum": e.i1.sum_for_patient(),
            "mean": e.i1.mean_for_patient(),
            "float_sum": e.f1.sum_for_patient(),
            "float_mean": e.f1.mean_for_patient(),
        },
        gives="""
            patient | sum | mean | float_sum | float_mean
            1       | 6   | 2.0  | 8.0       | 2.6666667
            2       | ∅   | ∅    | ∅         | ∅
            3       | ∅   | ∅    | ∅         | ∅
        """,
    )


def test_minimum_and_maximum(spec):
    """Of numbers, text and dates."""
    spec(
        p=EVERYBODY,
        e=ROWS,
        asks={
            "min_i": e.i1.minimum_for_patient(),
            "max_i": e.i1.maximum_for_patient(),
            "min_s": e.s1.minimum_for_patient(),
            "max_s": e.s1.maximum_for_patient(),
            "min_d": e.d1.minimum_for_patient(),
            "max_d": e.d1.maximum_for_patient(),
        },
        gives="""
            patient | min_i | max_i | min_s | max_s | min_d      | max_d
            1       | 1     | 4     | a     | b     | 2020-01-01 | 2020-01-03
            2       | ∅     | ∅     | ∅     | ∅     | ∅          | ∅
            3       | ∅     | ∅     | ∅     | ∅     | ∅          | ∅
        """,
    )


def test_counting_different_values(spec):
    """Missing values do not count; nothing gives 0."""
    spec(
        p=EVERYBODY,
        e=ROWS,
        asks={
            "ints": e.i1.count_distinct_for_patient(),
            "bools": e.b1.count_distinct_for_patient(),
            "codes": e.c1.count_distinct_for_patient(),
            "rows": e.count_for_patient(),
        },
        gives="""
            patient | ints | bools | codes | rows
            1       | 2    | 2     | 2     | 4
            2       | 0    | 0     | 0     | 1
            3       | 0    | 0     | 0     | 0
        """,
    )


def test_counting_episodes(spec):
    """A gap of more than the given days starts another episode."""
    spec(
        p="""
            patient | i1
            1       | ∅
            2       | ∅
            3       | ∅
            4       | ∅
            5       | ∅
        """,
        e="""
            patient | d1
            1       | 2020-01-10
            1       | 2020-01-01
            1       | 2020-01-04
            1       | 2020-01-12
            1       | 2020-01-06
            2       | 2020-01-10
            2       | ∅
            2       | ∅
            2       | 2020-01-01
            3       | 2020-01-01
            4       | ∅
        """,
        asks={
            "three": e.d1.count_episodes_for_patient(days(3)),
            "four": e.d1.count_episodes_for_patient(days(4)),
            "week": e.d1.count_episodes_for_patient(weeks(1)),
        },
        gives="""
            patient | three | four | week
            1       | 2     | 1    | 1
            2       | 2     | 2    | 2
            3       | 1     | 1    | 1
            4       | 0     | 0    | 0
            5       | 0     | 0    | 0
        """,
    )


def test_the_same_day_twice_is_one_episode(spec):
    """Duplicates never start an episode."""
    spec(
        e="""
            patient | d1
            1       | 2020-01-01
            1       | 2020-01-01
            1       | 2020-01-02
        """,
        asks={
            "zero": e.d1.count_episodes_for_patient(days(0)),
            "one": e.d1.count_episodes_for_patient(days(1)),
        },
        gives="""
            patient | zero | one
            1       | 2    | 1
        """,
    )


def test_largest_and_smallest_of_several(spec):
    """Missing values are ignored; missing only when all are."""
    spec(
        p="""
            patient | i1  | i2
            1       | 101 | 112
            2       | ∅   | 211
            3       | ∅   | ∅
        """,
        asks={
            "max": maximum_of(p.i1, p.i2, 150),
            "min": minimum_of(p.i1, p.i2, 150),
            "max_columns": maximum_of(p.i1, p.i2),
            "min_columns": minimum_of(p.i1, p.i2),
        },
        gives="""
            patient | max | min | max_columns | min_columns
            1       | 150 | 101 | 112         | 101
            2       | 211 | 150 | 211         | 211
            3       | 150 | 150 | ∅           | ∅
        """,
    )


def test_largest_and_smallest_of_dates_texts_and_floats(spec):
    """Literals become what the first series is."""
    spec(
        p="""
            patient | d1         | s1 | s2 | f1
            1       | 2020-06-01 | "" | b  | 1.5
            2       | ∅          | ∅  | b  | ∅
        """,
        asks={
            "date": minimum_of("2020-01-01", p.d1),
            "later": maximum_of("2020-01-01", p.d1),
            "text": minimum_of(p.s1, p.s2),
            "float": maximum_of(p.f1, 1),
        },
        gives="""
            patient | date       | later      | text | float
            1       | 2020-01-01 | 2020-06-01 | ""   | 1.5
            2       | 2020-01-01 | 2020-01-01 | b    | 1.0
        """,
    )


def test_largest_across_rows(spec):
    """With event series the comparison is made for each row."""
    spec(
        e="""
            patient | i1 | i2
            1       | 1  | 5
            1       | 7  | ∅
        """,
        asks={"sum": maximum_of(e.i1, e.i2).sum_for_patient()},
        gives="""
            patient | sum
            1       | 12
        """,
    )
