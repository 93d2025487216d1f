"""The ends of the calendar, text with every special character, long codelists: where engines like to differ."""

import datetime

import pytest
from ehrql import days, maximum_of, months, weeks, years
from spec_tables import e, p

FIRST, LAST = datetime.date(1, 1, 1), datetime.date(9999, 12, 31)
SPECIAL = [
    *(
        "",
        "[",
        "x[ab]y",
        "a\\b",
        "a'b",
        'a"b',
        "a%b",
        "a_b",
        "a*b",
        "a?b",
        "a.b",
        "^$",
        "a\nb",
        "a\tb",
        "Ä",
        "ß",
    ),
]


@pytest.mark.parametrize("needle", SPECIAL)
def test_every_character_means_itself(answers, needle):
    rows = [{"patient_id": n, "s1": text} for n, text in enumerate(SPECIAL)]
    asks = {
        "inside": p.s1.contains(needle),
        "same": p.s1 == needle,
        "less": p.s1 < needle,
        "greatest": maximum_of(p.s1, needle),
    }
    assert answers(asks, {p: rows}) == {
        n: (needle in text, text == needle, text < needle, max(text, needle))
        for n, text in enumerate(SPECIAL)
    }


@pytest.mark.parametrize("unit", [days, weeks, months, years])
@pytest.mark.parametrize("count", [1, -1, 120, -120, 10**4, -(10**4), 10**6, 10**11, -(10**11)])
def test_dates_beyond_the_calendar_are_missing_and_never_wrong(answers, unit, count):
    dates = [FIRST, LAST, datetime.date(2020, 2, 29), None]
    rows = [{"patient_id": n, "d1": date, "i1": count} for n, date in enumerate(dates)]

    def moved(date):
        try:
            return None if date is None else unit(count) + date
        except (OverflowError, ValueError):
            return None

    found = answers({"fixed": p.d1 + unit(count), "column": p.d1 + unit(p.i1)}, {p: rows})
    assert found == {n: (moved(date), moved(date)) for n, date in enumerate(dates)}


def test_the_length_of_the_calendar(answers):
    rows = [{"patient_id": 1, "d1": FIRST, "d2": LAST}]
    apart, back = p.d2 - p.d1, p.d1 - p.d2
    asks = {"days": apart.days, "weeks": back.weeks, "months": apart.months, "years": back.years}
    assert answers(asks, {p: rows}) == {1: (3652058, -521723, 119987, -9999)}


@pytest.mark.parametrize("size", [2_000, 20_000])
def test_long_codelists(answers, size):
    codes = [str(1_000_000 + 7 * number) for number in range(size)]
    rows = [{"patient_id": n % 3, "c1": code} for n, code in enumerate([*codes[::500], "55555555", None])]
    groups = {code: f"group {n % 3}" for n, code in enumerate(codes)}
    listed = len(codes[::500])
    found = answers(
        {
            "listed": e.where(e.c1.is_in(codes)).count_for_patient(),
            "others": e.where(e.c1.is_not_in(codes)).count_for_patient(),
            "groups": e.c1.to_category(groups).count_distinct_for_patient(),
        },
        {e: rows},
    )
    assert sum(count for count, _, _ in found.values()) == listed
    assert sum(count for _, count, _ in found.values()) == 1
    assert all(1 <= count <= 3 for _, _, count in found.values())
