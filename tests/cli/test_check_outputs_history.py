"""`check-outputs --history` and `history`: new outputs beside what was released before."""

from __future__ import annotations

import json
import os

import pytest

from armslength.cli import run

FIRST = "region,patients\nA,101\nB,143\nC,212\nD,377\nE,518\n"
SECOND = FIRST.replace("143", "144")


@pytest.fixture
def old(tmp_path):
    """A history with one release of five exact counts."""
    (tmp_path / "regions.csv").write_text(FIRST)
    assert (
        run(["history", "add", str(tmp_path / "old"), str(tmp_path / "regions.csv"), "--as", "2026-10"]) == 0
    )
    (tmp_path / "regions.csv").write_text(SECOND)
    return tmp_path / "old"


def found(capsys, *arguments: str) -> tuple[int, list[dict], str]:
    capsys.readouterr()
    status = run(["check-outputs", "--json", *arguments])
    said = capsys.readouterr()
    reports = json.loads(said.out)
    return status, [finding for report in reports for finding in report["findings"]], said.err


def test_one_more_patient_than_in_the_last_release_blocks_at_its_cell(old, tmp_path, capsys):
    status, findings, told = found(capsys, str(tmp_path / "regions.csv"), "--history", str(old))
    (finding,) = [finding for finding in findings if finding["code"] == "E1"]
    assert (status, finding["verdict"]) == (1, "block")
    assert finding["places"] == [{"line": 3, "column": "patients"}]
    assert finding["derivation"] == ["patients of region b: 143 in `2026-10`, 144 here; the difference is 1"]
    assert "history check covered 1 of 1 released files" in told
    assert "Of 5 counts here, 5 were released before and were compared, 0 were not released before" in told


def test_coverage_tells_what_could_not_be_compared(old, tmp_path, capsys):
    (tmp_path / "more.csv").write_text("region,patients\nA,100\nA,105\nF,300\n")
    (tmp_path / "plot.png").write_bytes(b"\x89PNG\x00")
    (old / "2026-09").mkdir()
    (old / "2026-09" / "map.png").write_bytes(b"\x89PNG\x00")
    run(["check-outputs", str(tmp_path / "more.csv"), str(tmp_path / "plot.png"), "--history", str(old)])
    told = capsys.readouterr().out
    assert "history check covered 1 of 2 released files; not read: map.png" in told
    assert (
        "Of 3 counts here, 0 were released before and were compared, 1 were not released before, 2 could"
        in told
    )
    assert "1 of the new files could not be read, and were not compared" in told


def test_the_page_and_sarif_know_the_comparison(old, tmp_path, capsys):
    page = tmp_path / "report.html"
    run(["check-outputs", str(tmp_path / "regions.csv"), "--history", str(old), "--html", str(page)])
    assert "history check covered 1 of 1" in page.read_text()
    assert "A small difference from an earlier release" in page.read_text()
    capsys.readouterr()
    run(["check-outputs", "--sarif", str(tmp_path / "regions.csv"), "--history", str(old)])
    (sarif,) = json.loads(capsys.readouterr().out)["runs"]
    assert {"E1", "E2", "E3", "E4", "E5", "E6", "E7"} <= {
        rule["id"] for rule in sarif["tool"]["driver"]["rules"]
    }
    (result,) = [result for result in sarif["results"] if result["ruleId"] == "E1"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_a_policy_may_say_how_grave_a_comparison_is(old, tmp_path, capsys):
    from armslength.disclosure.policy import DEFAULT

    policy = tmp_path / "policy.toml"
    policy.write_text(f'base = "{DEFAULT.version}"\n[severity]\nE1 = "info"\n')
    _, findings, _ = found(
        capsys, str(tmp_path / "regions.csv"), "--history", str(old), "--policy", str(policy)
    )
    assert [finding["verdict"] for finding in findings if finding["code"] == "E1"] == ["info"]


def test_what_is_known_of_the_releases_changes_what_is_found(tmp_path, capsys):
    output, history = tmp_path / "n.csv", str(tmp_path / "old")
    output.write_text("region,patients\nA,101\nB,143\nC,212\nD,377\nE,518\n")
    facts = ["--backend", "tpp", "--refresh", "2026-09-30"]
    assert run(["history", "add", history, str(output), "--as", "tpp", *facts]) == 0
    output.write_text("region,patients\nA,105\nB,243\nC,412\nD,577\nE,718\n")
    _, findings, _ = found(capsys, str(output), "--history", history, "--backend", "tpp+emis")
    assert [f["derivation"][0] for f in findings if f["code"] == "E6"] == [
        "patients of region a: 101 in `tpp`, 105 here; emis alone has 4"
    ]
    _, findings, _ = found(
        capsys, str(output), "--history", history, "--backend", "tpp", "--refresh", "2026-10-31"
    )
    assert "E5" in {finding["code"] for finding in findings}


def test_a_code_more_than_last_time_is_told_with_what_it_moved(tmp_path, capsys):
    output, history, codes = tmp_path / "n.csv", str(tmp_path / "old"), tmp_path / "codelists"
    codes.mkdir()
    (codes / "asthma.csv").write_text("code,term\n1,one\n2,two\n")
    output.write_text(FIRST)
    assert run(["history", "add", history, str(output), "--as", "a", "--codelists", str(codes)]) == 0
    (codes / "asthma.csv").write_text("code,term\n1,one\n2,two\n3,three\n")
    output.write_text(FIRST.replace("143", "146"))
    _, findings, _ = found(capsys, str(output), "--history", history, "--codelists", str(codes))
    (finding,) = [finding for finding in findings if finding["code"] == "E4"]
    assert finding["verdict"] == "warn"
    assert "`asthma` had 2 codes and has 3" in finding["what"]
    assert any("the change moved 3" in step for step in finding["derivation"])


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("bmi,patients\n18.5-24.9,511\n25-29.9,203\n30-34.9,311\n", "bmi,patients\n18.5-24.9,511\n25-31.9,208\n",
         "give 5 people with bmi 30 to below 32"),
        ("age_band,patients\n18-39,511\n40-44,203\n45-49,311\n", "age_band,patients\n18-39,511\n40-47,512\n",
         "give 2 people aged 48-49"),
        ("income,patients\n0-9999,511\n10000-19999,203\n20000-29999,311\n",
         "income,patients\n0-9999,511\n10000-24999,207\n", "give 4 people with income 20000 to below 25000"),
    ],
)  # fmt: skip
def test_bands_cut_elsewhere_leave_narrow_bands_whatever_they_measure(tmp_path, capsys, before, now, said):
    output, history = tmp_path / "n.csv", str(tmp_path / "old")
    output.write_text(before)
    people = ["--population", "the same people"]
    assert run(["history", "add", history, str(output), "--as", "a", *people]) == 0
    output.write_text(now)
    _, findings, _ = found(capsys, str(output), "--history", history, *people)
    told = [finding for finding in findings if finding["code"] == "E1" and said in finding["what"]]
    assert [finding["verdict"] for finding in told] == ["block"], findings


