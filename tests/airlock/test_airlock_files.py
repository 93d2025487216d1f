"""Level 4 files that somebody tampered with, and files that are simply odd: safe, and clear about it."""

from __future__ import annotations

import hashlib
import os

import pytest
from airlock_world import ANN, BAD_TABLE, GOOD_TABLE, NOW, OTHER_WORKSPACE, WORKSPACE
from hypothesis import given
from hypothesis import strategies as st

from armslength.airlock.features.files import level4 as reading
from armslength.airlock.features.files.actions import record_view
from armslength.airlock.features.files.level4 import Content
from armslength.airlock.features.files.showing import LOG_TAIL, show
from armslength.airlock.features.files.snapshots import keep, kept, place_of
from armslength.airlock.features.findings.queries import ShownReport, report_on
from armslength.airlock.features.workspaces.queries import FileState, folder_of, states_of
from armslength.airlock.models import OutboxEvent
from armslength.kernel.errors import Mistake

NOTHING = ShownReport(verdict="clear", findings=(), not_checked="", policy="test")


def read(level4, path: str, *, workspace: str = WORKSPACE) -> bytes:
    described = level4.files[workspace][path]
    return reading.read_content(level4.root, workspace=workspace, path=path, sha256=described.sha256).data


def refuses(level4, code: str, path: str = "output/rates.csv") -> Mistake:
    with pytest.raises(Mistake) as caught:
        read(level4, path)
    assert caught.value.code == code
    return caught.value


def test_an_untouched_file_is_read(level4):
    assert read(level4, "output/rates.csv") == GOOD_TABLE


@pytest.mark.parametrize(
    "path",
    ["../secret", "output/../../x", "/etc/passwd", "output//x", ".hidden", "a/.b", "a\\b", "a\x00b", ""],
)
def test_a_path_that_leads_elsewhere_is_refused(level4, path):
    with pytest.raises(Mistake) as caught:
        reading.read_content(level4.root, workspace=WORKSPACE, path=path, sha256="0" * 64)
    assert caught.value.code == "A012"


@pytest.mark.parametrize("workspace", ["..", "a/b", "", "A", ".", "x" * 200])
def test_a_workspace_that_leads_elsewhere_is_refused(level4, workspace):
    with pytest.raises(Mistake) as caught:
        reading.manifest_of(level4.root, workspace=workspace)
    assert caught.value.code == "A012"


class TestSomebodySwaps:
    def test_a_file_for_a_link_to_a_secret(self, level4, tmp_path):
        secret = tmp_path / "secret.csv"
        secret.write_bytes(GOOD_TABLE)  # even with the very bytes of the manifest, a link is not followed
        place = level4.root / WORKSPACE / "output/rates.csv"
        place.unlink()
        place.symlink_to(secret)
        assert "link" in refuses(level4, "A014").what

    def test_a_folder_for_a_link(self, level4):
        folder = level4.root / WORKSPACE / "output"
        folder.rename(level4.root / "elsewhere")
        folder.symlink_to(level4.root / "elsewhere")
        refuses(level4, "A014")

    def test_a_workspace_for_a_link_to_another(self, level4):
        (level4.root / "linked").symlink_to(level4.root / OTHER_WORKSPACE)
        assert "linked" not in reading.workspaces_on_disk(level4.root)
        with pytest.raises(Mistake):
            reading.manifest_of(level4.root, workspace="linked")

    def test_a_file_for_a_named_pipe(self, level4):
        place = level4.root / WORKSPACE / "output/rates.csv"
        place.unlink()
        os.mkfifo(place)
        refuses(level4, "A014")

    def test_the_content(self, level4):
        (level4.root / WORKSPACE / "output/rates.csv").write_bytes(BAD_TABLE)
        assert "not what the manifest says" in refuses(level4, "A016").what

    def test_the_file_for_nothing(self, level4):
        (level4.root / WORKSPACE / "output/rates.csv").unlink()
        refuses(level4, "A013")

    def test_the_file_for_a_huge_one(self, level4):
        with (level4.root / WORKSPACE / "output/rates.csv").open("wb") as file:
            file.truncate(reading.LARGEST_FILE + 1)
        refuses(level4, "A015")

    def test_the_manifest_for_that_of_another_workspace(self, level4):
        other = level4.root / OTHER_WORKSPACE / "metadata/manifest.json"
        place = level4.root / WORKSPACE / "metadata/manifest.json"
        place.write_bytes(other.read_bytes())
        with pytest.raises(Mistake) as caught:
            reading.manifest_of(level4.root, workspace=WORKSPACE)
        assert caught.value.code == "A011"

    def test_the_manifest_for_nonsense(self, level4):
        (level4.root / WORKSPACE / "metadata/manifest.json").write_text("{")
        with pytest.raises(Mistake) as caught:
            reading.manifest_of(level4.root, workspace=WORKSPACE)
        assert caught.value.code == "W001"


