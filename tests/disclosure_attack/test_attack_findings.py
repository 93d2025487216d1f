"""The attacker on whole tables: which findings, how grave, and none where nothing can be derived."""

from __future__ import annotations

import random
import time

import pytest

from armslength.disclosure.attack.attacker import attack
from armslength.disclosure.attack.exact import Budget
from armslength.disclosure.attack.findings import CHECKS, attack_table
from armslength.disclosure.attack.structure import table_system
from armslength.disclosure.check import examine
from armslength.disclosure.report import Finding, Verdict


def found(text: str) -> list[Finding]:
    subjects = examine(text.encode(), name="table.csv").subjects
    return [finding for subject in subjects for check in CHECKS for finding in check.find(subject)]


def said(text: str) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.verdict.value, finding.value) for finding in found(text)]


def test_a_hidden_region_is_read_off_the_exact_total():
    (finding,) = found("region,n\nA,[REDACTED]\nB,10\nC,15\nD,25\nTotal,51\n")
    assert (finding.code, finding.verdict, finding.value) == ("D1", Verdict.BLOCK, "1")
    assert finding.derivation == ("Total 51 - B 10 - C 15 - D 25 = 1, so A is 1 (total over `region`)",)
    assert finding.places[0].line == 2 and finding.cells == 5


@pytest.mark.parametrize("total", ["50", "55"])
def test_rounded_tables_are_left_in_peace(total):
    assert said(f"region,n\nA,[REDACTED]\nB,10\nC,15\nD,25\nTotal,{total}\n") == []


def test_a_total_worked_out_from_what_is_shown_says_nothing():
    assert said("region,n\nA,[REDACTED]\nB,11\nC,17\nD,26\nTotal,54\n") == []


def test_everybody_and_males_give_females():
    assert said("group,n\nEverybody,8\nMale,7\n") == [("D3", "block", "1")]


def test_two_hidden_cells_with_a_sum_of_two():
    assert said("region,n\nA,[REDACTED]\nB,[REDACTED]\nC,20\nTotal,22\n") == [("D1", "block", "1")] * 2


SQUARE = """region,x_count,y_count,z_count,total_count
A,[REDACTED],[REDACTED],11,20
B,[REDACTED],[REDACTED],31,40
C,21,22,23,66
Total,29,32,65,126
"""


def test_a_hidden_square_in_margins_is_warned_about():
    assert said(SQUARE) == [
        ("D2", "warn", "2 to 6"), ("D2", "warn", "2 to 6"), ("D2", "warn", "3 to 7"), ("D2", "warn", "3 to 7"),
    ]  # fmt: skip


def test_a_column_that_is_the_sum_of_two_others_needs_no_name():
    text = "area,x_count,y_count,z_count\nA,11,22,33\nB,31,14,45\nC,26,52,78\nD,[REDACTED],41,44\n"
    assert said(text) == [("D1", "block", "3")]


def test_a_percentage_beside_a_hidden_count_gives_it_away():
    text = "region,count,population,percent\nA,[REDACTED],100,3.0%\nB,20,200,10.0%\nC,30,400,7.5%\nD,35,500,7.0%\n"
    assert said(text) == [("D1", "block", "3")]


def test_several_breakdowns_of_one_population_under_headings():
    text = (
        "characteristic,n\nTotal,203\nSex,\nMale,151\nFemale,52\nAge,\n0-49,191\n50+,[REDACTED]\nunknown,9\n"
    )
    assert said(text) == [("D1", "block", "3")]


def test_several_breakdowns_named_in_a_column():
    text = "variable,level,n\nOverall,,203\nSex,F,100\nSex,M,103\nAge,0-9,[REDACTED]\nAge,10+,200\n"
    assert said(text) == [("D1", "block", "3")]


def test_nested_totals_of_two_columns():
    rows = [
        "North,a,[REDACTED]",
        "North,b,31",
        "North,Total,33",
        "South,a,41",
        "South,b,52",
        "South,Total,93",
    ]
    assert said("region,area,n\n" + "\n".join(rows) + "\n") == [("D1", "block", "2")]


def test_overlapping_categories_are_no_breakdown():
    assert said("condition,n\nDiabetes,512\nAsthma,377\nCancer,[REDACTED]\nTotal,611\n") == []


def test_a_hidden_cell_that_must_be_large_is_none_of_ours():
    assert said("region,n\nA,[REDACTED]\nB,20\nC,33\nTotal,141\n") == []


def test_a_rounded_cumulative_series_is_only_told_about():
    weeks = [105, 105, 110, 110, 120, 150]
    rows = [f"2021-01-{4 + 7 * n:02d},{count}" for n, count in enumerate(weeks[:4])]
    assert said("week,cumulative_count\n" + "\n".join(rows) + "\n") == [("D4", "info", "0 to 4")]


