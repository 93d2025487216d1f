"""A verdict stands between a study and columns that cannot be relied on; two verdicts say what drifted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.cli import run as armslength
from armslength.cli.ehrql import run as ehrql
from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database
from armslength.query.conformance.drift import drift
from armslength.query.conformance.verdict import Status, Verdict, read_verdict
from armslength.runner.configuration import read_configuration

Checker = Callable[..., Verdict]
DEFINITION = """
from ehrql import create_dataset
from ehrql.tables.core import patients, medications
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.{name} = {expression}
"""
SEX_IS_WRONG = "UPDATE patients SET sex = 'x' WHERE patient_id < 100"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    folder = tmp_path / "study"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def write(name: str, expression: str) -> Path:
        path = folder / "dataset_definition.py"
        path.write_text(DEFINITION.format(name=name, expression=expression))
        return path

    return write


@pytest.fixture
def broken(database: Callable[..., Database]) -> Database:
    return database(SEX_IS_WRONG)


def written(verdict: Verdict, tmp_path: Path, name: str = "verdict.json") -> Path:
    path = tmp_path / name
    path.write_text(verdict.model_dump_json())
    return path


def ask(definition: Path, database: Database, *more: str) -> int:
    return ehrql(["generate-dataset", definition.name, "--dsn", database.dsn, "--output", "out.csv", *more])


def test_a_study_that_uses_a_failing_column_is_refused_with_the_reason(
    verdict_on: Checker,
    broken: Database,
    study: Callable[[str, str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = written(verdict_on(SEX_IS_WRONG), tmp_path)
    assert ask(study("sex", "patients.sex"), broken, "--conformance", str(path)) != 0
    told = capsys.readouterr().err
    assert "Q294" in told and "core.patients.sex" in told and "female" in told
    assert not Path("out.csv").exists()


def test_a_study_that_uses_other_columns_is_answered(
    verdict_on: Checker, broken: Database, study: Callable[[str, str], Path], tmp_path: Path
) -> None:
    path = written(verdict_on(SEX_IS_WRONG), tmp_path)
    assert ask(study("born", "patients.date_of_birth"), broken, "--conformance", str(path)) == 0


def test_a_failing_table_fails_all_its_columns(
    verdict_on: Checker, database: Callable[..., Database], study: Callable[[str, str], Path], tmp_path: Path
) -> None:
    orphans = "UPDATE medications SET patient_id = 999 + patient_id WHERE patient_id < 50"
    path = written(verdict_on(orphans), tmp_path)
    definition = study("treated", "medications.exists_for_patient()")
    assert ask(definition, database(orphans), "--conformance", str(path)) != 0


def test_whoever_runs_the_database_decides_and_a_study_cannot_choose_a_kinder_verdict(
    verdict_on: Checker,
    broken: Database,
    study: Callable[[str, str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    strict = written(verdict_on(SEX_IS_WRONG), tmp_path)
    kind = written(verdict_on(), tmp_path, "kind.json")
    monkeypatch.setenv("ARMSLENGTH_CONFORMANCE", str(strict))
    definition = study("sex", "patients.sex")
    assert ask(definition, broken, "--conformance", str(kind)) != 0
    monkeypatch.setenv("ARMSLENGTH_CONFORMANCE_RULE", "warn")
    assert ask(definition, broken) == 0
    assert "core.patients.sex" in capsys.readouterr().err
    monkeypatch.setenv("ARMSLENGTH_CONFORMANCE", str(tmp_path / "missing.json"))
    assert ask(definition, broken) != 0


def test_a_verdict_on_another_backend_is_no_verdict(
    verdict_on: Checker,
    broken: Database,
    study: Callable[[str, str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = verdict_on().model_copy(update={"backend": "tpp"})
    assert ask(study("sex", "patients.sex"), broken, "--conformance", str(written(other, tmp_path))) != 0
    assert "Q291" in capsys.readouterr().err


def configuration(folder: Path, database: str) -> Path:
    path = folder / "runner.toml"
    path.write_text(
        '[runner]\nstate = "state"\nhigh_privacy = "high"\nmedium_privacy = "medium"\npolicy = "policy.toml"\n'
        f'[server]\ntoken_file = "token"\n[database]\nfolder = "store"\n{database}'
    )
    return path


def test_the_runner_hands_a_verdict_in_the_database_folder_to_queries(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    named = configuration(tmp_path, 'conformance = "verdict.json"\nconformance_rule = "warn"\n')
    with pytest.raises(Mistake, match="no verdict"):
        read_configuration(named)
    (store / "verdict.json").write_text("{}")
    variables = read_configuration(named).database_variables
    assert variables["ARMSLENGTH_CONFORMANCE"] == "/database/verdict.json"
    assert variables["ARMSLENGTH_CONFORMANCE_RULE"] == "warn"
    for wrong in ('conformance = "../token"\n', 'conformance_rule = "perhaps"\n'):
        with pytest.raises(Mistake, match="R001"):
            read_configuration(configuration(tmp_path, wrong))


def test_a_verdict_that_is_none_is_refused(tmp_path: Path) -> None:
    for text in ("", "{}", '{"format": "armslength.conformance", "version": 2}'):
        path = tmp_path / "verdict.json"
        path.write_text(text)
        with pytest.raises(Mistake) as told:
            read_verdict(path)
        assert told.value.code == "Q290"


DRIFTS = [
    ("DELETE FROM clinical_events WHERE numeric_value < 1500", "core.clinical_events", "fewer rows"),
    (
        "DELETE FROM clinical_events WHERE date > DATE '2025-01-01'",
        "core.clinical_events",
        "newest record is older",
    ),
    (
        "UPDATE clinical_events SET numeric_value = NULL WHERE numeric_value < 500",
        "core.clinical_events.numeric_value",
        "more is missing",
    ),
    ("UPDATE patients SET sex = 'intersex' WHERE patient_id < 50", "core.patients.sex", "`intersex` is new"),
    ("UPDATE patients SET sex = 'male'", "core.patients.sex", "`female` no longer occurs"),
    (
        "ALTER TABLE clinical_events ALTER numeric_value TYPE FLOAT",
        "core.clinical_events.numeric_value",
        "type changed",
    ),
    ("DROP TABLE medications", "core.medications", "not now"),
    (SEX_IS_WRONG, "core.patients.sex", "passed before, failed now"),
]


@pytest.mark.parametrize(("statement", "place", "words"), DRIFTS)
def test_drift_is_told(verdict_on: Checker, statement: str, place: str, words: str) -> None:
    found = drift(verdict_on(pictures=True), verdict_on(statement, pictures=True))
    assert [each for each in found if each.place == place and words in each.words]


def test_nothing_drifts_between_two_looks_at_the_same(verdict_on: Checker) -> None:
    assert drift(verdict_on(pictures=True), verdict_on(pictures=True)) == ()


def test_the_commands_from_check_to_comparison(
    database: Callable[..., Database], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, page = (str(tmp_path / name) for name in ("old.json", "new.json", "page.html"))
    day = ["--as-of", "2026-01-31"]
    check = ["contracts", "check", "--backend", "core", *day]
    assert armslength([*check, "--dsn", database().dsn, "--json", old, "--html", page]) == 0
    assert "<svg" in Path(page).read_text()
    moved = ["--dsn", database(SEX_IS_WRONG).dsn]
    assert armslength([*check, *moved, "--json", new, "--before", old]) == 1
    assert armslength([*check, *moved, "--fail-on", "never"]) == 0
    assert armslength([*check, *moved, "--table", "core.medications"]) == 0
    capsys.readouterr()
    assert armslength(["contracts", "compare", old, new, "--json"]) == 1
    changed = json.loads(capsys.readouterr().out)
    assert {each["table"] for each in changed} == {"core.patients"}
    assert any(
        each.status is Status.FAILED for each in read_verdict(Path(new)).checks if each.kind == "drift"
    )
    assert armslength(["contracts", "compare", old, old]) == 0
    for wrong in (["--allowed-age", "x"], ["--tolerate", "2"], ["--as-of", "never"], ["--store", "a"]):
        assert armslength([*check, *moved, *wrong]) == 2
