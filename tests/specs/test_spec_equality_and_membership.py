"""What every series can do: compare, ask for missing values, look into collections."""

from datetime import date

from spec_tables import e, e2, p


def test_equality(spec):
    """Comparing with something missing gives missing, even when both sides are."""
    spec(
        p="""
            patient | i1 | i2
            1       | 5  | 5
            2       | 5  | 6
            3       | 5  | ∅
            4       | ∅  | ∅
        """,
        asks={"eq": p.i1 == p.i2, "ne": p.i1 != p.i2, "five": p.i1 == 5, "not_five": p.i1 != 5},
        gives="""
            patient | eq | ne | five | not_five
            1       | T  | F  | T    | F
            2       | F  | T  | T    | F
            3       | ∅  | ∅  | T    | F
            4       | ∅  | ∅  | ∅    | ∅
        """,
    )


def test_missing_or_not(spec):
    """`is_null` and `is_not_null` are never missing themselves."""
    spec(
        p="""
            patient | i1
            1       | 0
            2       | ∅
        """,
        asks={"null": p.i1.is_null(), "not_null": p.i1.is_not_null()},
        gives="""
            patient | null | not_null
            1       | F    | T
            2       | T    | F
        """,
    )


def test_is_in_a_list(spec):
    """Something missing is neither in a list nor not in it, unless the list is empty: in that, nothing is."""
    spec(
        p="""
            patient | i1
            1       | 7
            2       | 8
            3       | ∅
        """,
        asks={
            "inside": p.i1.is_in([7, 9]),
            "outside": p.i1.is_not_in((7, 9)),
            "in_nothing": p.i1.is_in([]),
            "not_in_nothing": p.i1.is_not_in(set()),
            "in_keys": p.i1.is_in({8: "eight"}),
        },
        gives="""
            patient | inside | outside | in_nothing | not_in_nothing | in_keys
            1       | T      | F       | F          | T              | F
            2       | F      | T       | F          | T              | T
            3       | ∅      | ∅       | F          | T              | ∅
        """,
    )


def test_is_in_the_values_of_an_event_series(spec):
    """The patient's values in the other rows, missing ones left out, are the collection."""
    spec(
        p="""
            patient | i1
            1       | 7
            2       | 8
            3       | 8
            4       | ∅
            5       | ∅
            6       | 8
        """,
        e="""
            patient | i1
            1       | 7
            1       | ∅
            2       | 7
            2       | ∅
            3       | ∅
            4       | 7
            5       | ∅
        """,
        asks={"inside": p.i1.is_in(e.i1), "outside": p.i1.is_not_in(e.i1)},
        gives="""
            patient | inside | outside
            1       | T      | F
            2       | F      | T
            3       | F      | T
            4       | ∅      | ∅
            5       | F      | T
            6       | F      | T
        """,
    )


def test_is_in_for_each_row(spec):
    """An event series is looked up row by row."""
    spec(
        e="""
            patient | d1
            1       | 2020-01-01
            1       | 2020-01-02
            1       | ∅
        """,
        e2="""
            patient | d1
            1       | 2020-01-02
            1       | 2020-01-03
        """,
        asks={
            "inside": e.where(e.d1.is_in(e2.d1)).count_for_patient(),
            "outside": e.where(e.d1.is_not_in(e2.d1)).count_for_patient(),
            "listed": e.where(e.d1.is_in(["2020-01-01", date(2020, 1, 2)])).count_for_patient(),
        },
        gives="""
            patient | inside | outside | listed
            1       | 1      | 1       | 2
        """,
    )


def test_when_null_then(spec):
    """A value for where there is none."""
    spec(
        p="""
            patient | i1 | i2 | f1 | d1
            1       | 1  | 9  | ∅  | ∅
            2       | ∅  | 9  | 2  | 2020-01-01
            3       | ∅  | ∅  | ∅  | ∅
        """,
        asks={
            "constant": p.i1.when_null_then(0),
            "column": p.i1.when_null_then(p.i2),
            "nothing": p.i1.when_null_then(None),
            "float": p.f1.when_null_then(0),
            "date": p.d1.when_null_then("1999-12-31"),
        },
        gives="""
            patient | constant | column | nothing | float | date
            1       | 1        | 1      | 1       | 0.0   | 1999-12-31
            2       | 0        | 9      | ∅       | 2.0   | 2020-01-01
            3       | 0        | ∅      | ∅       | 0.0   | 1999-12-31
        """,
    )


def test_map_values(spec):
    """Values are replaced; what is not listed, or missing, becomes the default."""
    spec(
        p="""
            patient | i1
            1       | 1
            2       | 2
            3       | 3
            4       | ∅
        """,
        asks={
            "with_default": p.i1.map_values({1: "a", 2: None}, default="z"),
            "without": p.i1.map_values({1: "a"}),
            "same_twice": p.i1.map_values({1: "low", 2: "low", 3: "high"}),
        },
        gives="""
            patient | with_default | without | same_twice
            1       | a            | a       | low
            2       | ∅            | ∅       | low
            3       | z            | ∅       | high
            4       | z            | ∅       | ∅
        """,
    )
