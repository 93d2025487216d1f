"""Reusable actions on a laptop: the code of another repository, run on the outputs of this study."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from six_actions import Cli, verdicts

STUDY = """\
version: '5.0'
actions:
  people:
    run: python:v2 python analysis/people.py
    outputs:
      highly_sensitive:
        people: output/people.csv
  counted:
    run: "counter:v1.0 output/people.csv 'two words'"
    needs: [people]
    config: {column: sex}
    outputs:
      moderately_sensitive:
        table: output/counted.csv
"""
COUNT = """\
import csv, json, os, sys
from pathlib import Path
from helpers import tally
quiet, source, words, flag, config = sys.argv[1:]
assert (quiet, words, flag) == ('--quiet', 'two words', '--config'), sys.argv
assert not Path('project.yaml').exists() and not Path('README.md').exists(), 'the code of the study is not its business'
assert 'DATABASE_URL' not in os.environ
try:
    open('analysis/count.py', 'w')
    raise SystemExit('it may change its own code')
except OSError:
    pass
column = json.loads(config)['column']
counts = tally(row[column] for row in csv.DictReader(open(source)))
Path('output/counted.csv').write_text(f'{column},n\\n' + ''.join(f'{key},{n}\\n' for key, n in sorted(counts.items())))
"""


def commit_action(folder: Path, more: str = "") -> str:
    """Make or change the repository of the action and return its newest commit."""
    (folder / "analysis").mkdir(parents=True, exist_ok=True)
    (folder / "action.yaml").write_text("run: python:v2 python analysis/count.py --quiet\n")
    (folder / "analysis" / "count.py").write_text(COUNT + more)
    (folder / "analysis" / "helpers.py").write_text("from collections import Counter as tally\n")
    line = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-C", str(folder)]
    for arguments in (
        ["init", "--quiet", "-b", "main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "action"],
    ):
        subprocess.run([*line, *arguments], check=True, capture_output=True)
    return subprocess.run(
        [*line, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def actions_file(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study that names a reusable action, and the file that says where its code is."""
    (study / "project.yaml").write_text(STUDY)
    path = tmp_path / "actions.toml"
    monkeypatch.setenv("ARMSLENGTH_ACTIONS", str(path))
    monkeypatch.setenv("ARMSLENGTH_ENVIRONMENTS", str(tmp_path / "environments"))
    pin(path, tmp_path / "counter", commit_action(tmp_path / "counter"))
    return path


def pin(path: Path, repository: Path, commit: str) -> None:
    path.write_text(f'[actions."counter:v1.0"]\nrepository = "file://{repository}"\ncommit = "{commit}"\n')


def test_it_runs_on_its_own_code_with_the_arguments_of_the_study(
    actions_file: Path, study: Path, cli: Cli
) -> None:
    assert cli("run", "run_all") == 0
    assert (study / "output" / "counted.csv").read_text() == "sex,n\nF,100\nM,100\n"
    log = (study / "metadata" / "counted.log").read_text()
    assert "environment: counter:v1.0 sha256:" in log


def test_it_is_kept_until_its_commit_changes_whatever_changes_in_the_study(
    actions_file: Path, study: Path, cli: Cli, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli("run", "run_all") == 0
    (study / "analysis" / "shared.py").write_text("# changed\n")
    repository = tmp_path / "counter"
    repository.rename(tmp_path / "away")  # as without a network
    capsys.readouterr()
    assert cli("plan") == 0
    assert verdicts(capsys.readouterr().out) == {"people": "keep", "counted": "keep"}
    (tmp_path / "away").rename(repository)
    pin(actions_file, repository, commit_action(repository, "print('newer')\n"))
    assert cli("run", "run_all") == 0
    assert "newer" in (study / "metadata" / "counted.log").read_text()
    capsys.readouterr()
    assert cli("plan", "--json") == 0
    assert {one["verdict"] for one in json.loads(capsys.readouterr().out)} == {"keep"}


def test_without_a_network_and_without_its_code_nothing_runs_and_the_way_on_is_told(
    actions_file: Path, study: Path, cli: Cli, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "counter").rename(tmp_path / "away")
    assert cli("run", "run_all") != 0
    told = capsys.readouterr().err
    assert "R015" in told and "connect to the network" in told and "action `counted`" in told
    assert not (study / "output").exists()
    assert cli("run", "people") == 0, "what does not need it runs"


def test_one_that_nobody_pinned_is_refused_with_the_command_that_pins_it(
    actions_file: Path, cli: Cli, capsys: pytest.CaptureFixture[str], study: Path
) -> None:
    (study / "project.yaml").write_text(STUDY.replace("counter:v1.0", "cox-ipw:v0.0.30"))
    assert cli("run", "run_all") != 0
    assert "armslength environments pin cox-ipw:v0.0.30" in capsys.readouterr().err
    actions_file.write_text(
        '[actions."cox-ipw:v0.0.30"]\nrepository = "https://example.org/a/b"\ncommit = "main"\n'
    )
    assert cli("run", "run_all") != 0
    assert "Y003" in capsys.readouterr().err


def test_a_folder_that_somebody_works_on_is_run_as_it_is(
    actions_file: Path, study: Path, cli: Cli, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    actions_file.write_text(f'[actions."counter:v1.0"]\nfolder = "{tmp_path}/counter"\n')
    assert cli("run", "run_all") == 0
    (tmp_path / "counter" / "analysis" / "helpers.py").write_text(
        "from collections import Counter as tally\nprint('edited')\n"
    )
    capsys.readouterr()
    assert cli("plan") == 0
    assert verdicts(capsys.readouterr().out) == {"people": "keep", "counted": "run"}
    assert cli("run", "counted") == 0
    assert "edited" in (study / "metadata" / "counted.log").read_text()
