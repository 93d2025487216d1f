"""What the tests of local runs share: a study of six quick actions, and the command as a person types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from six_actions import PIPELINE, SCRIPTS, Cli

from armslength.cli import run as command
from armslength.kernel import bubblewrap


def needs_sandbox() -> None:
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of six actions, which the test stands in."""
    needs_sandbox()
    folder = tmp_path / "six-actions"
    (folder / "analysis").mkdir(parents=True)
    (folder / "project.yaml").write_text(PIPELINE)
    (folder / "README.md").write_text("A study.\n")
    for name, text in SCRIPTS.items():
        (folder / "analysis" / name).write_text(text)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cli() -> Cli:
    """The command, in this process; returns its exit status."""
    return lambda *arguments: command([str(one) for one in arguments])


def heed_ctrl_c() -> None:
    """Undo what a shell and `nohup` do to programs in the background: to be deaf to Ctrl-C and hanging up."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def start(study: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """The command as a process of its own, which a test may interrupt or kill."""
    started: list[subprocess.Popen[str]] = []

    def start_command(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "armslength", *arguments],
            cwd=study,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=heed_ctrl_c,
        )
        started.append(process)
        return process

    yield start_command
    for process in started:
        process.kill()
        process.communicate()
