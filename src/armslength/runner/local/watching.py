"""Watching which files a job opens, so that it is run again when one of those changes and not when any other does.

By inotify, which needs no rights. What it cannot see is whether a program only asked if a file exists.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

IN_OPEN, IN_Q_OVERFLOW, IN_IGNORED, IN_ISDIR = 0x20, 0x4000, 0x8000, 0x40000000
EVENT = struct.Struct("iIII")
BUFFER = 1 << 18


@dataclass(frozen=True)
class Seen:
    """Paths, relative to the study, that were opened, and folders whose names were read (`""`: the top)."""

    opened: frozenset[str]
    listed: frozenset[str]


@dataclass
class Watch:
    """Watches some trees, which all stand for the study's folder. Made by `watch`."""

    descriptor: int
    folders: dict[int, str] = field(default_factory=dict)  # watch: folder relative to the study
    opened: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    missed: bool = False

    def look(self) -> None:
        """Take in what happened since the last look. To be called often: the kernel remembers only so much."""
        while True:
            try:
                content = os.read(self.descriptor, BUFFER)
            except BlockingIOError:
                return
            except OSError:
                self.missed = True
                return
            for watch, mask, name in _events(content):
                self._take(watch, mask, name)

    def _take(self, watch: int, mask: int, name: str) -> None:
        if mask & IN_Q_OVERFLOW:
            self.missed = True
        elif watch in self.folders and not mask & IN_IGNORED:
            folder = self.folders[watch]
            if mask & IN_ISDIR:
                if not name:
                    self.listed.add(folder)
            elif name:
                self.opened.add(f"{folder}/{name}" if folder else name)

    def end(self) -> Seen | None:
        """Stop watching; return what was seen, or None when something may have been missed."""
        self.look()
        os.close(self.descriptor)
        return None if self.missed else Seen(frozenset(self.opened), frozenset(self.listed))


def watch(*, code: Path, work: Path) -> Watch | None:
    """Begin to watch what a job is given, or return None where that does not work.

    `code` are the files that are mounted for it, `work` its working folder with those that were copied. The folders
    in `work` on which something is mounted are left out, and so is the top: whoever measures the work area opens them.
    """
    try:
        library = ctypes.CDLL(None, use_errno=True)
        descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return None
    if descriptor < 0:
        return None
    watching = Watch(descriptor)
    copied = [folder for folder in work.iterdir() if folder.is_dir() and not _is_mounted_on(folder)]
    for tree, tops in ((code, [code]), (work, copied)):
        for folder in (below for top in tops for below in (top, *_folders_below(top))):
            number = library.inotify_add_watch(descriptor, os.fsencode(folder), IN_OPEN)
            if number < 0:
                os.close(descriptor)
                return None
            relative = folder.relative_to(tree).as_posix()
            watching.folders[number] = "" if relative == "." else relative
    # Finding the folders opened them.
    watching.look()
    watching.opened.clear()
    watching.listed.clear()
    return watching


def _is_mounted_on(folder: Path) -> bool:
    """Say whether a folder of a work area is only the place of a mount: nobody may write to it."""
    return folder.is_symlink() or not folder.stat().st_mode & stat.S_IWUSR


def _folders_below(tree: Path) -> Iterator[Path]:
    for parent, folders, _ in os.walk(tree):
        for name in folders:
            folder = Path(parent, name)
            if not folder.is_symlink():
                yield folder


def _events(content: bytes) -> Iterator[tuple[int, int, str]]:
    position = 0
    while position < len(content):
        watch, mask, _, length = EVENT.unpack_from(content, position)
        position += EVENT.size
        name = content[position : position + length].rstrip(b"\0")
        position += length
        yield watch, mask, os.fsdecode(name)
