"""`armslength init`: the study it makes is tried, not looked at."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from armslength.cli import run
from armslength.kernel import bubblewrap

NO_JAIL = bubblewrap.why_not_usable()
OURS = re.compile(r"(armslength|pytest)\b")


def commands_of_ci(study: Path) -> dict[str, list[str]]:
    """What the two CI files run of ours, by file."""
    github = YAML(typ="safe").load(io.StringIO((study / ".github/workflows/study.yml").read_text()))
    gitlab = YAML(typ="safe").load(io.StringIO((study / ".gitlab-ci.yml").read_text()))
    steps = [step["run"] for step in github["jobs"]["study"]["steps"] if "run" in step]
    return {
        "github": [line for step in steps for line in step.splitlines() if OURS.match(line)],
        "gitlab": [line for line in gitlab["study"]["script"] if OURS.match(line)],
    }


def perform(line: str, study: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(line)
    argv = [sys.executable, "-m", program, *arguments]
    if program == "pytest":
        argv += ["-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["ARMSLENGTH_CODELISTS_SERVICE"] = "http://127.0.0.1:9"
    return subprocess.run(argv, cwd=study, env=environment, capture_output=True, text=True, timeout=250)


def succeed(lines: list[str], study: Path) -> None:
    for line in lines:
        done = perform(line, study)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    rows = (study / "output/results/statins.csv").read_text().splitlines()
    assert rows[0] == "characteristic,group,patients,on_statin,percent" and len(rows) >= 8


@pytest.mark.skipif(NO_JAIL is not None, reason=str(NO_JAIL))
def test_all_that_ci_does_succeeds_in_a_new_study_without_a_network(study):
    assert run(["init"]) == 0
    commands = commands_of_ci(study)["github"]
    assert [shlex.split(line)[:2] for line in commands] == [
        ["armslength", "validate"],
        ["armslength", "codelists"],
        ["pytest"],
        ["armslength", "run"],
        ["armslength", "check-outputs"],
    ]
    succeed(commands, study)


def test_ci_where_no_sandbox_can_be_made_does_the_same_without_one(study):
    assert run(["init"]) == 0
    commands = commands_of_ci(study)
    unsafe = " --unsafe-no-sandbox"
    assert [line.removesuffix(unsafe) for line in commands["gitlab"]] == commands["github"]
    succeed([line for line in commands["gitlab"] if line.endswith(unsafe)], study)


def test_a_study_in_r_runs_its_script(study):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    assert run(["init", "--language", "r"]) == 0
    people = [
        f"{n},{'female' if n % 2 else 'male'},{'18-39' if n % 3 else '40-59'},{'T' if n % 4 else 'F'}"
        for n in range(120)
    ]
    dataset = "\n".join(["patient_id,sex,age_band,statin", *people, ""])
    (study / "output").mkdir()
    (study / "output/dataset.csv").write_text(dataset)
    subprocess.run(["gzip", "output/dataset.csv"], check=True)
    subprocess.run(["Rscript", "analysis/describe_statins.R"], check=True, timeout=120)
    rows = (study / "output/results/statins.csv").read_text().splitlines()
    assert "sex,female,60,60,100" in rows and "sex,male,60,30,50" in rows
    assert run(["check-outputs", "output/results"]) == 0


@pytest.mark.parametrize("language", ["python", "r"])
def test_every_place_in_the_templates_is_filled_in(language, study):
    run(["init", "my study", "--language", language])
    files = [path for path in (study / "my study").rglob("*") if path.is_file()]
    texts = {path: path.read_text() for path in files}
    assert all("{{" not in text.replace("${{", "") for text in texts.values())
    assert texts[study / "my study" / "README.md"].startswith("# my study\n")
    assert (study / "my study" / ".gitignore").exists()


def test_nothing_is_overwritten_and_nothing_is_added_beside_it(study, capsys):
    (study / "README.md").write_text("mine")
    assert run(["init"]) == 2
    assert "`README.md`" in capsys.readouterr().err
    assert [path.name for path in study.iterdir()] == ["README.md"] and (
        study / "README.md"
    ).read_text() == "mine"


def test_a_study_that_is_there_is_named_as_such(study, capsys):
    assert run(["init"]) == 0
    assert run(["init"]) == 2
    assert "armslength run run_all" in capsys.readouterr().err


def test_a_dangling_link_and_a_file_in_the_way_are_refused(study, capsys):
    (study / "project.yaml").symlink_to("/nowhere")
    assert run(["init"]) == 2
    (study / "file").write_text("")
    assert run(["init", "file"]) == 2


def test_a_disk_that_refuses_leaves_nothing(study, monkeypatch, capsys):
    import armslength.cli.new_folder as new_folder

    written, write = [], new_folder.write_text

    def refuse(path, text):
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(path, text)

    monkeypatch.setattr(new_folder, "write_text", refuse)
    assert run(["init", "new"]) == 1
    assert "error X031" in capsys.readouterr().err
    assert list(study.iterdir()) == []


def test_what_was_made_is_told_as_json(study, capsys):
    assert run(["init", "new", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "project.yaml" in told["files"] and all((study / "new" / name).exists() for name in told["files"])


def test_the_templates_are_in_the_wheel():
    from armslength.cli.new_folder import TEMPLATES

    template = TEMPLATES / "new-study"
    names = {path.relative_to(template).as_posix() for path in template.rglob("*") if path.is_file()}
    assert {
        "any/gitignore",
        "any/github/workflows/study.yml",
        "any/gitlab-ci.yml",
        "python/project.yaml",
    } <= names
