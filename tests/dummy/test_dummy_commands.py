"""The `ehrql` command without a database: inventions, tables to edit, ready-made answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.feather
import pytest

DEFINITION = """\
from ehrql import create_dataset, case, when
from ehrql.tables.core import clinical_events, patients
dataset = create_dataset()
dataset.configure_dummy_data(population_size=15)
events = clinical_events.where(clinical_events.snomedct_code == "123456789")
dataset.define_population((patients.age_on("2020-01-01") >= 40) & events.exists_for_patient())
dataset.sex = patients.sex
dataset.count = clinical_events.count_for_patient()
dataset.band = case(when(patients.age_on("2020-01-01") >= 65).then("old"), otherwise="middle")
"""
MEASURES = """\
from ehrql import INTERVAL, create_measures, months
from ehrql.tables.core import clinical_events, patients
measures = create_measures()
measures.configure_dummy_data(population_size=200)
seen = clinical_events.where(clinical_events.date.is_during(INTERVAL)).exists_for_patient()
measures.define_measure("seen", numerator=seen, denominator=patients.age_on(INTERVAL.start_date) >= 18,
    group_by={"sex": patients.sex}, intervals=months(3).starting_on("2022-01-01"))
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "d.py").write_text(DEFINITION)
    (folder / "m.py").write_text(MEASURES)
    return folder


