"""A service of codelists over HTTP: download one version, ask whether copies are current. It is believed in nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from armslength import __version__
from armslength.kernel.errors import Mistake
from armslength.pipeline.codelists.listing import Codelist

MOST_BYTES = 64 * 2**20  # the largest published codelist is under 10 MB
MOST_REDIRECTS = 5
ATTEMPTS, PAUSE_SECONDS = 3, 0.5
SERVICE_STATUS = 4
OFFLINE = "nothing was changed; without a network, `armslength codelists check --offline` still works"

Answer = TypeVar("Answer")


class _Unanswered(Exception):
    """No whole answer came: worth another attempt."""


@dataclass(frozen=True)
class Upstream:
    """What the service says of a study's copies: ids that are new, gone or changed, or its complaint."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    complaint: str | None = None

    @property
    def current(self) -> bool:
        """True when the service finds nothing to say."""
        return self == Upstream()


class Service:
    """A connection to one service. `seconds` bounds each request as a whole, however slowly it drips."""

    def __init__(self, address: str, *, seconds: float = 60.0) -> None:
        self.address = address
        self._seconds = seconds
        agent = f"armslength/{__version__}" + (" (GitHub CI)" if os.environ.get("GITHUB_WORKFLOW") else "")
        self._client = httpx.Client(
            timeout=seconds,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            headers={"User-Agent": agent},
            event_hooks={"request": [self._refuse_detour]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def download(self, codelist: Codelist) -> bytes:
        """Return the CSV of one version, whole. Raises Mistake P067, P068 or P069."""
        url = codelist.download(self.address)

        def attempt() -> bytes:
            with self._request("GET", url) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    raise _absent(codelist, self.address)
                content = self._body(response)
                self._require_success(response, url)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind != "text/csv":
                    raise _not_csv(kind, content, codelist, self.address)
                return content

        return self._persistently(attempt, url)

    def compare(self, listing: str, manifest: str) -> Upstream:
        """Ask whether the copies are current, by the raw texts of list and manifest. Raises Mistake P069."""
        url = f"{self.address}/api/v1/check/"

        def attempt() -> Upstream:
            form = {"codelists": listing, "manifest": manifest}
            with self._request("POST", url, data=form) as response:
                content = self._body(response)
                self._require_success(response, url)
                return _upstream(content, url)

        return self._persistently(attempt, url)

    def _persistently(self, attempt: Callable[[], Answer], url: str) -> Answer:
        """Try a few times when no whole answer comes. Raises Mistake P069 with the last reason."""
        reason = ""
        for number in range(ATTEMPTS):
            try:
                return attempt()
            except _Unanswered as error:
                reason = str(error)
            if number + 1 < ATTEMPTS:
                time.sleep(PAUSE_SECONDS * 2**number)
        raise _failed(url, reason)

    @contextmanager
    def _request(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(method, url, data=data) as response:
                yield response
        except httpx.TimeoutException:
            # Not tried again: whoever waited a minute would wait for three.
            raise _failed(url, f"no answer came within {self._seconds:g} seconds") from None
        except httpx.TooManyRedirects:
            raise _failed(url, f"it redirects more than {MOST_REDIRECTS} times") from None
        except httpx.RemoteProtocolError as error:
            raise _Unanswered(f"the answer broke off: {error}") from None
        except httpx.TransportError as error:
            raise _Unanswered(f"the service cannot be reached: {error or type(error).__name__}") from None
        except (httpx.DecodingError, httpx.InvalidURL) as error:
            raise _failed(url, f"the answer cannot be read: {error}") from None

    def _body(self, response: httpx.Response) -> bytes:
        """Read the whole answer within the time and the size allowed."""
        ends, url, pieces, size = time.monotonic() + self._seconds, str(response.url), [], 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise _failed(url, f"the answer is larger than {MOST_BYTES / 2**20:g} MiB")
            if time.monotonic() > ends:
                raise _failed(url, f"the answer was not complete after {self._seconds:g} seconds")
        return b"".join(pieces)

    def _require_success(self, response: httpx.Response, url: str) -> None:
        told = f"the service answers {response.status_code} {response.reason_phrase}".strip()
        if response.is_server_error:
            raise _Unanswered(told)
        if response.status_code != httpx.codes.OK:
            raise _failed(url, told)

    def _refuse_detour(self, request: httpx.Request) -> None:
        """Follow redirects only to encrypted addresses, or within the host that was asked."""
        if request.url.scheme != "https" and request.url.netloc.decode() != urlsplit(self.address).netloc:
            raise _failed(self.address, f"it redirects to `{request.url}`, which is not encrypted")


def _failed(url: str, why: str) -> Mistake:
    return Mistake("P069", f"no codelist came: {why}", url, OFFLINE, SERVICE_STATUS)


def _absent(codelist: Codelist, address: str) -> Mistake:
    what = f"the service has no `{codelist.id}`"
    hint = f"look for its versions at {address}/codelist/{codelist.list_id}/"
    return Mistake("P067", what, codelist.page(address), hint)


def _not_csv(kind: str, content: bytes, codelist: Codelist, address: str) -> Mistake:
    where = codelist.page(address)
    if kind == "text/html" and b"draft" in content.lower():
        what = f"`{codelist.id}` is a draft, and drafts cannot be downloaded"
        return Mistake("P068", what, where, "publish it there, or name a published version")
    what = f"the service sent `{kind or 'no type'}` instead of `text/csv` for `{codelist.id}`"
    return Mistake("P069", what, where, "open the page in a browser to see what it says", SERVICE_STATUS)


def _upstream(content: bytes, url: str) -> Upstream:
    try:
        told: Any = json.loads(content)
        status, data = told["status"], told["data"] if told["status"] == "error" else {}
        if status not in ("ok", "error"):
            raise ValueError(f"status `{status}`")
        if "error" in data:
            return Upstream(complaint=str(data["error"]))
        lists = {key: tuple(map(str, data.get(key, ()))) for key in ("added", "removed", "changed")}
        return Upstream(added=lists["added"], removed=lists["removed"], changed=lists["changed"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _failed(url, f"its answer cannot be read: {error}") from None
