"""Slips that Python explains in its own terms are answered in those of the language."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path

import pytest
from definition_mistakes import START

from armslength.query.loading import child
from armslength.query.loading.load import _told
from armslength.query.loading.slips import SLIPS, slip_in

PROGRAMS = (
    "dataset.x = patients.age_on(2020)",
    "dataset.x = patients.date_of_birth + 5",
    "dataset.x = (patients.date_of_death - patients.date_of_birth) > 5",
    "dataset.x = patients.sex.is_in('male', 'female')",
    "rows = clinical_events.where(clinical_events.snomedct_code.is_in([123456789]))",
    "dataset.x = maximum_of([patients.date_of_birth, patients.date_of_death])",
    "dataset.x = len(clinical_events)",
    "dataset.x = clinical_events['date']",
    "for row in clinical_events: pass",
    "dataset.x = int(age)",
    "dataset.x = round(tests.result.mean_for_patient(), 1)",
    "dataset.x = clinical_events.first_for_patient().date",
    "rows = clinical_events.where(clinical_events.snomedct_code.contains('123'))",
    "dataset.x = patients.sex.upper()",
    "dataset.configure_dummy_data(1000)",
    "dataset.define_measure('a')",
    "from ehrql.tables.tpp import hospital_admissions",
    "from ehrql.tables import patients",
    "dataset.x = apcs.exists_for_patient()",
    "rows = clinical_events.where(date > '2020-01-01')",
    "before = datetime.date(2020, 1, 1) - timedelta(days=3)",
    "import cohortextractor",
    "dataset.x = when(patients.sex).then(1).otherwise(0)",
    "dataset.x = tests.result.max_for_patient()",
    "dataset['age'] = age",
    "dataset[f'age_{1}'] = age",
    "sexes = ['male']\ndataset.x = patients.sex in sexes",
    "dataset.x = patients.sex in ['male']",
    "dataset.x = 1 if patients.sex == 'male' else 2",
    "dataset.x = max(patients.date_of_birth, patients.date_of_death)",
    "codelist_from_csv('latin.csv', column='code')",
    "codelist_from_csv('tabs.csv', column='code')",
    "import calendar\ndataset.x = calendar.month_name[1]",
    "dataset.x = clinical_events.filter(clinical_events.date > '2020-01-01').count()",
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def test_the_words_are_as_they_were_approved(study: Path, golden, monkeypatch) -> None:
    (study / "latin.csv").write_bytes("code\ncafé\n".encode("latin-1"))
    (study / "tabs.csv").write_text("code\tterm\n1\tx\n")
    (study / "calendar.py").write_text("# a table of months\n")
    monkeypatch.delitem(sys.modules, "calendar")
    texts = []
    for program in PROGRAMS:
        definition = study / "definition.py"
        definition.write_text(f"{START}{program}\n")
        linecache.clearcache()
        answer, _ = child._answer(definition, (study,), [])
        mistake = _told(answer.partition(b"\n")[2], Path("definition.py"))
        assert mistake.hint, program
        texts.append(f"{program}\n\n{mistake}\n")
    golden("slips.txt", f"\n{'-' * 100}\n".join(texts))


def test_other_errors_are_left_to_other_rules() -> None:
    assert slip_in("'int' object is not iterable", "for x in 3: pass") is None
    assert slip_in("'dict' object is not subscriptable", "x['a']") is None


def test_every_slip_is_met_by_a_program(study: Path, golden) -> None:
    told = (Path(__file__).parent / "golden" / "slips.txt").read_text()
    for slip in SLIPS:
        beginning = slip.fix.partition("{")[0].replace("{{", "{")[:40]
        assert beginning in told, slip.fix
