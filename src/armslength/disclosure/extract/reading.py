"""Which reader a file is read by, decided by its name; compressed drawings are unpacked in bounds."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import PurePosixPath

from armslength.disclosure.extract.delimited import read_delimited
from armslength.disclosure.extract.drawings import read_drawing
from armslength.disclosure.extract.pages import read_page
from armslength.disclosure.extract.pictures import read_picture
from armslength.disclosure.extract.printed import UNJUDGED, read_printed
from armslength.disclosure.extract.records import read_json
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Unreadable, decode

DELIMITED = frozenset({".csv", ".tsv", ".psv"})
TEXT = frozenset({".txt", ".log", ".md", ".html", ".htm", ".svg", ".svgz"})
PICTURES = frozenset({".png", ".jpg", ".jpeg"})


def read_document(data: bytes, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read a file's tables and texts. Raises Unreadable when its kind or content cannot be read."""
    suffix = PurePosixPath(name).suffix.lower()
    if len(data) > policy.maximum_bytes:
        raise Unreadable(f"it is larger than {policy.maximum_bytes / 2**20:.0f} MiB")
    if suffix in PICTURES:
        return read_picture(data, name=name, policy=policy)
    if suffix not in DELIMITED | TEXT | {".json"}:
        raise Unreadable(
            f"a `{suffix or 'nameless'}` file holds no table that can be read; look at it with its data"
        )
    if suffix == ".svgz":
        data = unpack(data, most=policy.maximum_unpacked_bytes)
    text = decode(data)
    if suffix in DELIMITED:
        return read_delimited(text, name=name, policy=policy)
    if suffix == ".json":
        return read_json(text, name=name, policy=policy)
    if suffix in (".html", ".htm"):
        page = read_page(text, name=name, policy=policy)
        return replace(page, unread=(UNJUDGED, *page.unread))
    if suffix in (".svg", ".svgz"):
        return _drawing_or_text(text, name=name, policy=policy)
    if suffix == ".md" and "<table" in text.lower():
        return _both(read_printed(text, name=name, policy=policy), read_page(text, name=name, policy=policy))
    return read_printed(text, name=name, policy=policy)


def _drawing_or_text(text: str, *, name: str, policy: DisclosurePolicy) -> Document:
    try:
        return read_drawing(text, name=name, policy=policy)
    except Unreadable as reason:
        # What is no drawing is still searched as text, and said not to be checked.
        passages = tuple(Passage(text=line, line=number) for number, line in enumerate(text.splitlines(), 1))
        return Document(name=name, passages=passages, unread=(str(reason),))


def _both(text: Document, page: Document) -> Document:
    more = tuple(replace(table, number=table.number + len(text.tables)) for table in page.tables)
    return replace(text, tables=text.tables + more, hidden=page.hidden)


def unpack(data: bytes, *, most: int) -> bytes:
    """Unpack gzip data up to `most` bytes. Raises Unreadable beyond it, or when it is not gzip data."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(data, most)
    except zlib.error as error:
        raise Unreadable(f"it cannot be unpacked: {error}") from None
    if unpacker.unconsumed_tail or (not unpacker.eof and len(text) >= most):
        raise Unreadable(f"it unpacks to more than {most / 2**20:.0f} MiB")
    if not unpacker.eof:
        raise Unreadable("it is cut off in the middle")
    if unpacker.unused_data:
        raise Unreadable("something lies behind its end")
    return text
