"""`logs`, `clean`, `exec`, `doctor`, `completion`, and `armslength` alone: what they say and what they leave alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from armslength.cli import VERBS, run
from armslength.cli.completion import SCRIPTS, Shell, candidates
from armslength.cli.doctor.packages import python_packages, r_packages
from armslength.cli.guide import guide
from armslength.kernel import bubblewrap

NO_JAIL = bubblewrap.why_not_usable()
needs_jail = pytest.mark.skipif(NO_JAIL is not None, reason=str(NO_JAIL))

PROJECT = """\
version: "5.0"
actions:
  make:
    run: python:v2 make.py
    outputs: {highly_sensitive: {numbers: output/*.csv}}
  draw:
    run: python:v2 draw.py
    needs: [make]
    outputs: {moderately_sensitive: {picture: output/drawn/a.svg}}
"""
LEGACY = """\
version: "3.0"
expectations: {population_size: 1000}
actions:
  cohort:
    run: cohortextractor:latest generate_cohort --study-definition study_definition
    outputs: {highly_sensitive: {cohort: output/input.csv}}
"""


@pytest.fixture
def project(study: Path) -> Path:
    """A study that ran: outputs, logs, what is remembered."""
    (study / "project.yaml").write_text(PROJECT)
    (study / "analysis.py").write_text("mine")
    (study / "output" / "drawn").mkdir(parents=True)
    (study / "output" / "a.csv").write_text("1")
    (study / "output" / "notes.txt").write_text("mine")
    (study / "output" / "drawn" / "a.svg").write_text("<svg/>")
    (study / "metadata").mkdir()
    (study / "metadata" / "make.log").write_text("one\ntwo\nthree\n")
    (study / ".armslength" / "code").mkdir(parents=True)
    (study / ".armslength" / "code" / "x").write_text("x" * 1000)
    return study


def test_a_log_is_printed_whole_or_by_its_last_lines(project, capsys):
    assert run(["logs", "make"]) == 0
    assert capsys.readouterr().out == "one\ntwo\nthree\n"
    assert run(["logs", "make", "-n", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == ["three"]


def test_logs_are_listed_with_their_last_lines(project, capsys):
    assert run(["logs", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["action"] == "make" and found["last_line"] == "three"


@pytest.mark.parametrize(("action", "code"), [("draw", "X032"), ("maek", "P030"), ("../project", "P030")])
def test_a_log_that_is_not_there_says_why(action, code, project, capsys):
    assert run(["logs", action]) == 1
    assert f"error {code}" in capsys.readouterr().err


def test_clean_says_first_and_removes_only_when_told_to(project, capsys):
    before = sorted(project.rglob("*"))
    assert run(["clean"]) == 0
    told = capsys.readouterr().out
    assert ".armslength" in told and "metadata" in told and "output" not in told and "--yes" in told
    assert sorted(project.rglob("*")) == before
    assert run(["clean", "--yes"]) == 0
    left = {path.name for path in project.iterdir()}
    assert left == {"project.yaml", "analysis.py", "output"}


def test_clean_removes_declared_outputs_and_no_other_file(project, tmp_path, capsys):
    precious = tmp_path / "precious.csv"
    precious.write_text("mine")
    (project / "output" / "link.csv").symlink_to(precious)
    assert run(["clean", "--outputs", "--yes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {Path(one["path"]).name for one in told["leftovers"]} == {
        ".armslength",
        "metadata",
        "a.csv",
        "a.svg",
    }
    assert (project / "output" / "notes.txt").exists() and precious.exists()
    assert run(["clean"]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_clean_refuses_while_a_run_works(project, capsys):
    from armslength.runner.local.state import only_run
    from armslength.runner.local.study import find_study

    with only_run(find_study(project)):
        assert run(["clean", "--yes"]) == 1
    assert "error R052" in capsys.readouterr().err
    assert (project / "metadata").exists()


@needs_jail
def test_exec_works_on_the_folder_and_returns_the_status_of_the_command(study, capfd):
    program = (
        "import os; open('made', 'w').write('x'); print(os.environ['A'], os.getcwd()); raise SystemExit(7)"
    )
    assert run(["exec", "--env", "A=b c", "python:v2", "-c", program]) == 7
    assert capfd.readouterr().out == "b c /workspace\n"
    assert (study / "made").stat().st_uid == os.geteuid()


@needs_jail
def test_exec_shows_neither_the_network_nor_other_files(study, tmp_path, capfd):
    secret = tmp_path / "secret"
    secret.write_text("s")
    program = (
        "import os, socket\n"
        f"print(os.path.exists({str(secret)!r}), os.path.exists('/etc/hostname'))\n"
        "try: socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    assert run(["exec", "python:v2", "-c", program]) == 0
    assert capfd.readouterr().out.startswith("False False\n")


def test_exec_refuses_a_whole_home_folder_and_what_is_no_variable(study, monkeypatch, capsys):
    assert run(["exec", "--env", "nonsense", "python:v2", "-c", ""]) == 2
    assert "error X035" in capsys.readouterr().err
    monkeypatch.setenv("HOME", str(study))
    assert run(["exec", "python:v2", "-c", ""]) == 2
    assert "error X034" in capsys.readouterr().err


def test_exec_says_plainly_when_nothing_keeps_a_command_in_bounds(study, monkeypatch, capsys):
    monkeypatch.setattr("armslength.kernel.bubblewrap.why_not_usable", lambda: "bubblewrap is not installed")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{study}/no.sock")
    assert run(["exec", "python:v2", "-c", "open('made', 'w')"]) == 1
    said = capsys.readouterr().err
    assert "error X009" in said and "bubblewrap is not installed" in said and "docker: " in said
    assert not (study / "made").exists()
    assert run(["exec", "--executor", "none", "python:v2", "-c", ""]) == 1
    assert "error R003" in capsys.readouterr().err


def test_exec_of_an_unknown_environment_says_what_is_offered(study, capsys):
    if NO_JAIL:
        pytest.skip(NO_JAIL)
    assert run(["exec", "pyhton:v2", "-c", ""]) != 0
    assert "python:v2" in capsys.readouterr().err


def test_the_doctor_says_what_is_there_as_text_and_as_json(project, capsys):
    status = run(["doctor", "--json"])
    told = json.loads(capsys.readouterr().out)
    names = [one["name"] for one in told["findings"]]
    assert {"python", "sandbox", "docker", "R", "git", "disk", "memory", "study"} <= set(names)
    assert told["ok"] is (status == 0)
    assert run(["doctor"]) == status
    assert "armslength" in capsys.readouterr().out


def test_the_doctor_fails_when_nothing_can_keep_programs_in_bounds(study, monkeypatch, capsys):
    from armslength.cli.doctor import questions

    monkeypatch.setattr(questions.bubblewrap, "why_not_usable", lambda: "bubblewrap is not installed")
    monkeypatch.setattr(questions, "_why_no_docker", lambda: "the docker command is not installed")
    monkeypatch.setattr(
        questions.shutil, "which", lambda name, path=None: "/x" if name == "apt-get" else None
    )
    assert run(["doctor", "--json"]) == 1
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["sandbox"]["verdict"] == "missing"
    assert told["sandbox"]["fix"].removeprefix("sudo ") == "apt-get install --yes bubblewrap"
    assert told["docker"]["fix"].removeprefix("sudo ") == "apt-get install --yes docker.io"


def test_the_doctor_names_a_broken_pipeline(study, capsys):
    (study / "project.yaml").write_text("version: 9\n")
    assert run(["doctor"]) == 1
    assert "armslength validate" in capsys.readouterr().out


def test_the_doctor_names_environments_that_cannot_be_used_here(study, capsys):
    (study / "project.yaml").write_text(PROJECT.replace("python:v2 draw.py", "stata-mp:v1 draw.do"))
    run(["doctor", "--json"])
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["stata-mp:v1"]["verdict"] == "worth knowing" and "python:v2" not in told


def test_the_doctor_reads_what_scripts_load(study):
    (study / "project.yaml").write_text(PROJECT)
    lines = ["library(dplyr)", "# library(no)", "survival::coxph(x)", 'require("ggplot2")', "library(stats)"]
    (study / "a.R").write_text("\n".join(lines))
    (study / "a.py").write_text("import os, nowhere_at_all.x\nimport own\nfrom . import y\nimport numpy\n")
    (study / "own.py").write_text("")
    assert r_packages(study) == ("dplyr", "ggplot2", "survival")
    assert python_packages(study) == ("nowhere_at_all",)


def test_the_doctor_says_which_package_brings_what_scripts_load(study, monkeypatch, capsys):
    """Debian's where Debian has it, else from where R's own command takes it, into the library that actions see."""
    from armslength.cli.doctor import packages, questions
    from armslength.runner.environments import installed

    (study / "project.yaml").write_text(PROJECT.replace("python:v2 draw.py", "r:v2 a.R"))
    (study / "a.R").write_text("library(MatchIt)\nlibrary(data.table)\nlibrary(nowhereAtAll)\n")
    (study / "a.py").write_text("import sklearn_is_not_here, nowhere_at_all\n")
    monkeypatch.setattr(installed, "r_program", lambda: "/usr/bin/Rscript")
    monkeypatch.setattr(installed, "r_packages", lambda: ("data.table==1.0",))
    monkeypatch.setattr(questions, "_version", lambda *line: "")
    monkeypatch.setattr(packages.shutil, "which", lambda name, path=None: None)
    run(["doctor", "--json"])
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["R packages"]["fix"].endswith("install --yes r-cran-matchit")
    assert (
        'install.packages(c("nowhereAtAll"), "/usr/local/lib/R/site-library"'
        in told["more R packages"]["fix"]
    )
    assert told["more python packages"]["fix"].endswith("pip install nowhere_at_all sklearn_is_not_here")
    monkeypatch.setattr(installed, "r_program", lambda: None)
    run(["doctor", "--json"])
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert "r-base-core" in told["R"]["fix"] and "r-cran-matchit r-cran-data.table" in told["R"]["fix"]


def test_the_doctor_tells_what_the_locked_environment_would_bring(study, monkeypatch):
    from armslength.cli.doctor import packages

    monkeypatch.setattr(packages, "built_environment", lambda recipe: None)
    assert packages.in_recipe(["sklearn", "lifelines", "nowhere_at_all"]) == ["sklearn", "lifelines"]
    assert not packages.built_already()


def words(*typed: str, folder: Path) -> list[str]:
    return [word for word, _ in candidates(typed, folder=folder)]


def test_tab_offers_verbs_options_choices_and_the_actions_of_the_study(project):
    assert words("che", folder=project) == ["check-outputs"]
    assert set(words("", folder=project)) >= set(VERBS)
    assert words("run", "", folder=project) == ["make", "draw", "run_all"]
    assert words("run", "make", "d", folder=project) == ["draw"]
    assert words("run", "", folder=project / "output") == ["make", "draw", "run_all"]
    assert "--force" in words("run", "--f", folder=project)
    assert set(words("codelists", "", folder=project)) == {"add", "update", "check", "check-upstream", "diff"}
    assert words("init", "--language", "", folder=project) == ["python", "r"]
    assert words("completion", "", folder=project) == ["bash", "zsh", "fish"]
    assert words("nonsense", "", folder=project) == []
    assert words("run", "", folder=project.parent) == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_completes_its_options(verb, study):
    offered = words(verb, "-", folder=study)
    assert "--help" in offered or words(verb, "", folder=study)


def test_bash_completes_for_real(project, tmp_path):
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    script = (
        SCRIPTS[Shell.BASH]
        + 'COMP_WORDS=(armslength run ma); COMP_CWORD=2; _armslength; echo "${COMPREPLY[@]}"\n'
    )
    program = tmp_path / "bin" / "armslength"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m armslength "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.split() == ["make"], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script_that_asks_for_words(shell, capsys):
    assert run(["completion", shell]) == 0
    told = capsys.readouterr().out
    assert "armslength completion words --" in told and told.startswith("# Put this into ~/.")
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=told, text=True, check=True, timeout=60)


def test_armslength_alone_says_what_to_do_next_wherever_one_is(study, capsys):
    assert run([]) == 2
    told = capsys.readouterr().err
    assert "armslength init" in told and "--help" in told
    (study / "project.yaml").write_text(PROJECT)
    assert "2 actions" in guide(study) and "armslength run run_all" in guide(study)
    (study / "below").mkdir()
    assert f"cd {study}" in guide(study / "below")
    (study / "metadata").mkdir()
    assert "armslength logs" in guide(study)
    (study / "project.yaml").write_text("version: 5\nactons: {}\n")
    assert "armslength validate" in guide(study)
    (study / "project.yaml").write_text(LEGACY)
    assert "armslength run cohort" in guide(study) and "migrate-from-cohortextractor" in guide(study)


def test_a_legacy_folder_without_a_pipeline_is_recognised(study):
    (study / "analysis").mkdir()
    (study / "analysis" / "study_definition_covid.py").write_text(
        "from cohortextractor import StudyDefinition\n"
    )
    assert "migrate-from-cohortextractor" in guide(study)
