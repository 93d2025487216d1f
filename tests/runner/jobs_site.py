"""A jobs site in one thread: a real ledger behind the two addresses the runner calls, and no more."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from armslength.kernel.ids import new_id
from armslength.ledger import Key, Kind, Log, MemoryStorage
from armslength.wire.jobs import Cancellation, JobReport, JobRequest, RequestReport, StateReport

TOKEN = "token-of-the-runner"
BACKEND = "tests"


def now() -> datetime:
    return datetime.now(UTC)


class JobsSite:
    """The site: add requests, look at what was reported. `tamper` may change any answer on its way out."""

    def __init__(self) -> None:
        self.log = Log(MemoryStorage(), key=Key.generate())
        self.log.begin(site="tests", at=now())
        self.jobs: dict[str, JobReport] = {}
        self.requests: dict[str, RequestReport] = {}
        self.history: list[tuple[str, int, str]] = []
        self.polls = 0
        self.tamper: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer
        self.broken = False
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: int(value[0]) for name, value in parse_qs(urlsplit(self.path).query).items()}
                self._answer(lambda: site.work(query))

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(lambda: site.take(StateReport.model_validate_json(content)))

            def _answer(self, make: Callable[[], dict[str, Any]]) -> None:
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    return self.send_error(401)
                if site.broken:
                    return self.send_error(503)
                with site._lock:
                    body = json.dumps(make()).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def work(self, query: Mapping[str, int]) -> dict[str, Any]:
        self.polls += 1
        head = self.log.head(at=now())
        known, after = query["known_size"], query["after"]
        proof = self.log.consistency(known, head.size).to_object() if known <= head.size else {
            "from": known, "to": head.size, "hashes": [],
        }  # fmt: skip
        kinds = (Kind.REQUEST, Kind.CANCEL)
        found = [self.log.entry(n) for n in range(after + 1, head.size)]
        items = [
            {"entry": one.to_object(), "inclusion": self.log.inclusion(one.index, size=head.size).to_object()}
            for one in found
            if one.kind in kinds
        ]
        return self.tamper(
            {"version": 1, "head": head.to_object(), "consistency": proof, "items": items, "more": False}
        )

    def take(self, report: StateReport) -> dict[str, Any]:
        assert report.backend == BACKEND
        for request in report.requests:
            if request.id not in self.requests or self.requests[request.id].sequence < request.sequence:
                self.requests[request.id] = request
        for job in report.jobs:
            self.history.append((job.id, job.sequence, job.state))
            if job.id not in self.jobs or self.jobs[job.id].sequence < job.sequence:
                self.jobs[job.id] = job
        return {"version": 1}

    def ask(self, **fields: Any) -> str:
        """Add a request to the ledger and return its id."""
        described = {
            "id": new_id(), "backend": BACKEND, "project": "trial", "workspace": "trial-main", "branch": "main",
            "actions": ("run_all",), "requested_by": "ann", "requested_at": now(),
        } | fields  # fmt: skip
        request = JobRequest(**described)
        body = request.model_dump(mode="json")
        subject = f"request:{request.id}"
        with self._lock:
            self.log.append(Kind.REQUEST, actor=request.requested_by, subject=subject, body=body, at=now())
        return request.id

    def cancel(self, request: str) -> None:
        """Add a cancellation to the ledger."""
        message = Cancellation(request=request, backend=BACKEND, cancelled_by="ann", cancelled_at=now())
        body = message.model_dump(mode="json")
        with self._lock:
            self.log.append(Kind.CANCEL, actor="ann", subject=f"request:{request}", body=body, at=now())

    def states(self, request: str) -> dict[str, str]:
        """Return the reported state of each job of a request, by action."""
        return {job.action: job.state.value for job in self.jobs.values() if job.request == request}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    line = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def make_study(folder: Path, files: Mapping[str, str]) -> tuple[str, str]:
    """Make or extend a repository with these files and return its address and commit."""
    if not folder.exists():
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "study")
    return f"file://{folder}", git(folder, "rev-parse", "HEAD")


def write_inside(folder: Path, *, site: JobsSite, repository: str, database: Path | None = None) -> Path:
    """Write policy, token and configuration of a runner and return the path of the configuration."""
    (folder / "policy.toml").write_text(
        f'''version = 1
backend = "{BACKEND}"

[server]
url = "{site.url}"
ledger_key = "{site.log.key.public.hex}"

[limits]
memory_megabytes = 512
minutes = 5
processes = 64
disk_megabytes = 256
jobs_at_once = 2

[projects.trial]
repositories = ["{repository}"]
branches = ["main"]
workspaces = ["trial-*"]
environments = ["python:v2", "ehrql:v1"]
approved_by = "the board"
approved_on = 2020-01-01
expires_on = 2090-01-01
'''
    )
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    configuration = folder / "runner.toml"
    configuration.write_text(
        """[runner]
state = "state"
high_privacy = "high_privacy"
medium_privacy = "medium_privacy"
policy = "policy.toml"

[server]
token_file = "token"
poll_seconds = 1
timeout_seconds = 5
"""
        + (f'[database]\nfolder = "{database}"\n' if database else "")
    )
    return configuration
