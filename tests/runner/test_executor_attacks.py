"""Attempts of a job to get out of where it runs or to take more than its share: each fails on every executor."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from armslength.kernel.ids import new_id
from armslength.kernel.interpreter import python_folders
from armslength.runner.executor import Executor, InputFile, JobLimits, JobSpec, Phase, Result

pytestmark = pytest.mark.sandbox
SMALL = JobLimits(
    memory_bytes=256 << 20, seconds=30, cpu_seconds=60, processes=40, work_bytes=32 << 20, file_bytes=16 << 20
)
RunJob = Callable[..., tuple[str, Result]]


def finish(executor: Executor, job: str, *, seconds: float = 40) -> Result:
    until = time.monotonic() + seconds
    while executor.phase(job) is not Phase.FINISHED:
        assert time.monotonic() < until, f"still {executor.phase(job)}"
        time.sleep(0.05)
    return executor.result(job)


def said(executor: Executor, job: str) -> str:
    return executor.log(job).read_text(errors="replace")


def test_an_honest_job_reads_code_and_inputs_and_writes_outputs(
    executor: Executor, python_job: RunJob, tmp_path: Path
) -> None:
    source = tmp_path / "dataset.csv"
    source.write_text("patient_id\n1\n")
    job, result = python_job(
        "from pathlib import Path\n"
        "print(Path('outputs/dataset.csv').read_text(), Path('analysis/codes.csv').read_text())\n"
        "Path('outputs/new.csv').write_text('a,b\\n')\n",
        inputs=(InputFile(source, "outputs/dataset.csv"),),
    )
    assert (result.exit_status, result.over_limit, result.timed_out) == (0, "", False)
    assert "patient_id" in said(executor, job)
    assert (executor.work(job) / "outputs" / "new.csv").read_text() == "a,b\n"
    assert {"outputs/dataset.csv", "outputs/old.csv", "analysis/codes.csv"} <= executor.given(job)
    assert "outputs/new.csv" not in executor.given(job)
    assert result.peak_memory_bytes


def test_no_network(executor: Executor, python_job: RunJob) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        job, result = python_job(
            "import socket\n"
            f"for address in (('127.0.0.1', {port}), ('1.1.1.1', 53)):\n"
            "    try:\n        socket.create_connection(address, timeout=2)\n        print('CONNECTED')\n"
            "    except OSError as error:\n        print('refused')\n"
            "print(open('/proc/net/dev').read().count(':'), 'interfaces')\n"
        )
    assert result.exit_status == 0
    assert "CONNECTED" not in said(executor, job)
    assert said(executor, job).count("refused") == 2
    assert "1 interfaces" in said(executor, job)


def test_no_files_of_the_machine(executor: Executor, python_job: RunJob, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("SECRET-TOKEN")
    other = tmp_path / "high_privacy" / "workspaces" / "other" / "rates.csv"
    other.parent.mkdir(parents=True)
    other.write_text("SECRET-ROWS")
    paths = [
        "/etc/shadow",
        "/root/.ssh",
        str(token),
        str(other),
        str(tmp_path / "jobs"),
        *{"/home", "/srv"}.difference(f"/{folder.parts[1]}" for folder in python_folders()),
    ]
    job, result = python_job(
        f"import os\nfor path in {paths!r}:\n"
        "    try:\n"
        "        print('READ', path, os.listdir(path) if os.path.isdir(path) else open(path).read())\n"
        "    except OSError as error:\n        print('refused')\n"
        "for number in os.listdir('/proc'):\n"
        "    if number.isdigit():\n        print('sees', open(f'/proc/{number}/cmdline').read())\n"
        "print(sorted(os.environ))\nprint('host is', os.uname().nodename)\n"
    )
    text = said(executor, job)
    assert result.exit_status == 0
    assert "READ" not in text
    assert "SECRET" not in text
    assert "pytest" not in text.replace(str(tmp_path), "")
    assert text.count("refused") == len(paths)
    assert "DATABASE_URL" not in text
    assert "host is " in text and f"host is {platform.node()}" not in text.splitlines()


def test_only_a_query_sees_the_database_and_cannot_change_it(
    executor: Executor, python_job: RunJob, tmp_path: Path
) -> None:
    database = tmp_path / "store"
    database.mkdir()
    (database / "patients").write_text("ROWS")
    program = (
        "import os, pathlib\n"
        "print('there' if os.path.exists('/database/patients') else 'nothing', os.environ.get('DATABASE_URL'))\n"
        "try:\n    pathlib.Path('/database/patients').write_text('x')\n    print('WROTE')\n"
        "except OSError as error:\n    print('refused')\n"
    )
    analysis, _ = python_job(program)
    query, _ = python_job(program, database=database, environment={"DATABASE_URL": "store:///database"})
    assert said(executor, analysis).split() == ["nothing", "None", "refused"]
    assert said(executor, query).split() == ["there", "store:///database", "refused"]
    assert (database / "patients").read_text() == "ROWS"


def test_code_and_inputs_cannot_be_changed(
    executor: Executor, python_job: RunJob, tmp_path: Path, code: Path
) -> None:
    source = tmp_path / "dataset.csv"
    source.write_text("ROWS")
    job, result = python_job(
        "import os\n"
        "def attempt(name, *arguments):\n"
        "    try:\n        getattr(os, name)(*arguments)\n        print('CHANGED', name, arguments)\n"
        "    except OSError:\n        print('refused')\n"
        "attempt('unlink', 'outputs/dataset.csv')\n"
        "attempt('truncate', 'outputs/dataset.csv', 0)\n"
        "attempt('chmod', 'outputs/dataset.csv', 0o777)\n"
        "attempt('rename', 'outputs/dataset.csv', 'outputs/b.csv')\n"
        "attempt('truncate', 'analysis/codes.csv', 0)\n"
        "attempt('unlink', 'analysis/codes.csv')\n"
        "attempt('rename', 'analysis', 'b')\n"
        "attempt('mkdir', 'analysis/new')\n",
        inputs=(InputFile(source, "outputs/dataset.csv"),),
    )
    assert said(executor, job).split() == ["refused"] * 8
    assert (source.read_text(), result.exit_status) == ("ROWS", 0)
    assert (code / "analysis" / "codes.csv").read_text() == "code\n1\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files of the study to somebody else")
def test_files_of_the_commit_beside_the_outputs_cannot_be_replaced(
    executor: Executor, python_job: RunJob
) -> None:
    job, _ = python_job(
        "import os\n"
        "for change in (lambda: os.unlink('outputs/old.csv'), lambda: open('outputs/old.csv', 'w'),\n"
        "               lambda: os.rename('outputs', 'other')):\n"
        "    try:\n        change()\n        print('CHANGED')\n"
        "    except OSError:\n        print('refused')\n"
    )
    assert said(executor, job).split() == ["refused"] * 3


def test_a_fork_bomb_stays_within_its_share(executor: Executor, python_job: RunJob) -> None:
    started = time.monotonic()
    job, result = python_job(
        "import os, time\n"
        "children = 0\n"
        "try:\n"
        "    while True:\n"
        "        if os.fork() == 0:\n            time.sleep(60)\n"
        "        children += 1\n"
        "except OSError:\n    print('stopped at', children)\n"
    )
    assert result.exit_status == 0
    assert int(said(executor, job).split()[-1]) <= 40
    assert time.monotonic() - started < 20, "children that outlive the program must not keep the job"
    assert (
        not subprocess.run(["pgrep", "-u", str(executor.owner(job))], capture_output=True).stdout
        or os.geteuid()
    )


def test_a_memory_hog_is_killed_and_named(python_job: RunJob) -> None:
    _, result = python_job("hog = []\nwhile True:\n    hog.append(bytearray(8 << 20))\n")
    assert result.exit_status != 0
    assert result.out_of_memory or result.exit_status == 1
    assert result.peak_memory_bytes is not None and result.peak_memory_bytes <= 300 << 20


def test_filling_the_disk_is_stopped(executor: Executor, python_job: RunJob) -> None:
    job, result = python_job(
        "for number in range(1000):\n"
        "    with open(f'outputs/{number}.csv', 'wb') as file:\n"
        "        file.write(b'x' * (4 << 20))\n        file.flush()\n"
        "    import time; time.sleep(0.02)\n"
    )
    assert "32 MiB" in result.over_limit
    assert result.exit_status != 0
    used = sum(path.stat().st_size for path in executor.work(job).rglob("*.csv"))
    assert used < 256 << 20


def test_one_huge_file_is_stopped_even_when_it_has_holes(executor: Executor, python_job: RunJob) -> None:
    job, _ = python_job(
        "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    os.truncate(os.open('outputs/a.csv', os.O_CREAT | os.O_WRONLY), 1 << 40)\n    print('MADE')\n"
        "except OSError:\n    print('refused')\n"
    )
    assert "refused" in said(executor, job)


def test_a_million_files_and_bottomless_folders_are_stopped(python_job: RunJob) -> None:
    few = replace(SMALL, files=2000)
    _, many = python_job(
        "import itertools\nfor n in itertools.count():\n    open(f'outputs/{n}', 'w')\n", limits=few
    )
    assert "files" in many.over_limit
    _, deep = python_job(
        "import os\nwhile True:\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n", limits=few
    )
    assert deep.over_limit


def test_a_job_that_never_ends_is_ended(python_job: RunJob) -> None:
    _, result = python_job("import time\ntime.sleep(600)\n", limits=replace(SMALL, seconds=1))
    assert result.timed_out
    assert result.seconds < 10


def test_an_endless_log_keeps_its_beginning_and_its_end(executor: Executor, python_job: RunJob) -> None:
    job, result = python_job("print('BEGIN')\nfor _ in range(300):\n    print('x' * 100_000)\nprint('END')\n")
    text = said(executor, job)
    assert result.exit_status == 0
    assert len(text) < 5 << 20
    assert text.startswith("BEGIN") and text.rstrip().endswith("END") and "are left out" in text


def test_children_do_not_outlive_the_job(python_job: RunJob) -> None:
    _, result = python_job(
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)\n"
        "print('left')\n"
    )
    assert result.exit_status == 0
    assert result.seconds < 10


def test_the_jobs_own_user_is_nobody_else(executor: Executor, python_job: RunJob) -> None:
    job, _ = python_job(
        "import os\nprint(os.getuid(), os.getgroups())\n"
        "try:\n    os.setuid(0)\nexcept OSError:\n    print('refused')"
    )
    assert "refused" in said(executor, job)
    assert int(said(executor, job).split()[0]) not in (0, os.geteuid())


class TestEveryMethodMayBeCalledTwice:
    """The promise of an executor, on each."""

    def spec(self, code: Path, image: str, program: str) -> JobSpec:
        return JobSpec(
            id=new_id(),
            argv=("/usr/bin/env", "sh", "-c", program),
            code=code,
            patterns=("o/*.csv",),
            limits=SMALL,
            image=image,
        )

    def test_start_twice_runs_once(self, executor: Executor, code: Path, image: str) -> None:
        spec = self.spec(code, image, "echo once >> o/a.csv; sleep 1")
        assert executor.phase(spec.id) is Phase.ABSENT
        executor.prepare(spec)
        executor.prepare(spec)
        assert executor.phase(spec.id) is Phase.PREPARED
        for _ in range(3):
            executor.start(spec.id)
        assert finish(executor, spec.id).exit_status == 0
        executor.start(spec.id)
        time.sleep(1)
        assert (executor.work(spec.id) / "o" / "a.csv").read_text() == "once\n"
        executor.cleanup(spec.id)
        executor.cleanup(spec.id)
        assert executor.phase(spec.id) is Phase.ABSENT
        assert executor.jobs() == frozenset()

    def test_terminate_ends_it_with_everything_it_started(
        self, executor: Executor, code: Path, image: str
    ) -> None:
        spec = self.spec(code, image, "sleep 300 & sleep 300")
        executor.prepare(spec)
        executor.start(spec.id)
        while executor.phase(spec.id) is not Phase.RUNNING:
            time.sleep(0.05)
        executor.terminate(spec.id)
        executor.terminate(spec.id)
        assert finish(executor, spec.id, seconds=10).terminated

    def test_a_job_terminated_before_it_starts_never_runs(
        self, executor: Executor, code: Path, image: str
    ) -> None:
        spec = self.spec(code, image, "echo ran > o/a.csv")
        executor.prepare(spec)
        executor.terminate(spec.id)
        executor.start(spec.id)
        assert finish(executor, spec.id).terminated
        assert not (executor.work(spec.id) / "o" / "a.csv").exists()
