"""`validate`, `graph` and `why`: what they print, and that a bad file is told whole."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from six_actions import Cli, replace_in


def test_validate_tells_all_problems_with_their_lines(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_in(study / "project.yaml", "needs: [together, letters]", "needs: [togehter]")
    replace_in(study / "project.yaml", "        text: output/last.md", "        text: ../last.md")
    assert cli("validate") == 1
    told = capsys.readouterr().err
    assert "did you mean `together`?" in told
    assert "it may not contain `..`" in told
    assert cli("validate", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["line"]) for one in found["problems"]] == [("P015", 32), ("P021", 37)]
    assert found["problems"][1]["excerpt"] == "text: ../last.md"


def test_validate_reads_a_file_a_folder_and_what_is_piped_in(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("validate") == cli("validate", study) == cli("validate", study / "project.yaml") == 0
    assert "is valid: 6 actions, version 5" in capsys.readouterr().out

    class Piped:
        buffer = io.BytesIO(b"version: 9\n")

    monkeypatch.setattr("sys.stdin", Piped)
    assert cli("validate", "-") == 1
    assert "stdin:1:10" in capsys.readouterr().err
    assert cli("validate", study / "nowhere") == 1


def test_a_folder_without_a_study_says_so(
    tmp_path: Path, cli: Cli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in (["validate"], ["plan"], ["run", "run_all"], ["why", "a"], ["graph"]):
        assert cli(*verb) == 1
        assert "error P031" in capsys.readouterr().err


def test_the_graph_is_text_or_a_drawing(study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("graph") == 0
    text = capsys.readouterr().out
    assert "together  [python:v2, analysis]  ← ages, sexes" in text
    assert "moderately  output/letters/*.txt" in text
    assert cli("graph", study / "project.yaml", "--output", "study.svg") == 0
    drawing = ElementTree.parse(study / "study.svg").getroot()
    words = {node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"people", "ages", "sexes", "letters", "together", "last"} <= words
    titles = {node.text for node in drawing.iter("{http://www.w3.org/2000/svg}title")}
    assert {"people → ages", "sexes → together", "letters → last"} <= titles
    assert cli("graph", "--output", "study.pdf") == 2


def test_why_tells_what_outputs_were_made_from(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("run", "ages") == 0
    capsys.readouterr()
    assert cli("why", "ages") == 0
    printed = capsys.readouterr().out
    assert "ages: keep" in printed
    for part in (
        "analysis/count.py",
        "analysis/shared.py",
        "output/people.csv sha256:",
        "environment python:v2",
    ):
        assert part in printed
    assert "letters.py" not in printed
    assert "needed by together" in printed
    assert cli("why", "ages", "--json") == 0
    made_from = json.loads(capsys.readouterr().out)["made_from"]
    assert set(made_from["code"]) == {"analysis/count.py", "analysis/shared.py"}
    assert cli("why", "run_all") == 1
    assert cli("why", "agse") == 1


def test_actions_share_the_processors_that_they_may_use(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    """No more at once than processors, each told of its share; what the state says is not said twice."""
    look = "import os; print('threads', os.environ['OMP_NUM_THREADS']); open('{0}.txt', 'w').write('x')"
    action = '  {0}:\n    run: python:v2 -c "{1}"\n    outputs: {{moderately_sensitive: {{x: {0}.txt}}}}\n'
    lines = [action.format(name, look.format(name)) for name in ("one", "two")]
    (study / "project.yaml").write_text("version: '5.0'\nactions:\n" + "".join(lines))
    assert cli("run", "run_all", "--cores", "1", "--jobs", "2") == 0
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[:2] for line in said[1:]] == [
        ["running", "one"],
        ["succeeded", "one"],
        ["running", "two"],
        ["succeeded", "two"],
    ]
    assert not any(": " in line for line in said[1:])
    assert cli("run", "one", "--cores", "6", "--jobs", "2", "--force") == 0
    assert "threads 3" in (study / "metadata/one.log").read_text()


def test_a_definition_is_read_in_a_jail_of_its_own_also_without_a_database(study: Path, cli: Cli) -> None:
    """A laptop does what a data centre does, and the log has nothing to warn of."""
    lines = [
        "from ehrql import create_dataset",
        "from ehrql.tables.core import patients",
        "dataset = create_dataset()",
        "dataset.define_population(patients.exists_for_patient())",
        "dataset.configure_dummy_data(population_size=5)",
    ]
    definition = "\n".join(lines)
    (study / "analysis/definition.py").write_text(definition)
    (study / "project.yaml").write_text(
        "version: '5.0'\nactions:\n  rows:\n    run: ehrql:v1 generate-dataset analysis/definition.py --output a.csv\n"
        "    outputs: {highly_sensitive: {rows: a.csv}}\n"
    )
    assert cli("run", "rows") == 0
    assert "isolation" not in (study / "metadata/rows.log").read_text()
