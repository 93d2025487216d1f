"""`armslength codelists`, against a service that really listens and does not always behave."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from codelist_service import drip, send, truncate

from armslength.cli import run

STATINS = "code,term\n320029006,Atorvastatin 10mg\n319996000,Simvastatin 10mg\n"
MORE = STATINS + "320030001,Atorvastatin 20mg\n"
PROJECT = """\
version: "5.0"
actions:
  cohort:
    run: ehrql:v1 generate-dataset analysis/cohort.py --output output/cohort.csv
    outputs: {highly_sensitive: {cohort: output/cohort.csv}}
  early:
    run: ehrql:v1 generate-dataset analysis/cohort.py --output output/early.csv -- --day 2019-01-01
    outputs: {highly_sensitive: {cohort: output/early.csv}}
"""
COHORT = """\
from ehrql import codelist_from_csv, create_dataset, get_parameter
from ehrql.tables.core import medications, patients

day = get_parameter("day", default="2020-01-01")
lists = {name: codelist_from_csv(f"codelists/org-{name}.csv", column="code") for name in ["statins", "insulin"]}
dataset = create_dataset()
dataset.define_population(patients.date_of_birth.is_on_or_before(day))
for name, codes in lists.items():
    dataset.add_column(f"on_{name}", medications.where(medications.dmd_code.is_in(codes)).exists_for_patient())
