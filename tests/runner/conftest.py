"""What the runner's tests share: a study to lay out, and every executor to run it in."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from container_engine import make_image, running_engine, why_no_engine
from inside_runner import Inside

from armslength.kernel import bubblewrap
from armslength.kernel.ids import new_id
from armslength.runner.containers.engine import Engine
from armslength.runner.executor import Executor, JobLimits, JobSpec, Phase, Result
from armslength.runner.executors.docker import DockerExecutor
from armslength.runner.executors.sandbox import SandboxExecutor

SMALL = JobLimits(
    memory_bytes=256 << 20, seconds=30, cpu_seconds=60, processes=40, work_bytes=32 << 20, file_bytes=16 << 20
)


def finish(executor: Executor, job: str, *, seconds: float = 60) -> Result:
    until = time.monotonic() + seconds
    while executor.phase(job) is not Phase.FINISHED:
        assert time.monotonic() < until, f"still {executor.phase(job)}"
        time.sleep(0.05)
    return executor.result(job)


@pytest.fixture(scope="session")
def engine_and_image() -> Iterator[tuple[Engine, str]]:
    """A container engine of our own, with one small image."""
    if reason := why_no_engine():
        pytest.skip(reason)
    # Not below pytest's folder: a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="engine-") as folder, running_engine(Path(folder)) as engine:
        yield engine, make_image(engine)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxExecutor]:
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    executor = SandboxExecutor(tmp_path / "jobs")
    yield executor
    for job in executor.jobs():
        executor.cleanup(job)


@pytest.fixture
def docker(engine_and_image: tuple[Engine, str], tmp_path: Path) -> Iterator[DockerExecutor]:
    executor = DockerExecutor(tmp_path / "jobs", engine=engine_and_image[0])
    yield executor
    for job in executor.jobs():
        executor.cleanup(job)


@pytest.fixture(params=["sandbox", "docker"])
def executor(request: pytest.FixtureRequest) -> Executor:
    """Every executor in turn: what one promises, all keep."""
    found: Executor = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def image(request: pytest.FixtureRequest, executor: Executor) -> str:
    """The image that a job names, where the executor runs images."""
    return str(request.getfixturevalue("engine_and_image")[1]) if executor.runs_images else ""


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
def python_job(executor: Executor, image: str, code: Path) -> Callable[..., tuple[str, Result]]:
    """Run some Python as a job and return its id and how it ended; `changes` are fields of the spec."""

    def run(program: str, **changes: object) -> tuple[str, Result]:
        (code / "analysis" / "script.py").write_text(program)
        spec = JobSpec(
            id=new_id(),
            argv=("python3" if image else sys.executable, "analysis/script.py"),
            code=code,
            patterns=("outputs/*.csv",),
            limits=SMALL,
            image=image,
        )
        spec = replace(spec, **changes)  # type: ignore[arg-type]
        executor.prepare(spec)
        executor.start(spec.id)
        return spec.id, finish(executor, spec.id)

    return run


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    found = Inside(tmp_path)
    yield found
    found.kill()
    found.site.close()
