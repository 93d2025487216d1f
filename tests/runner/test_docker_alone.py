"""What only containers promise: pinned images, an engine that outlives the watcher, nothing on a command line."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.runner import supervisor
from armslength.runner.containers.by_hand import ByHand, run_by_hand
from armslength.runner.containers.engine import Engine, why_not_confining
from armslength.runner.executor import JobLimits, JobSpec, Phase, Result, find_executor
from armslength.runner.executors.docker import DockerExecutor
from armslength.runner.local.measuring import memory_of

SMALL = JobLimits(
    memory_bytes=256 << 20, seconds=30, cpu_seconds=60, processes=40, work_bytes=32 << 20, file_bytes=16 << 20
)


@pytest.fixture
def executor(docker: DockerExecutor) -> DockerExecutor:
    return docker


def spec_of(code: Path, image: str, program: str, **changes: Any) -> JobSpec:
    spec = JobSpec(
        id=new_id(), argv=("sh", "-c", program), code=code, patterns=("o/*.csv",), limits=SMALL, image=image
    )
    return replace(spec, **changes)


def run(docker: DockerExecutor, spec: JobSpec) -> Result:
    docker.prepare(spec)
    docker.start(spec.id)
    return ended(docker, spec.id)


def ended(docker: DockerExecutor, job: str) -> Result:
    until = time.monotonic() + 60
    while docker.phase(job) is not Phase.FINISHED:
        assert time.monotonic() < until, docker.phase(job)
        time.sleep(0.05)
    return docker.result(job)


def inspected(docker: DockerExecutor, job: str) -> dict[str, Any]:
    found = docker.engine.inspect(docker.container(job))
    assert found is not None
    return found


def test_it_is_found_by_the_door_of_every_executor() -> None:
    assert find_executor("docker") is DockerExecutor


def test_a_container_is_confined_in_every_way_the_engine_offers(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    spec = spec_of(code, image, "true")
    docker.prepare(spec)
    found = inspected(docker, spec.id)
    host = found["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] and not host["Privileged"]
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None)
    assert host["SecurityOpt"] == ["no-new-privileges"]  # with the engine's own filter of system calls
    assert (host["PidsLimit"], host["Memory"], host["MemorySwap"]) == (40, 256 << 20, 256 << 20)
    assert host["NanoCpus"] > 0
    assert host["RestartPolicy"]["Name"] in ("", "no")
    assert (host["LogConfig"]["Type"], host["LogConfig"]["Config"]["max-file"]) == ("local", "2")
    assert found["Config"]["User"] == f"{docker.owner(spec.id)}:{docker.owner(spec.id)}"
    assert docker.owner(spec.id) != 0
    assert [one["Destination"] for one in found["Mounts"] if one["RW"]] == ["/workspace"]
    assert found["Config"]["Labels"]["org.armslength.job"] == spec.id
    assert found["Image"] == image


@pytest.mark.parametrize("wrong", ["", "python:3", "sha256:123", "-v/:/host@sha256:" + 64 * "0"])
def test_an_image_that_is_not_pinned_by_its_digest_is_refused(
    docker: DockerExecutor, code: Path, wrong: str
) -> None:
    with pytest.raises(Mistake, match="R024"):
        docker.prepare(spec_of(code, wrong, "true"))
    assert docker.jobs() == frozenset()


def test_an_image_that_is_not_here_is_refused_and_never_pulled(docker: DockerExecutor, code: Path) -> None:
    with pytest.raises(Mistake, match="does not hold the image"):
        docker.prepare(spec_of(code, "sha256:" + 64 * "0", "true"))


def test_a_job_goes_on_without_its_watcher_and_another_one_brings_it_to_its_end(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    spec = spec_of(
        code, image, "echo first; echo a > o/a.csv; while ! [ -e o/go.csv ]; do sleep 0.1; done; echo last"
    )
    docker.prepare(spec)
    docker.start(spec.id)
    output = docker.work(spec.id) / "o" / "a.csv"
    while not output.exists():
        time.sleep(0.05)
    os.kill(int((docker.folder / spec.id / "lock").read_text()), 9)
    time.sleep(0.3)
    assert docker.phase(spec.id) is Phase.RUNNING
    (docker.work(spec.id) / "o" / "go.csv").touch()
    assert ended(docker, spec.id).exit_status == 0
    assert docker.log(spec.id).read_text().split() == ["first", "last"]


def test_the_time_limit_counts_from_the_start_of_the_program_not_of_its_second_watcher(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    spec = spec_of(code, image, "echo a > o/a.csv; sleep 600", limits=replace(SMALL, seconds=8))
    docker.prepare(spec)
    docker.start(spec.id)
    while not (docker.work(spec.id) / "o" / "a.csv").exists():
        time.sleep(0.05)
    time.sleep(1)
    os.kill(int((docker.folder / spec.id / "lock").read_text()), 9)
    result = ended(docker, spec.id)
    assert result.timed_out
    assert 7 <= result.seconds < 25


def test_an_engine_that_does_not_answer_has_ended_nothing(
    docker: DockerExecutor, code: Path, image: str, tmp_path: Path
) -> None:
    spec = spec_of(code, image, "true")
    assert run(docker, spec).exit_status == 0
    lock = supervisor.wait_for_lock(docker.folder / spec.id, seconds=60)  # its watcher has gone, too
    assert lock is not None
    os.close(lock)
    (docker.folder / spec.id / "result.json").unlink()
    away = DockerExecutor(docker.folder, engine=Engine(f"unix://{tmp_path}/no.sock"))
    assert away.phase(spec.id) is Phase.RUNNING
    assert ended(docker, spec.id).exit_status == 0


def test_a_container_removed_behind_our_back_is_lost(docker: DockerExecutor, code: Path, image: str) -> None:
    spec = spec_of(code, image, "true")
    docker.prepare(spec)
    docker.engine.remove(docker.container(spec.id))
    assert docker.phase(spec.id) is Phase.LOST


def test_what_was_started_before_the_machine_went_down_is_lost(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    spec = spec_of(code, image, "true")
    assert run(docker, spec).exit_status == 0
    lock = supervisor.wait_for_lock(docker.folder / spec.id, seconds=60)  # its watcher has gone, too
    assert lock is not None
    os.close(lock)
    (docker.folder / spec.id / "result.json").unlink()
    (docker.folder / spec.id / "started").write_text("another boot")
    assert docker.phase(spec.id) is Phase.LOST


def test_a_program_that_is_not_in_the_image_is_an_end_like_any_other(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    spec = spec_of(code, image, "true", argv=("no-such-program",))
    assert run(docker, spec).exit_status > 0
    assert "no-such-program" in docker.log(spec.id).read_text()


def test_two_runners_on_one_engine_do_not_see_each_others_jobs(
    docker: DockerExecutor, code: Path, image: str, tmp_path: Path
) -> None:
    other = DockerExecutor(tmp_path / "others", engine=docker.engine)
    spec = spec_of(code, image, "true")
    docker.prepare(spec)
    assert docker.jobs() == {spec.id}
    assert other.jobs() == frozenset()
    other.cleanup(spec.id)
    assert docker.phase(spec.id) is Phase.PREPARED


def test_variables_reach_the_program_and_no_command_line_and_nothing_else_does(
    docker: DockerExecutor, code: Path, image: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_RUNNER", "SECRET")
    spec = spec_of(code, image, "env", environment={"DATABASE_URL": "store:///a b'c\"$HOME"})
    assert run(docker, spec).exit_status == 0
    said = docker.log(spec.id).read_text()
    assert "DATABASE_URL=store:///a b'c\"$HOME\n" in said
    assert "SECRET" not in said
    assert not (docker.folder / spec.id / "variables").exists()
    with pytest.raises(Mistake, match="R024"):
        docker.prepare(spec_of(code, image, "env", environment={"A": "1\nB=2"}))


def test_names_with_commas_and_quotes_are_mounted_where_they_belong(
    docker: DockerExecutor, code: Path, image: str
) -> None:
    (code / 'a,readonly=false,"b').mkdir()
    (code / 'a,readonly=false,"b' / "c.txt").write_text("THERE")
    spec = spec_of(code, image, "cat a*/c.txt; touch a*/new || echo refused")
    run(docker, spec)
    assert "THERE" in docker.log(spec.id).read_text() and "refused" in docker.log(spec.id).read_text()


def test_only_a_query_may_build_a_jail_of_its_own(
    docker: DockerExecutor, code: Path, image: str, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    program = (
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "print('built' if libc.unshare(0x10000000 | 0x20000) == 0 else 'refused')\n"
        "print('traced' if libc.ptrace(0, 0, 0, 0) == 0 else 'refused')\n"
    )
    (code / "analysis" / "a.py").write_text(program)
    argv = ("python3", "analysis/a.py")
    query = spec_of(code, image, "", argv=argv, database=tmp_path / "store", nesting=True)
    analysis = spec_of(code, image, "", argv=argv)
    assert (run(docker, query).exit_status, run(docker, analysis).exit_status) == (0, 0)
    assert docker.log(query.id).read_text().split() == ["built", "refused"]
    assert docker.log(analysis.id).read_text().split()[0] == "refused"


GOOD = {
    "MemoryLimit": True,
    "PidsLimit": True,
    "SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"],
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"MemoryLimit": False}, "memory"),
        ({"PidsLimit": None}, "number of processes"),
        ({"SecurityOptions": []}, "filter"),
        ({"SecurityOptions": ["name=seccomp,profile=unconfined"]}, "filter"),
        ({"SecurityOptions": [*GOOD["SecurityOptions"], "name=rootless"]}, "user ids"),  # type: ignore[misc]
    ],
)
def test_an_engine_that_cannot_confine_is_not_used(change: dict[str, Any], why: str | None) -> None:
    reason = why_not_confining({**GOOD, **change})
    assert reason is None if why is None else why in str(reason)


def test_without_an_engine_it_says_so_and_what_helps(tmp_path: Path) -> None:
    nowhere = DockerExecutor(tmp_path / "jobs", engine=Engine(f"unix://{tmp_path}/no.sock"))
    reason = nowhere.why_not_usable()
    assert reason and ("does not answer" in reason or "apt-get install" in reason)
    far = DockerExecutor(tmp_path / "jobs", engine=Engine("tcp://192.0.2.1:2375"))
    assert far.why_not_usable()


def test_what_a_running_container_uses_is_told(docker: DockerExecutor, code: Path, image: str) -> None:
    hold = "python3 -c \"held = b'x' * (64 << 20); import time; print('held', flush=True); time.sleep(60)\""
    spec = spec_of(code, image, hold)
    docker.prepare(spec)
    docker.start(spec.id)
    folder, until = docker.folder / spec.id, time.monotonic() + 60
    while memory_of(folder) < 64 << 20:
        assert time.monotonic() < until, memory_of(folder)
        time.sleep(0.1)
    assert memory_of(folder) < 256 << 20
    docker.terminate(spec.id)
    ended(docker, spec.id)


def test_a_command_by_hand_sees_the_folder_and_nothing_else(
    engine_and_image: tuple[Engine, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`armslength exec` where no sandbox works: what it writes stays, its status is told, no network, no other file."""
    engine, image = engine_and_image
    folder = tmp_path / "study"
    folder.mkdir()
    folder.chmod(0o777)
    program = (
        "import os; open('made', 'w').write('x'); print(os.environ['A'], os.getcwd(), os.listdir('/sys/class/net'))\n"
        "try: open('/made', 'w')\nexcept OSError as error: print(error.strerror)\n"
        "raise SystemExit(7)"
    )
    asked = ByHand(
        image=image, argv=("python3", "-c", program), folder=folder, variables={"A": "b c"},
        memory_bytes=256 << 20, user=4321, group=4321,
    )  # fmt: skip
    assert run_by_hand(asked, engine=engine) == 7
    assert capfd.readouterr().out == "b c /workspace ['lo']\nRead-only file system\n"
    assert (folder / "made").stat().st_uid == 4321
    assert engine.call("ps", "--all", "--quiet", "--filter", "name=armslength-exec-") == ""
    with pytest.raises(Mistake, match="not pinned"):
        run_by_hand(replace(asked, image="python:3"), engine=engine)
