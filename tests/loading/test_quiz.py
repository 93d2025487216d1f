"""The questions of a tutorial tell what first differs from the expected answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from ehrql import create_dataset, quiz
from ehrql.tables.core import clinical_events, patients

from armslength.query.loading.quiz import Result

EVENTS = """\
patient_id,date,snomedct_code,numeric_value
1,2020-01-01,111111111,1.5
1,2021-01-01,222222222,
2,2020-05-05,111111111,3
"""
PEOPLE = """\
patient_id,date_of_birth,sex,date_of_death
1,1950-01-01,female,
2,1980-02-01,male,
3,2001-03-01,male,2020-01-01
"""


@pytest.fixture
def question(tmp_path: Path):
    (tmp_path / "clinical_events.csv").write_text(EVENTS)
    (tmp_path / "patients.csv").write_text(PEOPLE)
    questions = quiz.Questions()
    questions.set_dummy_tables_path(tmp_path)
    questions[1] = quiz.Question("What is asked?")
    return questions[1]


def dataset_of(population=None, **variables):
    dataset = create_dataset()
    if population is not None:
        dataset.define_population(population)
    for name, series in variables.items():
        dataset.add_column(name, series)
    return dataset


MALE = patients.sex == "male"
COUNT = clinical_events.count_for_patient()
OF_ONE_KIND = clinical_events.where(clinical_events.snomedct_code == "111111111")
CASES = {
    "kind": (
        clinical_events,
        patients,
        "Expected a table with one row per patient, got a table with many rows",
    ),
    "type": (
        COUNT,
        patients.sex,
        "Expected a series of type str with one value per patient, got a series of type int",
    ),
    "call": (clinical_events.exists_for_patient, COUNT, "a method that was not called: missing `()`"),
    "plain value": ("male", patients.sex, "got a value of type str"),
    "empty": (create_dataset(), dataset_of(MALE, sex=patients.sex), "The dataset is empty."),
    "missing column": (dataset_of(MALE), dataset_of(MALE, sex=patients.sex), "Missing column(s): sex."),
    "extra column": (dataset_of(MALE, sex=patients.sex), dataset_of(MALE), "Extra column(s): sex."),
    "missing patient": (dataset_of(MALE & (COUNT == 0)), dataset_of(MALE), "Missing patient(s): 2."),
    "extra patient": (dataset_of(patients.exists_for_patient()), dataset_of(MALE), "Extra patient(s): 1."),
    "value": (
        dataset_of(MALE, born=patients.date_of_birth.year + 1),
        dataset_of(MALE, born=patients.date_of_birth.year),
        "Incorrect `born` of patient 2: expected 1980, got 1981 instead.",
    ),
    "missing row": (OF_ONE_KIND, clinical_events, "Missing row(s) of patient 1: 1."),
    "extra row": (
        clinical_events.date,
        clinical_events.where(clinical_events.numeric_value > 2).date,
        "Extra",
    ),
    "default": (
        clinical_events.numeric_value.count_distinct_for_patient() > 0,
        (clinical_events.numeric_value.sum_for_patient() > 0),
        "Incorrect value for patients without records: expected nothing, got False instead.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_difference_is_told(question, capsys, case):
    answer, question.expected, told = CASES[case]
    assert told in question.check(answer)
    assert question.result is Result.INCORRECT
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "thing",
    [
        patients,
        clinical_events,
        OF_ONE_KIND.date,
        COUNT,
        clinical_events.sort_by(clinical_events.date).last_for_patient(),
        dataset_of(MALE, count=COUNT),
    ],
)
def test_the_right_answer_is_correct(question, thing):
    question.expected = thing
    assert question.check(thing) == "Correct!"


def test_another_way_to_the_same_is_correct_for_those_in_no_table_too(question):
    question.expected = COUNT > 0
    assert question.check(clinical_events.exists_for_patient()) == "Correct!"


def test_a_summary_counts_right_wrong_and_unanswered(tmp_path, capsys):
    questions = quiz.Questions()
    for number, answer in enumerate((COUNT, COUNT + 1, ...)):
        questions[number] = quiz.Question("?")
        questions[number].expected = COUNT
        questions[number].check(answer) if answer is not ... else questions[number].check()
    questions.summarise()
    assert "Correct: 1\nIncorrect: 1\nNot answered: 1" in capsys.readouterr().err


def test_a_hint_is_followed_by_advice(capsys):
    quiz.Question("?", hint_text="Think of `sort_by`.").hint()
    assert capsys.readouterr().err.startswith("Think of `sort_by`.\n`show(…)` prints")


def test_a_question_alone_is_asked_of_the_example_data(capsys):
    question = quiz.Question("?")
    question.expected = patients.sex
    assert question.check(patients.sex) == "Correct!"
    assert capsys.readouterr().err == "Question\nCorrect!\n\n"
