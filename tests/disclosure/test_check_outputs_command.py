"""`armslength check-outputs` as it is typed."""

from __future__ import annotations

import json

from armslength.cli import run
from armslength.disclosure.policy import DEFAULT

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


def test_links_in_a_folder_are_not_followed_and_that_is_said(tmp_path, capsys):
    (tmp_path / "inside").mkdir()
    (tmp_path / "small.csv").write_text(SMALL)
    (tmp_path / "inside" / "safe.csv").write_text(SAFE)
    (tmp_path / "inside" / "link.csv").symlink_to(tmp_path / "small.csv")
    (tmp_path / "inside" / "more").symlink_to(tmp_path)
    (tmp_path / "inside" / "nowhere.csv").symlink_to(tmp_path / "none")
    assert run(["check-outputs", str(tmp_path / "inside")]) == 0
    told = capsys.readouterr().out
    assert told.count("not checked: it is a link, and links are not followed") == 3
    assert "4 files: 3 not checked, 1 clear" in told
    assert run(["check-outputs", str(tmp_path / "inside" / "link.csv")]) == 1


def test_the_page_leads_from_a_cell_to_its_derivation_and_escapes_what_files_say(tmp_path, capsys):
    (tmp_path / "small.csv").write_text('group,patients\n"<script>alert(1)</script>",20\nb,3\n')
    run(["check-outputs", str(tmp_path / "small.csv"), "--html", str(tmp_path / "report.html")])
    page = (tmp_path / "report.html").read_text()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert '<td class="block"><a href="#file-0-0"' in page and 'id="file-0-0"' in page
    assert "http://" not in page and "https://" not in page


def test_sarif_names_rules_lines_and_what_was_not_checked(tmp_path, capsys):
    (tmp_path / "small.csv").write_text(SMALL)
    (tmp_path / "small.png").write_bytes(b"\x89PNG\x00")
    assert run(["check-outputs", "--sarif", str(tmp_path)]) == 1
    (sarif,) = json.loads(capsys.readouterr().out)["runs"]
    (result,) = [result for result in sarif["results"] if result["ruleId"] == "B1"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert {rule["id"] for rule in sarif["tool"]["driver"]["rules"]} >= {"A1", "B1", "C1"}
    assert len(sarif["invocations"][0]["toolExecutionNotifications"]) == 1


def test_a_policy_of_ones_own_is_named_in_the_report(tmp_path, capsys):
    (tmp_path / "safe.csv").write_text(SAFE)
    (tmp_path / "p.toml").write_text(f'base = "{DEFAULT.version}"\nversion = "thirty"\nthreshold = 30\n')
    assert (
        run(["check-outputs", "--json", "--policy", str(tmp_path / "p.toml"), str(tmp_path / "safe.csv")])
        == 1
    )
    assert json.loads(capsys.readouterr().out)[0]["policy"] == "thirty"


def test_the_exit_status_follows_the_severity_asked_for(tmp_path):
    (tmp_path / "small.csv").write_text(SMALL)
    assert run(["check-outputs", "--fail-on", "never", str(tmp_path)]) == 0
    assert run(["check-outputs", "--fail-on", "sometimes", str(tmp_path)]) == 2


def test_what_acro_said_is_told_and_excuses_nothing(tmp_path, capsys):
    (tmp_path / "small.csv").write_text(SMALL)
    entry = {
        "uid": "output_0",
        "status": "pass",
        "summary": "pass",
        "command": "crosstab",
        "files": [{"name": "small.csv"}],
    }
    (tmp_path / "results.json").write_text(json.dumps({"version": "1.0.2", "results": {"output_0": entry}}))
    (tmp_path / "checksums").mkdir()
    (tmp_path / "checksums" / "small.csv.txt").write_text("0" * 64)
    assert run(["check-outputs", str(tmp_path / "small.csv"), str(tmp_path / "results.json")]) == 1
    told = capsys.readouterr().out
    assert "F11 warn: ACRO says `pass` of `output_0`, but the file has changed since" in told
    assert "B1 block" in told


def test_a_figure_without_data_and_a_file_twice_are_told(tmp_path, capsys):
    (tmp_path / "uptake.csv").write_text(SAFE)
    (tmp_path / "uptake_again.csv").write_text(SAFE)
    (tmp_path / "uptake.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "deaths.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    run(["check-outputs", str(tmp_path)])
    told = capsys.readouterr().out
    assert told.count("F3 warn") == 1 and told.count("F10 info") == 1


def test_exceptions_in_force_and_ended_ones_are_told(tmp_path, capsys):
    (tmp_path / "exact.csv").write_text("group,patients\na,411\nb,1228\n")
    entry = (
        '[[override]]\ncheck = "C1"\nseverity = "warn"\nreason = "whole regions"\napproved_by = "the lead"\n'
    )
    for expires, status, said in (
        (
            "2999-01-01",
            0,
            "exception for C1 in *: warn until 2999-01-01, approved by the lead (whole regions)",
        ),
        ("2020-01-01", 1, "the exception for C1 ended on 2020-01-01 and no longer holds"),
    ):
        (tmp_path / "p.toml").write_text(f'base = "{DEFAULT.version}"\n{entry}expires = {expires}\n')
        page = tmp_path / "report.html"
        arguments = [str(tmp_path / "exact.csv"), "--policy", str(tmp_path / "p.toml"), "--html", str(page)]
        assert run(["check-outputs", *arguments]) == status
        assert said in capsys.readouterr().out
        assert "whole regions" in page.read_text()
