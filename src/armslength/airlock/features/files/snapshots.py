"""The airlock's own copies: bytes kept under their hash, so that a request is about what was reviewed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from armslength.airlock.features.files.level4 import LARGEST_FILE, Content
from armslength.kernel.errors import Mistake
from armslength.kernel.files import atomic_writer


def place_of(store: Path, sha256: str) -> Path:
    """Return where the bytes with this hash are kept."""
    return store / "contents" / sha256[:2] / sha256


def keep(store: Path, content: Content) -> None:
    """Keep bytes under their hash; twice is the same as once. Raises A021 when the disk refuses."""
    place = place_of(store, content.sha256)
    try:
        if place.exists() and hashlib.sha256(place.read_bytes()).hexdigest() == content.sha256:
            return
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_writer(place) as file:
            file.write(content.data)
        place.chmod(0o400)
    except OSError as error:
        raise Mistake(
            "A021",
            f"the file cannot be copied into the airlock's storage: {error.strerror}",
            where=str(place.parent),
            hint="free space on that disk or tell the operator; nothing was added",
        ) from None


def kept(store: Path, *, path: str, sha256: str) -> Content:
    """Return kept bytes after hashing them again. Raises A020 when they are gone or were changed."""
    place = place_of(store, sha256)
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})", place=place) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _damaged(path, "its bytes were changed", place=place)
    return Content(path=path, data=data, sha256=sha256)


def _damaged(path: str, how: str, *, place: Path) -> Mistake:
    return Mistake(
        "A020",
        f"the airlock's own copy of `{path}` is damaged: {how}",
        where=str(place),
        hint="nothing leaves from here; the operator must find out who touched the storage and restore the copy",
    )
