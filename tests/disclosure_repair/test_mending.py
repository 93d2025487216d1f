"""A repaired copy passes every check, differs only where it must, and says what it could not mend."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armslength.disclosure.check import examine
from armslength.disclosure.policy import DEFAULT
from armslength.disclosure.repair.code import python_code, r_code
from armslength.disclosure.repair.mending import mend
from armslength.disclosure.report import Verdict

ROWS = [("North", 103), ("South", 4), ("East", 404), ("West", 1238), ("Total", 1749)]
SHOWN = {"103": "105", "4": "[REDACTED]", "404": "405", "1238": "1240", "1749": "1750"}


def as_csv(separator: str = ",", end: str = "\n") -> str:
    return end.join(separator.join(map(str, row)) for row in [("region", "patients"), *ROWS]) + end


def as_page() -> str:
    rows = "".join(f"<tr><td>{name} &amp; isles</td>\n  <td><b>{n}</b></td></tr>" for name, n in ROWS)
    rows = rows.replace("Total &amp; isles", "Total")
    return f"<p>n</p><table><tr><th>region</th><th>patients</th></tr>{rows}</table>"


def as_markdown() -> str:
    rows = "\n".join(f"| {name} | {n} |" for name, n in ROWS)
    return f"# Patients\n\n| region | patients |\n|--------|---------:|\n{rows}\n"


def as_log() -> str:
    return "region          patients\n" + "\n".join(f"{name:<10}{n:>14}" for name, n in ROWS) + "\n"


FORMS = {
    "t.csv": as_csv(),
    "windows.csv": as_csv(";", "\r\n"),
    "t.html": as_page(),
    "t.md": as_markdown(),
    "t.log": as_log(),
    "records.json": json.dumps([{"region": name, "patients": n} for name, n in ROWS], indent=1),
    "columns.json": json.dumps({"region": [r[0] for r in ROWS], "patients": [r[1] for r in ROWS]}),
    "deep.json": json.dumps({"by": {"area": [{"region": name, "patients": n} for name, n in ROWS]}}),
    "split.json": json.dumps({"columns": ["region", "patients"], "data": ROWS}),
}


@pytest.mark.parametrize("name", FORMS)
def test_small_counts_are_hidden_the_others_rounded_and_totals_follow_in_every_kind_of_file(name):
    text = FORMS[name]
    mended = mend(text.encode(), name=name)
    assert {change.before: change.after for change in mended.changes} == SHOWN
    assert mended.is_safe and mended.missed == ()
    (subject,) = examine(mended.after, name=name).subjects
    assert [row[1].raw for row in subject.table.rows] == list(SHOWN.values())

    # Nothing but the cells has changed: with the old texts put back in, the files are the same.
    def words(said):
        return "".join(said.replace('"[REDACTED]"', "[REDACTED]").split())

    back = words(mended.after.decode())
    for old, new in SHOWN.items():
        back = back.replace(new, old, 1)
    assert back == words(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_keeps_its_encoding(encoding):
    data = as_csv().replace("North", "Nørth").encode(encoding)
    mended = mend(data, name="t.csv")
    assert mended.is_safe
    assert mended.after.decode(encoding).splitlines()[1:3] == ["Nørth,105", "South,[REDACTED]"]


def test_quotes_and_line_breaks_inside_cells_stay_as_they_are():
    text = 'region,patients,note\n"North, ""upper""",103,"two\nlines"\nSouth,4,\n"East",404,"x"\nWest,1238,\n'
    mended = mend(text.encode(), name="t.csv")
    assert mended.after.decode() == text.replace(",103,", ",105,").replace(",4,", ",[REDACTED],").replace(
        ",404,", ",405,"
    ).replace(",1238,", ",1240,")


def test_percentages_follow_the_counts_they_are_of():
    text = "sex,region,patients,pct\nM,North,103,12.1\nM,South,3,0.4\nF,North,127,14.9\nF,South,617,72.6\n"
    text += "Total,,850,100\n"
    mended = mend(text.encode(), name="t.csv")
    lines = mended.after.decode().splitlines()
    assert lines[2] == "M,South,[REDACTED],[REDACTED]"
    assert lines[4] == f"F,South,615,{100 * 615 / 845:.0f}"
    pairs = 'group,n\na,"1,203 (12.2%)"\nb,"4 (0.0%)"\nc,"8,653 (87.8%)"\nTotal,"9,860 (100%)"\n'
    assert mend(pairs.encode(), name="t.csv").after.decode().splitlines()[1:3] == [
        'a,"1,205 (12%)"',
        'b,"[REDACTED]"',
    ]


