"""`--json`: what a command prints for people, it prints for programs, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer.main

from armslength.cli import VERBS, run

STORY = {"demo", "up", "down", "runner", "server", "airlock"}  # they start programs, and speak to people
OTHERWISE = {
    "exec": "prints what its command prints",
    "completion": "prints a script",
    "graph": "draws",
    "history": "prints files",
    "report": "writes CSV or Parquet where a program is to read it",
    "sql": "writes rows to a file, and its log",
}
DEFINITION = """\
from ehrql import create_dataset
from ehrql.tables.core import clinical_events, patients

dataset = create_dataset()
dataset.define_population((patients.sex == "female") & patients.date_of_birth.is_on_or_before("2000-01-01"))
dataset.events = clinical_events.where(clinical_events.snomedct_code.is_in(["44054006"])).count_for_patient()
"""


def commands(command, path=()):
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield path, {option for one in command.params for option in one.opts}


@pytest.mark.parametrize("verb", sorted(set(VERBS) - STORY - set(OTHERWISE)))
def test_every_verb_of_a_study_speaks_json(verb):
    import importlib

    app = typer.main.get_command(importlib.import_module(VERBS[verb][0]).app)
    assert any("--json" in options for _, options in commands(app))


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("json") / "store"
    assert run(["data", "sample", "--patients", "300", "--to", str(path), "--json"]) == 0
    return path


def test_a_sample_is_described_as_it_is_made(tmp_path, capsys):
    assert run(["data", "sample", "--patients", "50", "--to", str(tmp_path / "store"), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["tables"]["patients"]["rows"] == 50


def test_attrition_is_told_as_it_is_printed(store, study, capsys):
    (study / "definition.py").write_text(DEFINITION)
    assert run(["attrition", "definition.py", "--dsn", str(store)]) == 0
    printed = capsys.readouterr().out
    assert run(["attrition", "definition.py", "--dsn", str(store), "--json", "--output", "a.json"]) == 0
    told = json.loads((study / "a.json").read_text())
    assert [one["remaining"] is None or one["remaining"] % 5 == 0 for one in told["stages"]] == [True] * 3
    capsys.readouterr()
    assert run(["attrition", "definition.py", "--dsn", str(store), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert all(f"{one['remaining']}" in printed for one in told["stages"] if one["remaining"])


def test_costs_are_told_as_they_are_explained(study, capsys):
    (study / "definition.py").write_text(DEFINITION)
    assert run(["explain", "definition.py"]) == 0
    printed = capsys.readouterr().out
    assert run(["explain", "definition.py", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sizes"]["variable"] == 1 and "1 variable," in printed
    assert [one["table"] for one in told["readings"]] == ["core.clinical_events"]
