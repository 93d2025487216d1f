"""The process that stands beside one container: starts it, keeps its log, holds it to time and disk, says how it ended.

The container belongs to the engine and lives on without the watcher; whoever asks for the phase starts another one,
which goes on where this one stopped. Facts are files in the job's folder, named as the supervisor names them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from armslength.kernel import cgroups, clock, files
from armslength.runner.containers.engine import Engine, EngineError, control_groups
from armslength.runner.executor import Result
from armslength.runner.supervisor import (
    GROUPS,
    LOG,
    LOOK_EVERY_SECONDS,
    MEASURE_EVERY_SECONDS,
    RESULT,
    STARTED,
    TERMINATE,
    keep_log,
    take_lock,
    why_too_much,
)

CONTAINER, STOPPED = "container.json", "stopped"
BOOT = Path("/proc/sys/kernel/random/boot_id")
PATIENCE_SECONDS = 60


def watch(folder: Path) -> int:
    """Bring the job of this folder to its end, unless somebody else does or did. Returns the exit status."""
    lock = take_lock(folder, patience=2)
    if lock is None:
        return 0
    try:
        if not (folder / RESULT).exists():
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            result = _Watch(folder).run()
            files.write_text(folder / RESULT, json.dumps(asdict(result)))
    finally:
        os.close(lock)
    return 0


class _Watch:
    """One container under watch."""

    def __init__(self, folder: Path) -> None:
        described = json.loads((folder / CONTAINER).read_text())
        self.folder = folder
        self.name: str = described["name"]
        self.limits: dict[str, int] = described["limits"]
        self.engine = Engine(described["host"])
        self.group = cgroups.Group(())
        self.peak_memory = 0
        self.out_of_memory = False

    def run(self) -> Result:
        state = self._state()
        if state["Status"] == "created":
            if (self.folder / TERMINATE).exists():
                return Result(exit_status=-signal.SIGKILL, terminated=True)
            # The boot in which it was started: after another one, nothing of it can have gone on.
            files.write_text(self.folder / STARTED, BOOT.read_text())
            following = self._follow(["start", "--attach", self.name])
        else:
            following = self._follow(["logs", "--follow", self.name])
        while True:
            self._hold_to_limits(following)
            state = self._state()
            if state["Status"] not in ("running", "paused", "restarting"):
                return self._result(state)
            following = self._follow(["logs", "--follow", self.name])

    def _follow(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a command of the engine that says what the program says, for as long as it runs."""
        # In a session of its own: a signal to us must not be handed on to the program.
        following = self.engine.popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
        self.keeping = threading.Thread(
            target=keep_log, args=(following.stdout, self.folder / LOG, self.limits["log_bytes"]), daemon=True
        )
        self.keeping.start()
        return following

    def _hold_to_limits(self, following: subprocess.Popen[bytes]) -> None:
        """Look until the engine has nothing more to say; end the container when it passes a limit."""
        measured = 0.0
        until: float | None = None
        while following.poll() is None:
            now = time.monotonic()
            if until is None:
                until = self._learn(now)
            self._remember_memory()
            reason = "terminate" if (self.folder / TERMINATE).exists() else ""
            if not reason and until is not None and now >= until:
                reason = "time"
            if not reason and now - measured >= MEASURE_EVERY_SECONDS:
                limits = self.limits
                work = self.folder / "work"
                reason = why_too_much(work, bytes_=limits["work_bytes"], files_=limits["files"]) or ""
                measured = time.monotonic()
            if reason and until is not None:
                self._stop(reason)
            time.sleep(LOOK_EVERY_SECONDS)
        self.keeping.join(10)

    def _learn(self, now: float) -> float | None:
        """Return until when the program may run, once the engine has started it; find its control groups."""
        state = self._state()
        if state["Status"] == "created":
            return None
        self.group = cgroups.Group(control_groups(int(state["Pid"])) if state["Pid"] else ())
        # Where whoever looks at the run finds what the programs use now: they are the engine's children, not ours.
        files.write_text(self.folder / GROUPS, json.dumps([str(one) for one in self.group.folders]))
        ran = (clock.utc_now() - moment(state["StartedAt"])).total_seconds()
        return now + self.limits["seconds"] - max(0.0, ran)

    def _remember_memory(self) -> None:
        # The groups go with the container, so what they say has to be asked while it runs.
        self.peak_memory = max(self.peak_memory, self.group.peak_memory_bytes() or 0)
        self.out_of_memory = self.out_of_memory or self.group.ran_out_of_memory()

    def _stop(self, reason: str) -> None:
        if not (self.folder / STOPPED).exists():
            files.write_text(self.folder / STOPPED, reason)
        self.engine.kill(self.name)

    def _state(self) -> dict[str, Any]:
        """Ask the engine, which may be restarting."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                found = self.engine.inspect(self.name)
            except EngineError:
                if time.monotonic() >= until:
                    raise
                time.sleep(1)
                continue
            if found is None:
                raise EngineError(f"the container {self.name} is gone")
            state: dict[str, Any] = found["State"]
            return state

    def _result(self, state: Mapping[str, Any]) -> Result:
        stopped = self.folder / STOPPED
        reason = stopped.read_text() if stopped.exists() else ""
        began, ended = moment(state["StartedAt"]), moment(state["FinishedAt"])
        status = int(state["ExitCode"])
        if state["Status"] == "created":  # the engine could not start the program; the log says why
            status = status or 125
        elif status > 128:  # the first process in a container says a signal as a shell does
            status = 128 - status if status <= 192 else status
        near_limit = self.peak_memory >= 0.97 * self.limits["memory_bytes"]
        killed = status == -signal.SIGKILL and not reason
        return Result(
            exit_status=status,
            seconds=round(max(0.0, (ended - began).total_seconds()), 3),
            timed_out=reason == "time",
            # The engine's own flag is not reliable on every kernel.
            out_of_memory=bool(state["OOMKilled"]) or self.out_of_memory or (killed and near_limit),
            terminated=reason == "terminate",
            over_limit=reason if reason not in ("", "time", "terminate") else "",
            peak_memory_bytes=self.peak_memory or None,
        )


def moment(text: str) -> datetime:
    """Read a time of the engine: nanoseconds, `Z` or an offset.

    >>> moment("2030-01-02T03:04:05.123456789Z").isoformat()
    '2030-01-02T03:04:05.123456+00:00'
    """
    whole, _, fraction = text.rstrip("Z").partition(".")
    digits = (fraction[:6] if fraction.isdigit() else "").ljust(6, "0")
    return datetime.fromisoformat(f"{whole[:19]}.{digits}").replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(watch(Path(sys.argv[1])))
