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
from armslength.runner.executor import Executor, InputFile, JobLimits, JobSpec, Phase, Result

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


def said(executor: Executor, job: str) -> str:
    return executor.log(job).read_text(errors="replace")


def collected(executor: Executor, job: str, *patterns: str, limits: JobLimits = LIMITS) -> outputs.Collection:
    return outputs.collect(
        executor.work(job),
        patterns=[outputs.Pattern(one, PrivacyLevel.MODERATELY_SENSITIVE) for one in patterns],
        given=executor.given(job),
        owner=executor.owner(job),
        limits=limits,
    )


def test_no_capability_and_no_way_back_to_one(executor: Executor, python_job: RunJob) -> None:
    job, _ = python_job("print(open('/proc/self/status').read())")
    status = dict(line.split(":\t", 1) for line in said(executor, job).splitlines() if ":\t" in line)
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_sockets_of_the_machine_are_out_of_reach(
    executor: Executor, python_job: RunJob, tmp_path: Path
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
    assert said(executor, job).split() == ["refused"] * 4


def test_the_supervisor_and_other_processes_cannot_be_named_or_signalled(
    executor: Executor, python_job: RunJob
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
            "for name in ('/proc/1/mem', '/proc/1/root/etc/shadow', '/proc/1/fd/0', '/proc/1/cwd/x'):\n"
            "    try:\n        print('READ' if open(name).read(10) else 'refused')\n"
            "    except OSError:\n        print('refused')\n"
        )
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    text = said(executor, job)
    assert "KILLED" not in text and "READ" not in text and text.count("refused") == 7
    assert result.exit_status == 0


def test_others_cannot_be_traced_or_read_by_their_number(executor: Executor, python_job: RunJob) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        job, result = python_job(
            "import ctypes\nlibc = ctypes.CDLL(None)\n"
            f"for process in ({other.pid}, {os.getpid()}):\n"
            "    for request in (16, 0x4206):\n"  # to attach, and to seize
            "        print('TRACED' if libc.ptrace(request, process, 0, 0) == 0 else 'refused')\n"
            "    buffer = ctypes.create_string_buffer(8)\n"
            "    print('READ' if libc.process_vm_readv(process, buffer, 1, buffer, 1, 0) > 0 else 'refused')\n"
        )
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert (result.exit_status, said(executor, job).split()) == (0, ["refused"] * 6)


def test_devices_of_the_machine_are_not_there_and_cannot_be_made(
    executor: Executor, python_job: RunJob
) -> None:
    job, _ = python_job(
        "import glob, os\n"
        "for name in ('mem', 'kmsg', 'kvm', 'fuse', 'loop-control', 'net/tun', *map(os.path.basename,\n"
        "             glob.glob('/dev/[svnx][dv]*') + glob.glob('/dev/loop*') + glob.glob('/dev/dm*'))):\n"
        "    try:\n        print('OPENED', name, os.open('/dev/' + name, os.O_RDWR))\n"
        "    except OSError:\n        print('refused')\n"
        "for folder in ('outputs', '/tmp', '/dev/shm'):\n"
        "    try:\n        os.mknod(folder + '/a.csv', 0o060666, os.makedev(8, 0))\n        print('MADE', folder)\n"
        "    except OSError:\n        print('refused')\n"
    )
    assert "OPENED" not in said(executor, job) and "MADE" not in said(executor, job)
    assert said(executor, job).count("refused") >= 9


def test_secrets_of_whoever_starts_a_job_are_not_in_its_surroundings(
    executor: Executor, python_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_RUNNER", "SECRET")
    monkeypatch.setenv("DATABASE_URL", "SECRET")
    job, result = python_job(
        "import os\nprint(dict(os.environ))\n"
        "for number in os.listdir('/proc'):\n"
        "    if number.isdigit():\n"
        "        try:\n            print(open(f'/proc/{number}/environ').read())\n"
        "        except OSError:\n            pass\n"
        "print(open('/proc/self/mountinfo').read())\n",
        environment={"GIVEN": "1"},
    )
    assert result.exit_status == 0
    assert "'GIVEN': '1'" in said(executor, job)
    assert "SECRET" not in said(executor, job)


def test_memory_folders_are_small_and_private(executor: Executor, python_job: RunJob) -> None:
    program = (
        "import os\nprint(os.listdir('/dev/shm'))\nwritten = 0\n"
        "try:\n    with open('/dev/shm/x', 'wb') as file:\n"
        "        while written < 1 << 30:\n            written += file.write(b'x' * (1 << 20))\n"
        "except OSError:\n    pass\nprint(written >> 20 < 200)\n"
    )
    for _ in range(2):
        job, _ = python_job(program)
        assert said(executor, job).splitlines()[0] == "[]"
    assert not list(Path("/dev/shm").glob("x"))


def test_no_core_is_dumped(executor: Executor, python_job: RunJob) -> None:
    job, result = python_job("import os\nos.chdir('outputs')\nos.abort()\n")
    assert result.exit_status == -6
    assert [path.name for path in (executor.work(job) / "outputs").iterdir()] == ["old.csv"]


def test_programs_that_change_the_user_do_not(executor: Executor, python_job: RunJob, tmp_path: Path) -> None:
    job, _ = python_job(
        "import os, shutil, subprocess\n"
        "shutil.copy('/usr/bin/id', 'outputs/id')\nos.chmod('outputs/id', 0o6755)\n"
        "print(subprocess.run(['outputs/id', '-u'], capture_output=True, text=True).stdout)\n"
        "for name in ('su', 'mount', 'passwd'):\n"
        "    done = subprocess.run([name, '-c', 'id'], capture_output=True, stdin=subprocess.DEVNULL)\n"
        "    print(done.returncode == 0)\n",
        patterns=("outputs/id",),
    )
    assert "True" not in said(executor, job)
    assert int(said(executor, job).split()[0]) != 0
    # Neither does the copy that the platform keeps.
    found = collected(executor, job, "outputs/id")
    root = tmp_path / "kept"
    for one in found.outputs:
        outputs.store(executor.work(job), one, owner=executor.owner(job), root=root)
        assert not (root / one.path).stat().st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IXUSR)


def test_links_pipes_and_devices_are_no_outputs(
    executor: Executor, python_job: RunJob, tmp_path: Path
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
    found = collected(executor, job, "outputs/*.csv", "outputs/folder/etc/*.csv", "outputs/*/passwd")
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
    assert "refused" in said(executor, job)


def test_names_that_deceive_are_no_outputs(executor: Executor, python_job: RunJob) -> None:
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
    found = collected(executor, job, "outputs/*.csv")
    taken = {one.path for one in found.outputs}
    # Odd but honest: pages escape it.
    assert taken == {'outputs/quote"<script>.csv'}
    shown = [path for path, why in found.refused if why == "its name cannot be shown"]
    assert (
        len(shown) == len(names) - 1
    )  # with the one that is not UTF-8, without the one that ends in a blank


def test_thousands_of_outputs_are_bounded(executor: Executor, python_job: RunJob) -> None:
    few = replace(LIMITS, files=500)
    job, result = python_job(
        "for n in range(450):\n    open(f'outputs/{n}.csv', 'w').write('a')\n", limits=few
    )
    assert result.over_limit == ""
    assert len(collected(executor, job, "outputs/*.csv", limits=few).outputs) == 450


def test_nothing_writes_to_the_outputs_once_the_job_is_finished(
    executor: Executor, code: Path, image: str
) -> None:
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
            image=image,
        )
        executor.prepare(spec)
        executor.start(spec.id)
        until = time.monotonic() + 20
        while executor.phase(spec.id) is not Phase.FINISHED:
            assert time.monotonic() < until
        output = executor.work(spec.id) / "outputs" / "a.csv"
        size = output.stat().st_size
        time.sleep(0.1)
        assert output.stat().st_size == size
        executor.cleanup(spec.id)


def test_a_planted_module_changes_only_the_job_that_planted_it(
    executor: Executor, python_job: RunJob, code: Path
) -> None:
    """An analysis may shadow what it likes for itself; the platform around it imports nothing from a study."""
    for name in ("sitecustomize.py", "usercustomize.py", "analysis/pandas.py", "json.py"):
        (code / name).write_text("print('PLANTED')\n")
    (code / "evil.pth").write_text("import os; print('PLANTED')\n")
    job, result = python_job("import json, platform\nprint('honest')\n")
    assert (result.exit_status, said(executor, job).split()) == (0, ["honest"])
