"""The process that stands beside one job: starts its jail, watches its limits, writes down how it ended.

It is in a session of its own, so it and the job outlive the runner. Facts are files in the job's folder:
`lock` is held while it lives, `started` is there from the first moment, `result.json` from the last. When the
supervisor itself is killed the jail dies with it, the lock is free, and there is no result: the job is lost.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from armslength.kernel import bubblewrap, files
from armslength.kernel.jail import SEARCH_PATH
from armslength.runner.executor import Result

LOOK_EVERY_SECONDS = 0.05
MEASURE_EVERY_SECONDS = 0.5
LOCK, STARTED, RESULT, TERMINATE, LOG, JAIL, GROUPS = (
    "lock",
    "started",
    "result.json",
    "terminate",
    "log.txt",
    "jail.json",
    "groups.json",
)


def supervise(folder: Path, run: Callable[[Path], Result] | None = None) -> int:
    """Run the job of this folder to its end, unless somebody else does or did. Returns the exit status.

    `run` is what runs it: in its jail, if nothing else is said.
    """
    lock = take_lock(folder, patience=2)
    if lock is None or (folder / STARTED).exists() or (folder / RESULT).exists():
        return 0
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        files.write_text(folder / STARTED, str(os.getpid()))
        result = (run or _run)(folder)
        files.write_text(folder / RESULT, json.dumps(asdict(result)))
    finally:
        os.close(lock)
    return 0


def take_lock(folder: Path, *, patience: float = 0) -> int | None:
    """Take the lock of a job's folder; None when it is held. Closing the descriptor gives it back.

    `patience` in seconds outlasts somebody who only looks whether it is held.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                return None
            time.sleep(0.01)


def wait_for_lock(folder: Path, *, seconds: float) -> int | None:
    """Wait until whoever stands beside the job has gone; after half the time, make it go."""
    until = time.monotonic() + seconds
    while (lock := take_lock(folder)) is None:
        left = until - time.monotonic()
        if left < 0:
            return None
        if left < seconds / 2:
            with contextlib.suppress(OSError, ValueError):
                os.kill(int((folder / LOCK).read_text()), signal.SIGKILL)
        time.sleep(0.05)
    return lock


