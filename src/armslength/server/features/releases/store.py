"""Released bytes on disk, each under its own SHA-256: written whole or not at all, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from armslength.kernel.errors import Mistake
from armslength.kernel.files import CHUNK, atomic_writer

Read = Callable[[int], bytes]


def place_of(sha256: str) -> Path:
    """Return where the bytes with this hash lie. The hash was checked to be 64 hexadecimal digits."""
    folder: Path = settings.RELEASES_FOLDER
    return folder / sha256[:2] / sha256


def keep(read: Read, *, sha256: str, size: int, name: str) -> Path:
    """Read a file to its end and keep it, if it has this hash and size; else S020 or S021 and nothing is kept.

    S027 when the disk does not take it: the sender keeps the file and tries again.
    """
    try:
        return _keep(read, sha256=sha256, size=size, name=name)
    except OSError as error:
        raise Mistake(
            "S027",
            f"`{name}` cannot be stored: {error.strerror}",
            where=name,
            hint="the people who run this site must make room; it is sent again by itself",
            exit_status=507,
        ) from None


def _keep(read: Read, *, sha256: str, size: int, name: str) -> Path:
    place = place_of(sha256)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    digest, received = hashlib.sha256(), 0
    with atomic_writer(place) as file:
        while piece := read(CHUNK):
            received += len(piece)
            if received > size:
                raise Mistake(
                    "S020", f"`{name}` is longer than the {size} bytes that were announced", where=name
                )
            digest.update(piece)
            file.write(piece)
        if received < size:
            raise Mistake(
                "S020", f"`{name}` ended after {received} of {size} bytes", where=name, hint="send it again"
            )
        if digest.hexdigest() != sha256:
            raise Mistake(
                "S021",
                f"the bytes of `{name}` do not have the SHA-256 that was announced",
                where=name,
                hint="the file changed after it was approved, or on its way; nothing was kept",
            )
    return place
