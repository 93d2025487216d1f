"""A deadline ends an exchange with somebody who is never silent and never done."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from armslength.kernel.deadline import Deadline


class Drip:
    """Sends `opening` at once, then one byte at a time until nobody listens."""

    def __init__(self, opening: bytes) -> None:
        self._opening = opening
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(4096)
            connection.sendall(self._opening)
            for _ in range(3000):
                connection.sendall(b"a")
                time.sleep(0.02)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=[b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"])
def drip(request: pytest.FixtureRequest) -> Iterator[Drip]:
    drip = Drip(request.param)
    yield drip
    drip.close()


def test_headers_and_bodies_that_never_end_are_cut_off(drip: Drip) -> None:
    started = time.monotonic()
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(timeout=5, limits=limits, trust_env=False)
    with client, Deadline(0.5) as deadline, pytest.raises(httpx.HTTPError):
        client.get(drip.url, extensions={"trace": deadline.watch})
    assert deadline.passed
    assert time.monotonic() - started < 3


def test_an_exchange_in_time_is_left_alone() -> None:
    with Deadline(60) as deadline:
        pass
    assert not deadline.passed
