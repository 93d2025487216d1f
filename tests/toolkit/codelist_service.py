"""A service of codelists that really listens, for the tests of the toolkit."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

Handler = BaseHTTPRequestHandler


@dataclass
class CodelistService:
    """A small HTTP service: answers by path; counts what it was asked."""

    address: str = ""
    answers: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    form: dict[str, list[str]] = field(default_factory=dict)

    def publish(self, id: str, text: str | bytes, *, kind: str = "text/csv", status: int = 200) -> None:
        """Serve this as the download of one version."""
        content = text.encode() if isinstance(text, str) else text
        self.answer(f"/codelist/{id}/download.csv", lambda request: send(request, content, kind, status))

    def answer(self, path: str, how: Callable[[Handler], None]) -> None:
        """Answer a path in any way at all."""
        self.answers[path] = how

    def say(self, told: object) -> None:
        """What the check of copies answers."""
        content = json.dumps(told).encode()
        self.answer("/api/v1/check/", lambda request: send(request, content, "application/json"))


def send(request: Handler, content: bytes, kind: str = "text/csv", status: int = 200) -> None:
    """A whole and honest answer."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def truncate(request: Handler) -> None:
    """Promise more than is sent."""
    request.send_response(200)
    request.send_header("Content-Type", "text/csv")
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"code,term\n44054006,x\n")
    request.close_connection = True


def drip(request: Handler) -> None:
    """A byte now and then, for as long as somebody listens."""
    request.send_response(200)
    request.send_header("Content-Type", "text/csv")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b"4")
        request.wfile.flush()
        time.sleep(0.05)


@contextmanager
def listening() -> Iterator[CodelistService]:
    """A service on a free port of this machine, until the block ends."""
    made = CodelistService()

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.command, self.path, self.headers["User-Agent"]))
            try:
                if self.path in made.answers:
                    made.answers[self.path](self)
                else:
                    send(self, b"<h1>Not found</h1>", "text/html", 404)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            made.form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