def test_an_exact_cumulative_series_shows_single_people():
    rows = ["2021-01-04,101", "2021-01-11,102", "2021-01-18,137", "2021-01-25,171"]
    assert said("week,cumulative_count\n" + "\n".join(rows) + "\n") == [("D4", "block", "1")]


@pytest.mark.parametrize("seed", range(8))
def test_safe_tables_with_hidden_cells_have_no_finding(seed):
    """Rounded to 5 after suppression, totals from what is shown: as the policy asks."""
    chance = random.Random(seed)
    lines = ["region,sex,n"]
    for region in "ABCDEFGH":
        counts = {sex: chance.choice([3, 6, 20, 90, 400]) + chance.randint(0, 9) for sex in ("F", "M", "U")}
        shown = {sex: 5 * round(count / 5) if count > 7 else None for sex, count in counts.items()}
        lines += [f"{region},{sex},{'[REDACTED]' if n is None else n}" for sex, n in shown.items()]
        lines.append(f"{region},Total,{sum(n for n in shown.values() if n)}")
    assert [entry for entry in said("\n".join(lines) + "\n") if entry[1] == "block"] == []


def test_a_large_table_is_attacked_in_seconds():
    header = "region,area,month," + ",".join(f"count_{number}" for number in range(47))
    lines = [header]
    for row in range(1_000):
        area = "Total" if row % 10 == 9 else f"a{row % 10}"
        grow = 9 if row % 10 == 9 else 1
        cells = [str(grow * (10 + (row // 10 * number) % 900)) for number in range(47)]
        cells[row % 47] = "[REDACTED]"
        lines.append(f"r{row // 10},{area},2021-01,{','.join(cells)}")
    (subject,) = examine("\n".join(lines).encode(), name="big.csv").subjects
    start = time.perf_counter()
    attack_table(subject)
    assert time.perf_counter() - start < 20  # a fiftieth of it on a quiet machine


def crossed_table(rows: int, columns: int) -> bytes:
    """A table of small exact counts with both margins, counts up to 7 hidden."""
    chance = random.Random(1)
    truth = [[chance.randint(0, 14) for _ in range(columns)] for _ in range(rows)]
    lines = ["area," + ",".join(f"count_g{column}" for column in range(columns)) + ",count_total"]
    for number, row in enumerate(truth):
        shown = ["[REDACTED]" if 1 <= count <= 7 else str(count) for count in row]
        lines.append(",".join([f"a{number}", *shown, str(sum(row))]))
    sums = [sum(row[column] for row in truth) for column in range(columns)]
    lines.append(",".join(["Total", *map(str, sums), str(sum(sums))]))
    return "\n".join(lines).encode()


def test_hundreds_of_hidden_cells_are_decided_by_a_few_solutions():
    start = time.process_time()
    examination = examine(crossed_table(200, 8), name="crossed.csv")
    assert time.process_time() - start < 60  # a thirtieth of it on a quiet machine
    assert examination.report.not_checked is None
    assert {"D1", "D2"} <= {finding.code for finding in examination.report.findings}


def test_what_the_budget_cuts_short_is_not_checked_instead_of_clear():
    start = time.process_time()
    report = examine(crossed_table(200, 200), name="crossed.csv").report
    assert time.process_time() - start < 120  # a tenth of it on a quiet machine
    assert report.not_checked is not None
    assert "are not decided within the budget" in report.not_checked


@pytest.mark.parametrize(
    "budget", [Budget(visits=50, solves=2), Budget(entries=0), Budget(solves=1), Budget(cells=3)]
)
def test_no_budget_makes_an_answer_narrower_than_the_truth(budget):
    found = table_system(examine(crossed_table(12, 12), name="crossed.csv").subjects[0])
    targets = [found.system.target(position) for position in found.hidden]
    exact, cut = attack(found.system, targets), attack(found.system, targets, budget=budget)
    assert exact.undecided == 0 and cut.undecided > 0
    for answer, whole in zip(cut.answers, exact.answers, strict=True):
        assert answer.bounds.low <= whole.bounds.low
        assert answer.bounds.high is None or answer.bounds.high >= whole.bounds.high
        assert not answer.bounds.decided or answer.verdict.gravity == whole.verdict.gravity


def test_a_grand_total_over_two_dimensions_gives_a_hidden_cell_away():
    rows = "A,F,10\nA,M,[REDACTED]\nB,F,25\nB,M,31\n"
    assert said(f"region,sex,n\n{rows}Total,,69\n") == [("D1", "block", "3")]
    assert said(f"region,sex,n\n{rows}Total,Total,69\n") == [("D1", "block", "3")]


def test_variables_that_break_the_same_total_down_are_no_grand_total():
    rows = "sex,F,110\nsex,M,[REDACTED]\nage,0-39,60\nage,40+,53\n"
    assert said(f"variable,level,n\n{rows}Total,,113\n") == [("D1", "block", "3")]
