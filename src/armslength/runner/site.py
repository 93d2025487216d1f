"""What the runner says to the jobs site and hears from it. It calls out; nobody calls in."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from armslength import __version__
from armslength.kernel.deadline import Deadline
from armslength.kernel.errors import Mistake
from armslength.wire.jobs import StateReport, Work
from armslength.wire.message import read

LARGEST_ANSWER = 32 << 20
LONGEST_PAUSE = 60.0
EXCHANGE = 3  # a whole exchange may take so many times the longest silence


class Unreachable(Exception):
    """The site did not answer as it should. Running jobs go on; we ask again later."""


class JobsSite:
    """A connection to the site at `url`, as the owner of a token."""

    def __init__(self, url: str, *, token: str, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._seconds = EXCHANGE * timeout
        self._client = httpx.Client(
            base_url=self.url,
            headers={
                "Authorization": f"Bearer {token}",
                "User-Agent": f"armslength-runner/{__version__}",
                "Accept-Encoding": "identity",  # a small answer must not unpack to a huge one
            },
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10)),
            limits=httpx.Limits(max_keepalive_connections=0),  # a deadline needs a connection of its own
            follow_redirects=False,  # a redirect would carry the token to somebody else
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def work(self, *, known_size: int, after: int) -> Work:
        """Ask for work. Raises Unreachable, or Mistake W001 for an answer that cannot be read."""
        answer = self._call(
            "GET", "/api/v1/runner/work", params={"known_size": known_size, "after": max(0, after)}
        )
        return read(Work, answer, sender=self.url)

    def report(self, report: StateReport) -> None:
        """Tell what changed; returns once the site has it. Raises Unreachable."""
        self._call("POST", "/api/v1/runner/report", content=report.to_json())

    def _call(
        self, method: str, path: str, *, params: dict[str, int] | None = None, content: str | None = None
    ) -> bytes:
        try:
            with Deadline(self._seconds) as deadline:
                request = self._client.build_request(
                    method,
                    path,
                    params=params,
                    content=content,
                    headers={"Content-Type": "application/json"},
                    extensions={"trace": deadline.watch},
                )
                response = self._client.send(request, stream=True)
                try:
                    answer = _gather(response)
                finally:
                    response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if deadline.passed:
                raise Unreachable(
                    f"the site took longer than {self._seconds:.0f} seconds to answer"
                ) from None
            raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from None
        if response.status_code in (401, 403):
            hint = "make a new token for this backend's runner and put it in the token file"
            raise Mistake(
                "R040", f"the site refused the token ({response.status_code})", where=self.url, hint=hint
            )
        if response.status_code != 200:
            raise Unreachable(f"the site answered {response.status_code}")
        return answer


def _gather(response: httpx.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unreachable("the site's answer is packed, which nobody asked for")
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise Unreachable("the site's answer is too large")
        pieces.append(piece)
    return b"".join(pieces)


@dataclass
class Pause:
    """How long to wait before asking again: longer after each failure, never all at the same moment."""

    usual: float
    failures: int = 0

    def seconds(self) -> float:
        """Return the pause now."""
        if not self.failures:
            return self.usual
        longest = min(LONGEST_PAUSE, self.usual * 2.0 ** min(self.failures, 16))
        return random.uniform(longest / 2, longest)  # noqa: S311 (not a secret)
