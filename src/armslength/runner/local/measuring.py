"""How a running job is doing: what it said last and how much memory its programs use. Only ever a glance."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from armslength.runner.containers.watcher import CONTAINER
from armslength.runner.supervisor import GROUPS, LOCK

TAIL_BYTES = 4096


def last_line(log: Path) -> str:
    """Return the last line of a log that is not blank, with what cannot be shown taken out."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line for line in text.replace("\r", "\n").splitlines() if line.strip()]
    return "".join(letter if letter.isprintable() else " " for letter in lines[-1]).strip() if lines else ""


def memory_of(folder: Path) -> int:
    """Return the bytes of memory that all programs of a job use; 0 when nobody stands beside it.

    Added up over the processes that descend from the job's supervisor, shared pages once for each. Of a container,
    whose processes descend from the engine, it is what its control group says.
    """
    if (folder / CONTAINER).exists():
        return _memory_of_container(folder)
    try:
        supervisor = int((folder / LOCK).read_text())
    except (OSError, ValueError):
        return 0
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    waiting, pages = list(children.get(supervisor, ())), 0
    while waiting:
        process = waiting.pop()
        waiting += children.get(process, ())
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _memory_of_container(folder: Path) -> int:
    """Return what the control group of a container uses now, in either version of the kernel's files."""
    with contextlib.suppress(OSError, ValueError):
        for group in json.loads((folder / GROUPS).read_text()):
            for name in ("memory.current", "memory.usage_in_bytes"):
                with contextlib.suppress(OSError, ValueError):
                    return int(Path(group, name).read_text())
    return 0
