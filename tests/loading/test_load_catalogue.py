"""Every class of mistake in a definition: its code, its exit status, its words, its place, and no line of ours."""

from __future__ import annotations

import linecache
import re
import subprocess
import sys
from pathlib import Path

import pytest
from definition_mistakes import FILES, MISTAKES, PARAMETERS, START

from armslength.kernel.errors import Mistake
from armslength.query.loading import child
from armslength.query.loading.catalogue import CATALOGUE
from armslength.query.loading.load import _told, load
from armslength.query.loading.repairs import repaired

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors" / "query.md"
PROGRAMS = [(code, program) for code, programs in MISTAKES.items() for program in programs]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return folder


def mistake_in(program: str, study: Path) -> Mistake:
    """The mistake of a definition, made by the code that runs inside the jail."""
    definition = study / "definition.py"
    definition.write_text(f"{START}{program}\n")
    linecache.clearcache()
    answer, _ = child._answer(definition, (study,), list(PARAMETERS))
    kind, _, content = answer.partition(b"\n")
    assert kind == b"mistake", program
    return _told(content, Path("definition.py"))


@pytest.mark.parametrize("code", list(MISTAKES))
def test_the_words_are_as_they_were_approved(code, study, golden):
    texts = [f"{program}\n\n{mistake_in(program, study)}\n" for program in MISTAKES[code]]
    golden(f"{code}.txt", f"\n{'-' * 100}\n".join(texts))


@pytest.mark.parametrize(("code", "program"), PROGRAMS)
def test_each_mistake_is_told_by_its_code_in_the_authors_own_lines(code, program, study):
    mistake = mistake_in(program, study)
    text = str(mistake)
    assert mistake.code == code
    assert mistake.exit_status == (11 if code == "Q230" else 10)
    assert re.match(r"definition\.py:\d+\n", mistake.where or "")
    assert program.splitlines()[0] in text or program.splitlines()[-1] in text
    for inner in (
        "Traceback",
        "armslength",
        "site-packages",
        "_node",
        "frozenset(",
        "Signature",
        "ModelError",
    ):
        assert inner not in text
    assert len(text) < 1200, "a mistake fits on a screen"


def test_every_class_has_a_code_a_program_and_a_page():
    codes = {each.code for each in CATALOGUE}
    assert codes == set(MISTAKES)
    assert len(codes) == 32
    pages = set(re.findall(r"^## (Q2[0-3]\d)", PAGE.read_text(), re.MULTILINE))
    assert pages == codes


def test_what_the_jail_says_is_the_same(study, capsys):
    (study / "definition.py").write_text(f"{START}{MISTAKES['Q201'][0]}\n")
    with pytest.raises(Mistake) as told:
        load(Path("definition.py"))
    assert told.value.code == "Q201"
    assert "hint: write `dataset.define_population((age > 18) & (patients.sex == 'female'))`" in str(
        told.value
    )


@pytest.mark.parametrize(
    ("line", "better"),
    [
        ("x = a and b or c", "x = a & b | c"),
        ("x = a < 1 & b < 2 & c < 3", "x = (a < 1) & (b < 2) & (c < 3)"),
        ("x = a == 1 | b", "x = (a == 1) | b"),
        ("x = not a", "x = ~a"),
        ("x = a & b", None),
        ("if a:", None),
        ("(a and", None),
    ],
)
def test_conditions_are_repaired(line, better):
    assert repaired(line) == better


def test_study_code_can_catch_errors_by_their_names():
    program = """
from ehrql import Error, create_dataset
from ehrql.exceptions import *
from ehrql.codes import CodelistError
assert issubclass(CodelistError, ValueError)
for name in ("Error", "ParameterError", "DummyDataException", "EHRQLUserException"):
    assert issubclass(globals()[name], EHRQLException), name
assert issubclass(CannotGenerate, DummyDataException)
for name in ("DefinitionError", "AssuranceTestError", "FileValidationError", "EHRQLPermissionError", "MeasuresTimeout"):
    assert issubclass(globals()[name], EHRQLUserException), name
try:
    create_dataset().define_population(abs)
except TypeError as error:
    assert "brackets missing" in str(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
