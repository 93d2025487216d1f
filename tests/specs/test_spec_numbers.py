"""Arithmetic and comparison of numbers: missing in, missing out; dividing by zero gives missing."""

from spec_tables import e, p


def test_int_arithmetic(spec):
    """Sums, differences and products of ints are ints."""
    spec(
        p="""
            patient | i1 | i2
            1       | 7  | 2
            2       | -7 | 2
            3       | 7  | ∅
        """,
        asks={
            "add": p.i1 + p.i2,
            "subtract": p.i1 - p.i2,
            "multiply": p.i1 * p.i2,
            "negate": -p.i1,
            "absolute": p.i1.absolute(),
            "from_left": 1 + p.i1,
            "taken_from": 10 - p.i1,
        },
        gives="""
            patient | add | subtract | multiply | negate | absolute | from_left | taken_from
            1       | 9   | 5        | 14       | -7     | 7        | 8         | 3
            2       | -5  | -9       | -14      | 7      | 7        | -6        | 17
            3       | ∅   | ∅        | ∅        | -7     | 7        | 8         | 3
        """,
    )


def test_int_division(spec):
    """`/` gives a float; `//` rounds down, towards minus infinity; both are missing for a divisor of 0."""
    spec(
        p="""
            patient | i1 | i2
            1       | 7  | 2
            2       | -7 | 2
            3       | 7  | -2
            4       | -8 | -3
            5       | -1 | 10
            6       | 7  | 0
            7       | 0  | 0
            8       | ∅  | 2
        """,
        asks={"true": p.i1 / p.i2, "floor": p.i1 // p.i2, "by_two": p.i1 // 2},
        gives="""
            patient | true      | floor | by_two
            1       | 3.5       | 3     | 3
            2       | -3.5      | -4    | -4
            3       | -3.5      | -4    | 3
            4       | 2.6666667 | 2     | -4
            5       | -0.1      | -1    | -1
            6       | ∅         | ∅     | 3
            7       | ∅         | ∅     | 0
            8       | ∅         | ∅     | ∅
        """,
    )


def test_literals_divided_by_a_series(spec):
    """The literal may stand on the left."""
    spec(
        p="""
            patient | i1 | f1
            1       | 4  | 4
            2       | 0  | 0
        """,
        asks={"true": 10 / p.i1, "floor": 10 // p.i1, "float": 10 / p.f1, "power": 2**p.i1},
        gives="""
            patient | true | floor | float | power
            1       | 2.5  | 2     | 2.5   | 16.0
            2       | ∅    | ∅     | ∅     | 1.0
        """,
    )


def test_float_arithmetic(spec):
    """Float series take int literals; floor division gives an int."""
    spec(
        p="""
            patient | f1    | f2
            1       | -10.3 | 1.5
            2       | 2.5   | 0
            3       | 2.5   | ∅
        """,
        asks={
            "add": p.f1 + p.f2,
            "plus_one": p.f1 + 1,
            "true": p.f1 / p.f2,
            "floor": p.f1 // p.f2,
            "absolute": p.f1.absolute(),
            "negate": -p.f1,
        },
        gives="""
            patient | add  | plus_one | true       | floor | absolute | negate
            1       | -8.8 | -9.3     | -6.8666667 | -7    | 10.3     | 10.3
            2       | 2.5  | 3.5      | ∅          | ∅     | 2.5      | -2.5
            3       | ∅    | 3.5      | ∅          | ∅     | 2.5      | -2.5
        """,
    )


def test_casts(spec):
    """A float loses its fraction towards zero."""
    spec(
        p="""
            patient | f1   | i1
            1       | 2.9  | 3
            2       | -2.9 | -3
            3       | 0.5  | 0
            4       | -0.5 | ∅
            5       | ∅    | ∅
        """,
        asks={"int": p.f1.as_int(), "float": p.i1.as_float(), "same": p.i1.as_int()},
        gives="""
            patient | int | float | same
            1       | 2   | 3.0   | 3
            2       | -2  | -3.0  | -3
            3       | 0   | 0.0   | 0
            4       | 0   | ∅     | ∅
            5       | ∅   | ∅     | ∅
        """,
    )


def test_power(spec):
    """Always a float; missing for 0 to a negative power and for roots of negative numbers."""
    spec(
        p="""
            patient | f1    | f2  | i1  | i2
            1       | 2     | 10  | 2   | 10
            2       | -10   | -1  | -10 | -1
            3       | -10.5 | 1.5 | 3   | 2
            4       | 0     | -2  | 0   | -2
            5       | 0     | 0   | 0   | 0
            6       | -20.5 | 0   | ∅   | 2
            7       | ∅     | 2   | 2   | ∅
        """,
        asks={"float": p.f1**p.f2, "int": p.i1**p.i2},
        gives="""
            patient | float  | int
            1       | 1024.0 | 1024.0
            2       | -0.1   | -0.1
            3       | ∅      | 9.0
            4       | ∅      | ∅
            5       | 1.0    | 1.0
            6       | 1.0    | ∅
            7       | ∅      | ∅
        """,
    )


def test_comparison(spec):
    """Missing when either side is; the literal may stand on the left."""
    spec(
        p="""
            patient | i1 | i2
            1       | 1  | 2
            2       | 2  | 2
            3       | 3  | 2
            4       | ∅  | 2
        """,
        asks={
            "lt": p.i1 < p.i2,
            "le": p.i1 <= p.i2,
            "gt": p.i1 > p.i2,
            "ge": p.i1 >= p.i2,
            "mirrored": p.i1 > 2,
        },
        gives="""
            patient | lt | le | gt | ge | mirrored
            1       | T  | T  | F  | F  | F
            2       | F  | T  | F  | T  | F
            3       | F  | F  | T  | T  | T
            4       | ∅  | ∅  | ∅  | ∅  | ∅
        """,
    )


def test_patient_and_event_values_mix(spec):
    """A patient's value meets each of the patient's rows."""
    spec(
        p="""
            patient | i1
            1       | 100
            2       | ∅
        """,
        e="""
            patient | i1
            1       | 1
            1       | 2
            2       | 3
        """,
        asks={"sum": (e.i1 + p.i1).sum_for_patient()},
        gives="""
            patient | sum
            1       | 203
            2       | ∅
        """,
    )
