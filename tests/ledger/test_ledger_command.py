"""`armslength ledger` as a person uses it: on files, on a site, and on sites that lie or are dead."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from armslength.cli import ledger as command
from armslength.cli import run
from armslength.ledger import Key, Kind, Log, MemoryStorage

START = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key.generate()
Answer = tuple[int, dict[str, str], bytes]


def a_log(size: int = 30, *, key: Key = KEY) -> Log:
    log = Log(MemoryStorage(), key=key)
    log.begin(site="https://jobs.test", at=START)
    for number in range(1, size):
        kind, actor = (Kind.VIEW, "ann") if number % 3 else (Kind.VOTE, "bob")
        at = START + timedelta(minutes=number)
        log.append(kind, actor=actor, subject=f"file:{number}", body={"note": "\x1b[31mred\u202e"}, at=at)
    return log


def protocol(log: Log) -> Callable[[str], Answer]:
    """Answer as docs/reference/ledger-protocol.md says."""

    def answer(target: str) -> Answer:
        parts = urlsplit(target)
        asked = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/ledger/")
        if path == "head.json":
            return 200, {}, log.head(at=START).to_json().encode()
        if path == "key.pem":
            return 200, {}, log.key.public.to_pem().encode()
        if path == "entries.jsonl":
            limit = min(asked.get("limit", 7), 7)  # a site may give less than was asked for
            return 200, {}, "".join(log.export(at=START, start=asked.get("start", 0), limit=limit)).encode()
        if path.startswith("proof/"):
            index = int(path.removeprefix("proof/").removesuffix(".json"))
            if index >= log.size():
                return 404, {}, b"no such entry"
            proof = {"entry": log.entry(index).to_object()}
            proof["inclusion"] = log.inclusion(index, size=asked["size"]).to_object()
            return 200, {}, json.dumps(proof).encode()
        return 404, {}, b"not found"

    return answer


@contextmanager
def site(answer: Callable[[str], Answer]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", headers.pop("length", str(len(body))))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(a_log().export(at=START)))
    return path


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "ledger-public.pem"
    path.write_text(KEY.public.to_pem())
    return str(path)


def failing(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> str:
    assert run(["ledger", *arguments]) == status
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    return told.err


def test_an_export_is_verified_with_a_key_file_and_with_digits(export, key_file, capsys):
    for key in (key_file, KEY.public.hex, KEY.public.hex.upper()):
        assert run(["ledger", "verify", str(export), "--key", key]) == 0
        told = capsys.readouterr().out
        assert "verified: 30 entries of https://jobs.test" in told
        assert "2030-01-02 03:04:05 to 2030-01-02 03:33:05 UTC" in told
        assert "20  view" in told
        assert "the key you gave" in told


def test_without_a_key_it_is_said_what_that_does_not_show(export, capsys):
    assert run(["ledger", "verify", str(export)]) == 0
    assert "the key it names itself" in capsys.readouterr().out


def test_a_site_is_verified_page_by_page(key_file, capsys):
    with site(protocol(a_log())) as url:
        for address in (url, f"{url}/", f"{url}/ledger", f"{url}/ledger/"):
            assert run(["ledger", "verify", address, "--key", key_file]) == 0
            assert "verified: 30 entries" in capsys.readouterr().out


def test_a_log_that_grows_while_it_is_read_is_verified_up_to_the_head_asked_for(key_file, capsys):
    log = a_log()
    answer = protocol(log)

    def growing(target: str) -> Answer:
        found = answer(target)
        log.append(Kind.VIEW, actor="ann", subject="file:new", body={}, at=START)
        return found

    with site(growing) as url:
        assert run(["ledger", "verify", url, "--key", key_file]) == 0
    assert "verified: 30 entries" in capsys.readouterr().out


def test_the_result_is_told_as_json(export, capsys):
    assert run(["ledger", "verify", str(export), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verified"] is True
    assert told["kinds"] == {"genesis": 1, "view": 20, "vote": 9}


def test_a_tampered_copy_names_the_first_bad_entry(export, key_file, capsys):
    lines = export.read_text().splitlines(keepends=True)
    lines[9] = lines[9].replace('"actor":"bob"', '"actor":"eve"')
    lines[20] = lines[20].replace("ann", "eve")
    export.write_text("".join(lines))
    told = failing(capsys, "verify", str(export), "--key", key_file, status=3)
    assert "error L024: entry 9 (vote, 2030-01-02T03:13:05.000000Z) was changed" in told
    assert run(["ledger", "verify", str(export), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["entry"]["index"], told["entry"]["kind"]) == ("L024", 9, "vote")


def test_the_log_of_another_key_is_refused(export, tmp_path, capsys):
    other = Key.generate().public
    assert "L011" in failing(capsys, "verify", str(export), "--key", other.hex, status=3)
    with site(protocol(a_log())) as url:
        assert "L011" in failing(capsys, "verify", url, "--key", other.hex, status=3)
        assert "L011" in failing(capsys, "prove", url, "3", "--key", other.hex, status=3)


def test_one_entry_is_proved(key_file, capsys):
    with site(protocol(a_log())) as url:
        assert run(["ledger", "prove", url, "3", "--key", key_file]) == 0
        told = capsys.readouterr().out
        assert "entry 3 is in the ledger: 5 hashes" in told
        assert "\x1b[31mred" not in told
        assert run(["ledger", "prove", url, "0"]) == 0
        assert "the key it names itself" in capsys.readouterr().out
        assert "L031" in failing(capsys, "prove", url, "30", status=1)


def test_another_entry_than_asked_for_proves_nothing(capsys):
    answer = protocol(a_log())
    with site(lambda target: answer(target.replace("/3.json", "/4.json"))) as url:
        assert "L015" in failing(capsys, "prove", url, "3", status=3)


def test_entries_are_listed_and_chosen(export, capsys):
    assert (
        run(
            ["ledger", "show", str(export), "--kind", "vote", "--actor", "bob", "--limit", "4", "--page", "2"]
        )
        == 0
    )
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines()[1:] if line[:1].isdigit()] == [
        "15",
        "18",
        "21",
        "24",
    ]
    assert "\x1b[31m" not in told and "\u202e" not in told
    assert run(["ledger", "show", str(export), "--subject", "file:99"]) == 0
    assert "no such entry" in capsys.readouterr().out
    assert "L034" in failing(capsys, "show", str(export), "--kind", "votes", status=2)


def test_a_site_is_listed(capsys):
    with site(protocol(a_log())) as url:
        assert run(["ledger", "show", url, "--subject", "file:29"]) == 0
    assert "file:29" in capsys.readouterr().out


def test_a_dead_site_is_told(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        told = failing(capsys, "verify", f"http://127.0.0.1:{taken.getsockname()[1]}", status=1)
    assert "L030" in told and "cannot be reached" in told


def test_a_silent_site_is_told(capsys, monkeypatch):
    monkeypatch.setattr(command, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = failing(capsys, "verify", f"http://127.0.0.1:{silent.getsockname()[1]}", status=1)
    assert "L030" in told and "did not answer" in told


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, {}, b"<html>hello</html>"), "L031"),
        ((200, {}, b"\xff\xfe"), "L031"),
        ((200, {}, b"{}"), "L003"),
        ((200, {}, b"[]"), "L031"),
        ((404, {}, b"not found"), "L031"),
        ((500, {}, b""), "L031"),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "L032"),
        ((200, {}, b" " * (3 << 20)), "L033"),
        ((200, {"length": "500"}, b"{"), "L030"),
        ((200, {"Content-Encoding": "gzip"}, b"not gzip"), "L030"),
    ],
    ids=["html", "binary", "empty", "list", "missing", "broken", "redirect", "large", "cut", "encoding"],
)
def test_garbage_is_told(answer, code, capsys):
    with site(lambda _: (answer[0], dict(answer[1]), answer[2])) as url:
        told = failing(capsys, "verify", url, status=1)
    assert f"error {code}" in told
    assert "\x1b" not in told


def test_a_page_that_was_cut_off_is_told(capsys):
    answer = protocol(a_log())

    def cut(target: str) -> Answer:
        status, headers, body = answer(target)
        return status, headers, body[:-40] if "start=14" in target else body

    with site(cut) as url:
        assert "L031" in failing(capsys, "verify", url, status=1)


def test_a_site_that_gives_no_entries_does_not_go_on_for_ever(capsys):
    answer = protocol(a_log())
    with site(lambda target: answer(target.replace("start=7", "start=30"))) as url:
        assert "L031" in failing(capsys, "verify", url, status=1)


def test_a_site_that_drops_an_entry_is_found_out(capsys):
    answer = protocol(a_log())

    def lying(target: str) -> Answer:
        status, headers, body = answer(target)
        if "start=7" in target:
            lines = body.splitlines(keepends=True)
            body = b"".join(lines[:2] + lines[3:])
        return status, headers, body

    with site(lying) as url:
        told = failing(capsys, "verify", url, status=3)
    assert "error L021: entry 9 is missing" in told


@pytest.mark.parametrize(
    "source", ["missing.jsonl", ".", "ftp://jobs.test/ledger", "file:///etc/passwd", "http://"]
)
def test_a_source_that_cannot_be_read_is_told(source, capsys):
    told = failing(capsys, "verify", source, status=2 if source.startswith("f") else 1)
    assert "L034" in told or "L030" in told


def test_a_file_that_is_no_export_is_told(tmp_path, capsys):
    for content in (b"", b"hello\n", b"\x00" * 5000, b"{" * (3 << 20)):
        path = tmp_path / "ledger.jsonl"
        path.write_bytes(content)
        assert "error L02" in failing(capsys, "verify", str(path), status=3)
