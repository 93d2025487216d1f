"""Populations: who is in."""

from ehrql.tables import PatientFrame, Series, table_from_rows
from spec_tables import e, p


def test_only_true_is_in(spec):
    """Patients for whom the condition is false or missing are left out."""
    spec(
        p="""
            patient | b1
            1       | T
            2       | F
            3       | ∅
        """,
        population=p.b1,
        asks={"b": p.b1},
        gives="""
            patient | b
            1       | T
        """,
    )


def test_a_population_from_several_tables(spec):
    """A patient may be known to any of the tables the condition reads."""
    spec(
        p="""
            patient | i1
            1       | 1
            2       | 2
        """,
        e="""
            patient | i1
            2       | 1
            3       | 1
        """,
        population=p.exists_for_patient() | e.exists_for_patient(),
        asks={"both": p.exists_for_patient() & e.exists_for_patient()},
        gives="""
            patient | both
            1       | F
            2       | T
            3       | F
        """,
    )


def test_a_patient_of_whom_only_one_table_knows(spec):
    """Somebody with rows in `e` only has a count of 0 in `p`."""
    spec(
        p="""
            patient | i1
            1       | 1
        """,
        e="""
            patient | i1
            1       | 0
            2       | 0
        """,
        population=p.count_for_patient().is_in(e.i1),
        asks={"count": p.count_for_patient()},
        gives="""
            patient | count
            2       | 0
        """,
    )


@table_from_rows([(1, 10), (3, 30)])
class given(PatientFrame):
    """Rows that travel with the query."""

    i1 = Series(int)


def test_rows_given_with_the_query(spec):
    """`table_from_rows` makes a patient table out of tuples."""
    spec(
        p="""
            patient | i1
            1       | 1
            2       | 2
        """,
        asks={"given": given.i1 + p.i1, "exists": given.exists_for_patient()},
        gives="""
            patient | given | exists
            1       | 11    | T
            2       | ∅     | F
        """,
    )


def test_a_population_of_given_rows(spec):
    """Given rows can define the population."""
    spec(
        p="""
            patient | i1
            1       | 1
            2       | 2
        """,
        population=given.exists_for_patient(),
        asks={"i": p.i1},
        gives="""
            patient | i
            1       | 1
            3       | ∅
        """,
    )
