"""A deadline for one exchange over the network, however slowly the other side talks.

Time limits of HTTP clients count silence: whoever sends a byte now and then is never too slow. This one counts
the whole exchange and then hangs up, whatever the client is doing at that moment.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any


class Deadline:
    """Give `watch` to httpx as the `trace` extension of a request made inside the `with` block.

    The connection must be a new one (`max_keepalive_connections=0`): its socket is learnt as it is made. When the
    time is over the client raises its own error for a lost connection; `passed` says that it was us who hung up.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[Any] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def watch(self, event: str, details: dict[str, Any]) -> None:
        """Learn of a connection. TLS takes over the socket under a new object, so both are kept."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._sockets.append(details["return_value"].get_extra_info("socket"))
            if self.passed:
                self._hang_up()

    def _hang_up(self) -> None:
        self.passed = True
        with self._lock:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
