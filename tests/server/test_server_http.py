"""The real site over real HTTP: set up from the shell, served by gunicorn, called by several at once."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from armslength.kernel.clock import utc_now
from armslength.kernel.ids import new_id
from armslength.ledger import PublicKey
from armslength.ledger.verify import verify_export
from armslength.wire.releases import Event, EventBatch, EventKind

PASSWORD = "horse-battery-staple-9"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A served site with one account, project, backend and workspace; its address and tokens."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ARMSLENGTH_", "DJANGO_"))
    }
    environment |= {
        "ARMSLENGTH_SERVER_FOLDER": str(folder),
        "ARMSLENGTH_SERVER_SECRET_KEY": secrets.token_urlsafe(48),
        "ARMSLENGTH_SERVER_HOSTS": "127.0.0.1",
        "ARMSLENGTH_SERVER_HTTPS": "off",
        "ARMSLENGTH_SERVER_LOCAL_REPOSITORIES": "on",
    }

    def shell(*arguments: str, typed: str = "") -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "armslength", "server", *arguments]
        return subprocess.run(
            command, env=environment, input=typed, capture_output=True, text=True, check=False
        )

    steps = [
        ("migrate",),
        ("create-person", "ann", "--name", "Ann"),
        ("create-project", "falls", "--title", "T", "--summary", "S", "--organisation", "O", "--approval", "A"),
        ("give-role", "ann", "researcher", "--project", "falls"),
        ("create-backend", "north", "--name", "North"),
        ("create-backend-token", "north", "airlock", "--to", str(folder / "token")),
        ("create-workspace", "falls-main", "--project", "falls", "--repository", "/tmp/x", "--backend", "north",
         "--purpose", "P", "--by", "ann"),
    ]  # fmt: skip
    for step in steps:
        done = shell(*step, typed=f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr
    command = [sys.executable, "-m", "armslength", "server", "run", "--bind", f"127.0.0.1:{port}"]
    served = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                if httpx.get(f"{address}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, (folder / "token").read_text().strip(), shell, folder
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(20)


def test_the_token_file_and_the_key_are_for_their_owner_only(site):
    folder = site[3]
    for name in ("token", "ledger-key.pem"):
        assert (folder / name).stat().st_mode & 0o077 == 0


def test_the_shell_tells_mistakes_without_a_traceback(site):
    shell = site[2]
    for arguments, typed, code in (
        (("create-person", "bob", "--name", "Bob"), "short\n", "S061"),
        (("create-person", "ann", "--name", "Ann"), f"{PASSWORD}\n", "S060"),
        (("give-role", "ann", "emperor"), "", "S073"),
        (("give-role", "nobody", "publisher"), "", "S073"),
        (("create-backend-token", "north", "airlock", "--to", str(site[3] / "token")), "", "S072"),
    ):
        done = shell(*arguments, typed=typed)
        assert done.returncode == 1 and f"error {code}" in done.stderr and "Traceback" not in done.stderr


def test_many_events_at_once_make_one_unbroken_ledger(site):
    address, token, *_ = site
    headers = {"Authorization": f"Bearer {token}"}

    def send(_: int) -> int:
        events = tuple(
            Event(id=new_id(), kind=EventKind.VIEW, actor="ann", at=utc_now(), workspace="falls-main")
            for _ in range(5)
        )
        body = EventBatch(backend="north", events=events).to_json()
        return httpx.post(
            f"{address}/api/v1/airlock/events", content=body, headers=headers, timeout=30
        ).status_code

    before = httpx.get(f"{address}/ledger/head.json").json()["size"]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(16))) == {200}
    assert httpx.get(f"{address}/ledger/head.json").json()["size"] == before + 80
    key = PublicKey.parse(httpx.get(f"{address}/ledger/key.pem").text, where=address)
    lines = httpx.get(f"{address}/ledger/entries.jsonl").text.splitlines(keepends=True)
    assert verify_export(iter(lines), where=address, key=key).entries == before + 80


def test_a_person_signs_in_and_out_with_a_real_browser_session(site):
    with httpx.Client(base_url=site[0], follow_redirects=True) as browser:
        page = browser.get("/sign-in").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
        form = {"csrfmiddlewaretoken": token, "username": "ann", "password": PASSWORD}
        assert "Sign out" in browser.post("/sign-in/local", data=form).text
        cookie = next(each for each in browser.cookies.jar if each.name.endswith("session"))
        assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax"


def test_styles_fonts_and_scripts_come_from_the_site_itself(site):
    page = httpx.get(f"{site[0]}/").text
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(links) >= 6
    assert all(httpx.get(f"{site[0]}{link}").status_code == 200 for link in links)
    assert not re.findall(r'(?:src|href)="https?://', page)


def test_without_a_secret_the_site_does_not_start(site):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ARMSLENGTH_", "DJANGO_"))
    }
    command = [sys.executable, "-m", "armslength", "server", "run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "error S071" in done.stderr and "Traceback" not in done.stderr
