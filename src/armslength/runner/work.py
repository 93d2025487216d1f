"""Slow work on a few threads, each piece under a key, asked after until it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Work:
    """What is under way. Lost when the process dies: whoever asks again starts it again."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="runner")
        self._under_way: dict[str, Future[Any]] = {}

    def done(self, key: str, work: Callable[[], Any]) -> Future[Any] | None:
        """Have a thread do some work once; return its future when it is done, else None."""
        future = self._under_way.get(key)
        if future is None:
            self._under_way[key] = self._threads.submit(work)
            return None
        if not future.done():
            return None
        del self._under_way[key]
        return future

    def begin(self, work: Callable[[], Any]) -> None:
        """Have a thread do some work that nobody asks after."""
        self._threads.submit(work)

    def stop(self) -> None:
        """Wait for what runs; forget what has not begun."""
        self._threads.shutdown(wait=True, cancel_futures=True)