def test_months_and_quarters_ask_because_one_person_may_be_in_two_of_them(tmp_path, capsys):
    output, history = tmp_path / "n.csv", str(tmp_path / "old")
    output.write_text("month,patients\n2026-01,111\n2026-02,121\n2026-04,154\n")
    assert run(["history", "add", history, str(output), "--as", "a", "--population", "p"]) == 0
    output.write_text("quarter,patients\n2026-Q1,235\n2026-Q2,400\n")
    _, findings, _ = found(capsys, str(output), "--history", history, "--population", "p")
    told = [finding for finding in findings if finding["code"] == "E1"]
    assert [finding["verdict"] for finding in told] == ["warn"]
    assert "give 1 to 5 people from 2026-03-01 to 2026-03-31" in told[0]["what"]


def test_a_recorded_release_is_verified_and_a_changed_one_is_not_compared_with(old, tmp_path, capsys):
    assert run(["history", "verify", str(old)]) == 0
    (old / "2026-10" / "regions.csv").write_text(SECOND)
    (old / "2026-10" / "extra.csv").write_text(SECOND)
    capsys.readouterr()
    assert run(["history", "verify", str(old)]) == 1
    told = capsys.readouterr().out
    assert "`regions.csv` is not the file that was recorded; `extra.csv` was not recorded" in told
    run(["check-outputs", str(tmp_path / "regions.csv"), "--history", str(old)])
    assert "covered 1 of 2 released files; not read: regions.csv" in capsys.readouterr().out
    (old / "2026-10" / "regions.csv").unlink()
    run(["history", "verify", str(old)])
    assert "`regions.csv` is missing" in capsys.readouterr().out


def test_releases_are_listed_and_recorded_once(old, tmp_path, capsys):
    capsys.readouterr()
    assert run(["history", "list", str(old)]) == 0
    assert capsys.readouterr().out.startswith("2026-10  20")
    again = ["history", "add", str(old), str(tmp_path / "regions.csv"), "--as"]
    assert run([*again, "2026-10"]) == 1
    assert "error C016: the history has a release `2026-10` already" in capsys.readouterr().err
    for name in ("../out", ".hidden", ""):
        assert run([*again, name]) == 1
    assert run([*again, "2026-11", "--on", "last week"]) == 2
    assert run([*again, "2026-11", "--codelists", str(tmp_path / "none")]) == 2
    assert [path.name for path in old.iterdir()] == ["2026-10"]


def test_nothing_is_recorded_when_a_file_cannot_be_copied(old, tmp_path, capsys):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "a.csv").write_text(FIRST)
    os.mkfifo(tmp_path / "study" / "b.csv")
    assert run(["history", "add", str(old), str(tmp_path / "study"), "--as", "next"]) == 1
    assert "error C002" in capsys.readouterr().err
    assert not (old / "next").exists()


def test_a_damaged_record_and_no_folder_are_mistakes(old, tmp_path, capsys):
    (old / "2026-10" / "release.json").write_text("{")
    assert run(["check-outputs", str(tmp_path / "regions.csv"), "--history", str(old)]) == 1
    assert "error C017" in capsys.readouterr().err
    assert run(["check-outputs", str(tmp_path / "regions.csv"), "--history", str(tmp_path / "none")]) == 1
    assert "error C013" in capsys.readouterr().err


def test_without_a_history_the_checks_against_it_are_told_as_not_checked(old, tmp_path, capsys):
    table = str(tmp_path / "regions.csv")
    run(["check-outputs", table])
    assert (
        "not checked: E1 to E7, comparison with earlier releases; needs --history" in capsys.readouterr().out
    )

    def missing(*more: str) -> set[str]:
        run(["check-outputs", "--json", table, *more])
        (report,) = json.loads(capsys.readouterr().out)
        return {check["code"] for check in report["not_run"] if check["code"].startswith("E")}

    assert missing() == {f"E{number}" for number in range(1, 8)}
    assert missing("--history", str(old)) == set()
