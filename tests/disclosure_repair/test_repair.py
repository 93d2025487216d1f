"""After a repair nothing hidden can be derived; the repair is as small as it can be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from armslength.disclosure.attack.attacker import Rule
from armslength.disclosure.attack.findings import CHECKS
from armslength.disclosure.attack.system import Quantity, System, total_of
from armslength.disclosure.check import examine
from armslength.disclosure.repair.patch import patch, repair
from armslength.disclosure.repair.rounding import controlled_rounding, safe_decimals
from armslength.disclosure.repair.suppression import hidden_in, protect, unsafe
from armslength.kernel.errors import Mistake


def table_of(counts: list[list[int]]) -> System:
    """A table with exact margins, counts from 1 to 7 hidden."""
    rows, columns = len(counts), len(counts[0])
    cells = [
        Quantity(name=f"{r}/{c}", low=1, high=7, shown="[REDACTED]", hidden=True, may_exceed=True)
        if 1 <= value <= 7
        else Quantity(name=f"{r}/{c}", low=value, high=value, shown=str(value))
        for r, row in enumerate(counts)
        for c, value in enumerate(row)
    ]
    sums = [sum(row) for row in counts] + [sum(row[c] for row in counts) for c in range(columns)]
    totals = [
        Quantity(name=f"total {n}", low=value, high=value, shown=str(value)) for n, value in enumerate(sums)
    ]
    start = rows * columns
    relations = [total_of(start + r, range(r * columns, (r + 1) * columns), words="row") for r in range(rows)]
    relations += [
        total_of(start + rows + c, range(c, start, columns), words="column") for c in range(columns)
    ]
    return System(quantities=(*cells, *totals), relations=tuple(relations))


def exact_bounds(system: System, position: int) -> tuple[float, float]:
    """The bounds of a quantity by an integer program that shares no code with the attacker."""
    size = len(system.quantities)
    matrix = [[0] * size for _ in system.relations]
    for number, relation in enumerate(system.relations):
        for place, coefficient in relation.terms:
            matrix[number][place] = coefficient
    lows = [q.low for q in system.quantities]
    highs = [float("inf") if q.may_exceed else q.high for q in system.quantities]
    ends = []
    for sign in (1, -1):
        weights = [0] * size
        weights[position] = sign
        found = optimize.milp(
            weights, integrality=[1] * size, bounds=optimize.Bounds(lows, highs),
            constraints=optimize.LinearConstraint(matrix, 0, 0),
        )  # fmt: skip
        # Without an answer it is unbounded: the least value, asked for first, shows that some answer exists.
        assert found.x is not None or sign == -1
        ends.append(float("inf") if found.x is None else abs(round(found.fun)))
    return ends[0], ends[1]


counts = st.one_of(st.integers(0, 9), st.integers(8, 40))
tables = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(counts, min_size=columns, max_size=columns), min_size=2, max_size=4)
)


@settings(max_examples=25, deadline=None)
@given(tables)
def test_after_repair_no_hidden_count_is_derivable(counts):
    system = table_of(counts)
    protection = protect(system)
    after = hidden_in(system, frozenset(protection.hide))
    if not protection.safe:
        # Only where everything that is not nought is hidden already does nothing help.
        shown = [q for q in after.quantities[: len(counts) * len(counts[0])] if not q.hidden and q.low > 0]
        assert shown == []
        return
    for position, quantity in enumerate(system.quantities):
        if quantity.hidden:
            low, high = exact_bounds(after, position)
            assert high > 7 or high - low + 1 >= 5


def system_of(values: dict[str, int], sums: list[tuple[str, list[str]]]) -> System:
    """Counts by name with exact sums, those from 1 to 7 hidden."""
    names = list(values)
    quantities = tuple(
        Quantity(name=name, low=1, high=7, shown="[REDACTED]", hidden=True, may_exceed=True)
        if 1 <= count <= 7
        else Quantity(name=name, low=count, high=count, shown=str(count))
        for name, count in values.items()
    )
    relations = tuple(
        total_of(names.index(total), [names.index(part) for part in parts], words=f"parts of {total}")
        for total, parts in sums
    )
    return System(quantities=quantities, relations=relations)


def hold_after_repair(system: System) -> None:
    """Nothing hidden is derivable afterwards, by a program that shares no code with the attacker."""
    protection = protect(system)
    after = hidden_in(system, frozenset(protection.hide))
    if not protection.safe:
        assert all(quantity.hidden or quantity.high == 0 for quantity in after.quantities)
        return
    for position, quantity in enumerate(system.quantities):
        if quantity.hidden:
            low, high = exact_bounds(after, position)
            assert high > 7 or high - low + 1 >= 5


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(counts, min_size=2, max_size=3), min_size=2, max_size=3))
def test_nothing_is_derivable_through_a_hierarchy_either(regions):
    """A country of regions of areas: every level is shown with the total of the level below."""
    values: dict[str, int] = {}
    sums = []
    for r, areas in enumerate(regions):
        values |= {f"area {r}.{a}": count for a, count in enumerate(areas)}
        values[f"region {r}"] = sum(areas)
        sums.append((f"region {r}", [f"area {r}.{a}" for a in range(len(areas))]))
    values["country"] = sum(map(sum, regions))
    sums.append(("country", [f"region {r}" for r in range(len(regions))]))
    hold_after_repair(system_of(values, sums))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(counts, counts, counts, counts), min_size=2, max_size=3))
def test_nothing_is_derivable_from_two_tables_with_a_margin_in_common(regions):
    """Region by sex and region by age: the two tables break the same regions down twice."""
    values: dict[str, int] = {}
    sums = []
    for r, (young_men, old_men, young_women, old_women) in enumerate(regions):
        values |= {f"men {r}": young_men + old_men, f"women {r}": young_women + old_women}
        values |= {f"young {r}": young_men + young_women, f"old {r}": old_men + old_women}
        values[f"region {r}"] = values[f"men {r}"] + values[f"women {r}"]
        sums += [(f"region {r}", [f"men {r}", f"women {r}"]), (f"region {r}", [f"young {r}", f"old {r}"])]
    for group in ("men", "women", "young", "old"):
        parts = [f"{group} {r}" for r in range(len(regions))]
        values[f"all {group}"] = sum(values[part] for part in parts)
        sums.append((f"all {group}", parts))
    hold_after_repair(system_of(values, sums))


@settings(max_examples=15, deadline=None)
@given(tables)
def test_no_cell_of_a_repair_can_be_shown_again(counts):
    system = table_of(counts)
    protection = protect(system)
    if protection.safe:
        for position in protection.hide:
            fewer = frozenset(protection.hide) - {position}
            assert unsafe(hidden_in(system, fewer), rule=Rule())


def test_a_repair_prefers_small_cells_and_keeps_totals():
    system = System(
        quantities=(
            Quantity(name="total", low=516, high=516), Quantity(name="a", low=1, high=7, hidden=True, may_exceed=True),
            Quantity(name="b", low=10, high=10), Quantity(name="c", low=500, high=500),
        ),
        relations=(total_of(0, [1, 2, 3], words="total"),),
    )  # fmt: skip
    protection = protect(system)
    assert (protection.hide, protection.safe) == ((2,), True)


TABLE = "age_band,n\n0-17,[REDACTED]\n18-39,140\n40-64,212\n65+,33\nTotal,388\n"


def subject_of(text: str, name: str = "table.csv"):
    (subject,) = examine(text.encode(), name=name).subjects
    return subject


def test_a_patched_file_gives_nothing_away_and_is_otherwise_the_same():
    subject = subject_of(TABLE)
    repaired = repair(subject)
    data = patch(TABLE.encode(), subject, repaired)
    assert repaired.is_needed and repaired.safe
    assert data.decode() == TABLE.replace("65+,33", "65+,[REDACTED]")
    again = subject_of(data.decode())
    assert [finding for check in CHECKS for finding in check.find(again)] == []
    assert repair(again).cells == ()


def test_a_repair_says_what_to_merge_and_how_to_write_it():
    repaired = repair(subject_of(TABLE))
    assert repaired.merges == (("age_band", "0-17", "18-39"),)
    assert "data['age_band'] = data['age_band'].replace(['0-17', '18-39'], '0-17 or 18-39')" in repaired.code
    assert "table.loc[3, 'n'] = '[REDACTED]'  # 65+" in repaired.code


def test_a_safe_table_needs_no_repair():
    safe = TABLE.replace("388", "385").replace("212", "210").replace("33", "35")
    assert not repair(subject_of(safe)).is_needed


def test_line_ends_and_delimiters_stay_as_they_are():
    text = TABLE.replace(",", ";").replace("\n", "\r\n")
    subject = subject_of(text)
    assert patch(text.encode(), subject, repair(subject)).decode() == text.replace("65+;33", "65+;[REDACTED]")


def test_a_page_is_patched_where_its_cells_stand_and_another_page_is_refused():
    page = "<table><tr><th>age</th><th>n</th></tr><tr><td>a</td><td>[REDACTED]</td></tr><tr><td>b</td><td>21</td></tr>"
    page += "<tr><td>Total</td><td>23</td></tr></table>"
    subject = subject_of(page, "table.html")
    repaired = repair(subject)
    assert patch(page.encode(), subject, repaired).decode() == page.replace(">21<", ">[REDACTED]<")
    with pytest.raises(Mistake) as error:
        patch(page.replace("21", "22").encode(), subject, repaired)
    assert error.value.code == "C014"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_controlled_rounding_adds_up_and_stays_within_one_base(rows):
    cells = list(itertools.chain(*rows))
    sums = [sum(row) for row in rows] + [sum(column) for column in zip(*rows, strict=True)]
    lines = [(len(cells) + r, range(3 * r, 3 * r + 3)) for r in range(len(rows))]
    lines += [(len(cells) + len(rows) + c, range(c, len(cells), 3)) for c in range(3)]
    rounded = controlled_rounding([*cells, *sums], lines)
    assert rounded is not None
    for count, shown in zip([*cells, *sums], rounded, strict=True):
        assert shown % 5 == 0 and abs(shown - count) < 5
    for total, parts in lines:
        assert rounded[total] == sum(rounded[part] for part in parts)


def test_percentages_of_small_groups_have_no_decimals():
    assert [safe_decimals(n) for n in (0, 50, 5_000, 50_000, 5_000_000)] == [0, 0, 0, 1, 3]