def test_the_policy_says_what_is_small_and_what_is_round():
    policy = replace(DEFAULT, threshold=10, schemes=tuple(s for s in DEFAULT.schemes if s.base == 10))
    text = "region,patients\nNorth,104\nSouth,9\nEast,406\nWest,1238\n"
    mended = mend(text.encode(), name="t.csv", policy=policy)
    assert [change.after for change in mended.changes] == ["100", "[REDACTED]", "410", "1240"]
    assert "base=10, threshold=10" in "\n".join(python_code(mended, policy=policy))


def test_a_hidden_count_that_sums_give_away_takes_a_second_one_with_it():
    text = "age_band,n\n0-17,[REDACTED]\n18-39,140\n40-64,212\n65+,33\nTotal,388\n"
    mended = mend(text.encode(), name="t.csv")
    assert mended.is_safe and mended.merges
    assert not {"D1", "D2"} & {finding.code for finding in mended.left}


def test_what_one_table_hides_no_other_table_of_the_file_shows():
    part = "region,patients\nNorth,105\nSouth,{}\nEast,405\nWest,500\n"
    text = f"{part.format('[REDACTED]')}\n{part.format('5')}"
    assert "D6" in {finding.code for finding in examine(text.encode(), name="t.csv").report.findings}
    mended = mend(text.encode(), name="t.csv")
    assert mended.after.decode() == text.replace("South,5", "South,[REDACTED]")
    assert mended.is_safe


def test_what_cannot_be_repaired_is_left_and_said():
    text = "patient_id,sex\n" + "".join(f"{n},{'M' if n % 2 else 'F'}\n" for n in range(1000, 1050))
    mended = mend(text.encode(), name="t.csv")
    assert not mended.is_safe and mended.changes == () and mended.after == text.encode()
    assert "A1" in {finding.code for finding in mended.left}
    picture = mend(b"\x89PNG\x00", name="t.png")
    assert not picture.is_safe and picture.unread


def test_a_cell_in_pieces_is_not_guessed_at():
    page = as_page().replace("<b>4</b>", "<i>&#52;</i><!-- -->")
    split = as_page().replace("<b>103</b>", "<b>1</b><b>03</b>")
    assert mend(page.encode(), name="t.html").missed == ()
    told = mend(split.encode(), name="t.html")
    assert told.missed and not told.is_safe and b"<b>1</b><b>03</b>" in told.after


def test_the_diff_is_one_that_other_programs_take(tmp_path):
    for name, text in (("t.csv", as_csv()), ("end.csv", as_csv().rstrip("\n"))):
        mended = mend(text.encode(), name=name)
        (tmp_path / name).write_text(text)
        (tmp_path / "diff").write_text(mended.diff(name))
        subprocess.run(["git", "apply", "-p1", "diff"], cwd=tmp_path, check=True)
        assert (tmp_path / name).read_bytes() == mended.after


def test_the_code_for_a_study_writes_what_the_copy_shows(tmp_path, monkeypatch):
    pandas = pytest.importorskip("pandas")
    text = as_csv().replace("Total,1749\n", "")
    mended = mend(text.encode(), name="t.csv")
    monkeypatch.chdir(tmp_path)
    table = pandas.read_csv(io.StringIO(text))
    exec("\n".join(python_code(mended, policy=DEFAULT)), {"table": table})
    assert (tmp_path / "t.csv").read_bytes() == mended.after
    assert (tmp_path / "t.csv.claims.json").is_file()
    assert 'table[["patients"]] <- round_counts(table[["patients"]], base = 5, threshold = 7)' in r_code(
        mended, policy=DEFAULT
    )


counts = st.one_of(st.integers(0, 9), st.integers(8, 400))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(counts, min_size=2, max_size=4), min_size=2, max_size=4), st.booleans())
def test_whatever_the_counts_a_repaired_table_passes_every_check(rows, with_totals):
    width = min(map(len, rows))
    rows = [row[:width] for row in rows]
    names = [f"{name}_patients" for name in "abcd"[:width]]
    lines = [["region", *names, *(["total_patients"] if with_totals else [])]]
    table = [[f"r{n}", *row] for n, row in enumerate(rows)]
    if with_totals:
        table.append(["Total", *map(sum, zip(*rows, strict=True))])
        table = [[*row, sum(row[1:])] for row in table]
    text = "\n".join(",".join(map(str, row)) for row in itertools.chain(lines, table)) + "\n"
    mended = mend(text.encode(), name="t.csv")
    blocked = [finding for finding in mended.left if finding.verdict is Verdict.BLOCK]
    assert blocked == [], f"{text}\n{mended.after.decode()}"
    again = mend(mended.after, name="t.csv")
    assert again.changes == ()
