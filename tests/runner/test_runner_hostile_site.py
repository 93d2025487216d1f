"""A jobs site that was taken over: slow, huge, packed, endless or wrong answers, and what it may not ask for."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from armslength.runner.site import JobsSite, Unreachable

Answer = Callable[[socket.socket], None]


@pytest.fixture
def hostile() -> Iterator[Callable[[Answer], JobsSite]]:
    """Make a site that answers each connection with a function of ours."""
    listeners = []

    def make(answer: Answer) -> JobsSite:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with contextlib.suppress(OSError), connection:
                        connection.recv(1 << 16)
                        answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        return JobsSite(f"http://127.0.0.1:{listener.getsockname()[1]}", token="t", timeout=0.5)

    yield make
    for listener in listeners:
        listener.close()


def ok(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


PACKED = ok(gzip.compress(b" " * (16 << 20)), "Content-Encoding: gzip")


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"{")
        time.sleep(0.1)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    while True:
        connection.sendall(b" " * (1 << 20))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (drip, "longer than"),
        (flood, "too large"),
        (lambda c: c.sendall(PACKED), "packed"),
        (lambda c: c.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n"), "302"),
        (lambda c: c.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000), "Error"),
        (lambda c: c.sendall(b"\x16\x03\x01 not HTTP at all\r\n\r\n"), "Error"),
        (lambda c: c.sendall(b"HTTP/1.1 204 No Content\r\n\r\n"), "204"),
        (lambda c: None, "Error"),
    ],
    ids=["drip", "flood", "packed", "redirect", "headers", "not http", "empty", "hangs up"],
)
def test_a_bad_answer_is_an_answer_not_given(
    hostile: Callable[[Answer], JobsSite], answer: Answer, words: str
) -> None:
    site = hostile(answer)
    started = time.monotonic()
    with pytest.raises(Unreachable, match=words):
        site.work(known_size=0, after=0)
    assert time.monotonic() - started < 10
    site.close()