dataset.any = medications.where(medications.dmd_code.is_in(lists["statins"] + lists["insulin"])).exists_for_patient()
dataset.sex = patients.sex
"""


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_adding_lists_downloads_and_notes_what_came(service, study, capsys):
    service.publish("org/statins/1", STATINS)
    assert run(["codelists", "add", f"{service.address}/codelist/org/statins/1/#full-list"]) == 0
    folder = study / "codelists"
    assert folder.joinpath("codelists.txt").read_text().splitlines()[-1] == "org/statins/1"
    assert folder.joinpath("org-statins.csv").read_text() == STATINS
    entry = json.loads(folder.joinpath("codelists.json").read_text())["files"]["org-statins.csv"]
    assert entry["id"] == "org/statins/1" and entry["url"] == f"{service.address}/codelist/org/statins/1/"
    assert len(entry["sha"]) == 40 and entry["downloaded_at"].endswith("Z")
    assert 'codelist_from_csv("codelists/org-statins.csv", column="code")' in capsys.readouterr().out
    assert service.asked[0][2].startswith("armslength/")
    assert run(["codelists", "check", "--offline"]) == 0


def test_adding_another_version_takes_the_place_of_the_first(service, study, capsys):
    service.publish("org/statins/1", STATINS)
    service.publish("org/statins/2", MORE)
    assert run(["codelists", "add", "org/statins/1"]) == run(["codelists", "add", "org/statins/2"]) == 0
    assert "1 added, 0 removed" in capsys.readouterr().out
    assert "org/statins/1" not in (study / "codelists" / "codelists.txt").read_text()
    assert run(["codelists", "check", "--offline"]) == 0


def redirect(to: str) -> Callable:
    def answer(request):
        request.send_response(302)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


MISBEHAVIOUR = {
    "no such version": ("P067", 1, lambda request: send(request, b"", "text/html", 404)),
    "an error": ("P069", 4, lambda request: send(request, b"oops", "text/html", 500)),
    "too busy": ("P069", 4, lambda request: send(request, b"", "text/csv", 503)),
    "forbidden": ("P069", 4, lambda request: send(request, b"", "text/csv", 403)),
    "breaks off": ("P069", 4, truncate),
    "too slow": ("P069", 4, drip),
    "too large": ("P069", 4, lambda request: send(request, b"code\n" + b"320029006\n" * 40_000)),
    "a draft": ("P068", 1, lambda request: send(request, b"<p>This version is a draft</p>", "text/html")),
    "a web page": ("P069", 4, lambda request: send(request, b"<p>hello</p>", "text/html")),
    "a table of another type": ("P069", 4, lambda request: send(request, STATINS.encode(), "text/plain")),
    "no table": ("P073", 1, lambda request: send(request, b"")),
    "not text": ("P073", 1, lambda request: send(request, b"code\n\xff\xfe\n")),
    "damaged": ("P064", 1, lambda request: send(request, STATINS.encode() + b"1.2E+17,x\n")),
    "spaces": ("P064", 1, lambda request: send(request, STATINS.encode() + b"320030001 ,x\n")),
    "in circles": ("P069", 4, redirect("/codelist/org/statins/1/download.csv")),
    "sent elsewhere, in the clear": ("P069", 4, redirect("http://127.0.0.2:9/x.csv")),
}


@pytest.mark.parametrize("how", MISBEHAVIOUR)
@pytest.mark.parametrize("verb", ["add", "update"])
def test_whatever_the_service_does_wrong_changes_nothing(how, verb, service, study, capsys, monkeypatch):
    code, status, answer = MISBEHAVIOUR[how]
    monkeypatch.setattr("armslength.cli.codelists.service.MOST_BYTES", 200_000)
    folder = study / "codelists"
    folder.mkdir()
    folder.joinpath("codelists.txt").write_text("org/statins/1\n" if verb == "update" else "# none\n")
    before = snapshot(study)
    service.answer("/codelist/org/statins/1/download.csv", answer)
    arguments = ["org/statins/1"] if verb == "add" else []
    assert run(["codelists", verb, "--timeout", "1", *arguments]) == status
    assert f"error {code}" in capsys.readouterr().err
    assert snapshot(study) == before


def test_a_connection_that_nobody_answers_is_told_and_check_goes_on_without(
    service, study, capsys, monkeypatch
):
    service.publish("org/statins/1", STATINS)
    run(["codelists", "add", "org/statins/1"])
    monkeypatch.setenv("ARMSLENGTH_CODELISTS_SERVICE", "http://127.0.0.1:9")
    assert run(["codelists", "update"]) == 4
    assert "cannot be reached" in capsys.readouterr().err
    assert run(["codelists", "check"]) == 0
    assert "not compared with the service" in capsys.readouterr().out
    assert run(["codelists", "check-upstream"]) == 4


def test_a_redirect_within_the_service_is_followed(service, study):
    service.answer("/codelist/org/statins/1/download.csv", redirect("/moved.csv"))
    service.answer("/moved.csv", lambda request: send(request, STATINS.encode()))
    assert run(["codelists", "add", "org/statins/1"]) == 0
    assert (study / "codelists" / "org-statins.csv").read_text() == STATINS


def test_a_short_fault_is_waited_out(service, study):
    faults = iter([500, 502])

    def answer(request):
        send(request, STATINS.encode(), status=next(faults, 200))

    service.answer("/codelist/org/statins/1/download.csv", answer)
    assert run(["codelists", "add", "org/statins/1"]) == 0


def test_every_list_that_did_not_come_is_told(service, study, capsys):
    service.publish("org/statins/1", STATINS)
    assert run(["codelists", "add", "org/statins/1", "org/gone/1", "org/lost/2"]) == 1
    told = capsys.readouterr().err
    assert "`org/gone/1`" in told and "`org/lost/2`" in told and "`org/statins/1`" not in told
    assert not (study / "codelists").exists()


def test_damage_names_line_and_column_and_may_be_allowed(service, study, capsys):
    service.publish("org/statins/1", STATINS + "1.2E+17,x\n")
    assert run(["codelists", "add", "org/statins/1"]) == 1
    told = capsys.readouterr().err
    assert "codelists/org-statins.csv:4" in told and "column `code`" in told and "as text" in told
    assert run(["codelists", "add", "--allow-damage", "org/statins/1"]) == 0
    assert run(["codelists", "check", "--offline"]) == 1
    assert run(["codelists", "check", "--offline", "--allow-damage"]) == 0


def test_updating_keeps_the_date_of_what_did_not_change_and_deletes_what_is_not_listed(
    service, study, capsys
):
    service.publish("org/statins/1", STATINS)
    service.publish("org/insulin/1", "code\n39113311000001107\n")
    run(["codelists", "add", "org/statins/1", "org/insulin/1"])
    before = (study / "codelists" / "codelists.json").read_text()
    assert run(["codelists", "update"]) == 0
    assert (study / "codelists" / "codelists.json").read_text() == before
    (study / "codelists" / "codelists.txt").write_text("org/statins/1\n")
    assert run(["codelists", "check", "--offline"]) == 1
    assert run(["codelists", "update"]) == 0
    assert not (study / "codelists" / "org-insulin.csv").exists()
    assert "deleted codelists/org-insulin.csv" in capsys.readouterr().out


def test_an_update_does_not_delete_ones_own_work_unasked(service, study, capsys):
    service.publish("org/statins/1", STATINS)
    run(["codelists", "add", "org/statins/1"])
    own = study / "codelists" / "mine.csv"
    own.write_text("code\n1\n")
    assert run(["codelists", "update"]) == 1
    assert own.exists() and "error P072" in capsys.readouterr().err
    assert run(["codelists", "update", "--delete-unlisted"]) == 0
    assert not own.exists()


def test_a_file_changed_by_hand_fails_the_check_as_text_and_as_json(service, study, capsys):
    service.publish("org/statins/1", STATINS)
    run(["codelists", "add", "org/statins/1"])
    (study / "codelists" / "org-statins.csv").write_text(MORE)
    capsys.readouterr()
    assert run(["codelists", "check", "--offline"]) == 1
    assert "was changed since" in capsys.readouterr().err
    assert run(["codelists", "check", "--offline", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False and [one["code"] for one in told["problems"]] == ["P065"]


def test_home_made_lists_are_checked_for_damage_wherever_they_are_read_from(study, capsys):
    assert run(["codelists", "check", "--offline"]) == 0
    (study / "local_codelists").mkdir()
    (study / "local_codelists" / "mine.csv").write_text("Wert,term\n01-Jan,x\n")
    assert run(["codelists", "check", "--offline"]) == 0
    (study / "cohort.py").write_text('codelist_from_csv("local_codelists/mine.csv", column="Wert")\n')
    assert run(["codelists", "check", "--offline"]) == 1
    assert "local_codelists/mine.csv:2" in capsys.readouterr().err


def test_a_newer_mapping_upstream_fails_here_and_is_only_told_in_ci(service, study, capsys, monkeypatch):
    service.publish("org/statins/1", STATINS)
    run(["codelists", "add", "org/statins/1"])
    service.say({"status": "ok"})
    assert run(["codelists", "check"]) == 0
    assert service.form["codelists"] == [(study / "codelists" / "codelists.txt").read_text()]
    assert json.loads(service.form["manifest"][0])["files"]
    service.say({"status": "error", "data": {"added": [], "removed": [], "changed": ["org-statins.csv"]}})
    assert run(["codelists", "check"]) == 1
    assert "error P066: `org-statins.csv`" in capsys.readouterr().err
    assert run(["codelists", "check-upstream"]) == 1
    monkeypatch.setenv("GITHUB_WORKFLOW", "ci")
    assert run(["codelists", "check"]) == 0
    assert "org-statins.csv" in capsys.readouterr().out
    assert service.asked[-1][2].endswith("(GitHub CI)")


@pytest.mark.parametrize("told", [{"status": "error", "data": {"error": "broken"}}, [], {"status": "maybe"}])
def test_a_complaint_or_nonsense_of_the_service_is_no_pass(told, service, study):
    service.publish("org/statins/1", STATINS)
    run(["codelists", "add", "org/statins/1"])
    service.say(told)
    assert run(["codelists", "check-upstream"]) in (1, 4)


@pytest.fixture
def cohort(service, study) -> Path:
    """A study of two actions that run one definition with two lists, joined and looped over."""
    service.publish("org/statins/1", STATINS)
    service.publish("org/insulin/1", "code,term\n39113311000001107,insulin\n")
    run(["codelists", "add", "org/statins/1", "org/insulin/1"])
    (study / "project.yaml").write_text(PROJECT)
    (study / "analysis").mkdir()
    (study / "analysis" / "cohort.py").write_text(COHORT)
    return study


def test_a_difference_names_the_codes_and_the_variables_that_use_them(service, cohort, capsys):
    service.publish("org/statins/2", MORE.replace("Simvastatin 10mg", "Simvastatin 10 mg"))
    capsys.readouterr()
    before = snapshot(cohort)
    assert run(["codelists", "diff", "org/statins/2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (statins,) = told["codelists"]
    assert (
        statins["added"] == [{"code": "320030001", "term": "Atorvastatin 20mg"}] and statins["removed"] == []
    )
    assert [one["after"] for one in statins["reworded"]] == ["Simvastatin 10 mg"]
    assert [one["actions"] for one in told["definitions"]] == [["cohort"], ["early"]]
    for one in told["definitions"]:
        assert one["variables"] == {"on_statins": ["320030001"], "any": ["320030001"]}
    assert run(["codelists", "diff", "org/statins/2", "--exit-code"]) == 1
    text = capsys.readouterr().out
    assert "on_statins  through org/statins/2" in text and "on_insulin" not in text
    assert snapshot(cohort) == before


def test_a_change_of_terms_alone_changes_no_variable(service, cohort, capsys):
    service.publish("org/statins/1", STATINS.replace("10mg", "10 mg"))
    run(["codelists", "diff", "--json"])
    told = json.loads(capsys.readouterr().out.split("manifest\n")[-1])
    assert all(one["variables"] == {} for one in told["definitions"])
    assert "mapped" not in (told["codelists"][1]["note"] or "") and "anew" in told["codelists"][0]["note"]


def test_a_definition_that_cannot_be_loaded_says_so_instead_of_nothing(service, cohort, capsys):
    (cohort / "analysis" / "cohort.py").write_text("import ehrql\nraise ValueError('no')\n")
    service.publish("org/statins/1", MORE)
    assert run(["codelists", "diff"]) == 0
    assert "cannot be loaded" in capsys.readouterr().out


def test_a_difference_since_a_commit_needs_no_service(service, cohort, capsys):
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], check=True)
    service.publish("org/statins/2", MORE)
    run(["codelists", "add", "org/statins/2"])
    service.answers.clear()
    capsys.readouterr()
    assert run(["codelists", "diff", "--since", "HEAD", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in told["codelists"]] == ["codelists/org-statins.csv"]
    assert set(told["definitions"][0]["variables"]) == {"on_statins", "any"}
    assert run(["codelists", "diff", "--since", "nowhere"]) == 2
    assert run(["codelists", "diff", "--since=--output=x"]) == 2


def test_the_service_is_taken_from_the_settings_of_the_study(service, study, monkeypatch, capsys):
    monkeypatch.delenv("ARMSLENGTH_CODELISTS_SERVICE")
    service.publish("org/statins/1", STATINS)
    (study / "pyproject.toml").write_text(f'[tool.armslength.codelists]\nservice = "{service.address}/"\n')
    assert run(["codelists", "add", "org/statins/1"]) == 0
    assert run(["codelists", "update", "--service", "ftp://x"]) == 2
    assert "error P074" in capsys.readouterr().err


def test_nothing_half_written_is_left_when_the_disk_refuses(service, cohort, monkeypatch):
    service.publish("org/statins/1", MORE)
    before, writes = snapshot(cohort), iter(range(100))
    write = Path.write_bytes

    def refuse(path, content):
        if next(writes) == 2:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert run(["codelists", "update"]) == 1
    assert snapshot(cohort) == before
