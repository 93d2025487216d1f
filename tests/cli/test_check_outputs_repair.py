"""`check-outputs --repair`, `--patch` and `--code`, and claims beside outputs, as they are typed."""

from __future__ import annotations

import json

import pytest

from armslength.cli import run
from armslength.disclosure.study import round_counts, write_table

SMALL = "region,patients\nNorth,103\nSouth,4\nEast,404\n"
SAFE = "region,patients\nNorth,105\nSouth,[REDACTED]\nEast,405\n"


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "outputs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "small.csv").write_text(SMALL)
    (folder / "safe.csv").write_text("region,patients\nNorth,105\n")
    return folder


def test_repaired_copies_are_kept_apart_and_only_of_what_needed_it(outputs, tmp_path, capsys):
    fixed = tmp_path / "fixed"
    assert run(["check-outputs", str(outputs), "--repair", str(fixed)]) == 1
    assert [path.relative_to(fixed).as_posix() for path in fixed.rglob("*.csv")] == ["deep/small.csv"]
    assert (fixed / "deep" / "small.csv").read_text() == SAFE
    assert (outputs / "deep" / "small.csv").read_text() == SMALL
    assert "3 cells repaired; checked again, nothing stops it" in capsys.readouterr().out
    assert run(["check-outputs", str(fixed)]) == 0


def test_an_output_is_never_replaced_by_its_repair(outputs, capsys):
    assert run(["check-outputs", str(outputs), "--repair", str(outputs)]) == 2
    assert "error C019: a repaired copy would replace the output itself" in capsys.readouterr().err
    assert (outputs / "deep" / "small.csv").read_text() == SMALL
    (outputs / "a file").write_text("")
    assert run(["check-outputs", str(outputs), "--repair", str(outputs / "a file" / "below")]) == 1
    assert "error C019: the repaired copy cannot be written" in capsys.readouterr().err


def test_the_patch_is_all_that_is_printed(outputs, capsys):
    assert run(["check-outputs", str(outputs), "--patch"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("--- a/deep/small.csv\n+++ b/deep/small.csv\n")
    assert "-South,4\n" in said.out and "+South,[REDACTED]\n" in said.out
    assert "3 cells repaired" in said.err


@pytest.mark.parametrize("language", ["python", "r"])
def test_code_for_the_study_is_all_that_is_printed(outputs, capsys, language):
    assert run(["check-outputs", str(outputs), "--code", language]) == 1
    said = capsys.readouterr().out
    assert said.startswith("# deep/small.csv\n") and "round_counts(table[" in said


def test_only_one_thing_is_printed_and_a_language_must_be_known(outputs, capsys):
    assert run(["check-outputs", str(outputs), "--patch", "--json"]) == 2
    assert run(["check-outputs", str(outputs), "--code", "stata"]) == 2


def test_what_a_repair_cannot_change_is_said(tmp_path, capsys):
    rows = "".join(f"{n},{'M' if n % 2 else 'F'}\n" for n in range(1000, 1050))
    (tmp_path / "people.csv").write_text("patient_id,sex\n" + rows)
    run(["check-outputs", str(tmp_path / "people.csv"), "--repair", str(tmp_path / "fixed")])
    told = capsys.readouterr().out
    assert "nothing that a repair can change; left to you: A1" in told
    assert not (tmp_path / "fixed").exists()


RAW = {"North": 123, "South": 4, "East": 77}


def test_right_claims_are_evidence_and_no_file_of_their_own(tmp_path, capsys):
    rows = [{"region": region, "patients": count} for region, count in round_counts(RAW).items()]
    write_table(rows, tmp_path / "regions.csv", rounded=["patients"])
    assert run(["check-outputs", str(tmp_path), "--html", str(tmp_path.parent / "report.html")]) == 0
    told = capsys.readouterr().out
    evidence = (
        "the claim for column `patients` holds: counts from 1 to 7 hidden, then rounded to the nearest 5"
    )
    assert f"evidence: {evidence}" in told and "1 file: 1 clear" in told
    assert evidence in (tmp_path.parent / "report.html").read_text()
    run(["check-outputs", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out)[0]["evidence"] == [evidence]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda claims: {**claims, "sha256": "0" * 64}, "were written for another version of this file"),
        (lambda claims: {**claims, "columns": {"people": {"scheme": "midpoint6"}}}, "no column `people`"),
        (lambda claims: {**claims, "columns": {"patients": {"scheme": "midpoint6"}}}, "no midpoint of a band"),
        (lambda claims: {**claims, "columns": {"patients": {"scheme": "exact"}}}, "counts are exact"),
        (lambda claims: {**claims, "columns": {"patients": {"scheme": "nearest", "base": 0}}}, "cannot be read"),
        (lambda claims: {**claims, "columns": {"patients": {"scheme": "nearest", "base": 1, "threshold": 0}}},
         "only counts up to 0 are hidden"),
        (lambda claims: [], "cannot be read"),
    ],
)  # fmt: skip
def test_a_wrong_claim_is_a_finding(tmp_path, capsys, change, said):
    rows = [{"region": region, "patients": count} for region, count in round_counts(RAW).items()]
    path = write_table(rows, tmp_path / "regions.csv", rounded=["patients"])
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    assert run(["check-outputs", str(tmp_path), "--strict"]) == 1
    told = capsys.readouterr().out
    assert "C6 warn" in told and said in told and "evidence" not in told
