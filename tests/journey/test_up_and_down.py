"""`up` leaves the platform running for a person, twice is like once, `down` stops it."""

from __future__ import annotations

import socket
import subprocess
import sys

import httpx
import pytest

from armslength.cli.stage import services
from armslength.cli.stage.layout import free_ports

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Type a command, as a person would: what it starts outlives it."""
    command = [sys.executable, "-m", "armslength", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def up(tmp_path):
    server, airlock = free_ports(2)
    folder = tmp_path / "up"
    arguments = ["--folder", str(folder), "--patients", "300", "--empty"]
    yield folder, ["up", *arguments, "--server-port", str(server), "--airlock-port", str(airlock)], server
    services.stop(services.remembered(folder))


def test_up_starts_everything_once_and_down_stops_it(up):
    folder, command, port = up
    first = run(command).stdout
    assert f"http://127.0.0.1:{port}" in first and "Ann Adeyemi" in first
    running = services.remembered(folder)
    assert [service.name for service in running] == ["server", "airlock", "runner"]
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200

    assert "running already" in run(command).stdout
    assert services.remembered(folder) == running, "nothing was started a second time"

    assert "stopped server, airlock, runner" in run(["down", "--folder", str(folder), "--forget"]).stdout
    assert services.remembered(folder) == [] and not folder.exists()
    assert "nothing was running" in run(["down", "--folder", str(folder)]).stdout


def test_a_port_in_use_is_told_with_the_last_words_and_leaves_nothing_running(up):
    folder, command, port = up
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = run(command)
    assert done.returncode == 1
    assert "error X005: the server did not start" in done.stderr
    assert "in use" in done.stderr
    assert services.remembered(folder) == []


def test_secrets_of_the_stage_are_readable_by_their_owner_only(up):
    folder, command, _ = up
    assert run(command).returncode == 0
    secrets = [
        folder / "cast.json",
        folder / "outside" / "secret-key",
        folder / "outside" / "ledger-key.pem",
        folder / "inside" / "runner-token",
        folder / "inside" / "airlock-token",
    ]
    assert {oct(path.stat().st_mode & 0o777) for path in secrets} == {"0o600"}
