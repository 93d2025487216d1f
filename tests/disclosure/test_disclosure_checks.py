"""Each check is shown a table it must stop and the same table made safe, which it must let pass."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armslength.disclosure.check import check_bytes
from armslength.disclosure.policy import DEFAULT, RoundingScheme
from armslength.disclosure.report import Verdict
from armslength.disclosure.text import is_nhs_number

SAFE = """\
characteristic,group,patients,on_statin,percent
Age,40-49,410,205,50
Age,50-59,880,530,60
Sex,female,[REDACTED],[REDACTED],
Sex,male,1290,735,57
"""


def report_on(text: str, name: str = "table.csv"):
    return check_bytes(text.encode(), name=name)


def codes(text: str, name: str = "table.csv") -> set[str]:
    return {finding.code for finding in report_on(text, name).findings}


def test_a_rounded_and_redacted_table_is_clear():
    report = report_on(SAFE)
    assert (report.verdict, report.findings) == (Verdict.CLEAR, ())
    assert report.roles["patients"] == "count"
    assert report.roles["percent"] == "proportion"


@pytest.mark.parametrize("small", [1, 2, 3, 4, 6, 7])
def test_a_count_from_1_to_7_is_blocked_and_its_cell_named(small):
    report = report_on(SAFE.replace("1290,735", f"1290,{small}").replace(",57\n", ",\n"))
    finding = next(finding for finding in report.findings if finding.code == "B1")
    assert report.verdict is Verdict.BLOCK
    assert finding.where == "line 5, `on_statin`"
    assert finding.value == str(small)


def test_a_5_among_multiples_of_5_may_be_rounded_and_is_asked_about():
    report = report_on(SAFE.replace("1290,735,57", "1290,5,"))
    assert [(finding.code, finding.verdict) for finding in report.findings] == [("B1", Verdict.WARN)]


@pytest.mark.parametrize("count", ["0", "10", "[REDACTED]", ""])
def test_a_count_that_is_nought_large_or_hidden_is_not_small(count):
    assert codes(SAFE.replace("1290,735,57", f"1290,{count},")) <= {"B10"}  # much hidden is told


def test_an_unrounded_count_is_blocked_and_its_cell_named():
    report = report_on(SAFE.replace("410", "411"))
    finding = next(finding for finding in report.findings if finding.code == "C1")
    assert (finding.verdict, finding.where) == (Verdict.BLOCK, "line 2, `patients`")


def test_midpoint_6_labels_are_rounded_and_may_be_small():
    assert codes("group,n_midpoint6\na,3\nb,9\nc,303\n") == set()


def test_a_column_that_claims_midpoint_6_and_is_not_is_stopped():
    assert codes("group,n_midpoint6\na,3\nb,10\nc,303\n") == {"B1", "C1", "C6"}


def test_a_percentage_that_gives_a_small_count_away_is_blocked():
    found = report_on("group,patients,percent\na,100,3\nb,1000,50\n").findings
    assert [(finding.code, finding.where) for finding in found] == [("B2", "line 2, `percent`")]


def test_a_percentage_whose_complement_is_small_is_blocked():
    assert codes("group,patients,percent\na,100,96.0\n") == {"B2"}


def test_a_coarse_percentage_of_a_large_group_gives_nothing_away():
    assert codes("group,patients,percent\na,1000,1\nb,5000,99\n") == set()


@pytest.mark.parametrize(
    "name", ["patient_id", "Patient ID", "pid", "NHS_number", "practice_pseudo_id", "personId", "hash"]
)
def test_a_column_named_like_an_identifier_is_blocked(name):
    assert "A1" in codes(f"{name},n\n1,10\n2,20\n")


def test_long_numbers_that_differ_on_every_row_are_an_identifier_whatever_their_name():
    numbers = random.Random(1).sample(range(10**9, 10**10), 12)
    assert "A1" in codes("thing,n\n" + "".join(f"{number},10\n" for number in numbers))


def test_hashes_that_differ_on_every_row_are_an_identifier():
    assert "A1" in codes("x,n\n" + "".join(f"{number:032x},10\n" for number in range(10**30, 10**30 + 12)))


def test_a_table_of_people_is_blocked():
    people = "sex,age,statin\n" + "female,62,T\n" * 40
    report = report_on(people)
    assert [finding.code for finding in report.findings] == ["A2"]
    assert report.verdict is Verdict.BLOCK


def test_a_count_that_is_one_on_every_row_does_not_hide_a_table_of_people():
    assert "A2" in codes("sex,age,count\n" + "female,62,1\n" * 40)


def test_a_long_table_of_groups_is_not_a_table_of_people():
    rows = "".join(f"{year},{sex},{10 * year}\n" for year in range(2000, 2040) for sex in ("female", "male"))
    assert codes("year,sex,patients\n" + rows) == set()


@pytest.mark.parametrize(
    "text", ["seen 943 476 5919 today", "mail jo.bloggs@example.org", "lives at SW1A 1AA", "9434765919"]
)
@pytest.mark.parametrize("name", ["job.log", "page.html", "plot.svg", "note.md", "table.csv"])
def test_personal_identifiers_are_found_in_any_text_and_never_quoted(text, name):
    report = report_on(f"a,b\n{text},x\n", name)
    finding = next(finding for finding in report.findings if finding.code == "A3")
    authors = "@" in text and name in (
        "page.html",
        "plot.svg",
    )  # an address outside every table is mostly an author's
    assert finding.verdict is (Verdict.WARN if authors else Verdict.BLOCK)
    assert "5919" not in str(finding.to_json()) and "bloggs" not in str(finding.to_json())


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 999_999_999))
def test_exactly_one_check_digit_at_most_makes_an_nhs_number(nine):
    valid = [digit for digit in range(10) if is_nhs_number(f"{nine:09d}{digit}")]
    assert len(valid) <= 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_delimiters_hide_nothing(delimiter, encoding):
    text = f"région{delimiter}patients\nNord{delimiter}3\nSud{delimiter}20\n"
    report = check_bytes(text.encode(encoding), name="x.csv")
    assert {finding.code for finding in report.findings} == {"B1"}


def test_json_records_and_columns_are_read_as_tables():
    assert codes('[{"group": "a", "patients": 3}]', "x.json") == {"B1"}
    assert codes('{"group": ["a", "b"], "patients": [3, 20]}', "x.json") == {"B1"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.csv"),
        (b"\x89PNG\r\n\x1a\n\x00", "x.png"),
        (b"a,b\x00\n1,2\n", "x.csv"),
        (b'a,b\n"1,2\n', "x.csv"),
        (b"{not json", "x.json"),
        (b'"just a text"', "x.json"),
        (b"[" * 100_000, "x.json"),
        (b"\xff\xfea", "x.csv"),
        (b"hello", "x.txt"),
    ],
)
def test_what_cannot_be_read_is_not_checked_and_says_why(data, name):
    report = check_bytes(data, name=name)
    assert report.verdict is Verdict.NOT_CHECKED
    assert report.not_checked


def test_a_kind_of_file_that_may_not_leave_is_stopped_and_not_checked():
    for name in ("noext", "data.parquet", "model.rds"):
        report = check_bytes(b"hello", name=name)
        assert report.not_checked and [finding.code for finding in report.findings] == ["F6"]


def test_a_file_that_is_too_large_is_not_checked():
    policy = replace(DEFAULT, maximum_bytes=100)
    report = check_bytes(b"a,b\n" * 100, name="x.csv", policy=policy)
    assert report.not_checked and report.verdict is Verdict.BLOCK


def test_a_table_with_too_many_cells_is_not_checked():
    policy = replace(DEFAULT, maximum_cells=10)
    assert check_bytes(b"a,b\n" * 100, name="x.csv", policy=policy).verdict is Verdict.NOT_CHECKED


def test_uneven_rows_are_told_and_their_cells_still_judged():
    assert codes("group,patients\na,20\nb,3,17\n") == {"A6", "B1", "C1", "F2"}


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.json", "x.log", "x.tsv"]))
def test_no_bytes_at_all_break_the_checks(data, name):
    report = check_bytes(data, name=name)
    assert report.verdict in Verdict
    assert report.to_json()["verdict"] == report.verdict.value


counts = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)


@settings(deadline=None)  # the machine may be busy
@given(counts)
def test_a_count_column_passes_exactly_when_every_count_is_large_and_rounded(numbers):
    text = "group,patients\n" + "".join(f"g{row},{number}\n" for row, number in enumerate(numbers))
    safe = all(number == 0 or number > 7 for number in numbers) and any(
        all(scheme.allows(number) for number in numbers if number > 7) for scheme in DEFAULT.schemes
    )
    assert (report_on(text).verdict is Verdict.CLEAR) == safe


def test_a_policy_without_sense_cannot_be_made():
    with pytest.raises(ValueError, match="at least 1"):
        replace(DEFAULT, threshold=0)
    with pytest.raises(ValueError, match="at least one rounding scheme"):
        replace(DEFAULT, schemes=())
    assert RoundingScheme(name="nearest 5", base=5).allows(0)
