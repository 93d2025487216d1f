"""New outputs beside what was released before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from armslength.disclosure.attack.keys import CellKey
from armslength.disclosure.check import examine
from armslength.disclosure.history.cells import Release
from armslength.disclosure.history.comparison import HistoryReport, compare
from armslength.disclosure.history.folder import compare_with_folder, digest_of, from_examination
from armslength.disclosure.history.ledger import ReleasedFile, ReleaseLedger
from armslength.kernel.errors import Mistake

BEFORE = "sex,region,n\nM,North,100\nM,South,250\nF,North,120\nF,South,[REDACTED]\n"


def released(text: str, name: str = "counts.csv") -> ReleasedFile:
    data = text.encode()
    return from_examination(examine(data, name=name), name=name, sha256=digest_of(data))


def release(identifier: str, **facts: str) -> Release:
    return Release(id=identifier, project="diabetes", on=date(2030, 1, 2), **facts)


def against(
    before: str, now: str, *, old: Release | None = None, new: Release | None = None
) -> HistoryReport:
    with ReleaseLedger() as ledger:
        ledger.add(old or release("first"), [released(before)])
        return compare([released(now)], ledger, release=new or release("second"))


def said(report: HistoryReport) -> list[tuple[str, str]]:
    return [(finding.code, finding.verdict.value) for finding in report.findings]


def test_a_cell_hidden_before_and_shown_now_blocks_however_the_table_is_written():
    now = "Gender,nhs_region,n\nfemale,North,120\nmale,North,100\nmale,South,250\nfemale,South,5\n"
    same = {"population": "p1", "refresh": "2029-12-01"}
    report = against(BEFORE, now, old=release("first", **same), new=release("second", **same))
    assert ("E3", "block") in said(report)
    finding = next(finding for finding in report.findings if finding.code == "E3")
    assert finding.derivation == ("n of region south, sex female: [REDACTED] in `first`, 5 here",)


def test_without_a_fingerprint_it_is_asked_about():
    assert ("E3", "warn") in said(against(BEFORE, BEFORE.replace("[REDACTED]", "5")))


EXACT = "region,n\nA,101\nB,143\nC,212\nD,377\nE,518\n"


def test_one_more_patient_than_last_time_blocks():
    report = against(EXACT, EXACT.replace("143", "144"))
    (finding,) = [finding for finding in report.findings if finding.code == "E1"]
    assert finding.verdict.value == "block"
    assert finding.derivation == ("n of region b: 143 in `first`, 144 here; the difference is 1",)


def test_other_people_are_not_compared():
    other = "region,n\nA,901\nB,1443\nC,12\nD,37\nE,1518\n"
    assert said(against(EXACT, other)) == []


def test_a_rounded_table_that_moved_is_only_told_about():
    before = "region,n\nA,100\nB,140\nC,210\nD,375\nE,520\n"
    assert said(against(before, before.replace("140", "145"))) == []
    newer = against(
        before, before.replace("140", "145"), old=release("first", refresh="2029-11-01"),
        new=release("second", refresh="2029-12-01"),
    )  # fmt: skip
    assert said(newer) == [("E5", "info")]


def test_bands_cut_differently_leave_a_narrow_band():
    before = "age_band,n\n18-39,511\n40-44,203\n45-49,311\n"
    now = "age_band,n\n18-39,511\n40-47,512\n"
    people = {"population": "p1"}
    report = against(before, now, old=release("first", **people), new=release("second", **people))
    found = [finding for finding in report.findings if "48-49" in finding.what]
    assert [(finding.code, finding.verdict.value) for finding in found] == [("E1", "block")]
    assert "give 2 people aged 48-49" in found[0].what


def test_rounded_bands_cut_differently_leave_enough_open():
    before = "age_band,n\n18-39,510\n40-44,20\n45-49,30\n"
    assert said(against(before, "age_band,n\n18-39,510\n40-47,45\n")) == []


def test_all_backends_minus_one_is_the_other():
    report = against(
        "region,n\nA,101\nB,143\n", "region,n\nA,105\nB,244\n", old=release("first", backend="tpp"),
        new=release("second", backend="emis+tpp"),
    )  # fmt: skip
    assert said(report) == [("E6", "warn")]
    assert report.findings[0].derivation == ("n of region a: 101 in `first`, 105 here; emis alone has 4",)


def test_two_roundings_of_one_count():
    before = "region,n\nA,100\nB,140\nC,210\nD,375\nE,520\n"
    now = "region,n_midpoint6\nA,99\nB,135\nC,213\nD,375\nE,519\n"
    assert ("E1", "warn") in said(against(before, now))


def test_an_identical_file_needs_no_second_review():
    assert said(against(BEFORE, BEFORE)) == [("E7", "info")]


def test_coverage_says_what_could_not_be_read():
    with ReleaseLedger() as ledger:
        ledger.add(
            release("first"), [released(EXACT), ReleasedFile(name="plot.png", unread="it is a picture")]
        )
        report = compare([released(EXACT)], ledger, release=release("second"))
        assert str(report.coverage) == "history check covered 1 of 2 released files; not read: plot.png"
        assert str(ledger.coverage(project="other")) == "history check: no earlier release is known"


def test_projects_do_not_see_each_other():
    with ReleaseLedger() as ledger:
        ledger.add(Release(id="x", project="other", on=date(2030, 1, 1)), [released(EXACT)])
        report = compare([released(EXACT.replace("143", "144"))], ledger, release=release("second"))
        assert report.findings == () and report.coverage.files == 0


def test_a_release_is_recorded_once_and_a_failed_one_not_at_all():
    with ReleaseLedger() as ledger:
        ledger.add(release("first"), [released(EXACT)])
        with pytest.raises(Mistake) as error:
            ledger.add(release("first"), [released(EXACT, "other.csv")])
        assert error.value.code == "C012"
        with pytest.raises(Mistake):
            ledger.add(release("second"), [released(EXACT, "same.csv"), released(BEFORE, "same.csv")])
        assert ledger.coverage(project="diabetes").files == 1


def test_a_ledger_survives_closing_and_another_file_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with ReleaseLedger(path) as ledger:
        assert ledger.add(release("first"), [released(EXACT)]) == 5
    with ReleaseLedger(path) as ledger:
        found = ledger.earlier(released(EXACT).cells, project="diabetes")
        assert found[CellKey("n", (("region", "a"),))][0].cell.shown == "101"
    (tmp_path / "notes.txt").write_text("not a ledger, but long enough to look like some kind of file" * 20)
    with pytest.raises(Mistake) as error:
        ReleaseLedger(tmp_path / "notes.txt")
    assert error.value.code == "C011"


def test_a_folder_of_releases_is_history(tmp_path):
    for name, text in (("2029-11", EXACT), ("2029-12", EXACT.replace("101", "201"))):
        (tmp_path / "old" / name).mkdir(parents=True)
        (tmp_path / "old" / name / "counts.csv").write_text(text)
    new = tmp_path / "counts.csv"
    new.write_text(EXACT.replace("143", "144"))
    report = compare_with_folder([("counts.csv", new)], tmp_path / "old")
    assert ("E1", "block") in said(report)
    assert str(report.coverage) == "history check covered 2 of 2 released files"
    with pytest.raises(Mistake) as error:
        compare_with_folder([], Path(tmp_path / "none"))
    assert error.value.code == "C013"
