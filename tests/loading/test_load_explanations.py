"""A mistake in a definition is told in the study's own lines, with the likely repair."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.query.loading.load import load

START = """\
from ehrql import create_dataset, codelist_from_csv
from ehrql.tables.core import patients, clinical_events
dataset = create_dataset()
"""


@pytest.fixture(autouse=True)
def in_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "analysis").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mistake_of(program: str, *, start: str = START) -> Mistake:
    definition = Path("analysis/dataset_definition.py")
    definition.write_text(start + textwrap.dedent(program))
    with pytest.raises(Mistake) as told:
        load(definition, say=lambda text: None).require_dataset()
    return told.value


CASES: dict[str, tuple[str, str, str, str]] = {
    # what the author wrote: (program, part of what is said, marked place, part of the hint)
    "a misspelt column": (
        "dataset.define_population(patients.date_of_brith > '2000-01-01')",
        "no attribute `date_of_brith`",
        "analysis/dataset_definition.py:4",
        "did you mean `date_of_birth`?",
    ),
    "a misspelt table": (
        "dataset.x = pateints.sex",
        "name 'pateints' is not defined",
        "analysis/dataset_definition.py:4",
        "did you mean `patients`?",
    ),
    "a forgotten import": (
        "dataset.x = days(3)",
        "name 'days' is not defined",
        "analysis/dataset_definition.py:4",
        "add `from ehrql import days`",
    ),
    "a misspelt import": (
        "from ehrql import create_datset",
        "cannot import name 'create_datset'",
        "analysis/dataset_definition.py:4",
        "did you mean `create_dataset`?",
    ),
    "a bracket left open": (
        "dataset.define_population(\n    patients.exists_for_patient()\ndataset.sex = patients.sex\n",
        "'(' was never closed",
        "analysis/dataset_definition.py:4",
        "closing bracket",
    ),
    "a comma forgotten": (
        "codes = [1 2]",
        "Perhaps you forgot a comma",
        "analysis/dataset_definition.py:4",
        "put a comma",
    ),
    "a crooked indentation": (
        "x = 1\n  y = 2",
        "unexpected indent",
        "analysis/dataset_definition.py:5",
        "spaces",
    ),
    "no parentheses around comparisons": (
        "dataset.define_population(patients.sex == 'female' & patients.date_of_birth.is_not_null())",
        "TypeError",
        "analysis/dataset_definition.py:4",
        "",
    ),
    "a missing file": (
        "codes = open('analysis/codes.csv')",
        "No such file",
        "analysis/dataset_definition.py:4",
        "there is `analysis/codez.csv`",
    ),
    "a package that is not there": (
        "import tensorflow_probability",
        "No module named 'tensorflow_probability'",
        "analysis/dataset_definition.py:4",
        "installed here",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_it_is_told_where_and_what_to_do(case: str) -> None:
    program, said, where, hint = CASES[case]
    Path("analysis/codez.csv").write_text("code\n1\n")
    mistake = mistake_of(program)
    assert said in mistake.what
    assert mistake.where is not None and mistake.where.startswith(where)
    assert hint in (mistake.hint or "")
    assert mistake.exit_status == 10


@pytest.mark.parametrize("case", list(CASES))
def test_no_line_of_ours_is_shown(case: str) -> None:
    text = str(mistake_of(CASES[case][0]))
    for inner in ("Traceback", "armslength/", "site-packages", "runpy", "<frozen", "_node"):
        assert inner not in text


def test_and_between_conditions_is_explained() -> None:
    mistake = mistake_of(
        "dataset.define_population(patients.exists_for_patient() and patients.sex.is_not_null())"
    )
    assert "TypeError" in mistake.what
    assert "&" in f"{mistake.what} {mistake.hint}"


def test_a_method_without_its_brackets_is_explained() -> None:
    mistake = mistake_of("dataset.define_population(patients.exists_for_patient)")
    assert "()" in f"{mistake.what} {mistake.hint}"


def test_the_part_of_the_line_is_marked() -> None:
    mistake = mistake_of("dataset.sex = patients.sx")
    _, _, line, marks = (mistake.where or "").split("\n")
    assert line.endswith("dataset.sex = patients.sx")
    assert line[marks.index("^") : marks.rindex("^") + 1] == "patients.sx"


def test_a_helper_file_is_shown_with_who_called_it() -> None:
    Path("analysis/helper.py").write_text("def broken(x):\n    return x.nothing\n")
    mistake = mistake_of("from helper import broken\ndataset.x = broken(patients)")
    assert (mistake.where or "").startswith("analysis/helper.py:2")
    assert "called from analysis/dataset_definition.py:5:  dataset.x = broken(patients)" in (
        mistake.where or ""
    )


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("", "has no population"),
        ("dataset = 3", "is a int, not what `create_dataset()` makes"),
        ("del dataset", "no variable called `dataset`"),
    ],
)
def test_what_is_missing_is_named(program: str, said: str) -> None:
    mistake = mistake_of(program)
    assert mistake.code == "Q004" and said in mistake.what and "create_dataset" in (mistake.hint or "")


def test_parameters_arrive_and_a_missing_one_is_told() -> None:
    program = START + (
        "from ehrql import get_parameter\n"
        "dataset.define_population(patients.date_of_birth > get_parameter('since'))\n"
    )
    Path("d.py").write_text(program)
    assert load(Path("d.py"), parameters=["--since", "2000-01-01"]).dataset is not None
    with pytest.raises(Mistake, match="-- --since"):
        load(Path("d.py"))


def test_a_parameter_of_the_wrong_kind_ends_with_the_usage_status() -> None:
    Path("d.py").write_text("from ehrql import get_parameter\nget_parameter('year', type=int)\n")
    heard: list[str] = []
    with pytest.raises(Mistake) as told:
        load(Path("d.py"), parameters=["--year", "x"], say=heard.append)
    assert told.value.exit_status == 2 and "invalid int value" in "".join(heard)


def test_claimed_permissions_and_wishes_for_dummy_data_come_along() -> None:
    Path("d.py").write_text(
        START + "from ehrql import claim_permissions\nclaim_permissions('waiting_list')\n"
        "dataset.define_population(patients.exists_for_patient())\n"
        "dataset.configure_dummy_data(population_size=5, additional_population_constraint=patients.sex == 'male')\n"
    )
    loaded = load(Path("d.py"))
    assert loaded.claimed_permissions == ("waiting_list",)
    assert loaded.dummy_data_of("dataset")["population_size"] == 5
    assert type(loaded.dummy_data_of("dataset")["additional_population_constraint"]).__name__ == "EQ"


def test_measures_are_loaded_and_a_broken_dataset_beside_them_does_not_matter() -> None:
    Path("m.py").write_text(
        START + "from ehrql import create_measures, months, INTERVAL\n"
        "measures = create_measures()\n"
        "measures.define_measure('any', numerator=clinical_events.where(\n"
        "    clinical_events.date.is_during(INTERVAL)).exists_for_patient(),\n"
        "    denominator=patients.exists_for_patient(), intervals=months(2).starting_on('2020-01-01'))\n"
    )
    loaded = load(Path("m.py"))
    assert [measure.name for measure in loaded.require_measures().measures] == ["any"]
    assert "no population" in loaded.problems["dataset"]


@pytest.mark.parametrize("name", ["nothing.py", "folder", "notes.txt"])
def test_a_path_that_is_no_definition_is_a_usage_mistake(name: str) -> None:
    Path("folder").mkdir()
    Path("notes.txt").write_text("")
    with pytest.raises(Mistake) as told:
        load(Path(name))
    assert told.value.code == "Q009" and told.value.exit_status == 2


def test_the_home_folder_is_no_study(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Path("d.py").write_text(START)
    with pytest.raises(Mistake, match="more than a study"):
        load(Path("d.py"))


def test_the_same_definition_gives_the_same_query() -> None:
    Path("d.py").write_text(
        START + "dataset.define_population(patients.sex.is_in(['male', 'female', 'unknown']))\n"
    )
    assert load(Path("d.py")).dataset is load(Path("d.py")).dataset
