"""A study on a laptop: what runs, what is kept, and how `plan` and `why` say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from six_actions import Cli, one_action, replace_in, verdicts


def plan_of(cli: Cli, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    capsys.readouterr()
    assert cli("plan", *arguments) == 0
    return verdicts(capsys.readouterr().out)


def run_everything(cli: Cli) -> None:
    assert cli("run", "run_all", "--jobs", "2") == 0


def test_a_study_runs_and_everything_lies_where_it_is_declared(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    printed = capsys.readouterr().out
    assert (study / "output/last.md").read_text() == "a.txt b.txt c.txt\n"
    assert (study / "output/together.csv").read_text().startswith("value,count\n20,40\n")
    assert "wrote 200" in (study / "metadata/people.log").read_text()
    manifest = json.loads((study / "metadata/manifest.json").read_text())
    assert manifest["files"]["output/people.csv"]["level"] == "highly_sensitive"
    assert "highly_sensitive: 1 file" in printed
    assert "moderately_sensitive: 7 files" in printed
    assert "6 succeeded" in printed
    assert (study / ".armslength/.gitignore").read_text() == "*\n"
    assert not list((study / ".armslength/jobs").iterdir())
    assert not list((study / ".armslength/code-of-jobs").iterdir())
    # What a reviewer would be shown: nothing of level 3.
    shown = {path.name for path in (study / ".armslength/level4").rglob("*") if path.is_file()}
    assert "ages.csv" in shown
    assert "people.csv" not in shown


def test_nothing_runs_twice_when_nothing_changed(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    (study / "README.md").write_text("Another text, which no action opens.\n")
    (study / "analysis/new_idea.R").write_text("# not used yet\n")
    (study / "analysis/new_idea.R").unlink()
    assert set(plan_of(cli, capsys).values()) == {"keep"}
    run_everything(cli)
    assert "everything is done already" in capsys.readouterr().out


def test_a_changed_script_runs_its_action_and_perhaps_what_needs_it(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    replace_in(study / "analysis/letters.py", "write_text(letter)", "write_text(letter * 2)")
    assert plan_of(cli, capsys) == {
        "people": "keep", "ages": "keep", "sexes": "keep", "together": "keep", "letters": "run", "last": "perhaps",
    }  # fmt: skip
    assert cli("why", "letters") == 0
    assert "`analysis/letters.py` changed" in capsys.readouterr().out


def test_a_module_that_two_actions_import_counts_for_both_and_for_no_other(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    replace_in(study / "analysis/shared.py", "def write", "# as before\ndef write")
    planned = plan_of(cli, capsys)
    assert {action for action, verdict in planned.items() if verdict == "run"} == {"ages", "sexes"}
    assert planned["letters"] == planned["people"] == "keep"


def test_what_needs_an_action_is_not_run_when_that_gives_the_same(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    before = (study / "output/together.csv").stat().st_mtime_ns
    replace_in(study / "analysis/people.py", "print('wrote'", "print('it wrote'")
    capsys.readouterr()
    run_everything(cli)
    assert "1 succeeded, 5 kept" in capsys.readouterr().out
    assert (study / "output/together.csv").stat().st_mtime_ns == before


def test_a_changed_config_or_output_or_environment_runs_the_action(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    replace_in(study / "project.yaml", "letters: abc", "letters: ab")
    assert plan_of(cli, capsys, "letters") == {"letters": "run"}
    assert cli("run", "letters") == 0
    # The output that it no longer makes does not lie around.
    assert sorted(path.name for path in (study / "output/letters").iterdir()) == ["a.txt", "b.txt"]


def test_an_output_that_somebody_changed_or_removed_is_made_again(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    (study / "output/ages.csv").write_text("age,count\n20,1\n")
    (study / "output/sexes.csv").unlink()
    planned = plan_of(cli, capsys)
    assert (planned["ages"], planned["sexes"], planned["people"]) == ("run", "run", "keep")
    run_everything(cli)
    assert "20,40" in (study / "output/ages.csv").read_text()


def test_an_old_output_that_a_person_changed_is_left_alone(study: Path, cli: Cli) -> None:
    run_everything(cli)
    (study / "output/letters/c.txt").write_text("my own words")
    replace_in(study / "project.yaml", "letters: abc", "letters: ab")
    assert cli("run", "letters") == 0
    assert (study / "output/letters/c.txt").read_text() == "my own words"


def test_an_action_does_not_see_outputs_that_it_does_not_need(study: Path, cli: Cli) -> None:
    """What lies around here would not be there in the data centre."""
    run_everything(cli)
    one_action(
        study,
        "import os\nopen('output/a.csv', 'w').write('n\\n' + str(os.path.exists('output/people.csv')) + '\\n')",
        outputs="output/a.csv\n      highly_sensitive:\n        old: output/people*.csv",
    )
    assert cli("run", "one") == 1
    assert "output/people*.csv" in (study / "metadata/one.log").read_text()


def test_force_runs_everything_again(study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    run_everything(cli)
    assert set(plan_of(cli, capsys, "last", "--force").values()) == {"run"}


def test_plan_changes_nothing(study: Path, cli: Cli) -> None:
    before = sorted(study.rglob("*"))
    assert cli("plan") == 0
    assert cli("run", "last", "--plan") == 0
    assert cli("why", "last") == 0
    assert sorted(study.rglob("*")) == before


def test_events_and_the_report_are_json(study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("run", "letters", "--json") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["plan", "report"]
    assert {event["state"] for event in events[1:-1]} >= {"running", "succeeded"}
    assert events[-1]["complete"] is True
    assert {output["path"] for output in events[-1]["outputs"]} == {
        f"output/letters/{one}.txt" for one in "abc"
    }


def test_two_actions_run_at_the_same_time(study: Path, cli: Cli) -> None:
    for name in ("people", "letters"):
        (study / f"analysis/{name}.py").write_text(
            f"import time\ntime.sleep(4)\nopen('output/{name}.txt','w').write('x')\n"
        )
    (study / "project.yaml").write_text(
        "version: '5.0'\nactions:\n"
        + "".join(
            f"  {name}:\n    run: python:v2 python analysis/{name}.py\n"
            f"    outputs: {{moderately_sensitive: {{a: output/{name}.txt}}}}\n"
            for name in ("people", "letters")
        )
    )
    assert cli("run", "run_all", "--jobs", "2") == 0
    from armslength.runner.local.state import LocalStore

    store = LocalStore(study / ".armslength/jobs.sqlite3")
    jobs = [store.newest_success("study", name) for name in ("people", "letters")]
    store.close()
    facts = [job.facts for job in jobs if job]
    assert len(facts) == 2
    assert max(one["started_at"] for one in facts) < min(one["finished_at"] for one in facts)


def test_what_became_stale_is_told_after_a_run_of_something_else(
    study: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    run_everything(cli)
    replace_in(study / "analysis/letters.py", "write_text(letter)", "write_text(letter * 2)")
    capsys.readouterr()
    assert cli("run", "letters") == 0
    assert "stale: last: input `output/letters/a.txt` changed" in capsys.readouterr().out


def test_a_query_runs_on_people_who_never_lived(study: Path, cli: Cli) -> None:
    (study / "project.yaml").write_text(
        "version: '5.0'\nactions:\n  cohort:\n    run: >\n"
        "      ehrql:v1 generate-dataset analysis/cohort.py --output output/cohort.csv\n"
        "    outputs: {highly_sensitive: {cohort: output/cohort.csv}}\n"
    )
    (study / "analysis/cohort.py").write_text(
        "from ehrql import create_dataset\nfrom ehrql.tables.core import patients\n"
        "dataset = create_dataset()\ndataset.define_population(patients.sex == 'female')\n"
        "dataset.sex = patients.sex\ndataset.configure_dummy_data(population_size=12)\n"
    )
    assert cli("run", "cohort") == 0
    lines = (study / "output/cohort.csv").read_text().splitlines()
    assert lines[0] == "patient_id,sex"
    assert len(lines) == 13
    assert {line.split(",")[1] for line in lines[1:]} == {"female"}
