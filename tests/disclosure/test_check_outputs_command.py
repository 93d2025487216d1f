"""`armslength check-outputs` as it is typed."""

from __future__ import annotations

import json

from armslength.cli import run

SAFE = "group,patients\na,20\nb,35\n"
SMALL = "group,patients\na,20\nb,3\n"


def test_the_exit_status_tells_whether_anything_is_blocked(tmp_path, capsys):
    (tmp_path / "safe.csv").write_text(SAFE)
    assert run(["check-outputs", str(tmp_path)]) == 0
    (tmp_path / "small.csv").write_text(SMALL)
    assert run(["check-outputs", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "B1 block: 1 count from 1 to 7 in column `patients`" in told
    assert "line 3, `patients`" in told
    assert "2 files: 1 block, 1 clear" in told


def test_strict_also_fails_on_what_could_not_be_checked(tmp_path):
    (tmp_path / "figure.png").write_bytes(b"\x89PNG\x00")
    assert run(["check-outputs", str(tmp_path)]) == 0
    assert run(["check-outputs", "--strict", str(tmp_path)]) == 1


def test_json_holds_every_finding(tmp_path, capsys):
    (tmp_path / "small.csv").write_text(SMALL)
    run(["check-outputs", "--json", str(tmp_path)])
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["findings"][0]["code"]) == ("block", "B1")


def test_a_missing_file_and_an_empty_folder_are_mistakes(tmp_path, capsys):
    assert run(["check-outputs", str(tmp_path / "nope.csv")]) == 1
    assert "error C001: there is no file called `nope.csv`" in capsys.readouterr().err
    assert run(["check-outputs", str(tmp_path)]) == 1
    assert "there is no file in this folder" in capsys.readouterr().err


def test_links_in_a_folder_are_not_followed(tmp_path, capsys):
    (tmp_path / "safe.csv").write_text(SAFE)
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    assert run(["check-outputs", str(tmp_path)]) == 0
    assert "link.csv" not in capsys.readouterr().out
