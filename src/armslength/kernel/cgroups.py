"""Control groups, where this machine lets us make one: a limit on memory and processes of a whole tree."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.ids import new_id

ROOT = Path("/sys/fs/cgroup")
MEMBERS = "cgroup.procs"


@dataclass(frozen=True)
class Group:
    """The folders of one group (one per controller in version 1, one in all in version 2)."""

    folders: tuple[Path, ...]

    @property
    def member_files(self) -> tuple[Path, ...]:
        """The files a process writes its id to in order to join."""
        return tuple(folder / MEMBERS for folder in self.folders)

    def peak_memory_bytes(self) -> int | None:
        """The most memory the tree held at once, or None when the kernel does not say."""
        return self._number("memory.peak", "memory.max_usage_in_bytes")

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed something in this group for want of memory."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    counts = dict(line.split() for line in (folder / name).read_text().splitlines())
                    if int(counts.get("oom_kill", "0")):
                        return True
        return False

    def close(self, *, seconds: float = 2.0) -> None:
        """Kill what is left in the group and remove it."""
        until = time.monotonic() + seconds
        for folder in self.folders:
            while folder.exists():
                _kill_members(folder)
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                if time.monotonic() > until:
                    break
                time.sleep(0.01)

    def _number(self, *names: str) -> int | None:
        for folder in self.folders:
            for name in names:
                with contextlib.suppress(OSError, ValueError):
                    return int((folder / name).read_text())
        return None


def make_group(*, memory_bytes: int | None, processes: int | None) -> Group | None:
    """Make a group with these limits below our own, or return None where that is not allowed."""
    wanted = {"memory": memory_bytes, "pids": processes}
    limits = {name: limit for name, limit in wanted.items() if limit is not None}
    if not limits:
        return None
    group = Group(tuple(folder / f"armslength-{new_id()}" for folder in _parents(limits)))
    try:
        for folder in group.folders:
            folder.mkdir()
        for name, limit in limits.items():
            _write_limit(group, name, limit)
    except OSError:
        group.close(seconds=0)
        return None
    return group if group.folders else None


def _parents(limits: dict[str, int]) -> list[Path]:
    """The folders of our own group: one per version 1 controller, else the version 2 one."""
    unified: Path | None = None
    separate: list[Path] = []
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        relative = path.lstrip("/")
        if not controllers:
            unified = ROOT / relative
        for name in controllers.split(","):
            if name in limits and (ROOT / name).is_dir():
                separate.append(ROOT / name / relative)
    if separate:
        return separate
    return [unified] if unified is not None and unified.is_dir() else []


def _write_limit(group: Group, name: str, limit: int) -> None:
    """Set one limit in whichever folder has it; raises OSError when none does."""
    files = {
        "memory": ("memory.max", "memory.limit_in_bytes"),
        "pids": ("pids.max",),
    }[name]
    for folder in group.folders:
        for file in files:
            if (folder / file).exists():
                (folder / file).write_text(str(limit))
                if name == "memory":
                    _forbid_swap(folder, limit)
                return
    raise FileNotFoundError(f"no {name} controller below {ROOT}")


def _forbid_swap(folder: Path, limit: int) -> None:
    """Count swap as memory, where the kernel accounts for swap at all."""
    for file, value in (("memory.swap.max", "0"), ("memory.memsw.limit_in_bytes", str(limit))):
        with contextlib.suppress(OSError):
            if (folder / file).exists():
                (folder / file).write_text(value)


def _kill_members(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if (folder / "cgroup.kill").exists():
            (folder / "cgroup.kill").write_text("1")
    with contextlib.suppress(OSError):
        for member in (folder / MEMBERS).read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(member), signal.SIGKILL)
