"""Large expressions: however deep variables are built upon variables, every engine gives the same answer."""

import pytest
from ehrql import case, days, maximum_of, months, when
from spec_tables import e, p

STEPS = {
    "a default for a default": lambda x, step: x.when_null_then(step),
    "a case on a case": lambda x, step: case(when(x == step).then(step + 1), otherwise=x),
    "a case in a case": lambda x, step: when(p.i1 == step).then(step + 1).otherwise(x),
    "a sum of sums": lambda x, step: x + x - x,
    "a quotient of quotients": lambda x, step: (x + 7) // 1 - 7,
    "the larger of the larger": lambda x, step: maximum_of(x, step),
}
MEANING = {
    "a default for a default": {1: 0, 2: 3, 3: 0},
    "a case on a case": {1: 120, 2: 120, 3: None},
    "a case in a case": {1: 1, 2: 4, 3: None},
    "a sum of sums": {1: 0, 2: 3, 3: None},
    "a quotient of quotients": {1: 0, 2: 3, 3: None},
    "the larger of the larger": {1: 119, 2: 119, 3: 119},
}
ROWS = """
    patient | i1 | d1
    1       | 0  | 2020-01-31
    2       | 3  | 2019-02-28
    3       | ∅  | ∅
"""


def given(answers):
    lines = [f"{patient} | {'∅' if value is None else value}" for patient, value in answers.items()]
    return "\n".join(["patient | x", *lines])


@pytest.mark.parametrize("step", STEPS)
def test_a_variable_built_in_many_steps(spec, step):
    """Each step may use the one before several times: written out, 120 steps would be longer than any memory."""
    x = p.i1
    for number in range(120):
        x = STEPS[step](x, number)
    spec(p=ROWS, asks={"x": x}, gives=given(MEANING[step]))


def test_five_hundred_nested_cases(spec):
    """A chain of `when … otherwise` may be as long as a study needs."""
    x = p.i1
    for number in range(500):
        x = when(p.i1 == number).then(number + 1).otherwise(x)
    spec(p=ROWS, asks={"x": x}, gives=given({1: 1, 2: 4, 3: None}))


def test_dates_moved_many_times(spec):
    """Adding months again and again."""
    day, month = p.d1, p.d1
    for _ in range(60):
        day, month = day + days(1), month.to_first_of_month() + months(1)
    spec(
        p=ROWS,
        asks={"day": day, "month": month},
        gives="""
            patient | day        | month
            1       | 2020-03-31 | 2025-01-01
            2       | 2019-04-29 | 2024-02-01
            3       | ∅          | ∅
        """,
    )


def test_large_conditions_on_rows(spec):
    """The same holds for the rows of an event table, in filters, sort keys, values and populations."""
    score = e.i1
    for number in range(60):
        score = when(score == number).then(score + 1).otherwise(score)
    kept = e.where(score > 59)
    spec(
        e="""
            patient | i1 | i2
            1       | 0  | 1
            1       | 70 | 2
            1       | 80 | 3
            2       | -1 | 4
            3       | 5  | 5
        """,
        population=kept.exists_for_patient() & (score.maximum_for_patient() > 0),
        asks={
            "count": kept.count_for_patient(),
            "sum": score.sum_for_patient(),
            "last": e.sort_by(score).last_for_patient().i2,
        },
        gives="""
            patient | count | sum | last
            1       | 3     | 210 | 3
            3       | 1     | 60  | 5
        """,
    )
