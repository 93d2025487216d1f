"""Codelists without a service: the list, the manifest, damage, differences."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from armslength.cli.codelists.study import SYSTEMS
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.codelists.changes import changes_between
from armslength.pipeline.codelists.checking import Folder, find_problems
from armslength.pipeline.codelists.damage import check_digit_holds, find_damage
from armslength.pipeline.codelists.listing import Codelist, parse_address, parse_codelist, read_listing
from armslength.pipeline.codelists.manifest import Entry, hash_of, read_manifest, write_manifest
from armslength.pipeline.codelists.tables import decode, read_table

SERVICE = "https://lists.example"


def codes_of(mistakes: pytest.ExceptionInfo[Mistakes]) -> list[str]:
    return [one.code for one in mistakes.value.mistakes]


def test_a_list_may_have_comments_blank_lines_and_final_slashes():
    listed = read_listing("# ours\n\norg/asthma/2020-01-01/\nuser/ann/copd/1a2b\n")
    assert [one.codelist.id for one in listed] == ["org/asthma/2020-01-01", "user/ann/copd/1a2b"]
    assert [one.codelist.file_name for one in listed] == ["org-asthma.csv", "user-ann-copd.csv"]
    assert [one.line for one in listed] == [3, 4]


@pytest.mark.parametrize(
    "line",
    ["org", "org/a", "org/a/b/1", "user/ann/a", "a//b", "../a/1", "org/a/../1", "org/a b/1", "org/a/1/x/y"],
)
def test_a_line_that_names_no_codelist_is_told_with_its_line(line):
    with pytest.raises(Mistakes) as told:
        read_listing(f"# first\n{line}\n")
    assert codes_of(told) == ["P060"] and "codelists.txt:2" in str(told.value)


def test_every_problem_of_a_list_is_told_at_once():
    with pytest.raises(Mistakes) as told:
        read_listing("org/a/1\norg/a/1\norg/a/2\nnonsense\nx/b-c/1\nx-b/c/1\n")
    assert codes_of(told) == ["P061", "P061", "P060", "P062"]
    assert "listed twice" in str(told.value) and "two versions" in str(told.value)


@pytest.mark.parametrize(
    "address",
    [
        "org/a/1",
        f"{SERVICE}/codelist/org/a/1/",
        f"{SERVICE}/codelist/org/a/1/#full-list",
        f"{SERVICE}/codelist/org/a/1/download.csv",
        f"{SERVICE}/codelist/org/a/1/?x=y",
    ],
)
def test_a_codelist_is_named_by_id_page_anchor_or_download(address):
    assert parse_address(address, service=SERVICE) == Codelist(("org",), "a", "1")


@pytest.mark.parametrize(
    "address", [f"{SERVICE}/codelist/org/a/", f"{SERVICE}/", "https://evil.example/codelist/org/a/1/"]
)
def test_an_address_elsewhere_or_without_version_is_none(address):
    assert parse_address(address, service=SERVICE) is None


def test_line_ends_make_no_difference_to_the_hash():
    assert hash_of("code\r\n1\r\n") == hash_of("code\n1") == hash_of("code\n1\n")
    assert hash_of("code\n1") == hashlib.sha1(b"code\n1").hexdigest()


ENTRY = Entry(
    Codelist(("org",), "a", "1"), f"{SERVICE}/codelist/org/a/1/", "2026-01-01 00:00:00.000000Z", "ab"
)
BAD_ID = '{"files": {"a.csv": {"id": "x", "url": "", "downloaded_at": "", "sha": ""}}}'


def test_the_manifest_reads_back_what_it_writes():
    assert read_manifest(write_manifest({"org-a.csv": ENTRY})) == {"org-a.csv": ENTRY}


@pytest.mark.parametrize("text", ["", "[]", '{"files": {"a.csv": {}}}', BAD_ID])
def test_a_broken_manifest_is_refused(text):
    with pytest.raises(Mistake) as told:
        read_manifest(text)
    assert told.value.code == "P063"


def whole(*, listing="org/a/1\n", content=b"code,term\n44054006,x\n", files=None) -> Folder:
    entry = dataclasses.replace(ENTRY, sha=hash_of(content.decode()))
    files = {"org-a.csv": content} if files is None else files
    return Folder(listing, write_manifest({"org-a.csv": entry}), files)


def test_a_whole_folder_has_no_problem():
    assert find_problems(whole()) == []


def test_other_line_ends_are_no_problem():
    folder = whole()
    assert (
        find_problems(Folder(folder.listing, folder.manifest, {"org-a.csv": b"code,term\r\n44054006,x\r\n"}))
        == []
    )


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (whole(listing="org/a/2\n"), "listed but was never downloaded"),
        (whole(listing="# none\n"), "no longer listed"),
        (whole(files={}), "not in the folder"),
        (
            whole(files={"org-a.csv": b"code,term\n44054006,x\n", "mine.csv": b"code\n"}),
            "`mine.csv` was not downloaded",
        ),
        (whole(files={"org-a.csv": b"code,term\n44054007,x\n"}), "was changed since it was downloaded"),
        (whole(files={"org-a.csv": b"\xff\xfe"}), "was changed since it was downloaded"),
        (Folder("org/a/1\n", None, {"org-a.csv": b"code\n"}), "there is no `codelists.json`"),
        (Folder(None, "{}", {}), "no `codelists.txt`"),
    ],
)
def test_a_folder_that_is_not_as_listed_says_how(folder, told):
    problems = find_problems(folder)
    assert any(told in problem.what for problem in problems)
    assert all(problem.hint and problem.where for problem in problems)


def test_a_folder_of_ones_own_lists_alone_is_no_problem():
    assert find_problems(Folder(None, None, {"mine.csv": b"code\n1\n"})) == []


def damage_in(text: str, named=()):
    return find_damage(read_table(text, where="x.csv"), systems=SYSTEMS, named=named)


SNOMED = "44054006\n73211009\n320029006\n319996000\n"


@pytest.mark.parametrize(
    ("code", "told", "repair"),
    [
        ("1.2E+17", "made a number", "import the column as text"),
        ("1.2345E+17", "made a number", "import the column as text"),
        ('"9,99791E+14"', "made a number", "import the column as text"),
        ("01-Jan", "made a date", "import the column as text"),
        ("Jan-01", "made a date", "import the column as text"),
        ("01/02/2020", "made a date", "import the column as text"),
        ("2020-01-02 00:00:00", "made a date", "import the column as text"),
        ("44054006 ", "ends with a space", "write `44054006`"),
        (" 44054006", "starts with a space", "write `44054006`"),
        ("44054006\u00a0", "no-break space", "write `44054006`"),
        ("4405\u200b4006", "zero-width space", "write `44054006`"),
        ("#REF!", "spreadsheet's error", "text"),
        ("'44054006", "mark for text", "remove the mark"),
        ("44054006.0", "decimal number", "source"),
        ("NaN", "missing value", "delete the row"),
        ("39113311000001100", "wrote noughts for the rest", "import the column as text"),
        ("44054007", "last digit does not agree", "source"),
        ("4405400\uff16", "which no code has", "source"),
    ],
)  # fmt: skip
def test_damage_is_found_with_line_column_and_repair(code, told, repair):
    (damage,) = damage_in(f"code,term\n{SNOMED.replace(chr(10), ',x' + chr(10))}{code},y\n")
    assert (damage.line, damage.column) == (6, "code")
    assert told in damage.what and repair in damage.repair


@pytest.mark.parametrize("code", ['"44,054,006"', '"1,234"'])
def test_commas_between_thousands_are_damage(code):
    assert "commas" in damage_in(f"code,term\n{code},y\n")[0].what


def test_lost_noughts_and_dots_are_found_where_codes_have_a_fixed_length():
    whole_codes = ["22K..", "X76C7", "XE0Uc", "01234", "H33..", "XM01E", "C10..", "137R.", "G30.."]
    damage = damage_in("\n".join(["CTV3ID", *whole_codes, "1234", "G3"]))
    assert [(one.line, one.repair) for one in damage] == [(11, "write `01234`"), (12, "write `G3...`")]


def test_three_character_diagnoses_are_not_shortened_read_codes():
    assert damage_in("icd10,term\nE1190,a\nE1191,b\nE1192,c\nE1193,d\nE1194,e\nE11,f\n") == ()


@pytest.mark.parametrize(
    "text",
    [
        f"code,term\n{SNOMED}",
        "code,term\n22K..,a\n137R.,b\nXE0Uc,c\n1E5..,d\n",
        "code,term\nE10,a\nE11.9,b\nI21-I23,c\n",
        "code,term\n197904,lisinopril\n314076,x\n104383,y\n",  # identifiers of another system, without check digit
        "code,term\n1,one\n2,two\n3,three\n",
        "code,term\n,blank\n   ,blank\n44054006,x\n",
        "id,date\n44054006,2020-01-01\n",
        "code,term\n44054006,1.2E+17\n",
    ],
)
def test_what_is_not_damaged_is_left_alone(text):
    assert damage_in(text) == ()


def test_lines_are_counted_over_quoted_line_ends():
    (damage,) = damage_in('code,term\n44054006,"two\nlines"\n1.2E+17,x\n')
    assert damage.line == 4


def test_columns_that_the_study_reads_count_as_codes_whatever_their_name():
    assert damage_in("Wert,x\n1.2E+17,a\n") == ()
    assert len(damage_in("Wert,x\n1.2E+17,a\n", named=["Wert"])) == 1


def test_the_check_digit_notices_every_single_wrong_digit():
    good = "39113311000001107"
    assert check_digit_holds(good)
    for place in range(len(good)):
        for digit in "0123456789":
            changed = good[:place] + digit + good[place + 1 :]
            assert check_digit_holds(changed) == (changed == good)


@pytest.mark.parametrize("content", [b"", b"\n", b'code\n"open', b"\xff\xfe"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(Mistake) as told:
        read_table(decode(content, where="x.csv"), where="x.csv")
    assert told.value.code == "P073"


def test_differences_tell_codes_terms_and_columns():
    before = read_table("code,term,kind\n1,one,a\n2,two,a\n3,three,a\n", where="x")
    after = read_table("code,term,dmd\n2,zwei,\n3 ,three,\n4,four,\n", where="x")
    changes = changes_between(before, after)
    assert changes.added == (("4", "four"),) and changes.removed == (("1", "one"),)
    assert [(one.code, one.column, one.before, one.after) for one in changes.reworded] == [
        ("2", "term", "two", "zwei")
    ]
    assert (changes.columns_added, changes.columns_removed) == (("dmd",), ("kind",))
    assert not changes_between(before, before)
    assert len(changes_between(None, after).added) == 3 and len(changes_between(before, None).removed) == 3


def test_an_id_with_a_user_has_four_parts():
    assert parse_codelist("user/ann/a/1") == Codelist(("user", "ann"), "a", "1")
