"""The seam of an executor: how a job's program is confined, started and watched.

Built-in and other people's executors are found by the same door: the entry point group `armslength.executors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from armslength.kernel.errors import Mistake

GROUP = "armslength.executors"
MEBIBYTE = 1 << 20
DATABASE_INSIDE = Path("/database")
POLICY_INSIDE = Path("/policy.toml")


@dataclass(frozen=True)
class JobLimits:
    """What one job may use at most. Every one is always set: there is no job without limits."""

    memory_bytes: int = 4096 * MEBIBYTE
    seconds: int = 24 * 3600
    cpu_seconds: int = 48 * 3600  # of each process
    processes: int = 256
    work_bytes: int = 20 * 1024 * MEBIBYTE
    file_bytes: int = 10 * 1024 * MEBIBYTE
    files: int = 50_000
    log_bytes: int = 4 * MEBIBYTE
    temporary_bytes: int = 256 * MEBIBYTE  # /tmp, in memory
    processors: float = 0  # of a container; 0: as many as the machine has


@dataclass(frozen=True)
class InputFile:
    """A file another action made: where it lies, and where the job sees it (relative, with `/`)."""

    source: Path
    path: str


@dataclass(frozen=True)
class JobSpec:
    """Everything a job's program is given. What is not named here it does not get."""

    id: str
    argv: tuple[str, ...]
    code: Path  # the files of the commit; read-only for the job
    inputs: tuple[InputFile, ...] = ()
    patterns: tuple[str, ...] = ()  # what it may write, so which folders must be writable
    environment: Mapping[str, str] = field(default_factory=dict)
    database: Path | None = None  # a folder, read-only, at DATABASE_INSIDE; None for everything but queries
    nesting: bool = False  # the program builds a jail of its own around what it reads
    policy: Path | None = None  # the policy, as a file at POLICY_INSIDE; for raw SQL, which is judged by it
    limits: JobLimits = JobLimits()
    # The environment the program is from. A sandbox is given folders, read-only; None is this installation.
    folders: tuple[Path, ...] | None = None
    # A container is given an image, pinned by its digest.
    image: str = ""


class Phase(StrEnum):
    """Where one job's program is, as its executor sees it. Not a job state: nothing but facts."""

    ABSENT = "absent"  # nothing is laid out
    PREPARED = "prepared"  # laid out, never started
    RUNNING = "running"
    FINISHED = "finished"  # ended; the result says how
    LOST = "lost"  # was started and is gone without a result: the machine went down


@dataclass(frozen=True)
class Result:
    """How a program ended. `exit_status` is negative for a signal."""

    exit_status: int
    seconds: float = 0.0
    timed_out: bool = False
    out_of_memory: bool = False
    terminated: bool = False  # because somebody asked
    over_limit: str = ""  # which limit of the work area was passed, in words
    peak_memory_bytes: int | None = None


class Executor(Protocol):
    """Runs programs somewhere. Every method may be called twice with the same effect as once.

    A program survives the death of whoever called `start`. `runs_images` says whether the environment of a job is
    an image with a program in it (a container), or folders of this machine (a sandbox).
    """

    runs_images: bool

    def prepare(self, spec: JobSpec) -> None:
        """Lay out what the job sees. A half-finished earlier layout is thrown away first."""

    def start(self, job: str) -> None:
        """Start the program of a prepared job; does nothing when it was ever started."""

    def phase(self, job: str) -> Phase:
        """Say where the program is."""

    def result(self, job: str) -> Result:
        """Say how a finished program ended."""

    def terminate(self, job: str) -> None:
        """Ask the program to stop, at once and with all it started; `phase` says when it has."""

    def work(self, job: str) -> Path:
        """Return the folder the job wrote to."""

    def given(self, job: str) -> frozenset[str]:
        """Return the paths in the work folder that were put there, not made by the job."""

    def log(self, job: str) -> Path:
        """Return the file that holds what the program said."""

    def owner(self, job: str) -> int:
        """Return the user id that owns what the job made."""

    def cleanup(self, job: str) -> None:
        """Stop the program if it runs and remove everything of the job."""

    def jobs(self) -> frozenset[str]:
        """Return the jobs of which anything is left."""

    def why_not_usable(self) -> str | None:
        """Return None when jobs can run here, else the reason and what helps."""


def find_executor(name: str) -> type:
    """Load the executor installed under this name, or raise Mistake R003 that lists what is installed."""
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name not in installed:
        known = ", ".join(sorted(installed)) or "none"
        raise Mistake(
            "R003", f"no executor is called `{name}`", where="[runner] executor", hint=f"there is: {known}"
        )
    found: type = installed[name].load()
    return found