def start_beside(module: str, *arguments: str) -> None:
    """Start a module as a process of its own, which outlives us and every session of ours."""
    # setsid goes at once, so the process is nobody's child: it dies with nobody and is waited for by nobody.
    subprocess.run(
        ["setsid", "--fork", sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": SEARCH_PATH, "LANG": "C.UTF-8"},
        check=True,
        timeout=60,
    )


def _run(folder: Path) -> Result:
    if (folder / TERMINATE).exists():
        return Result(exit_status=-signal.SIGKILL, terminated=True)
    jail, argv, limits = read_jail(folder)
    reading, writing = os.pipe2(os.O_CLOEXEC)
    try:
        running = bubblewrap.start(jail, argv, stdout=writing, stderr=writing)
    except OSError as error:
        os.close(reading)
        (folder / LOG).write_text(f"the sandbox could not be started: {error}\n")
        return Result(exit_status=125)
    finally:
        os.close(writing)
    groups = [str(path) for path in running.group.folders] if running.group else []
    files.write_text(folder / GROUPS, json.dumps(groups))
    log = threading.Thread(
        target=keep_log, args=(os.fdopen(reading, "rb", 0), folder / LOG, limits["log_bytes"]), daemon=True
    )
    log.start()
    reason = _watch(running, folder, limits)
    outcome = running.wait(5)
    log.join(10)
    return Result(
        exit_status=outcome.exit_status,
        seconds=round(outcome.seconds, 3),
        timed_out=reason == "time",
        out_of_memory=outcome.out_of_memory,
        terminated=reason == "terminate",
        over_limit=reason if reason not in ("", "time", "terminate") else "",
        peak_memory_bytes=outcome.peak_memory_bytes,
    )


def _watch(running: bubblewrap.Running, folder: Path, limits: dict[str, int]) -> str:
    """Wait for the end, or bring it about; return why: nothing, `time`, `terminate` or a limit in words."""
    until = time.monotonic() + limits["seconds"]
    measured = 0.0
    while not has_ended(running.process.pid):
        now = time.monotonic()
        reason = "terminate" if (folder / TERMINATE).exists() else "time" if now >= until else ""
        if not reason and now - measured >= MEASURE_EVERY_SECONDS:
            reason = why_too_much(folder / "work", bytes_=limits["work_bytes"], files_=limits["files"]) or ""
            measured = time.monotonic()
        if reason:
            running.kill()
            return reason
        time.sleep(LOOK_EVERY_SECONDS)
    return ""


def has_ended(process_id: int) -> bool:
    """Say whether a child has ended, leaving it to be collected."""
    return os.waitid(os.P_PID, process_id, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def why_too_much(work: Path, *, bytes_: int, files_: int) -> str | None:
    """Say which limit the work area passes, or None. Links are never followed.

    A tree that cannot be measured (folders nested deeper than a path can say) counts as too much.
    """
    used = entries = 0
    waiting = [str(work)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    entries += 1
                    status = entry.stat(follow_symlinks=False)
                    used += status.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if entries > files_:
                        return f"more than {files_:,} files"
        except FileNotFoundError:
            continue  # removed while we looked
        except OSError as error:
            return f"a work area that cannot be measured ({error.strerror})"
    if used > bytes_:
        return f"more than {bytes_ // bubblewrap.MEBIBYTE:,} MiB in the work area"
    free = os.statvfs(work)
    if free.f_bavail * free.f_frsize < 256 * bubblewrap.MEBIBYTE and used > bubblewrap.MEBIBYTE:
        return "the last free space of the disk"
    return None


def keep_log(source: IO[bytes], path: Path, limit: int) -> None:
    """Write what a program says to a file: the first half of the limit, then the last half, nothing between."""
    half = limit // 2
    tail: deque[bytes] = deque()
    written = held = left_out = 0
    with source, path.open("wb", buffering=0) as file:
        while piece := source.read(1 << 16):
            first = piece[: max(0, half - written)]
            written += file.write(first) or 0
            if rest := piece[len(first) :]:
                tail.append(rest)
                held += len(rest)
            while held > half and len(tail) > 1:
                gone = len(tail.popleft())
                held, left_out = held - gone, left_out + gone
        if left_out:
            file.write(f"\n[… {left_out:,} bytes of the log are left out here …]\n".encode())
        for piece in tail:
            file.write(piece)


def write_jail(folder: Path, jail: bubblewrap.Jail, argv: tuple[str, ...], limits: dict[str, int]) -> None:
    """Write down what is to be started, for the supervisor to read."""
    described = {
        "read_only": [[str(bind.source), str(bind.inside)] for bind in jail.read_only],
        "writable": [[str(bind.source), str(bind.inside)] for bind in jail.writable],
        "scratch": [[str(scratch.path), scratch.size_bytes] for scratch in jail.scratch],
        "environment": dict(jail.environment),
        "working_folder": str(jail.working_folder),
        "nesting": jail.nesting,
        "python": jail.python,
        "user": jail.user,
        "limits": asdict(jail.limits),
        "argv": list(argv),
        "job_limits": limits,
    }
    files.write_text(folder / JAIL, json.dumps(described))


def read_jail(folder: Path) -> tuple[bubblewrap.Jail, list[str], dict[str, int]]:
    """Read what `write_jail` wrote."""
    described = json.loads((folder / JAIL).read_text())
    jail = bubblewrap.Jail(
        read_only=tuple(bubblewrap.Bind(Path(a), Path(b)) for a, b in described["read_only"]),
        writable=tuple(bubblewrap.Bind(Path(a), Path(b)) for a, b in described["writable"]),
        scratch=tuple(bubblewrap.Scratch(Path(path), size) for path, size in described["scratch"]),
        environment=described["environment"],
        working_folder=Path(described["working_folder"]),
        nesting=described["nesting"],
        python=described["python"],
        user=described["user"],
        group=described["user"],
        hostname="job",
        limits=bubblewrap.Limits(**described["limits"]),
    )
    return jail, described["argv"], described["job_limits"]


if __name__ == "__main__":
    sys.exit(supervise(Path(sys.argv[1])))
