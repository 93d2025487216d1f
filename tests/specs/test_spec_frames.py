"""Frames: rows with named columns, filtered, counted, and reduced to one row per patient."""

from spec_tables import e, e2, p

EVENTS = """
    patient | b1 | i1
    1       | T  | 10
    1       | ∅  | 20
    1       | F  | 30
    2       | F  | 5
"""


def test_exists_and_count_for_an_event_frame(spec):
    """Rows count even when all their columns are missing; patients without rows exist not, and count 0."""
    spec(
        p="""
            patient | i1
            1       | ∅
            2       | ∅
            3       | ∅
        """,
        e="""
            patient | i1
            1       | ∅
            1       | ∅
            2       | ∅
        """,
        asks={"exists": e.exists_for_patient(), "count": e.count_for_patient()},
        gives="""
            patient | exists | count
            1       | T      | 2
            2       | T      | 1
            3       | F      | 0
        """,
    )


def test_exists_and_count_for_a_patient_frame(spec):
    """A patient frame has one row for a patient, or none."""
    spec(
        p="""
            patient | i1
            1       | ∅
        """,
        e="""
            patient | i1
            1       | 1
            2       | 1
        """,
        asks={"exists": p.exists_for_patient(), "count": p.count_for_patient(), "i": p.i1},
        gives="""
            patient | exists | count | i
            1       | T      | 1     | ∅
            2       | F      | 0     | ∅
        """,
    )


def test_where_keeps_only_what_is_true(spec):
    """`where` drops rows whose condition is false, and also those where it is missing."""
    spec(
        e=EVENTS,
        asks={
            "true": e.where(e.b1).i1.sum_for_patient(),
            "not_true": e.where(~e.b1).i1.sum_for_patient(),
        },
        gives="""
            patient | true | not_true
            1       | 10   | 30
            2       | ∅    | 5
        """,
    )


def test_except_where_drops_only_what_is_true(spec):
    """`except_where` keeps exactly the rows that `where` drops."""
    spec(
        e=EVENTS,
        asks={"rest": e.except_where(e.b1).i1.sum_for_patient()},
        gives="""
            patient | rest
            1       | 50
            2       | 5
        """,
    )


def test_where_takes_true_and_false_as_they_are(spec):
    """A condition may be a plain Python bool."""
    spec(
        e=EVENTS,
        asks={
            "all": e.where(True).count_for_patient(),
            "none": e.where(False).count_for_patient(),
            "except_all": e.except_where(True).count_for_patient(),
            "except_none": e.except_where(False).count_for_patient(),
        },
        gives="""
            patient | all | none | except_all | except_none
            1       | 3   | 0    | 0          | 3
            2       | 1   | 0    | 0          | 1
        """,
    )


def test_chained_filters_all_apply(spec):
    """Each `where` narrows what the one before it left."""
    spec(
        e=EVENTS,
        asks={
            "both": e.where(e.i1 > 5).where(e.b1).count_for_patient(),
            "one": e.where(e.i1 > 5).count_for_patient(),
        },
        gives="""
            patient | both | one
            1       | 1    | 3
            2       | 0    | 0
        """,
    )


def test_a_condition_of_the_patient_applies_to_all_rows(spec):
    """A patient-level condition keeps all of a patient's rows or none; patients it knows nothing of lose theirs."""
    spec(
        p="""
            patient | b1
            1       | T
            2       | F
        """,
        e="""
            patient | i1
            1       | 1
            1       | 2
            2       | 4
            3       | 8
        """,
        asks={"sum": e.where(p.b1).i1.sum_for_patient()},
        gives="""
            patient | sum
            1       | 3
            2       | ∅
            3       | ∅
        """,
    )


def test_a_condition_may_use_an_aggregate_of_the_same_rows(spec):
    """Rows may be compared with what was computed from all of them."""
    spec(
        e=EVENTS,
        asks={"largest": e.where(e.i1 == e.i1.maximum_for_patient()).count_for_patient()},
        gives="""
            patient | largest
            1       | 1
            2       | 1
        """,
    )


def test_sort_by_one_column_and_pick(spec):
    """`first_for_patient` and `last_for_patient` take the ends of the order; missing keys come first."""
    spec(
        p="""
            patient | i1
            1       | ∅
            2       | ∅
            3       | ∅
            4       | ∅
        """,
        e="""
            patient | i1 | s1
            1       | 3  | c
            1       | 1  | a
            1       | 2  | b
            2       | ∅  | n
            2       | 1  | a
            3       | ∅  | n
        """,
        asks={
            "first": e.sort_by(e.i1).first_for_patient().s1,
            "last": e.sort_by(e.i1).last_for_patient().s1,
            "exists": e.sort_by(e.i1).last_for_patient().exists_for_patient(),
            "count": e.sort_by(e.i1).last_for_patient().count_for_patient(),
        },
        gives="""
            patient | first | last | exists | count
            1       | a     | c    | T      | 1
            2       | n     | a    | T      | 1
            3       | n     | n    | T      | 1
            4       | ∅     | ∅    | F      | 0
        """,
    )


