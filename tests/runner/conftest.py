"""What the runner's tests share: a study to lay out and a sandbox to run it in."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from armslength.kernel import bubblewrap
from armslength.kernel.ids import new_id
from armslength.runner.executor import JobLimits, JobSpec, Phase, Result
from armslength.runner.executors.sandbox import SandboxExecutor

SMALL = JobLimits(
    memory_bytes=256 << 20, seconds=30, cpu_seconds=60, processes=40, work_bytes=32 << 20, file_bytes=16 << 20
)


def finish(executor: SandboxExecutor, job: str, *, seconds: float = 40) -> Result:
    until = time.monotonic() + seconds
    while executor.phase(job) is not Phase.FINISHED:
        assert time.monotonic() < until, f"still {executor.phase(job)}"
        time.sleep(0.05)
    return executor.result(job)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxExecutor]:
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    executor = SandboxExecutor(tmp_path / "jobs")
    yield executor
    for job in executor.jobs():
        executor.cleanup(job)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A checkout with a script, a codelist and a folder that outputs go to."""
    folder = tmp_path / "checkout"
    (folder / "analysis").mkdir(parents=True)
    (folder / "analysis" / "codes.csv").write_text("code\n1\n")
    (folder / "outputs").mkdir()
    (folder / "outputs" / "old.csv").write_text("from the repository\n")
    return folder


@pytest.fixture
def python_job(sandbox: SandboxExecutor, code: Path) -> Callable[..., tuple[str, Result]]:
    """Run some Python as a job and return its id and how it ended; `changes` are fields of the spec."""

    def run(program: str, **changes: object) -> tuple[str, Result]:
        (code / "analysis" / "script.py").write_text(program)
        spec = JobSpec(
            id=new_id(),
            argv=(sys.executable, "analysis/script.py"),
            code=code,
            patterns=("outputs/*.csv",),
            limits=SMALL,
        )
        spec = replace(spec, **changes)  # type: ignore[arg-type]
        sandbox.prepare(spec)
        sandbox.start(spec.id)
        return spec.id, finish(sandbox, spec.id)

    return run
