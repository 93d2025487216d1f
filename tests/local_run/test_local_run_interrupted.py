"""A run that is interrupted or killed: nothing goes on behind one's back, nothing is lost, the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from six_actions import Cli, replace_in

Start = Callable[..., "subprocess.Popen[str]"]


def wait_until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def running(name: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cmdline").read_bytes().startswith(name.encode()):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def make_letters_sleep(study: Path, *, seconds: float) -> str:
    """Make one action start with a sleep; return how to recognise it."""
    name = f"sleeper-{os.getpid()}-{study.parent.name}"
    sleeper = f"import subprocess\nsubprocess.run(['bash', '-c', 'exec -a {name} sleep {seconds}'])\n"
    replace_in(study / "analysis/letters.py", "import json", f"{sleeper}import json")
    return name


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_ends_its_programs_and_keeps_what_is_done(
    how: signal.Signals, study: Path, start: Start, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    name = make_letters_sleep(study, seconds=300)
    process = start("run", "run_all", "--jobs", "2")
    wait_until(lambda: running(name) and (study / "output/people.csv").exists())
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in told
    assert not running(name)
    assert not list((study / ".armslength/jobs").iterdir())
    replace_in(study / "analysis/letters.py", "sleep 300", "sleep 0")
    capsys.readouterr()
    assert cli("run", "run_all") == 0
    assert "kept" in capsys.readouterr().out
    assert (study / "output/last.md").exists()


def test_a_killed_run_is_taken_over_by_the_next(
    study: Path, start: Start, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    name = make_letters_sleep(study, seconds=3)
    process = start("run", "letters")
    wait_until(lambda: running(name))
    process.kill()
    process.communicate()
    assert not list((study).rglob("output/*.part"))
    assert cli("run", "run_all") == 0
    told = capsys.readouterr()
    assert "an earlier run was cut off" in told.err
    assert "everything" not in told.out
    assert (study / "output/letters/a.txt").read_text() == "a"
    assert cli("run", "run_all") == 0
    assert "everything is done already" in capsys.readouterr().out


def test_a_run_that_was_killed_with_its_programs_is_begun_again(study: Path, start: Start, cli: Cli) -> None:
    name = make_letters_sleep(study, seconds=300)
    process = start("run", "letters")
    wait_until(lambda: running(name))
    process.kill()
    process.communicate()
    (lock,) = (study / ".armslength/jobs").glob("*/lock")
    os.kill(int(lock.read_text()), signal.SIGKILL)
    wait_until(lambda: not running(name))
    replace_in(study / "analysis/letters.py", "sleep 300", "sleep 0")
    assert cli("run", "letters") == 0
    assert (study / "output/letters/a.txt").read_text() == "a"


def test_one_that_waits_goes_on_when_the_other_is_done(study: Path, start: Start, cli: Cli) -> None:
    name = make_letters_sleep(study, seconds=2)
    process = start("run", "letters")
    wait_until(lambda: running(name))
    assert cli("run", "letters", "--wait") == 0
    assert process.wait(30) == 0