def test_a_copy_that_was_changed_is_never_handed_out(tmp_path):
    content = Content(path="a.csv", data=GOOD_TABLE, sha256=hashlib.sha256(GOOD_TABLE).hexdigest())
    keep(tmp_path, content)
    assert kept(tmp_path, path="a.csv", sha256=content.sha256).data == GOOD_TABLE
    place = place_of(tmp_path, content.sha256)
    place.chmod(0o600)
    place.write_bytes(BAD_TABLE)
    with pytest.raises(Mistake) as caught:
        kept(tmp_path, path="a.csv", sha256=content.sha256)
    assert caught.value.code == "A020"
    keep(tmp_path, content)  # keeping the true bytes again mends it
    assert kept(tmp_path, path="a.csv", sha256=content.sha256).data == GOOD_TABLE


def test_a_view_is_an_event_once_per_session_and_content(db):
    def view(session="s", sha256="a" * 64):
        record_view(ANN, session=session, workspace=WORKSPACE, path="output/x.csv", sha256=sha256, now=NOW)
        return OutboxEvent.objects.count()

    assert [view(), view(), view(sha256="b" * 64), view(session="t")] == [1, 1, 2, 3]
    assert "x.csv" not in OutboxEvent.objects.first().message


def test_states_of_files(desk, level4):
    level4.write("output/held.csv.txt", b"held back", excluded=True)
    level4.write("output/changed.csv", GOOD_TABLE)
    desk.draft(paths=("output/rates.csv", "output/changed.csv"))
    level4.write("output/changed.csv", GOOD_TABLE.replace(b"980", b"985"))
    manifest = reading.manifest_of(level4.root, workspace=WORKSPACE)
    states = {p: s for p, (s, _) in states_of(ANN, workspace=WORKSPACE, manifest=manifest).items()}
    assert states == {
        "output/rates.csv": FileState.UNDER_REVIEW,
        "output/changed.csv": FileState.UPDATED,
        "output/small.csv": FileState.UNRELEASED,
        "output/held.csv.txt": FileState.HELD_BACK,
    }
    folder = folder_of(manifest, states_of(ANN, workspace=WORKSPACE, manifest=manifest), path="")
    assert folder.folders == {"output": 4} and folder.files == []


def shown(data: bytes, name: str, **options):
    return show(
        Content(path=name, data=data, sha256="0" * 64), report=options.pop("report", NOTHING), **options
    )


class TestShowing:
    def test_a_table_with_its_findings_in_their_cells(self, db):
        content = Content(path="t.csv", data=BAD_TABLE, sha256="1" * 64)
        report = report_on(content, now=NOW)
        sheet = show(content, report=report).sheet
        marked = [cell.text for row in sheet.rows for cell in row.cells if cell.finding]
        assert "3" in marked
        assert sheet.header == ("age_band", "patients")

    def test_numbers_sort_as_numbers_and_words_after_them(self):
        data = b"n\n10\n9\nx\n100\n"
        texts = [row.cells[0].text for row in shown(data, "t.csv", sort=0).sheet.rows]
        assert texts == ["9", "10", "100", "x"]
        assert [row.line for row in shown(data, "t.csv", sort=0).sheet.rows] == [3, 2, 5, 4]

    def test_uneven_rows_are_marked_and_lose_nothing(self):
        sheet = shown(b"a,b\n1\n1,2,3\n4,5\n", "t.csv").sheet
        assert [row.uneven for row in sheet.rows] == [True, True, False]
        assert [cell.text for cell in sheet.rows[1].cells] == ["1", "2", "3"]

    def test_a_log_is_cut_at_a_line_and_keeps_its_summary(self):
        text = "".join(f"line {i}\n" for i in range(5000)) + "job summary:\nstate: failed\n"
        log = shown(text.encode(), "a.log")
        assert log.summary == "state: failed"
        assert len(log.text) <= LOG_TAIL and log.text.startswith("line ") and "left out" in log.notes[0]

    def test_a_picture_that_is_none_is_not_drawn(self):
        assert shown(b"<script>", "a.png").how == "bytes"

    def test_old_encodings_are_shown_and_said(self):
        page = shown("naïve".encode("latin-1"), "a.txt")
        assert page.text == "naïve" and "not UTF-8" in page.notes[0]

    def test_json_is_laid_out_and_broken_json_shown_as_it_is(self):
        assert shown(b'{"a":1}', "a.json").text == '{\n  "a": 1\n}'
        assert "not valid JSON" in shown(b"{", "a.json").notes[0]

    @given(
        st.binary(max_size=300),
        st.sampled_from(["a.csv", "a.tsv", "a.json", "a.log", "a.txt", "a.png", "a.html", "a"]),
    )
    def test_no_bytes_break_a_page(self, data, name):
        assert shown(data, name, sort=0).how in {"table", "image", "page", "text", "log", "bytes"}
