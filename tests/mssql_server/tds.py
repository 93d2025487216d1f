"""The Tabular Data Stream, version 7.4, from the side of a server: packets, the login, tokens of an answer.

Only what a query needs: plain text of SQL in, rows, errors and changes of the session out. No encryption: clients that
insist on it are sent away by `PRELOGIN`, as a server without a certificate does.
"""

from __future__ import annotations

import datetime
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

BATCH, RPC, ATTENTION, TRANSACTION, LOGIN, PRELOGIN, ANSWER = 0x01, 0x03, 0x06, 0x0E, 0x10, 0x12, 0x04
PACKET = 4096
DONE, DONE_MORE, DONE_ERROR, DONE_COUNT, DONE_ATTENTION = 0x00, 0x01, 0x02, 0x10, 0x20
VERSION_7_4 = 0x74000004
SERVER_VERSION = bytes((16, 0, 0x10, 0x00))  # SQL Server 2022
COLLATION = bytes((0x09, 0x04, 0xD0, 0x00, 0x34))  # SQL_Latin1_General_CP1_CI_AS
FIRST_DAY = datetime.date(1, 1, 1).toordinal()
LONGEST = 4000  # characters of NVARCHAR; longer text is sent in parts


@dataclass(frozen=True)
class Login:
    """Who wants in."""

    user: str
    password: str
    database: str
    program: str
    has_features: bool


