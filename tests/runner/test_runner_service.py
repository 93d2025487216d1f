"""The whole runner against a real ledger: what it runs, what it refuses, and what kill -9 does to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from inside_runner import PEOPLE, PROJECT, Inside
from jobs_site import git, now

from armslength.kernel.ids import new_id
from armslength.ledger import Key, Log, MemoryStorage
from armslength.wire.manifest import Manifest

pytestmark = pytest.mark.sandbox


def test_a_request_is_run_levelled_and_reported(inside: Inside) -> None:
    inside.start()
    request = inside.ask()
    assert inside.wait_over(request) == "succeeded", inside.log()
    assert inside.site.states(request) == {"people": "succeeded", "rates": "succeeded"}
    assert inside.level(3, "outputs/people.csv").read_text() == "patient_id,age\n"
    assert inside.level(3, "outputs/rates_bad.csv").exists()
    assert inside.level(4, "outputs/rates.csv").read_text() == "group,count\nall,100\n"
    assert "Patient ID" in inside.level(4, "outputs/rates_bad.csv.txt").read_text()
    shown = [path for path in inside.level(4, "").rglob("*") if path.is_file()]
    assert not [path for path in shown if "people.csv" in path.name or path.name == "rates_bad.csv"]
    assert all("people.csv" not in path.read_text() for path in shown), "level 4 names nothing of level 3"
    assert "=============JOB SUMMARY=============" in inside.level(4, "metadata/rates.log").read_text()
    assert "no database" in inside.level(4, "metadata/rates.log").read_text()
    manifest_path = inside.level(4, "metadata/manifest.json")
    inside.wait(lambda: manifest_path.exists() and "rates.csv" in manifest_path.read_text())
    manifest = Manifest.model_validate_json(manifest_path.read_text())
    assert set(manifest.files) == {"outputs/rates.csv", "outputs/rates_bad.csv"}
    assert manifest.files["outputs/rates.csv"].row_count == 1
    assert manifest.files["outputs/rates_bad.csv"].excluded
    assert set(manifest.logs) == {"people", "rates"}
    [rates] = [job for job in inside.site.jobs.values() if job.action == "rates"]
    assert (rates.output_count, rates.needs, rates.reason) == (1, ("people",), "succeeded_held_back")
    assert rates.environment.startswith("python:v2 sha256:") and rates.peak_memory_bytes
    assert list((inside.folder / "state" / "jobs").iterdir()) == []


def test_what_is_done_is_kept_unless_forced_or_changed(inside: Inside) -> None:
    inside.start()
    inside.wait_over(inside.ask())
    again = inside.ask()
    assert inside.wait_over(again) == "succeeded"
    assert inside.site.states(again) == {}
    assert inside.site.requests[again].reason == "already_done"
    forced = inside.ask(actions=("rates",), force=True)
    inside.wait_over(forced)
    assert set(inside.site.states(forced)) == {"people", "rates"}
    _, newer = inside.push({"notes.md": "x"})
    changed = inside.ask(actions=("people",), commit=newer)
    inside.wait_over(changed)
    assert set(inside.site.states(changed)) == {"people"}


def test_what_policy_or_the_code_forbid_is_refused_with_a_reason(inside: Inside, tmp_path: Path) -> None:
    inside.start()
    git(inside.study, "checkout", "--quiet", "-b", "other")
    _, elsewhere = inside.push({"a": "b"})
    git(inside.study, "checkout", "--quiet", "main")
    _, bad_yaml = inside.push({"project.yaml": "version: 5\nactions: [\n"})
    _, bad_image = inside.push({"project.yaml": PROJECT.replace("python:v2 python", "stata:v1")})
    refused = [
        ("unknown_project", inside.ask(project="stranger")),
        ("repository_not_allowed", inside.ask(repository="https://github.com/evil/study")),
        ("branch_not_allowed", inside.ask(branch="other")),
        ("workspace_not_allowed", inside.ask(workspace="somebody-else")),
        ("R030", inside.ask(commit=elsewhere, workspace="trial-1")),
        ("R030", inside.ask(commit="0" * 40, workspace="trial-2")),
        ("P003", inside.ask(commit=bad_yaml, workspace="trial-3")),
        ("R012", inside.ask(commit=bad_image, workspace="trial-4")),
        ("P030", inside.ask(actions=("nothing",), workspace="trial-5")),
    ]
    for reason, request in refused:
        assert inside.wait_over(request) == "refused"
        assert inside.site.requests[request].reason == reason, inside.site.requests[request]
        assert inside.site.requests[request].message
    assert not inside.site.jobs


@pytest.mark.parametrize(
    "attack", ["entry changed", "proof missing", "other key", "entry of another request"]
)
def test_a_request_that_the_ledger_does_not_prove_is_not_run(inside: Inside, attack: str) -> None:
    def tamper(answer: dict[str, Any]) -> dict[str, Any]:
        answer = json.loads(json.dumps(answer))
        for item in answer["items"]:
            if attack == "entry changed":
                item["entry"]["body"]["actions"] = ["people"]
            if attack == "proof missing":
                item["inclusion"]["hashes"] = []
            if attack == "entry of another request":
                item["inclusion"]["index"] = 0
        if attack == "other key":
            other = Log(inside.site.log.storage, key=Key.generate())
            answer["head"] = other.head(at=inside.site.log.head(at=now()).at).to_object()
        return answer

    inside.site.tamper = tamper
    inside.ask()
    inside.start()
    inside.wait(lambda: "no work is accepted" in inside.log())
    assert inside.query("SELECT * FROM requests") == []
    inside.site.tamper = lambda answer: answer
    request = next(iter(inside.site.log.storage.entries(1, 2))).body["id"]
    inside.wait_over(request)


def test_a_rewritten_ledger_stops_all_work_until_a_person_decides(inside: Inside) -> None:
    inside.start()
    inside.wait_over(inside.ask())
    old = inside.site.log
    rewritten = Log(MemoryStorage(), key=old.key)
    from jobs_site import now

    rewritten.begin(site="another past", at=now())
    inside.site.log = rewritten
    for _ in range(old.size() + 3):
        inside.ask(id=new_id(), project="stranger")
    inside.wait(lambda: "L013" in inside.log())
    inside.site.log = old
    before = inside.site.polls
    honest = inside.ask(force=True)
    inside.kill()
    inside.start()
    time.sleep(3)
    assert inside.site.polls == before or honest not in inside.site.requests
    assert honest not in inside.site.requests, "even an honest looking answer is not believed now"
    line = [sys.executable, "-m", "armslength", "runner"]
    told = subprocess.run(
        [*line, "status", "--config", str(inside.configuration)], capture_output=True, text=True
    )
    assert told.returncode == 3 and "L013" in told.stderr
    subprocess.run(
        [*line, "trust-again", "--config", str(inside.configuration)], check=True, capture_output=True
    )
    assert inside.wait_over(honest) == "succeeded"


def test_a_silent_server_leaves_jobs_running_and_reports_are_delivered_later(inside: Inside) -> None:
    _, commit = inside.push({"analysis/people.py": PEOPLE.replace("SECONDS", "2")})
    inside.start()
    request = inside.ask(commit=commit)
    inside.wait(lambda: inside.site.states(request).get("people") == "running")
    inside.site.broken = True
    inside.wait(lambda: inside.query("SELECT 1 FROM jobs WHERE action = 'rates' AND state = 'succeeded'"))
    assert "server does not answer" in inside.log()
    inside.site.broken = False
    assert inside.wait_over(request) == "succeeded"


def test_a_cancelled_request_stops_what_runs_and_never_starts_the_rest(inside: Inside) -> None:
    _, commit = inside.push({"analysis/people.py": PEOPLE.replace("SECONDS", "600")})
    inside.start()
    request = inside.ask(commit=commit)
    inside.wait(lambda: inside.site.states(request).get("people") == "running")
    inside.site.cancel(request)
    assert inside.wait_over(request) == "cancelled"
    assert inside.site.states(request) == {"people": "cancelled", "rates": "cancelled"}
    inside.wait(lambda: not list((inside.folder / "state" / "jobs").iterdir()))


def test_a_failed_action_is_quarantined_and_good_outputs_stay(inside: Inside) -> None:
    inside.start()
    inside.wait_over(inside.ask())
    good = inside.level(4, "outputs/rates.csv").read_text()
    _, commit = inside.push(
        {"analysis/rates.py": "open('outputs/rates.csv', 'w').write('x')\nraise SystemExit(3)\n"}
    )
    request = inside.ask(commit=commit)
    assert inside.wait_over(request) == "failed"
    assert inside.level(4, "outputs/rates.csv").read_text() == good
    assert inside.level(3, "outputs/rates.csv").read_text() == good
    [quarantined] = (inside.folder / "high_privacy" / "quarantine").rglob("rates.csv")
    assert quarantined.read_text() == "x"
    [job] = [job for job in inside.site.jobs.values() if job.request == request and job.action == "rates"]
    assert (job.reason, job.message) == (
        "nonzero_exit",
        "The program ended with an error; see its log (exit status 3)",
    )


@pytest.mark.parametrize(
    "moment",
    [
        "SELECT 1 FROM requests",
        "SELECT 1 FROM jobs WHERE state = 'preparing'",
        "SELECT 1 FROM jobs WHERE state = 'running'",
        "SELECT 1 FROM jobs WHERE action = 'people' AND state = 'finalizing'",
        "SELECT 1 FROM jobs WHERE action = 'rates' AND state = 'running'",
        "SELECT 1 FROM requests WHERE state = 'succeeded'",
    ],
)
def test_killed_at_any_moment_the_request_ends_well_with_nothing_doubled_or_lost(
    inside: Inside, moment: str
) -> None:
    _, commit = inside.push({"analysis/people.py": PEOPLE.replace("SECONDS", "0.5")})
    request = inside.ask(commit=commit)
    inside.start()
    inside.wait(lambda: inside.query(moment))
    inside.kill()
    inside.start()
    assert inside.wait_over(request) == "succeeded", inside.log()
    assert inside.level(3, "outputs/people.csv").read_text() == "patient_id,age\n"
    assert inside.site.states(request) == {"people": "succeeded", "rates": "succeeded"}
    assert {job.attempt for job in inside.site.jobs.values()} == {1}
    manifest = inside.level(4, "metadata/manifest.json")
    inside.wait(lambda: len(json.loads(manifest.read_text())["files"]) == 2)
    inside.wait(lambda: not list((inside.folder / "state" / "jobs").iterdir()))


def test_killed_again_and_again_it_still_ends_well(inside: Inside) -> None:
    _, commit = inside.push({"analysis/people.py": PEOPLE.replace("SECONDS", "1")})
    request = inside.ask(commit=commit)
    for pause in (0.6, 0.9, 1.2, 1.5, 0.7):
        inside.start()
        time.sleep(pause)
        inside.kill()
    inside.start()
    assert inside.wait_over(request) == "succeeded", inside.log()
    assert inside.level(3, "outputs/people.csv").read_text() == "patient_id,age\n"


def test_when_the_machine_went_down_the_job_is_tried_again(inside: Inside) -> None:
    _, commit = inside.push({"analysis/people.py": PEOPLE.replace("SECONDS", "2")})
    request = inside.ask(commit=commit)
    inside.start()
    inside.wait(lambda: inside.query("SELECT 1 FROM jobs WHERE state = 'running'"))
    [job] = [path for path in (inside.folder / "state" / "jobs").iterdir()]
    inside.wait(lambda: (job / "groups.json").exists())
    inside.kill()
    os.kill(int((job / "started").read_text()), signal.SIGKILL)
    inside.start()
    assert inside.wait_over(request) == "succeeded"
    assert {one.action: one.attempt for one in inside.site.jobs.values()} == {"people": 2, "rates": 1}
    assert inside.level(3, "outputs/people.csv").read_text() == "patient_id,age\n"


def test_a_second_runner_on_the_same_state_refuses_to_start(inside: Inside) -> None:
    inside.start()
    inside.wait(lambda: inside.site.polls)
    line = [sys.executable, "-m", "armslength", "runner", "run", "--config", str(inside.configuration)]
    second = subprocess.run(line, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1 and "R005" in second.stderr


def test_check_says_what_is_ready_and_all_that_is_not(inside: Inside) -> None:
    line = [sys.executable, "-m", "armslength", "runner", "check", "--config", str(inside.configuration)]
    good = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert good.returncode == 0 and "ready" in good.stdout, good.stderr
    (inside.folder / "token").chmod(0o644)
    (inside.folder / "policy.toml").write_text("version = 1\n")
    bad = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert bad.returncode == 1
    assert "R002" in bad.stderr and "Y0" in bad.stderr and "Traceback" not in bad.stderr
