"""No bounds at all: for machines where neither sandbox works, and only when somebody types that they want it.

Not to be found by name as executors are, so that no data centre can be configured to use it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from armslength.kernel.bubblewrap import Jail
from armslength.runner import supervisor
from armslength.runner.executor import JobSpec, Result
from armslength.runner.executors.sandbox import SandboxExecutor
from armslength.runner.workarea import WORKSPACE, lay_out

WARNING = (
    "warning: --unsafe-no-sandbox: nothing keeps the programs of this study, nor of any package they use, from "
    "reading, changing and sending everything that you can; use it only for code that you know"
)
START = "unconfined.json"


class UnconfinedExecutor(SandboxExecutor):
    """Runs jobs as plain programs in a copy of the study. Limits of time, files and disk still hold; no other does."""

    def prepare(self, spec: JobSpec) -> None:
        """Lay out a work area as the sandbox sees it, with copies in place of what would be mounted."""
        if self._is_prepared(spec.id):
            return
        self.cleanup(spec.id)
        job = self._job(spec.id)
        work = job / "work"
        work.mkdir(parents=True)
        layout = lay_out(spec, work)
        for bind in layout.binds:
            _copy(bind.source, work / bind.inside.relative_to(WORKSPACE))
        environment = {**spec.environment}
        if spec.database is not None:
            environment["DATABASE_URL"] = str(spec.database)
        # The jail is written down for its shape alone: nobody builds it.
        supervisor.write_jail(job, Jail(environment=environment), spec.argv, asdict(spec.limits))
        self._set_prepared(spec.id, given=layout.given, owner=os.geteuid())

    def start(self, job: str) -> None:
        """Start the supervisor of this module."""
        if self.phase(job) == "prepared":
            subprocess.run(
                ["setsid", "--fork", sys.executable, "-P", "-m", __name__, str(self._job(job))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=60,
            )

    def why_not_usable(self) -> str | None:
        """Return None: there is nothing that it needs."""
        return None


def _copy(source: Path, place: Path) -> None:
    """Put a copy where a mount would have been."""
    if source.is_dir():
        place.chmod(0o755)  # before: not everybody is root
        shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
        place.chmod(0o755)
    else:
        place.unlink(missing_ok=True)
        shutil.copyfile(source, place)


def run_unconfined(folder: Path) -> Result:
    """Run the job of a folder to its end and every process that it started with it."""
    if (folder / supervisor.TERMINATE).exists():
        return Result(exit_status=-signal.SIGKILL, terminated=True)
    jail, argv, limits = supervisor.read_jail(folder)
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            argv,
            cwd=folder / "work",
            env={"HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **jail.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        (folder / supervisor.LOG).write_text(f"the program could not be started: {error}\n")
        return Result(exit_status=125)
    if process.stdout is None:
        raise AssertionError("the program has no output")
    log = threading.Thread(
        target=supervisor.keep_log,
        args=(process.stdout, folder / supervisor.LOG, limits["log_bytes"]),
        daemon=True,
    )
    log.start()
    reason = _watch(process, folder, limits)
    _end_all()
    status = process.wait(10)
    log.join(10)
    return Result(
        exit_status=status,
        seconds=round(time.monotonic() - began, 3),
        timed_out=reason == "time",
        terminated=reason == "terminate",
        over_limit=reason if reason not in ("", "time", "terminate") else "",
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    )


def _end_all() -> None:
    """End every process that the job left behind."""
    for child in _descendants():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _watch(process: subprocess.Popen[bytes], folder: Path, limits: dict[str, Any]) -> str:
    """Wait for the end of the program, or say why it must end."""
    until = time.monotonic() + limits["seconds"]
    while not supervisor.has_ended(process.pid):
        if (folder / supervisor.TERMINATE).exists():
            return "terminate"
        if time.monotonic() >= until:
            return "time"
        reason = supervisor.why_too_much(folder / "work", bytes_=limits["work_bytes"], files_=limits["files"])
        if reason:
            return reason
        time.sleep(supervisor.LOOK_EVERY_SECONDS * 4)
    return ""


def _descendants() -> Iterator[int]:
    """Yield every process that this one started, directly or not; those that left their parent come to us."""
    while children := [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _parent(entry) == os.getpid()
    ]:
        living = [child for child in children if not supervisor.has_ended(child)]
        if not living:
            return
        yield from living
        time.sleep(0.05)


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends, so that none gets away."""
    import ctypes

    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


if __name__ == "__main__":
    _adopt_orphans()
    sys.exit(supervisor.supervise(Path(sys.argv[1]), run=run_unconfined))
