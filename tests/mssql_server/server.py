"""A stand-in for SQL Server: its protocol and its SQL in front of DuckDB. Run it; it says its port.

What it is good for: the real driver logs in, sends batches, reads typed rows, is sent errors by their numbers, stops
with attentions, and loses connections. What SQL Server would refuse is refused, as far as `tsql.py` knows it. What it
cannot tell is whether SQL Server itself agrees: for that the same tests run on a real one.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import duckdb
import grammar
import pyarrow as pa
import tds
import tsql
from refusals import Refused

ROWS = 2048
PASSWORD = os.environ.get("STAND_IN_PASSWORD", "T0p-secret;{x}")


class Server:
    """Sessions over one database, each with its own temporary tables."""

    def __init__(self) -> None:
        self._database = duckdb.connect(config={"threads": 1})
        tsql.prepare(self._database)
        self.sessions: dict[int, Session] = {}
        self.fails_next = 0
        self.grammar = grammar.Reader()
        self._lock = threading.Lock()

    def serve(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        for number in range(51, 1 << 15):
            connection, _ = listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(self, number, connection, self._database.cursor())
            with self._lock:
                self.sessions[number] = session
            threading.Thread(target=session.run, daemon=True).start()

    def end(self, number: int) -> None:
        with self._lock:
            session = self.sessions.pop(number, None)
        if session is not None:
            session.hang_up()


class Session:
    """One connection. Another thread listens while a batch runs, so that an attention is heard."""

    def __init__(self, server: Server, number: int, connection: socket.socket, database: Any) -> None:
        self._server, self.number, self._socket = server, number, connection
        self._database = database
        self._wire = tds.Wire(connection)
        self._messages: queue.Queue[tuple[int, bytes] | None] = queue.Queue()
        self._attention = threading.Event()
        self._busy = threading.Event()
        self.may_not_read = False
        self._heard = 0  # attentions that were answered before they were read as messages

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        with contextlib.suppress(OSError):
            while (message := self._messages.get()) is not None:
                kind, body = message
                if kind == tds.PRELOGIN:
                    self._wire.send(tds.prelogin_answer())
                elif kind == tds.LOGIN:
                    if not self._log_in(tds.read_login(body)):
                        break
                elif kind == tds.BATCH:
                    self._answer(tds.batch_text(body))
                elif kind == tds.ATTENTION:
                    if self._heard:
                        self._heard -= 1
                        continue
                    self._attention.clear()
                    self._wire.send(tds.done(tds.DONE_ATTENTION))
                elif kind == tds.TRANSACTION:
                    self._wire.send(tds.done())  # every statement stands by itself, so there is none to end
                else:
                    self._wire.send(
                        tds.error(2812, f"a message of kind {kind} is not understood") + tds.done(2)
                    )
        self.hang_up()
        self._server.end(self.number)

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._messages.put(None)
        self._database.interrupt()

    def _listen(self) -> None:
        while (message := self._wire.read()) is not None:
            if message[0] == tds.ATTENTION:
                self._attention.set()
                if self._busy.is_set():
                    self._database.interrupt()
            self._messages.put(message)
        self._messages.put(None)
        self._database.interrupt()

    def _log_in(self, login: tds.Login) -> bool:
        if login.password != PASSWORD:
            words = f"Login failed for user '{login.user}'."
            self._wire.send(tds.error(18456, words, severity=14) + tds.done(tds.DONE_ERROR))
            return False
        if login.database not in ("", "master", "records"):
            words = f'Cannot open database "{login.database}" requested by the login. The login failed.'
            self._wire.send(tds.error(4060, words, severity=11) + tds.done(tds.DONE_ERROR))
            return False
        self.may_not_read = login.user == "stranger"
        self._wire.send(tds.login_answer(login.database or "master", has_features=login.has_features))
        return True

    def _answer(self, text: str) -> None:
        """Send what a batch gives. An attention ends it, with a token that says that it was heard."""
        self._busy.set()
        try:
            for part in self._tokens(text):
                if self._attention.is_set():
                    break
                self._wire.send(part, is_last=False)
        finally:
            self._busy.clear()
        stopped = self._attention.is_set()
        if stopped:
            self._attention.clear()
            self._heard += 1
        self._wire.send(tds.done(tds.DONE_ATTENTION) if stopped else b"")

    def _tokens(self, text: str) -> Iterator[bytes]:
        try:
            steps = tsql.statements(text, self)
            if steps and "SELECT" in text and (parts := self._server.grammar.unparsable(text)):
                raise Refused(102, f"Incorrect syntax near '{parts[0][:60]}'.")
            for step in steps:
                yield from self._ran(step)
        except Refused as refused:
            yield tds.error(refused.number, refused.words) + tds.done(tds.DONE_ERROR)
            return
        except duckdb.InterruptException:
            yield tds.done(tds.DONE_ERROR)
            return
        except duckdb.Error as failed:
            refused = tsql.translated_error(failed)
            yield tds.error(refused.number, refused.words) + tds.done(tds.DONE_ERROR)
            return
        yield tds.done()

    def _ran(self, step: tsql.Step) -> Iterator[bytes]:
        if step.ends is not None:
            self._server.end(step.ends)
            return
        if step.fails_next:
            self._server.fails_next = step.fails_next
            return
        if self._server.fails_next and "CREATE TEMP TABLE" in step.sql:
            number, self._server.fails_next = self._server.fails_next, 0
            raise Refused(number)
        if step.waits:
            self._attention.wait(step.waits)
            return
        if step.gives_rows:
            yield from self._sent(self._database.sql(step.sql).to_arrow_reader(ROWS), step)
            return
        self._database.execute(step.sql)
        yield tds.done(tds.DONE_MORE)

    def _sent(self, reader: pa.RecordBatchReader, step: tsql.Step) -> Iterator[bytes]:
        try:
            columns = [tds.column_of(field.type, is_long=False) for field in reader.schema]
        except TypeError as failed:
            raise Refused(4145, str(failed)) from None
        yield tds.metadata(reader.schema.names, columns)
        count = 0
        for batch in reader:
            count += batch.num_rows
            values = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            yield b"".join(tds.rows(columns, values))
        yield tds.done(tds.DONE_MORE | tds.DONE_COUNT, count)


if __name__ == "__main__":
    sys.setrecursionlimit(20_000)
    threading.stack_size(512 << 20)
    threading.Thread(target=Server().serve).start()
