"""Ties: when several rows come first, the columns read from the pick decide, in the order of their names."""

from spec_tables import e, p

SAME_DAY = """
    patient | d1         | i1 | i2 | i3 | b1 | s1
    1       | 2020-01-01 | 1  | 9  | 7  | T  | b
    1       | 2020-01-01 | 2  | 1  | 7  | F  | a
    1       | 2020-01-01 | ∅  | 5  | 7  | ∅  | ∅
"""


def test_the_first_and_the_last_of_one_order(spec):
    """Each pick has its own tie-breaks: `first` is decided by what is read from `first`, `last` likewise."""
    ordered = e.sort_by(e.d1)
    spec(
        e=SAME_DAY,
        asks={
            "first": ordered.first_for_patient().i2,
            "last": ordered.last_for_patient().i2,
            "last_other": ordered.last_for_patient().i1,
        },
        gives="""
            patient | first | last | last_other
            1       | 1     | 1    | 2
        """,
    )


def test_bools_break_ties_too(spec):
    """Missing, then false, then true."""
    ordered = e.sort_by(e.d1)
    spec(
        e=SAME_DAY,
        asks={"b": ordered.first_for_patient().b1, "i": ordered.first_for_patient().i2},
        gives="""
            patient | b | i
            1       | ∅ | 5
        """,
    )
    spec(
        e=SAME_DAY,
        asks={"b": ordered.last_for_patient().b1, "s": ordered.last_for_patient().s1},
        gives="""
            patient | b | s
            1       | T | b
        """,
    )


def test_a_key_that_is_worked_out_is_no_column(spec):
    """Sorted by `-i3`, the column `i3` still breaks ties like any other; sorted by `i1` itself, `i1` is done with."""
    spec(
        e=SAME_DAY,
        asks={
            "i": e.sort_by(-e.i3).first_for_patient().i1,
            "j": e.sort_by(-e.i3).first_for_patient().i3,
            "k": e.sort_by(e.i1).first_for_patient().i1,
        },
        gives="""
            patient | i | j | k
            1       | ∅ | 7 | ∅
        """,
    )


def test_a_pick_read_inside_another_filter(spec):
    """What a filter reads from a pick takes part in deciding it."""
    first = e.sort_by(e.d1).first_for_patient()
    spec(
        e=SAME_DAY,
        asks={"i": first.i2, "alike": e.where(e.s1 == first.s1).count_for_patient()},
        gives="""
            patient | i | alike
            1       | 1 | 1
        """,
    )


def test_rows_alike_in_all_that_is_read(spec):
    """When all that is read is the same it does not matter which row is taken; patients without rows have none."""
    spec(
        p="""
            patient | i1
            1       | 1
            2       | 1
        """,
        e=SAME_DAY,
        asks={
            "i": e.sort_by(e.d1).first_for_patient().i3,
            "exists": e.sort_by(e.d1).last_for_patient().exists_for_patient(),
            "count": e.sort_by(e.d1).last_for_patient().count_for_patient(),
            "p": p.i1,
        },
        gives="""
            patient | i | exists | count | p
            1       | 7 | T      | 1     | 1
            2       | ∅ | F      | 0     | 1
        """,
    )
