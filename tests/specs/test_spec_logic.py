"""Three-valued logic: true, false, and missing."""

from ehrql import case, when
from spec_tables import e, p


def test_and_or(spec):
    """`&` is false when either side is false; `|` is true when either side is true; else missing spreads."""
    spec(
        p="""
            patient | b1 | b2
            1       | T  | T
            2       | T  | ∅
            3       | T  | F
            4       | ∅  | T
            5       | ∅  | ∅
            6       | ∅  | F
            7       | F  | T
            8       | F  | ∅
            9       | F  | F
        """,
        asks={
            "and": p.b1 & p.b2,
            "or": p.b1 | p.b2,
            "not": ~p.b1,
            "and_true": True & p.b1,
            "or_true": p.b1 | True,
        },
        gives="""
            patient | and | or | not | and_true | or_true
            1       | T   | T  | F   | T        | T
            2       | ∅   | T  | F   | T        | T
            3       | F   | T  | F   | T        | T
            4       | ∅   | T  | ∅   | ∅        | T
            5       | ∅   | ∅  | ∅   | ∅        | T
            6       | F   | ∅  | ∅   | ∅        | T
            7       | F   | T  | T   | F        | T
            8       | F   | ∅  | T   | F        | T
            9       | F   | F  | T   | F        | T
        """,
    )


def test_bool_as_int(spec):
    """True is 1, false is 0."""
    spec(
        p="""
            patient | b1
            1       | T
            2       | F
            3       | ∅
        """,
        asks={"number": p.b1.as_int(), "is_true": p.b1 == True},  # noqa: E712 - `== True` is allowed
        gives="""
            patient | number | is_true
            1       | 1      | T
            2       | 0      | F
            3       | ∅      | ∅
        """,
    )


CASES = """
    patient | i1
    1       | 6
    2       | 7
    3       | 8
    4       | 9
    5       | ∅
"""


def test_case(spec):
    """The value of the first condition that is true; false and missing conditions are passed over."""
    spec(
        p=CASES,
        asks={
            "bare": case(when(p.i1 < 8).then(p.i1), when(p.i1 > 8).then(100)),
            "otherwise": case(when(p.i1 < 8).then(p.i1), when(p.i1 > 8).then(100), otherwise=0),
            "none": case(when(p.i1 < 8).then(None), when(p.i1 > 8).then(100), otherwise=200),
            "short": when(p.i1 < 8).then(p.i1).otherwise(100),
        },
        gives="""
            patient | bare | otherwise | none | short
            1       | 6    | 6         | ∅    | 6
            2       | 7    | 7         | ∅    | 7
            3       | ∅    | 0         | 200  | 100
            4       | 100  | 100       | 100  | 100
            5       | ∅    | 0         | 200  | 100
        """,
    )


def test_the_first_true_condition_wins(spec):
    """Order matters when several conditions hold."""
    spec(
        p=CASES,
        asks={"size": case(when(p.i1 > 8).then("large"), when(p.i1 > 6).then("middle"), otherwise="small")},
        gives="""
            patient | size
            1       | small
            2       | middle
            3       | middle
            4       | large
            5       | small
        """,
    )


def test_case_over_event_rows(spec):
    """With event-level parts, a case has a value for each row."""
    spec(
        p="""
            patient | i1
            1       | 10
            2       | ∅
        """,
        e="""
            patient | b1
            1       | T
            1       | F
            1       | ∅
            2       | T
        """,
        asks={"sum": case(when(e.b1).then(p.i1), otherwise=1).sum_for_patient()},
        gives="""
            patient | sum
            1       | 12
            2       | ∅
        """,
    )


def test_case_with_plain_conditions(spec):
    """Conditions may be plain bools."""
    spec(
        p=CASES,
        asks={"yes": when(True).then(1).otherwise(p.i1), "no": when(False).then(1).otherwise(p.i1)},
        gives="""
            patient | yes | no
            1       | 1   | 6
            2       | 1   | 7
            3       | 1   | 8
            4       | 1   | 9
            5       | 1   | ∅
        """,
    )


def test_first_value_that_is_there(spec):
    """A chain of null tests gives the first value that is not missing."""
    chosen = case(when(p.i1.is_not_null()).then(p.i1), when(p.i2.is_not_null()).then(p.i2), otherwise=-1)
    spec(
        p="""
            patient | i1 | i2
            1       | 1  | 2
            2       | ∅  | 2
            3       | ∅  | ∅
        """,
        asks={"chosen": chosen},
        gives="""
            patient | chosen
            1       | 1
            2       | 2
            3       | -1
        """,
    )