THREE_KEYS = """
    patient | i1  | i2 | i3
    1       | 100 | 2  | 101
    1       | 100 | 1  | 103
    1       | 100 | 1  | 102
    2       | 100 | 0  | 500
    2       | 100 | 1  | 1
    2       | 101 | 0  | 1
"""


def test_sort_by_several_columns(spec):
    """The first key counts most; later ones break its ties, and what is selected breaks the rest."""
    spec(
        e=THREE_KEYS,
        asks={"i3": e.sort_by(e.i1, e.i2).first_for_patient().i3},
        gives="""
            patient | i3
            1       | 102
            2       | 500
        """,
    )


def test_a_later_sort_outranks_an_earlier_one(spec):
    """Chained sorts: the last call counts most."""
    spec(
        e=THREE_KEYS,
        asks={"i3": e.sort_by(e.i2).sort_by(e.i1).first_for_patient().i3},
        gives="""
            patient | i3
            1       | 102
            2       | 500
        """,
    )


def test_filters_between_sorts_do_not_disturb_them(spec):
    """`where` keeps the order."""
    spec(
        e=THREE_KEYS,
        asks={"i3": e.sort_by(e.i2).where(e.i3 > 1).sort_by(e.i1).last_for_patient().i3},
        gives="""
            patient | i3
            1       | 101
            2       | 500
        """,
    )


def test_sort_by_an_expression(spec):
    """Keys may be computed."""
    spec(
        e=THREE_KEYS,
        asks={
            "i3": e.sort_by(-e.i3).first_for_patient().i3,
            "i1": e.sort_by(e.i2.as_float() / 2).last_for_patient().i2,
        },
        gives="""
            patient | i3  | i1
            1       | 103 | 2
            2       | 500 | 1
        """,
    )


TIES = """
    patient | d1         | i1 | i2
    1       | 2020-01-01 | 1  | 9
    1       | 2020-01-01 | 2  | 1
    1       | 2020-01-01 | ∅  | 5
"""


def test_ties_are_broken_by_what_is_read_from_the_pick(spec):
    """Among equal keys the smallest selected values come first."""
    spec(
        e=TIES,
        asks={"i2": e.sort_by(e.d1).first_for_patient().i2},
        gives="""
            patient | i2
            1       | 1
        """,
    )


def test_all_columns_of_a_pick_come_from_one_row(spec):
    """Selected columns break ties in alphabetical order of their names, so reading another may change the row."""
    first = e.sort_by(e.d1).first_for_patient()
    last = e.sort_by(e.d1).last_for_patient()
    spec(
        e=TIES,
        asks={"i1": first.i1, "i2": first.i2, "last_i1": last.i1, "last_i2": last.i2},
        gives="""
            patient | i1 | i2 | last_i1 | last_i2
            1       | ∅  | 5  | 2       | 1
        """,
    )


def test_last_breaks_ties_the_other_way(spec):
    """`last` is the exact reverse of `first`."""
    spec(
        e=TIES,
        asks={"i2": e.sort_by(e.d1).last_for_patient().i2},
        gives="""
            patient | i2
            1       | 9
        """,
    )


def test_a_population_that_reads_a_pick_takes_part_in_breaking_its_ties(spec):
    """It does not matter where in the query a column is read."""
    first = e.sort_by(e.d1).first_for_patient()
    spec(
        e=TIES,
        population=e.exists_for_patient() & first.i1.is_null(),
        asks={"i2": first.i2},
        gives="""
            patient | i2
            1       | 5
        """,
    )


def test_rows_are_paired_with_themselves_whatever_the_order(spec):
    """Sorting does not change which values belong together."""
    spec(
        e=THREE_KEYS,
        asks={"sum": (e.sort_by(e.i1).i2 + e.i3).sum_for_patient()},
        gives="""
            patient | sum
            1       | 310
            2       | 503
        """,
    )


def test_a_frame_filtered_by_another_table(spec):
    """`is_in` another event series keeps rows whose value is among the same patient's values there."""
    spec(
        e="""
            patient | i1
            1       | 1
            1       | 2
            2       | 1
        """,
        e2="""
            patient | i1
            1       | 2
            1       | 3
            3       | 1
        """,
        asks={"matched": e.where(e.i1.is_in(e2.i1)).count_for_patient()},
        gives="""
            patient | matched
            1       | 1
            2       | 0
            3       | 0
        """,
    )
