"""The command: it says everything that is wrong at once, starts, delivers, reports and stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from armslength.airlock.configuration import configuration_from
from armslength.kernel.errors import Mistakes


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name in ("level4", "folder"):
        (tmp_path / name).mkdir()
    (tmp_path / "token").write_text("t")
    prefix = "ARMSLENGTH_AIRLOCK_"
    kept = {name: value for name, value in os.environ.items() if not name.startswith((prefix, "DJANGO_"))}
    return kept | {
        f"{prefix}LEVEL4": str(tmp_path / "level4"),
        f"{prefix}FOLDER": str(tmp_path / "folder"),
        f"{prefix}SERVER": "http://127.0.0.1:9",
        f"{prefix}BACKEND": "county-store",
        f"{prefix}TOKEN_FILE": str(tmp_path / "token"),
        f"{prefix}LEDGER_KEY": "ab" * 32,
        f"{prefix}SECRET_KEY": "x" * 40,
        f"{prefix}HOSTS": "127.0.0.1",
        f"{prefix}HTTPS": "off",
    }


def airlock(*arguments: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "armslength", "airlock", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_every_missing_setting_is_named_at_once():
    with pytest.raises(Mistakes) as caught:
        configuration_from({})
    text = str(caught.value)
    for name in ("LEVEL4", "FOLDER", "SERVER", "BACKEND", "TOKEN_FILE", "LEDGER_KEY"):
        assert f"ARMSLENGTH_AIRLOCK_{name}" in text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SERVER", "http://jobs.example.org", "https://"),
        ("SERVER", "ftp://x", "address"),
        ("BACKEND", "Not A Slug", "lower-case"),
        ("LEVEL4", "relative", "absolute"),
        ("LEVEL4", "/does/not/exist", "not a folder"),
        ("REFRESH_MINUTES", "soon", "minutes"),
        ("CLOSED_MINUTES", "1", "shorter"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused(environ, name, value, words):
    with pytest.raises(Mistakes, match=words):
        configuration_from(environ | {f"ARMSLENGTH_AIRLOCK_{name}": value})


def test_it_does_not_start_on_a_database_that_is_not_ready(environ):
    answer = airlock("status", environ=environ)
    assert answer.returncode == 1
    assert "A004" in answer.stderr and "airlock migrate" in answer.stderr and "Traceback" not in answer.stderr


def test_it_does_not_start_without_a_secret(environ):
    del environ["ARMSLENGTH_AIRLOCK_SECRET_KEY"]
    answer = airlock("migrate", environ=environ)
    assert answer.returncode == 1 and "SECRET_KEY" in answer.stderr and "Traceback" not in answer.stderr


def test_it_migrates_serves_reports_and_stops(environ, tmp_path):
    assert airlock("migrate", environ=environ).returncode == 0
    report = json.loads(airlock("status", "--json", environ=environ).stdout)
    assert report["audit"] == "intact" and report["waiting"] == {"events": 0, "held": 0, "releases": 0}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "armslength", "airlock", "run", "--bind", address, "--workers", "1"]
    with (tmp_path / "log").open("wb") as log:
        site = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        assert answers(f"http://{address}/healthz", site) == 200
        page = httpx.get(f"http://{address}/workspaces")
        assert page.status_code == 302 and page.headers["Location"].startswith("/sign-in")
        door = httpx.get(f"http://{address}/sign-in")
        assert (
            "inside the secure environment" in door.text
            and "'unsafe-inline'" not in door.headers["Content-Security-Policy"]
        )
    finally:
        site.send_signal(signal.SIGTERM)
        status = site.wait(timeout=30)
    assert status == 0, (tmp_path / "log").read_text()


def answers(url: str, site: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until and site.poll() is None:
        try:
            return httpx.get(url).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the site did not answer")


def test_output_checkers_are_appointed_named_and_dismissed(environ, tmp_path):
    assert airlock("migrate", environ=environ).returncode == 0
    appointed = airlock("checkers", "add", "bola", environ=environ)
    assert appointed.returncode == 0 and len(appointed.stdout.strip()) == 24, "the passphrase, and only it"
    file = tmp_path / "phrase"
    file.write_text("three old lanterns\n")
    assert airlock("checkers", "add", "chen", "--passphrase-file", str(file), environ=environ).stdout == ""
    named = json.loads(airlock("checkers", "list", "--json", environ=environ).stdout)
    assert [each["username"] for each in named] == ["bola", "chen"]
    assert airlock("checkers", "remove", "bola", environ=environ).returncode == 0
    for arguments, code in (
        (("checkers", "remove", "bola"), "A037"),
        (("checkers", "add", "no such name"), "A036"),
        (("checkers", "add", "dee", "--passphrase-file", str(tmp_path / "absent")), "A036"),
        (("checkers", "add", "dee", "--passphrase-file", str(tmp_path / "token")), "A036"),
    ):
        refused = airlock(*arguments, environ=environ)
        assert refused.returncode != 0 and code in refused.stderr and "Traceback" not in refused.stderr
    assert json.loads(airlock("status", "--json", environ=environ).stdout)["output checkers"] == 1
