"""Measures: numerators over denominators, by interval and group. Results are rounded unless that is switched off."""

from ehrql import INTERVAL, months
from spec_tables import e, p


def test_a_ratio_for_each_group_and_interval(spec):
    """A missing group is a group of its own. What falls into the interval is asked with `INTERVAL`."""
    spec(
        p="""
            patient | s1
            1       | male
            2       | female
            3       | ∅
            4       | male
        """,
        e="""
            patient | d1
            1       | 2020-01-31
            1       | 2020-02-01
            4       | 2020-01-15
        """,
        measures={
            "seen": {
                "numerator": e.where(e.d1.is_during(INTERVAL)).exists_for_patient(),
                "denominator": p.exists_for_patient(),
                "group_by": {"sex": p.s1},
            },
        },
        intervals=months(2).starting_on("2020-01-01"),
        disclosure_control=False,
        gives="""
            measure | start      | ratio | numerator | denominator | sex
            seen    | 2020-01-01 | 1     | 2         | 2           | male
            seen    | 2020-01-01 | 0     | 0         | 1           | female
            seen    | 2020-01-01 | 0     | 0         | 1           | ∅
            seen    | 2020-02-01 | 0.5   | 1         | 2           | male
            seen    | 2020-02-01 | 0     | 0         | 1           | female
            seen    | 2020-02-01 | 0     | 0         | 1           | ∅
        """,
    )


def test_who_is_not_in_the_denominator_counts_nowhere(spec):
    """Nor does a group without anybody in the denominator have a row. Numbers in a denominator count if above 0."""
    spec(
        p="""
            patient | i1 | i2 | s1
            1       | 2  | 5  | a
            2       | 1  | ∅  | a
            3       | 0  | 9  | a
            4       | -1 | 9  | b
            5       | ∅  | 9  | b
        """,
        measures={
            "amount": {"numerator": p.i2, "denominator": p.i1, "group_by": {"group": p.s1}},
            "more": {"numerator": p.i2 > 3, "denominator": p.i1 > 0},
        },
        intervals=months(1).starting_on("2020-01-01"),
        disclosure_control=False,
        gives="""
            measure | numerator | denominator | group
            amount  | 5         | 3           | a
            more    | 1         | 2           | ∅
        """,
    )


def test_small_numbers_become_0_and_others_are_rounded_to_5(spec):
    """Up to 7 is 0. The ratio is that of the rounded numbers, and missing where the denominator became 0."""
    spec(
        p="""
            patient | i1 | i2
            1       | 22 | 7
            2       | 23 | 8
            3       | 7  | 50
            4       | 12 | 13
        """,
        measures={
            "a": {"numerator": p.i2, "denominator": p.i1, "group_by": {"denominators": p.i1}},
        },
        intervals=months(1).starting_on("2020-01-01"),
        gives="""
            denominators | numerator | denominator | ratio
            22           | 0         | 20          | 0
            23           | 10        | 25          | 0.4
            7            | 50        | 0           | ∅
            12           | 15        | 10          | 1.5
        """,
    )


def test_a_measure_has_the_groups_it_names_and_the_table_has_them_all(spec):
    """Groups may depend on the interval, too. Columns stand in the order in which groups are first named."""
    spec(
        p="""
            patient | d1         | s1
            1       | 1980-01-15 | a
            2       | 1990-06-01 | a
        """,
        measures={
            "by_age": {
                "numerator": p.s1 == "a",
                "denominator": p.exists_for_patient(),
                "group_by": {"age": (INTERVAL.start_date - p.d1).years},
            },
            "by_group": {
                "numerator": p.d1 > "1985-01-01",
                "denominator": p.exists_for_patient(),
                "group_by": {"group": p.s1},
            },
        },
        intervals=months(2).starting_on("2020-01-01"),
        disclosure_control=False,
        gives="""
            measure  | start      | numerator | denominator | age | group
            by_age   | 2020-01-01 | 1         | 1           | 39  | ∅
            by_age   | 2020-01-01 | 1         | 1           | 29  | ∅
            by_age   | 2020-02-01 | 1         | 1           | 40  | ∅
            by_age   | 2020-02-01 | 1         | 1           | 29  | ∅
            by_group | 2020-01-01 | 1         | 2           | ∅   | a
            by_group | 2020-02-01 | 1         | 2           | ∅   | a
        """,
    )
