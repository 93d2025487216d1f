"""What only the sandbox promises: its own filter of system calls, our own installation inside, and how it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.kernel.ids import new_id
from armslength.runner.environments import find_environment
from armslength.runner.executor import JobLimits, JobSpec, Phase, Result
from armslength.runner.executors.sandbox import SandboxExecutor

pytestmark = pytest.mark.sandbox
SMALL = JobLimits(
    memory_bytes=256 << 20, seconds=30, cpu_seconds=60, processes=40, work_bytes=32 << 20, file_bytes=16 << 20
)
RunJob = Callable[..., tuple[str, Result]]
CALL = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *arguments):
    ctypes.set_errno(0)
    status = libc.syscall(number, *arguments)
    error = errno.errorcode.get(ctypes.get_errno(), '?')
    print(name, 'DONE' if status >= 0 else error)
"""


def finish(executor: SandboxExecutor, job: str, *, seconds: float = 40) -> Result:
    until = time.monotonic() + seconds
    while executor.phase(job) is not Phase.FINISHED:
        assert time.monotonic() < until, f"still {executor.phase(job)}"
        time.sleep(0.05)
    return executor.result(job)


def said(sandbox: SandboxExecutor, job: str) -> str:
    return sandbox.log(job).read_text(errors="replace")


@pytest.fixture
def executor(sandbox: SandboxExecutor) -> SandboxExecutor:
    return sandbox


def test_a_query_may_build_the_jail_that_holds_its_definition(
    sandbox: SandboxExecutor, python_job: RunJob, tmp_path: Path
) -> None:
    database = tmp_path / "store"
    database.mkdir()
    program = (
        "from armslength.kernel.bubblewrap import Jail, run\n"
        "print(run(Jail(python=False), ['/bin/ls', '/'], seconds=20).stdout.decode().split())\n"
    )
    job, result = python_job(program, database=database, nesting=True)
    assert result.exit_status == 0
    assert "usr" in said(sandbox, job) and "database" not in said(sandbox, job)


def test_a_study_cannot_put_its_own_module_in_place_of_the_query_command(
    sandbox: SandboxExecutor, code: Path, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    for name in ("ehrql", "armslength"):
        (code / name).mkdir()
        (code / name / "__init__.py").write_text("print('PWNED')")
        (code / name / "__main__.py").write_text("print('PWNED')")
    (code / "sitecustomize.py").write_text("print('PWNED')")
    argv = find_environment("ehrql:v1").argv(("--help",))
    spec = JobSpec(id=new_id(), argv=argv, code=code, limits=SMALL, database=tmp_path / "store")
    sandbox.prepare(spec)
    sandbox.start(spec.id)
    finish(sandbox, spec.id)
    assert said(sandbox, spec.id)
    assert "PWNED" not in said(sandbox, spec.id)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of the calls are those of x86_64")
def test_calls_that_kernel_exploits_start_with_are_refused(
    sandbox: SandboxExecutor, python_job: RunJob
) -> None:
    job, result = python_job(
        CALL + "call('ptrace', 101, 16, os.getppid(), 0, 0)\n"
        "call('process_vm_readv', 310, os.getppid(), 0, 0, 0, 0, 0)\n"
        "call('keyctl', 250, 0, -3, 1)\n"
        "call('add_key', 248, b'user', b'a', b'b', 1, -3)\n"
        "call('userfaultfd', 323, 0)\n"
        "call('io_uring_setup', 425, 8, ctypes.create_string_buffer(120))\n"
        "call('bpf', 321, 0, ctypes.create_string_buffer(120), 120)\n"
        "call('perf_event_open', 298, ctypes.create_string_buffer(120), 0, -1, -1, 0)\n"
        "call('unshare', 272, 0x10000000)\n"
        "call('clone', 56, 0x10000000 | 17, 0, 0, 0, 0)\n"
        "call('clone3', 435, ctypes.create_string_buffer(88), 88)\n"
        "call('setns', 308, 0, 0)\n"
        "call('mount', 165, b'none', b'/tmp', b'tmpfs', 0, 0)\n"
        "call('chroot', 161, b'/tmp')\n"
        "call('open_by_handle_at', 304, -100, ctypes.create_string_buffer(20), 0)\n"
        "call('x32 ptrace', 0x40000000 + 521, 16, os.getppid(), 0, 0)\n"
        "call('netlink', 41, 16, 3, 0)\n"
        "call('packet', 41, 17, 3, 0)\n"
        "call('vsock', 41, 40, 1, 0)\n"
        "call('setuid', 105, 0)\n"
    )
    lines = said(sandbox, job).splitlines()
    assert len(lines) == 20, lines
    assert [line for line in lines if line.endswith("DONE")] == []
    assert result.exit_status == 0


def test_the_system_and_the_python_environment_cannot_be_written(
    sandbox: SandboxExecutor, python_job: RunJob
) -> None:
    job, _ = python_job(
        "import os, site, sys, armslength\n"
        "places = [*site.getsitepackages(), sys.prefix, os.path.dirname(armslength.__file__), '/usr/lib',\n"
        "          '/', '/etc', '/dev', '/proc/sys/kernel', '/sys', '/run', '/var', os.path.dirname(sys.executable)]\n"
        "for place in places:\n"
        "    try:\n        open(os.path.join(place, 'planted.pth'), 'w')\n        print('WROTE', place)\n"
        "    except OSError:\n        print('refused')\n"
        "for name in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/self/oom_score_adj'):\n"
        "    try:\n        os.write(os.open(name, os.O_WRONLY), b'-999')\n        print('WROTE', name)\n"
        "    except OSError:\n        print('refused')\n"
    )
    text = said(sandbox, job)
    assert "WROTE" not in text and text.count("refused") >= 14


def spec_of(code: Path, program: str) -> JobSpec:
    return JobSpec(
        id=new_id(),
        argv=("/usr/bin/env", "sh", "-c", program),
        code=code,
        patterns=("o/*.csv",),
        limits=SMALL,
    )


def test_when_the_supervisor_is_killed_the_job_dies_and_is_lost(sandbox: SandboxExecutor, code: Path) -> None:
    spec = spec_of(code, "while true; do date >> o/a.csv; sleep 0.1; done")
    sandbox.prepare(spec)
    sandbox.start(spec.id)
    output = sandbox.work(spec.id) / "o" / "a.csv"
    while not output.exists():
        time.sleep(0.05)
    os.kill(int((sandbox.folder / spec.id / "started").read_text()), 9)
    while sandbox.phase(spec.id) is not Phase.LOST:
        time.sleep(0.05)
    time.sleep(0.5)
    size = output.stat().st_size
    time.sleep(0.5)
    assert output.stat().st_size == size
    sandbox.start(spec.id)
    assert sandbox.phase(spec.id) is Phase.LOST
