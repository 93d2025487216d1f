"""Actions of `sqlrunner` on a laptop: judged always, over a store only for a project that may, made up without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.cli import run as command

Cli = Callable[..., int]
PIPELINE = """
version: '5.0'
actions:
  people:
    run: sqlrunner:v1 --output output/people.csv --log-file output/people.json {more} analysis/people.sql
    outputs:
      highly_sensitive:
        rows: output/people.csv
        log: output/people.json
  count:
    run: python:v2 -c "n = len(open('output/people.csv').readlines()); open('output/n.csv', 'w').write(f'n\\n{{n}}\\n')"
    needs: [people]
    outputs:
      moderately_sensitive:
        table: output/n.csv
"""
POLICY = """
version = 1
backend = "here"

[server]
url = "https://jobs.example.org"
ledger_key = "{key}"

[limits]
memory_megabytes = 1000
minutes = 60
processes = 100
disk_megabytes = 1000
jobs_at_once = 2
"""
PROJECT = """
[projects.{slug}]
repositories = ["https://github.com/example/curation"]
branches = ["main"]
workspaces = ["curation"]
environments = ["sqlrunner:v1"]
data_permissions = {permissions}
approved_by = "Dana Okafor"
approved_on = 2020-01-01
expires_on = 2099-01-01
"""


@pytest.fixture
def write(study: Path) -> Callable[..., None]:
    """Write a study whose query is this."""

    def write_study(query: str, *, more: str = "") -> None:
        (study / "project.yaml").write_text(PIPELINE.format(more=more))
        (study / "analysis" / "people.sql").write_text(query)

    return write_study


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    projects = PROJECT.format(slug="curation", permissions='["sqlrunner"]')
    projects += PROJECT.format(slug="research", permissions="[]")
    path.write_text(POLICY.format(key="0" * 64) + projects)
    path.chmod(0o600)  # the jail is given a copy that it may read
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw-sql") / "store"
    assert command(["data", "sample", "--patients", "50", "--to", str(folder)]) == 0
    return folder


@pytest.fixture
def act(
    study: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What the action runs in its jail, run here: give the query and what surrounds it; returns what it says."""

    def run_action(query: str, *options: str, status: int = 1, **surroundings: object) -> str:
        for name, value in surroundings.items():
            monkeypatch.setenv(name, str(value))
        (study / "q.sql").write_text(query)
        assert cli("sql", "action", "q.sql", "--output", "out.csv", *options) == status
        assert (study / "out.csv").exists() is not bool(status)
        return capsys.readouterr().err

    return run_action


def test_without_a_database_it_writes_its_columns_and_one_empty_row(
    study: Path, cli: Cli, write: Callable[..., None]
) -> None:
    write("SELECT patient_id, sex AS s FROM patients")
    assert cli("run", "run_all") == 0
    assert (study / "output/people.csv").read_text() == "patient_id,s\n,\n"
    assert (study / "output/n.csv").read_text() == "n\n2\n"


def test_without_a_database_it_writes_the_rows_that_were_made_up(
    study: Path, act: Callable[..., str]
) -> None:
    (study / "dummy.csv").write_text("patient_id\n1\n2\n")
    act("SELECT * FROM patients", "--dummy-data-file", "dummy.csv", status=0)
    assert (study / "out.csv").read_text() == "patient_id\n1\n2\n"


def test_columns_that_nobody_can_tell_are_asked_for(act: Callable[..., str]) -> None:
    assert "Q416" in act("SELECT * FROM patients")


def test_people_who_opted_out_are_left_out_also_where_there_is_no_database(act: Callable[..., str]) -> None:
    assert "Q408" in act("SELECT Patient_ID FROM Patient", OPENSAFELY_BACKEND="tpp")


def test_nothing_reads_a_database_without_a_policy(act: Callable[..., str], store: Path) -> None:
    """Should a runner ever forget to say for whom: it fails closed."""
    assert "Q400" in act("SELECT patient_id FROM patients", DATABASE_URL=store)


def test_over_a_store_it_runs_for_a_project_that_may(
    study: Path, cli: Cli, write: Callable[..., None], store: Path, policy: Path
) -> None:
    write("SELECT patient_id, sex FROM patients ORDER BY patient_id")
    assert cli("run", "run_all", "--store", store, "--policy", policy, "--project", "curation") == 0
    rows = (study / "output/people.csv").read_text().splitlines()
    assert len(rows) == 51
    asked = json.loads((study / "output/people.json").read_text().splitlines()[0])
    assert (asked["project"], asked["approved_by"]) == ("curation", "Dana Okafor")


def test_what_it_was_judged_by_decides_whether_it_runs_again(
    study: Path,
    cli: Cli,
    write: Callable[..., None],
    store: Path,
    policy: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("SELECT patient_id FROM patients")
    asked = ("people", "--store", store, "--policy", policy, "--project", "curation")
    assert cli("run", *asked) == 0
    capsys.readouterr()
    assert cli("plan", *asked) == 0
    assert capsys.readouterr().out.startswith("keep")
    policy.write_text(policy.read_text().replace("Dana", "Dora"))
    assert cli("why", *asked) == 0
    assert "policy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), "R054", "nobody said for which project"),
        (
            ("--policy", "POLICY", "--project", "research"),
            "Q400",
            "does not have the data permission `sqlrunner`",
        ),
        (("--policy", "POLICY", "--project", "unknown"), "Q400", "is not approved"),
        (("--policy", "POLICY"), "R058", "for a project of a policy"),
        (("--project", "curation"), "R058", "for a project of a policy"),
    ],
)
def test_over_a_store_nothing_runs_for_anybody_else(
    study: Path,
    cli: Cli,
    write: Callable[..., None],
    store: Path,
    policy: Path,
    options: tuple[str, ...],
    code: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("SELECT patient_id FROM patients")
    given = [policy if one == "POLICY" else one for one in options]
    assert cli("run", "people", "--store", store, *given) in (1, 2)
    said = capsys.readouterr().err
    assert code in said and words in said
    assert not (study / "output").exists()


@pytest.mark.parametrize("option", ["--policy", "--project", "--dsn", "--store", "--backend"])
def test_a_study_cannot_say_for_whom_it_is_judged_or_where_it_reads(
    act: Callable[..., str], option: str
) -> None:
    assert "No such option" in act("SELECT patient_id FROM patients", option, "x", status=2)


def test_the_policy_is_no_query(
    cli: Cli, study: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in SQL is shown with the text around it, and a log may be looked at."""
    assert cli("sql", "action", policy, "--output", "out.csv") == 2
    said = capsys.readouterr().err
    assert "Q415" in said and "research" not in said
