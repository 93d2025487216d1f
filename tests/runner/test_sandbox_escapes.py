"""Hostile study code and the kernel: each door that is known to lead out of a jail is tried, and is shut."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from armslength.kernel.ids import new_id
from armslength.pipeline.model import PrivacyLevel
from armslength.runner import outputs
from armslength.runner.executor import InputFile, JobLimits, JobSpec, Phase, Result
from armslength.runner.executors.sandbox import SandboxExecutor

pytestmark = pytest.mark.sandbox
LIMITS = JobLimits(
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


def said(sandbox: SandboxExecutor, job: str) -> str:
    return sandbox.log(job).read_text(errors="replace")


def collected(
    sandbox: SandboxExecutor, job: str, *patterns: str, limits: JobLimits = LIMITS
) -> outputs.Collection:
    return outputs.collect(
        sandbox.work(job),
        patterns=[outputs.Pattern(one, PrivacyLevel.MODERATELY_SENSITIVE) for one in patterns],
        given=sandbox.given(job),
        owner=sandbox.owner(job),
        limits=limits,
    )


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


def test_no_capability_and_no_way_back_to_one(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    job, _ = python_job("print(open('/proc/self/status').read())")
    status = dict(line.split(":\t", 1) for line in said(sandbox, job).splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_sockets_of_the_machine_are_out_of_reach(
    sandbox: SandboxExecutor, python_job: RunJob, tmp_path: Path
) -> None:
    abstract, named = "\0" + new_id(), str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
        for listener, address in ((one, abstract), (two, named)):
            listener.bind(address)
            listener.listen()
        job, _ = python_job(
            "import socket\n"
            f"for address in {[abstract, named, '/run/dbus/system_bus_socket', '/var/run/docker.sock']!r}:\n"
            "    try:\n        socket.socket(socket.AF_UNIX).connect(address)\n        print('CONNECTED')\n"
            "    except OSError:\n        print('refused')\n"
        )
    assert said(sandbox, job).split() == ["refused"] * 4


def test_the_supervisor_and_other_processes_cannot_be_named_or_signalled(
    sandbox: SandboxExecutor, python_job: RunJob
) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        job, result = python_job(
            "import os\n"
            f"for process in ({os.getpid()}, {other.pid}, {os.getppid()}):\n"
            "    try:\n        os.kill(process, 9)\n        print('KILLED')\n"
            "    except OSError as error:\n        print('refused')\n"
            "try:\n    os.kill(-1, 0)\n    print('everybody:', len([p for p in os.listdir('/proc') if p.isdigit()]))\n"
            "except OSError:\n    print('nobody')\n"
            "for name in ('/proc/1/environ', '/proc/1/root/etc/shadow', '/proc/1/fd/0', '/proc/1/cwd/x'):\n"
            "    try:\n        print('READ', open(name).read(10))\n"
            "    except OSError:\n        print('refused')\n"
        )
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    text = said(sandbox, job)
    assert "KILLED" not in text and "READ" not in text and text.count("refused") == 7
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


def test_memory_folders_are_small_and_private(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    program = (
        "import os\nprint(os.listdir('/dev/shm'))\nwritten = 0\n"
        "try:\n    with open('/dev/shm/x', 'wb') as file:\n"
        "        while written < 1 << 30:\n            written += file.write(b'x' * (1 << 20))\n"
        "except OSError:\n    pass\nprint(written >> 20 < 200)\n"
    )
    for _ in range(2):
        job, _ = python_job(program)
        assert said(sandbox, job).splitlines()[0] == "[]"
    assert not list(Path("/dev/shm").glob("x"))


def test_no_core_is_dumped(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    job, result = python_job("import os\nos.chdir('outputs')\nos.abort()\n")
    assert result.exit_status == -6
    assert [path.name for path in (sandbox.work(job) / "outputs").iterdir()] == ["old.csv"]


def test_programs_that_change_the_user_do_not(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    job, _ = python_job(
        "import os, shutil, subprocess\n"
        "shutil.copy('/usr/bin/id', 'outputs/id')\nos.chmod('outputs/id', 0o6755)\n"
        "print(subprocess.run(['outputs/id', '-u'], capture_output=True, text=True).stdout)\n"
        "for name in ('su', 'mount', 'passwd'):\n"
        "    done = subprocess.run([name, '-c', 'id'], capture_output=True, stdin=subprocess.DEVNULL)\n"
        "    print(done.returncode == 0)\n",
        patterns=("outputs/id",),
    )
    assert "True" not in said(sandbox, job)
    assert int(said(sandbox, job).split()[0]) != 0
    # Neither does the copy that the platform keeps.
    found = collected(sandbox, job, "outputs/id")
    root = sandbox.folder.parent / "kept"
    for one in found.outputs:
        outputs.store(sandbox.work(job), one, owner=sandbox.owner(job), root=root)
        assert not (root / one.path).stat().st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IXUSR)


def test_links_pipes_and_devices_are_no_outputs(
    sandbox: SandboxExecutor, python_job: RunJob, tmp_path: Path
) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("patient_id\n1\n")
    job, _ = python_job(
        "import os, socket\n"
        "os.mkfifo('outputs/fifo.csv')\n"
        "socket.socket(socket.AF_UNIX).bind('outputs/socket.csv')\n"
        "os.symlink('/etc/passwd', 'outputs/link.csv')\n"
        "os.symlink('rows.csv', 'outputs/inner.csv')\n"
        "os.symlink('/', 'outputs/folder')\n"
        "open('outputs/a.csv', 'w').write('a')\nos.link('outputs/a.csv', 'outputs/b.csv')\n"
        "for make in (lambda: os.link('outputs/rows.csv', 'outputs/hard.csv'),\n"
        "             lambda: os.link('outputs/old.csv', 'outputs/hard2.csv'),\n"
        "             lambda: os.mknod('outputs/device.csv', 0o600 | 0o020000, os.makedev(1, 3))):\n"
        "    try:\n        make()\n    except OSError:\n        print('refused')\n",
        inputs=(InputFile(source, "outputs/rows.csv"),),
    )
    found = collected(sandbox, job, "outputs/*.csv", "outputs/folder/etc/*.csv", "outputs/*/passwd")
    assert found.outputs == ()
    assert {path for path, _ in found.refused} >= {
        "outputs/fifo.csv",
        "outputs/socket.csv",
        "outputs/link.csv",
        "outputs/inner.csv",
        "outputs/a.csv",
        "outputs/b.csv",
        "outputs/rows.csv",
    }
    assert "refused" in said(sandbox, job)


def test_names_that_deceive_are_no_outputs(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    names = [
        "new\nline.csv", "tab\t.csv", "escape\x1b[2J.csv", "right\u202eleft.csv", "zero\u200bwidth.csv",
        "back\\slash.csv", "star*.csv", ".hidden.csv", "-rf.csv ", "nbsp\u00a0.csv", "e\u0301.csv",
        "\ufeffbom.csv",
        "line\u2028.csv", "quote\"<script>.csv",
    ]  # fmt: skip
    job, _ = python_job(
        f"import os\nfor name in {names!r}:\n    open('outputs/' + name, 'w').write('a')\n"
        "open(b'outputs/\\xff\\xfe.csv', 'w').write('a')\n"
    )
    found = collected(sandbox, job, "outputs/*.csv")
    taken = {one.path for one in found.outputs}
    # Odd but honest: pages escape it.
    assert taken == {'outputs/quote"<script>.csv'}
    shown = [path for path, why in found.refused if why == "its name cannot be shown"]
    assert (
        len(shown) == len(names) - 1
    )  # with the one that is not UTF-8, without the one that ends in a blank


def test_thousands_of_outputs_are_bounded(sandbox: SandboxExecutor, python_job: RunJob) -> None:
    few = replace(LIMITS, files=500)
    job, result = python_job(
        "for n in range(450):\n    open(f'outputs/{n}.csv', 'w').write('a')\n", limits=few
    )
    assert result.over_limit == ""
    assert len(collected(sandbox, job, "outputs/*.csv", limits=few).outputs) == 450


def test_nothing_writes_to_the_outputs_once_the_job_is_finished(sandbox: SandboxExecutor, code: Path) -> None:
    """A daemon that left its parent, its session and its standard streams dies with the job."""
    (code / "analysis" / "script.py").write_text(
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        for n in (0, 1, 2):\n            os.close(n)\n"
        "        file = os.open('outputs/a.csv', os.O_CREAT | os.O_WRONLY | os.O_APPEND)\n"
        "        while True:\n            os.write(file, b'x')\n"
        "    os._exit(0)\n"
        "while not os.path.exists('outputs/a.csv'):\n    pass\n"
    )
    for _ in range(5):
        spec = JobSpec(
            id=new_id(),
            argv=("/usr/bin/env", "python3", "analysis/script.py"),
            code=code,
            patterns=("outputs/*.csv",),
            limits=LIMITS,
        )
        sandbox.prepare(spec)
        sandbox.start(spec.id)
        until = time.monotonic() + 20
        while sandbox.phase(spec.id) is not Phase.FINISHED:
            assert time.monotonic() < until
        output = sandbox.work(spec.id) / "outputs" / "a.csv"
        size = output.stat().st_size
        time.sleep(0.1)
        assert output.stat().st_size == size
        sandbox.cleanup(spec.id)


def test_a_planted_module_changes_only_the_job_that_planted_it(
    sandbox: SandboxExecutor, python_job: RunJob, code: Path
) -> None:
    """An analysis may shadow what it likes for itself; the platform around it imports nothing from a study."""
    for name in ("sitecustomize.py", "usercustomize.py", "analysis/pandas.py", "json.py"):
        (code / name).write_text("print('PLANTED')\n")
    (code / "evil.pth").write_text("import os; print('PLANTED')\n")
    job, result = python_job("import json, platform\nprint('honest')\n")
    assert (result.exit_status, said(sandbox, job).split()) == (0, ["honest"])