def ehrql(study: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "ehrql", *arguments]
    done = subprocess.run(line, cwd=study, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == status, done.stderr
    return done


def test_without_a_database_patients_are_invented(study):
    done = ehrql(study, "generate-dataset", "d.py")
    lines = done.stdout.splitlines()
    assert lines[0] == "patient_id,sex,count,band"
    assert len(lines) == 16
    assert {line.rsplit(",", 1)[1] for line in lines[1:]} == {"old", "middle"}
    assert "no real data were used" in done.stderr
    assert ehrql(study, "generate-dataset", "d.py").stdout == done.stdout


def test_generated_tables_give_the_same_dataset_and_edits_are_kept(study):
    ehrql(study, "create-dummy-tables", "d.py", "tables")
    ehrql(study, "generate-dataset", "d.py", "--output", "one.csv")
    ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables", "--output", "two.csv")
    assert (study / "one.csv").read_bytes() == (study / "two.csv").read_bytes()
    events = study / "tables" / "clinical_events.csv"
    events.write_text(events.read_text() + "1,123456789\n" * 100)
    ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables", "--output", "two.csv")
    first = (study / "two.csv").read_text().splitlines()[1]
    assert int(first.split(",")[2]) > 100


def test_arrow_tables_are_written_and_read(study):
    ehrql(study, "create-dummy-tables", "d.py", "tables:arrow")
    assert sorted(path.name for path in (study / "tables").iterdir()) == [
        "clinical_events.arrow",
        "patients.arrow",
    ]
    assert len(ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables").stdout.splitlines()) == 16


def test_tables_are_printed_when_no_folder_is_named(study):
    printed = ehrql(study, "create-dummy-tables", "d.py").stdout
    assert "patients\npatient_id,date_of_birth,sex" in printed.replace("\r", "")


EDITS = {
    "date": ("1,1950-01-01,female", "1,1950-13-01,female", "row 1, column date_of_birth"),
    "category": ("1,1950-01-01,female", "1,1950-01-01,feline", "`feline` is not one of"),
    "patient": ("1,1950-01-01,female", ",1950-01-01,female", "row 1, column patient_id"),
    "width": ("1,1950-01-01,female", "1,1950-01-01", "has 2 cells where 3 are expected"),
    "twice": ("1,1950-01-01,female", "1,1950-01-01,female\n1,1950-01-01,male", "row 2, column patient_id"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_wrong_cell_is_told_with_file_row_and_column(study, edit):
    right, wrong, told = EDITS[edit]
    tables = study / "tables"
    tables.mkdir()
    (tables / "clinical_events.csv").write_text("patient_id,snomedct_code\n1,123456789\n")
    header = "patient_id,date_of_birth,sex\n"
    (tables / "patients.csv").write_text(header + right + "\n")
    assert "old" in ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables").stdout
    (tables / "patients.csv").write_text(header + wrong + "\n")
    done = ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables", status=11)
    assert told in done.stderr
    assert "tables/patients.csv" in done.stderr
    assert done.stdout == ""


def test_a_folder_without_a_table_of_the_query_is_refused(study):
    (study / "tables").mkdir()
    (study / "tables" / "patients.csv").write_text("patient_id\n")
    done = ehrql(study, "generate-dataset", "d.py", "--dummy-tables", "tables", status=11)
    assert "no file for table `clinical_events`" in done.stderr


def test_a_ready_made_answer_is_checked_and_converted(study):
    (study / "ready.csv").write_text("patient_id,band,count,sex\n7,old,3,male\n")
    ehrql(study, "generate-dataset", "d.py", "--dummy-data-file", "ready.csv", "--output", "out.arrow")
    table = pyarrow.feather.read_table(study / "out.arrow")
    assert table.to_pylist() == [{"patient_id": 7, "sex": "male", "count": 3, "band": "old"}]
    (study / "ready.csv").write_text("patient_id,band,count,sex\n7,ancient,3,male\n")
    done = ehrql(study, "generate-dataset", "d.py", "--dummy-data-file", "ready.csv", status=11)
    assert "ready.csv, row 1, column band" in done.stderr
    (study / "ready.csv").write_text("patient_id,count\n7,3\n")
    done = ehrql(study, "generate-dataset", "d.py", "--dummy-data-file", "ready.csv", status=11)
    assert "lacks `sex`, `band`" in done.stderr


def test_measures_are_invented_and_rounded(study):
    ehrql(study, "generate-measures", "m.py", "--output", "m.csv")
    rows = [line.split(",") for line in (study / "m.csv").read_text().splitlines()[1:]]
    assert {row[1] for row in rows} == {"2022-01-01", "2022-02-01", "2022-03-01"}
    assert all(int(row[4]) % 5 == 0 and int(row[5]) % 5 == 0 for row in rows)
    assert any(int(row[5]) > 0 for row in rows)


def test_ready_made_measures_are_rounded_too(study):
    header = "measure,interval_start,interval_end,ratio,numerator,denominator,sex\n"
    (study / "ready.csv").write_text(header + "seen,2022-01-01,2022-01-31,0.5,6,12,male\n")
    done = ehrql(study, "generate-measures", "m.py", "--dummy-data-file", "ready.csv")
    assert done.stdout.splitlines()[1] == "seen,2022-01-01,2022-01-31,0.0,0,10,male"


def test_a_wrong_suffix_is_refused_before_anything_is_invented(study):
    done = ehrql(study, "generate-dataset", "d.py", "--output", "x.txt", status=2)
    assert "error Q121" in done.stderr


OWN = """\
from datetime import date
from ehrql import create_dataset
from ehrql.tables import Constraint, EventFrame, Series, table
from ehrql.tables.core import patients
@table
class visits(EventFrame):
    day = Series(date)
    kind = Series(str, constraints=[Constraint.Categorical(["home", "clinic"]), Constraint.NotNull()])
dataset = create_dataset()
dataset.define_population(visits.exists_for_patient() & patients.exists_for_patient())
dataset.kind = visits.sort_by(visits.day).last_for_patient().kind
"""


def test_a_table_of_the_definitions_own_is_invented_read_and_checked(study):
    (study / "own.py").write_text(OWN)
    ehrql(study, "create-dummy-tables", "own.py", "tables")
    visits = study / "tables" / "visits.csv"
    assert visits.read_text().splitlines()[0] == "patient_id,day,kind"
    visits.write_text("patient_id,day,kind\n1,2020-01-01,home\n1,2021-01-01,clinic\n")
    done = ehrql(study, "generate-dataset", "own.py", "--dummy-tables", "tables")
    assert done.stdout.splitlines() == ["patient_id,kind", "1,clinic"]
    visits.write_text("patient_id,day,kind\n1,2020-01-01,moon\n")
    assert "moon" in ehrql(study, "generate-dataset", "own.py", "--dummy-tables", "tables", status=11).stderr


def test_a_table_of_the_definitions_own_is_refused_on_real_data(study):
    (study / "own.py").write_text(OWN)
    (study / "store").mkdir()
    done = ehrql(study, "generate-dataset", "own.py", "--dsn", "store", status=10)
    assert "Q129" in done.stderr and "visits" in done.stderr and "table_from_file" in done.stderr