class Wire:
    """Messages over one socket, each made of packets."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._number, self._waiting = 0, b""

    def read(self) -> tuple[int, bytes] | None:
        """Return the kind of the next message and what is in it, None when the client is gone."""
        body = b""
        while True:
            header = self._exactly(8)
            if header is None:
                return None
            kind, status, length = struct.unpack(">BBH", header[:4])
            part = self._exactly(length - 8)
            if part is None:
                return None
            body += part
            if status & 1:
                return kind, body

    def _exactly(self, size: int) -> bytes | None:
        found = b""
        while len(found) < size:
            try:
                part = self._socket.recv(size - len(found))
            except OSError:
                return None
            if not part:
                return None
            found += part
        return found

    def send(self, body: bytes, *, is_last: bool = True) -> None:
        """Send a message, or the next part of one, in packets that are full except the last."""
        self._waiting += body
        room = PACKET - 8
        while len(self._waiting) > room:
            self._send_packet(self._waiting[:room], ends=False)
            self._waiting = self._waiting[room:]
        if is_last:
            self._send_packet(self._waiting, ends=True)
            self._waiting = b""

    def _send_packet(self, part: bytes, *, ends: bool) -> None:
        self._number = self._number % 255 + 1
        self._socket.sendall(struct.pack(">BBHHBB", ANSWER, ends, len(part) + 8, 0, self._number, 0) + part)


def prelogin_answer() -> bytes:
    """Say which server this is, and that it does not encrypt."""
    options = ((0, SERVER_VERSION + b"\0\0"), (1, b"\x02"), (2, b"\0"), (3, b""), (4, b"\0"))
    offset = 5 * len(options) + 1
    heads, values = b"", b""
    for token, value in options:
        heads += struct.pack(">BHH", token, offset + len(values), len(value))
        values += value
    return heads + b"\xff" + values


def read_login(body: bytes) -> Login:
    """Read who wants in. The password is only scrambled: each half of a byte changed places, then XOR 0xA5."""

    def text(number: int) -> bytes:
        place, length = struct.unpack_from("<HH", body, 36 + 4 * number)
        return body[place : place + 2 * length]

    unscrambled = bytes(((byte ^ 0xA5) << 4 & 0xF0) | ((byte ^ 0xA5) >> 4) for byte in text(2))
    database = struct.unpack_from("<HH", body, 68)
    return Login(
        user=text(1).decode("utf-16le"),
        password=unscrambled.decode("utf-16le"),
        program=text(3).decode("utf-16le"),
        database=body[database[0] : database[0] + 2 * database[1]].decode("utf-16le"),
        has_features=bool(body[27] & 0x10),
    )


def login_answer(database: str, *, has_features: bool) -> bytes:
    """Let somebody in."""
    name = "Stand-in for Microsoft SQL Server"
    acknowledged = b"\x01" + struct.pack(">I", VERSION_7_4) + _short(name) + SERVER_VERSION
    found = _change(1, _short(database) + _short("master"))
    found += _change(7, bytes([len(COLLATION)]) + COLLATION + b"\0")
    found += _change(4, _short(str(PACKET)) + _short(str(PACKET)))
    found += b"\xad" + struct.pack("<H", len(acknowledged)) + acknowledged
    if has_features:
        found += b"\xae\xff"  # none of what the client can do besides
    return found + done()


def _change(kind: int, what: bytes) -> bytes:
    return b"\xe3" + struct.pack("<HB", len(what) + 1, kind) + what


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("utf-16le")


def _long(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16le")


def batch_text(body: bytes) -> str:
    """Return the SQL of a batch, which follows headers of the length that it begins with."""
    (headers,) = struct.unpack_from("<I", body)
    return body[headers:].decode("utf-16le")


def error(number: int, words: str, *, severity: int = 16) -> bytes:
    """The token of an error."""
    what = struct.pack("<iBB", number, 1, severity) + _long(words) + _short("stand-in") + b"\0"
    what += struct.pack("<i", 1)
    return b"\xaa" + struct.pack("<H", len(what)) + what


def done(status: int = DONE, rows: int = 0) -> bytes:
    return b"\xfd" + struct.pack("<HHQ", status, 0xC1, rows)


Encode = Callable[[Any], bytes]


@dataclass(frozen=True)
class Column:
    """How a column is described, and how one value is written; None stands for NULL."""

    described: bytes
    written: Encode


def _number(size: int, code: str) -> Encode:
    def written(value: Any) -> bytes:
        return b"\0" if value is None else struct.pack("<B" + code, size, value)

    return written


def _date(value: datetime.date | None) -> bytes:
    return b"\0" if value is None else b"\x03" + (value.toordinal() - FIRST_DAY).to_bytes(3, "little")


def _text(value: str | None) -> bytes:
    if value is None:
        return b"\xff\xff"
    encoded = value.encode("utf-16le")
    return struct.pack("<H", len(encoded)) + encoded


def _long_text(value: str | None) -> bytes:
    if value is None:
        return b"\xff" * 8
    encoded = value.encode("utf-16le")
    part = struct.pack("<I", len(encoded)) + encoded if encoded else b""
    return struct.pack("<Q", len(encoded)) + part + struct.pack("<I", 0)


def column_of(kind: pa.DataType, *, is_long: bool) -> Column:
    """Return how values of an Arrow type are sent. Raises TypeError for what SQL Server has no type for."""
    if pa.types.is_boolean(kind):
        raise TypeError("a condition is no value")
    if pa.types.is_int32(kind):
        return Column(b"\x26\x04", _number(4, "i"))
    if pa.types.is_int64(kind):
        return Column(b"\x26\x08", _number(8, "q"))
    if pa.types.is_floating(kind):
        return Column(b"\x6d\x08", _number(8, "d"))
    if pa.types.is_date(kind):
        return Column(b"\x28", _date)
    if pa.types.is_string(kind) or pa.types.is_null(kind):
        if is_long:
            return Column(b"\xe7\xff\xff" + COLLATION, _long_text)
        return Column(b"\xe7" + struct.pack("<H", 2 * LONGEST) + COLLATION, _text)
    raise TypeError(f"no column of SQL Server holds {kind}")


def metadata(names: Sequence[str], columns: Sequence[Column]) -> bytes:
    """The token that describes the columns of the rows to come."""
    found = b"\x81" + struct.pack("<H", len(names))
    for name, column in zip(names, columns, strict=True):
        found += struct.pack("<IH", 0, 0x09) + column.described + _short(name)
    return found


def rows(columns: Sequence[Column], values: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """Yield the token of each row; rows with a NULL are sent with a bitmap of them, as SQL Server does."""
    for row in values:
        if None not in row:
            yield b"\xd1" + b"".join(c.written(v) for c, v in zip(columns, row, strict=True))
            continue
        bits = bytearray((len(row) + 7) // 8)
        for place, value in enumerate(row):
            bits[place // 8] |= (value is None) << place % 8
        present = (c.written(v) for c, v in zip(columns, row, strict=True) if v is not None)
        yield b"\xd2" + bytes(bits) + b"".join(present)
