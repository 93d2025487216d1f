"""A study on a laptop when something is wrong: every failure is explained, and nothing half-done is left."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from six_actions import Cli, one_action, replace_in

from armslength.kernel.errors import Mistake
from armslength.runner.local.state import only_run
from armslength.runner.local.study import Study


def test_a_failure_names_the_line_of_the_study_and_what_was_not_run(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_in(
        study / "analysis/count.py", "import csv, sys", "import csv, sys\nprint(1 / (sys.argv[1] != 'age'))"
    )
    assert cli("run", "last", "--jobs", "1") == 1
    printed = capsys.readouterr().out
    assert "failed: ages" in printed
    assert "exit status 1" in printed
    assert "in your code: analysis/count.py:2" in printed
    assert "print(1 / (sys.argv[1] != 'age'))" in printed
    assert "ZeroDivisionError" in printed
    assert "metadata/ages.log" in printed
    assert "not run" in printed
    assert not (study / "output/ages.csv").exists()


def test_after_a_failure_what_does_not_need_it_runs_when_asked(study: Path, cli: Cli) -> None:
    replace_in(study / "analysis/people.py", "print(", "raise SystemExit(3)\nprint(")
    assert cli("run", "run_all", "--continue-on-error", "--jobs", "1") == 1
    assert (study / "output/letters/a.txt").exists()
    assert not (study / "output/people.csv").exists()


def test_an_output_of_another_spelling_is_recognised(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    one_action(study, "open('output/A_table.csv', 'w').write('n\\n1\\n')", outputs="output/a_table.csv")
    assert cli("run", "one") == 1
    printed = capsys.readouterr().out
    assert (
        "it did not make `output/a_table.csv`; did you mean `output/A_table.csv`, which it made?" in printed
    )
    assert "project.yaml does not declare: `output/A_table.csv`" in printed


def test_a_killed_program_and_a_slow_one_are_told_apart(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    one_action(study, "import os\nos.kill(os.getpid(), 11)")
    assert cli("run", "one") == 1
    assert "signal 11 (SIGSEGV)" in capsys.readouterr().out


def test_more_memory_than_the_limit_is_refused_and_said(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    one_action(study, "x = bytearray(600_000_000)\nopen('output/a.csv', 'w').write('n\\n1\\n')")
    assert cli("run", "one", "--memory", "200M") == 1
    printed = capsys.readouterr().out
    # With control groups it is ended; without, it is told that there is no more.
    assert "needed more than 200 MiB" in printed or "MemoryError" in printed


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os\nos.symlink('/etc/passwd', 'output/a.csv')", "it is a symbolic link"),
        ("import os\nos.mkfifo('output/a.csv')", "it is not a regular file"),
        (
            "import os\nopen('output/b.csv', 'w').write('n')\nos.link('output/b.csv', 'output/a.csv')",
            "it has another name (a hard link)",
        ),
    ],
)
def test_a_hostile_output_is_never_taken(
    program: str, words: str, study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    one_action(study, program)
    assert cli("run", "one") == 1
    assert f"`output/a.csv` is not taken: {words}" in capsys.readouterr().out
    assert not (study / "output").exists() or not list((study / "output").iterdir())


def test_outputs_are_never_written_through_a_link(
    study: Path, tmp_path: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (study / "output").symlink_to(elsewhere)
    assert cli("run", "letters") == 1
    assert "error R057" in capsys.readouterr().err
    assert (study / "output").is_symlink()
    assert not list(elsewhere.iterdir())


def test_a_second_run_is_refused_while_one_goes_on(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_run(Study(study)):
        assert cli("run", "letters") == 1
        assert f"another run works on this study: process {os.getpid()}" in capsys.readouterr().err
    assert cli("run", "letters") == 0


def test_a_damaged_memory_of_runs_is_set_aside(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("run", "letters") == 0
    database = study / ".armslength/jobs.sqlite3"
    content = bytearray(database.read_bytes())
    content[4096:60_000] = os.urandom(len(content[4096:60_000]))
    database.write_bytes(content)
    assert cli("run", "letters") == 0
    assert "was damaged and is set aside" in capsys.readouterr().err
    database.write_bytes(b"not a database at all" * 100)
    assert cli("plan", "letters") == 0
    assert cli("run", "letters") == 0
    assert len(list((study / ".armslength").glob("damaged-*"))) >= 1


def test_state_may_be_deleted_between_runs(study: Path, cli: Cli) -> None:
    assert cli("run", "letters") == 0
    shutil.rmtree(study / ".armslength")
    assert cli("run", "letters") == 0


@pytest.fixture
def small_disk(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The study on a disk of its own of 6 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    folder = disk / "study"
    shutil.copytree(study, folder)
    monkeypatch.chdir(folder)
    yield folder
    monkeypatch.chdir("/")
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_fails_the_action_and_keeps_what_was_there(
    small_disk: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("run", "letters") == 0
    one_action(small_disk, "open('output/a.csv', 'w').write('n\\n' * 10_000_000)")
    assert cli("run", "one") == 1
    assert not (small_disk / "output/a.csv").exists()
    assert (small_disk / "output/letters/a.txt").read_text() == "a"
    assert not list(small_disk.rglob("*.part"))


def test_a_folder_that_cannot_be_written_is_told(
    small_disk: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = small_disk.parent
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        assert cli("run", "letters") == 1
        assert "error R050" in capsys.readouterr().err
        assert cli("plan", "letters") == 0
        assert cli("validate") == 0
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@pytest.mark.parametrize(
    ("run", "version", "code", "words"),
    [
        ("cohortextractor:latest generate_cohort", "1.0", "R053", "ehrql:v1 generate-dataset"),
        ("cohortextractor:latest generate_measures", "1.0", "R053", "ehrql:v1 generate-measures"),
    ],
)
def test_what_cannot_run_here_is_refused_before_anything_runs(
    run: str, version: str, code: str, words: str, study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "project.yaml").write_text(
        f"version: '{version}'\nactions:\n  letters:\n    run: python:v2 analysis/letters.py\n"
        "    outputs: {moderately_sensitive: {a: output/letters/*.txt}}\n"
        f"  old:\n    run: {run}\n    needs: [letters]\n    outputs: {{highly_sensitive: {{a: output/input.csv}}}}\n"
    )
    assert cli("run", "old") == 1
    told = capsys.readouterr().err
    assert f"error {code}" in told
    assert words in told
    assert "action `old`" in told
    assert not (study / "output").exists()


def test_without_any_sandbox_nothing_runs_unless_it_is_typed(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert cli("run", "letters", "--executor", "docker") == 1
    told = capsys.readouterr().err
    assert "error R056" in told
    assert "--unsafe-no-sandbox" in told
    assert not (study / "output").exists()
    assert cli("run", "letters", "--unsafe-no-sandbox") == 0
    assert "warning: --unsafe-no-sandbox: nothing keeps the programs" in capsys.readouterr().err
    assert (study / "output/letters/a.txt").read_text() == "a"


def test_an_unknown_executor_or_action_or_size_is_told(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("run", "leters") == 1
    assert "did you mean `letters`?" in capsys.readouterr().err
    assert cli("run") == 2
    assert "`run_all` for all of them" in capsys.readouterr().err
    assert cli("run", "letters", "--memory", "much") == 2
    assert cli("run", "letters", "--executor", "magic") == 1
    with pytest.raises(Mistake, match="R052"), only_run(Study(study)), only_run(Study(study)):
        pass


def test_without_bounds_what_a_job_leaves_running_is_ended_all_the_same(study: Path, cli: Cli) -> None:
    marker = f"left-behind-{study.parent.name}"
    one_action(
        study,
        f"import subprocess\nsubprocess.Popen(['bash', '-c', 'exec -a {marker} sleep 300'], start_new_session=True)\n"
        "open('output/a.csv', 'w').write('n\\n1\\n')",
    )
    assert cli("run", "one", "--unsafe-no-sandbox") == 0
    left = [
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _command_line(entry).startswith(marker.encode())
    ]
    assert left == []


def _command_line(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""
