"""Talking to the server: four calls, each with time limits, each answer read as a message or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from armslength.airlock.configuration import Configuration
from armslength.kernel.deadline import Deadline
from armslength.kernel.errors import Mistake
from armslength.wire.message import M, read
from armslength.wire.releases import EventBatch, Identity, Receipts, Release, ReleaseProgress, SignIn

TIMEOUT = httpx.Timeout(10.0, write=60.0)
SECONDS, UPLOAD_SECONDS = 30.0, 300.0  # for a whole exchange, however little at a time the server sends
LARGEST_ANSWER = 32 * 2**20


class ServerAway(Mistake):
    """The server cannot be reached, or says it cannot serve now. Trying later may help."""


class ServerRefuses(Mistake):
    """The server answered no. Trying again with the same words will not help."""

    status: int = 0


class Server:
    """The jobs site, as seen from here."""

    def __init__(self, configuration: Configuration, *, transport: httpx.BaseTransport | None = None) -> None:
        self._configuration = configuration
        self._client = httpx.Client(
            base_url=configuration.server,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_keepalive_connections=0),  # a deadline needs a connection of its own
            headers={"Accept-Encoding": "identity"},  # a small answer must not unpack to a huge one
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def sign_in(self, message: SignIn) -> Identity:
        """Return who presented a valid single-use token."""
        return self._call("POST", "/api/v1/airlock/sign-in", Identity, text=message.to_json())

    def person(self, username: str) -> Identity:
        """Return what the server says of a person now."""
        return self._call("GET", f"/api/v1/airlock/people/{quote(username, safe='')}", Identity)

    def events(self, batch: EventBatch) -> Receipts:
        """Report events; return their receipts, in the same order."""
        return self._call("POST", "/api/v1/airlock/events", Receipts, text=batch.to_json())

    def announce(self, release: Release) -> ReleaseProgress:
        """Announce a release; return which files are still to come."""
        return self._call("POST", "/api/v1/releases", ReleaseProgress, text=release.to_json())

    def upload(self, release: str, *, path: str, data: bytes, sha256: str) -> ReleaseProgress:
        """Send one file of a release."""
        return self._call(
            "PUT",
            f"/api/v1/releases/{quote(release, safe='')}/files/{quote(path)}",
            ReleaseProgress,
            data=data,
            headers={"Content-Type": "application/octet-stream", "X-Content-SHA256": sha256},
        )

    def consistency(self, *, old: int, new: int) -> object:
        """Return the public ledger's proof that its first `old` entries are the beginning of its first `new`."""
        path = f"/ledger/consistency.json?from={old}&to={new}"
        where = f"{self._configuration.server}{path}"
        answer, body = self._exchange(self._client.build_request("GET", path), seconds=SECONDS, where=where)
        if answer.status_code != httpx.codes.OK:
            raise ServerAway("A030", f"the server answered {answer.status_code}", where=where)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise ServerAway("A030", "the server's proof cannot be read", where=where) from None

    def _call(
        self,
        method: str,
        path: str,
        kind: type[M],
        *,
        text: str = "",
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> M:
        where = f"{self._configuration.server}{path}"
        sent = {"Authorization": f"Bearer {self._configuration.token()}", "Accept": "application/json"}
        if text:
            sent["Content-Type"] = "application/json"
        request = self._client.build_request(
            method,
            path,
            content=data if data is not None else text.encode() or None,
            headers={**sent, **(headers or {})},
        )
        answer, body = self._exchange(request, seconds=UPLOAD_SECONDS if data else SECONDS, where=where)
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ServerAway(
                "A030", f"the server answered {answer.status_code}", where=where, hint="it is tried again"
            )
        if not answer.is_success:
            raise _refusal(answer, body, where=where)
        return read(kind, body, sender=f"the server at {where}")

    def _exchange(
        self, request: httpx.Request, *, seconds: float, where: str
    ) -> tuple[httpx.Response, bytes]:
        """Send a request and read the whole answer before the deadline."""
        with Deadline(seconds) as deadline:
            request.extensions["trace"] = deadline.watch
            try:
                answer = self._client.send(request, stream=True)
                try:
                    return answer, _gather(answer, where=where)
                finally:
                    answer.close()
            except httpx.HTTPError as error:
                why = "it takes too long to answer" if deadline.passed else type(error).__name__
                raise ServerAway(
                    "A030",
                    f"the server cannot be reached: {why}",
                    where=where,
                    hint="nothing is lost; what waits is sent when the server is back",
                ) from None


def _gather(answer: httpx.Response, *, where: str) -> bytes:
    """Read an answer to its end, but no more than an answer can be."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise ServerAway("A030", "the server's answer is packed, which nobody asked for", where=where)
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise ServerAway("A030", "the server's answer is too large to be one", where=where)
        pieces.append(piece)
    return b"".join(pieces)


def _refusal(answer: httpx.Response, body: bytes, *, where: str) -> ServerRefuses:
    words = ""
    if answer.headers.get("content-type", "").startswith("application/json") and len(body) < 10_000:
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if isinstance(said, dict):
            words = next(
                (str(said[key]) for key in ("what", "reason", "detail", "message") if said.get(key)), ""
            )
    hint = "check the backend's token and name" if answer.status_code in {401, 403} else None
    what = f"the server refused ({answer.status_code}){': ' + words[:300] if words else ''}"
    refusal = ServerRefuses("A031", what, where=where, hint=hint)
    refusal.status = answer.status_code
    return refusal
