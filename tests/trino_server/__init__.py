"""A server that speaks Trino's client protocol over HTTP, in front of DuckDB: statements, pages, errors, cancelling.

What a client can see is as Trino does it: a query is posted and then followed from one `nextUri` to the next, each of
which can be asked once more but no earlier one; errors are answers with a name and a type; DELETE stops a query.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from trino_server.translation import RefusedError
from trino_server.warehouse import CATALOG, Query, Session, Warehouse

PAGE = 500  # rows in one answer
PATIENCE = 1.0  # seconds until an answer says that there is nothing yet


@dataclass
class Fault:
    """Something that goes wrong once: with the first request of this method whose SQL holds a text.

    `status` is answered; 0 closes the connection without an answer, after the request was done if `late`. With
    `error`, the query fails so.
    """

    method: str
    sql: str = ""
    status: int = 0
    late: bool = False
    error: RefusedError | None = None


@dataclass
class StandIn:
    """A running server: its tables, what was asked of it, and what shall go wrong."""

    warehouse: Warehouse
    port: int = 0
    secrets: frozenset[str] = (
        frozenset()
    )  # of which one has to be in the Authorization header, if there are any
    faults: list[Fault] = field(default_factory=list)
    queries: dict[str, Query] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"trino://tests@127.0.0.1:{self.port}/{CATALOG}/records?scratch=scratch"

    def fault(self, method: str, sql: str) -> Fault | None:
        found = next((each for each in self.faults if each.method == method and each.sql in sql), None)
        if found is not None:
            self.faults.remove(found)
        return found


@contextlib.contextmanager
def running_server() -> Iterator[StandIn]:
    """Start a server on a port of its own; it ends with the block."""
    stand_in = StandIn(Warehouse())
    handler = type("Handler", (_Handler,), {"stand_in": stand_in})
    with _Server(("127.0.0.1", 0), handler) as server:
        stand_in.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stand_in: StandIn

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read what was asked from `StandIn.asked`."""

    def do_POST(self) -> None:
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path != "/v1/statement":
            return self._answer(404)
        if self.stand_in.secrets and not self._is_known():
            return self._answer(401, b"Access Denied: Invalid credentials")
        fault = self.stand_in.fault("POST", sql)
        if fault is not None and not fault.late and fault.error is None:
            return self._fail(fault)
        self.stand_in.asked.append(sql)
        properties = dict(
            each.split("=", 1) for each in self.headers.get("X-Trino-Session", "").split(",") if each
        )
        session = Session(
            user=self.headers["X-Trino-User"],
            catalog=self.headers.get("X-Trino-Catalog"),
            schema=self.headers.get("X-Trino-Schema"),
            properties={name: unquote(value) for name, value in properties.items()},
        )
        query = Query(sql=sql, session=session, warehouse=self.stand_in.warehouse)
        self.stand_in.queries[query.id] = query
        if fault is not None and fault.error is not None:
            query.error = fault.error
            query.done.set()
        else:
            query.start()
        if fault is not None and fault.late:
            query.done.wait()
            return self._fail(fault)
        self._page(query, 0)

    def do_GET(self) -> None:
        query, token = self._query()
        if query is None:
            return self._answer(404, b"Query not found")
        fault = self.stand_in.fault("GET", query.sql)
        if fault is not None:
            return self._fail(fault)
        self._page(query, token)

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_DELETE(self) -> None:
        query, _ = self._query()
        if query is None:
            return self._answer(404)
        self.stand_in.stopped.append(query.sql)
        query.stop(RefusedError("USER_CANCELED", "Query was canceled"))
        query.error = query.error or query.stopping
        self._answer(204)

    def _query(self) -> tuple[Query | None, int]:
        *_, name, token = self.path.split("/")
        return self.stand_in.queries.get(name), int(token)

    def _is_known(self) -> bool:
        kind, _, secret = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            secret = base64.b64decode(secret).decode().partition(":")[2]
        return secret in self.stand_in.secrets

    def _page(self, query: Query, token: int) -> None:
        """Answer with the page of a token: nothing yet, some rows, or the end. Page 0 is the answer to the POST."""
        said: dict[str, Any] = {
            "id": query.id,
            "infoUri": self._uri(f"/ui/query.html?{query.id}"),
            "warnings": [],
        }
        state, here = "QUEUED", token
        if token and not query.done.wait(PATIENCE):
            state = "RUNNING"
        elif token and query.error is not None:
            state = "FAILED"
            said["error"] = _error(query.error)
        elif token:
            state = "FINISHED"
            begin = (token - self._first(query, token)) * PAGE
            rows = query.rows[begin : begin + PAGE]
            if query.columns is not None:
                said["columns"] = query.columns
            if rows:
                state, said["data"] = "RUNNING", rows
            if query.update:
                said["updateType"] = query.update
                said |= {} if query.count is None else {"updateCount": query.count}
        if state in ("QUEUED", "RUNNING"):
            said["nextUri"] = self._uri(f"/v1/statement/executing/{query.id}/{here + 1}")
        else:
            del self.stand_in.queries[query.id]
        said["stats"] = {"state": state, "queued": state == "QUEUED", "nodes": 1, "completedSplits": 0}
        self._answer(200, json.dumps(said).encode(), kind="application/json")

    def _first(self, query: Query, token: int) -> int:
        """Return the token of the first page that has rows: those before said that there is nothing yet."""
        first: int = query.__dict__.setdefault("first_page", token)
        return first

    def _uri(self, path: str) -> str:
        return f"http://127.0.0.1:{self.stand_in.port}{path}"

    def _fail(self, fault: Fault) -> None:
        if fault.status:
            return self._answer(fault.status)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, body: bytes = b"", *, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _error(error: RefusedError) -> dict[str, Any]:
    failure = {"type": "io.trino.spi.TrinoException", "message": error.message, "suppressed": [], "stack": []}
    names = {"message": error.message, "errorName": error.name, "errorType": error.kind, "errorCode": 1}
    return names | {"failureInfo": failure}
