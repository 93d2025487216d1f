"""A store of invented people, a study, and the `ehrql` command, in a process of its own or as a function."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.cli.ehrql import run

VARIABLES = ("DATABASE_URL", "OPENSAFELY_BACKEND", "BACKEND", "EHRQL_PERMISSIONS", "EHRQL_ISOLATE_USER_CODE")
DEFINITION = """\
from ehrql import create_dataset, get_parameter
from ehrql.tables.core import clinical_events, patients
dataset = create_dataset()
dataset.define_population(patients.age_on("2020-03-31") >= get_parameter("oldest", type=int, default=60))
dataset.sex = patients.sex
dataset.events = clinical_events.count_for_patient()
print("this is printed while loading")
"""


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of invented people."""
    folder = tmp_path_factory.mktemp("data") / "store"
    line = [
        sys.executable,
        "-m",
        "armslength",
        "data",
        "sample",
        "--patients",
        "300",
        "--seed",
        "1",
        "--to",
        folder,
    ]
    subprocess.run([*map(str, line)], check=True, capture_output=True)
    return folder


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "d.py").write_text(DEFINITION)
    return folder


Ehrql = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ehrql(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ehrql:
    """The command as a function, which saves a start of Python each time."""

    def ehrql(study: Path, *arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
        with monkeypatch.context() as patch:
            patch.chdir(study)
            for name in VARIABLES:
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, str(value))
            words = [str(word) for word in arguments]
            capfd.readouterr()
            status = run(words)
            shown = capfd.readouterr()
            # Said of the Python that runs the tests, not of the command.
            told = [
                line for line in shown.err.splitlines(keepends=True) if "PYTHONHASHSEED is not 0" not in line
            ]
            return subprocess.CompletedProcess(words, status, shown.out, "".join(told))

    return ehrql
