"""PNG and JPEG: what lies beside the pixels. What the pixels show is for eyes, and said not to be checked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Unreadable

UNSEEN = "pictures are for eyes: what this one shows, writing in it included, is not read; look at it with its data"
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_PACKED = (b"zTXt", b"iTXt", b"iCCP")
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# JPEG: comments and the segments of applications. The first one (JFIF) and Adobe's hold no text.
_COMMENT, _SEGMENTS, _SCAN, _END = 0xFE, range(0xE1, 0xF0), 0xDA, b"\xff\xd9"
_ADOBE, _PROFILE = 0xEE, b"ICC_PROFILE"
_WORDS = re.compile(rb"[\x20-\x7e]{4,}")
_WIDE_WORDS = re.compile(rb"(?:[\x20-\x7e]\x00){4,}")
# What a plotting program writes of itself and of its resolution says nothing of anybody.
_OF_PROGRAMS = frozenset({"Software", "Creation Time", "date:create", "date:modify", "date:timestamp"})
_MOST_TEXT = 200_000


def read_picture(data: bytes, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read a picture's texts, its EXIF data and what lies behind its end. Raises Unreadable for anything else."""
    if data.startswith(_PNG):
        found = list(_of_png(data, policy))
    elif data.startswith(_JPEG):
        found = list(_of_jpeg(data))
    else:
        raise Unreadable("it is named as a picture, and is neither PNG nor JPEG")
    return Document(name=name, hidden=tuple(found), unread=(UNSEEN,))


def _of_png(data: bytes, policy: DisclosurePolicy) -> Iterator[Passage]:
    """The texts of a PNG: chunks of length, name, content and checksum (PNG specification, 5.3 and 11.3)."""
    place = len(_PNG)
    while place + 12 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        content = data[place + 8 : place + 8 + length]
        place += 12 + length
        if place > len(data):
            break
        if kind == b"IEND":
            yield from _behind(data[place:])
            return
        if kind in _TEXTS:
            key, _, value = content.partition(b"\x00")
            said = _text(value, packed=kind in _PACKED, most=policy.maximum_unpacked_bytes)
            label = key.decode("latin-1")
            carrier = "metadata" if label in _OF_PROGRAMS else "text in a picture's metadata"
            yield Passage(text=f"{label}: {said}", line=1, kind=carrier)
        elif kind == b"eXIf":
            yield from _exif(content)
    raise Unreadable("the picture is cut off in the middle")


def _text(value: bytes, *, packed: bool, most: int) -> str:
    """The text of a chunk; where it is compressed, what comes before it is left in front."""
    start = value.find(b"\x78") if packed else -1
    if start >= 0:
        unpacker = zlib.decompressobj()
        with suppress(zlib.error):  # a text that is not compressed and has that letter in it
            value = value[:start] + unpacker.decompress(value[start:], min(most, _MOST_TEXT))
    return value[:_MOST_TEXT].decode("utf-8", "replace").replace("\x00", " ").strip()


def _of_jpeg(data: bytes) -> Iterator[Passage]:
    """The comments and EXIF data of a JPEG: segments of marker, length and content, then the picture."""
    place = len(_JPEG)
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        content = data[place + 4 : place + 2 + length]
        if marker == _SCAN:
            # Inside a scan 0xFF is followed by 0 or a restart: the first end behind its start is the picture's own.
            end = data.find(_END, place)
            if end < 0:
                break
            yield from _behind(data[end + len(_END) :])
            return
        place += 2 + length
        if marker == _COMMENT:
            yield Passage(text=content.decode("utf-8", "replace"), line=1, kind="comment")
        elif marker in _SEGMENTS and marker != _ADOBE and not content.startswith(_PROFILE):
            yield from _exif(content)
    raise Unreadable("the picture is cut off in the middle")


def _exif(content: bytes) -> Iterator[Passage]:
    words = [*_WORDS.findall(content), *(wide[::2] for wide in _WIDE_WORDS.findall(content))]
    if words:
        text = " ".join(word.decode("ascii") for word in words)[:_MOST_TEXT]
        yield Passage(text=text, line=1, kind="EXIF data of a picture")


def _behind(rest: bytes) -> Iterator[Passage]:
    if rest.strip(b"\x00\r\n "):
        text = " ".join(word.decode("ascii") for word in _WORDS.findall(rest))[:_MOST_TEXT]
        yield Passage(text=f"{len(rest):,} bytes: {text}", line=1, kind="bytes behind the end of a picture")
