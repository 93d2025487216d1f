"""CSV and Parquet files become a store; what a spreadsheet has changed is refused with its file and line."""

from __future__ import annotations

import gzip
import json
import random
from contextlib import suppress
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armslength.cli import run
from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.formats.store import read_store, verify_store
from armslength.query.model.codes import CTV3Code, ICD10Code, SNOMEDCTCode
from armslength.query.stores import files as importing
from armslength.query.stores.code_cells import why_not_code
from armslength.query.stores.files import import_files
from armslength.query.stores.omop_cells import Refusal

PATIENTS = "patient_id,date_of_birth,sex,date_of_death\n1,1960-01-01,female,\n2,1970-02-01,male,2020-05-05\n"
EVENTS = "patient_id,date,snomedct_code,numeric_value\n1,2020-01-02,44054006,\n2,2020-01-03,60621009,27.5\n"


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder; their names may hold slashes."""

    def write(files):
        for name, content in {"patients.csv": PATIENTS, **files}.items():
            path = tmp_path / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "files"

    return write


def rows(store, table):
    return [row for file in read_store(store).files_of(table) for row in pq.read_table(file).to_pylist()]


def refused(path, to, code, **options):
    with pytest.raises(Mistake) as caught:
        import_files(path, kind="csv", to=to, **options)
    assert caught.value.code == code
    return caught.value


def test_files_become_a_store_that_answers_questions(folder, tmp_path):
    more = EVENTS.replace("44054006", "73211009")
    path = folder(
        {
            "clinical_events/january.csv": EVENTS,
            "clinical_events/february.csv.gz": gzip.compress(more.encode()),
        }
    )
    store, report = import_files(path, kind="csv", to=tmp_path / "store")
    verify_store(store.path)
    assert report.rows_refused == 0 and store.table("clinical_events").rows == 4
    assert store.table("clinical_events").sorted_by == ("snomedct_code", "patient_id", "date")
    codes = [row["snomedct_code"] for row in rows(store.path, "clinical_events")]
    assert codes == sorted(codes) == ["44054006", "60621009", "60621009", "73211009"]
    assert rows(store.path, "patients")[0]["date_of_birth"] == date(1960, 1, 1)
    assert set(report.absent_tables) == {"medications", "ons_deaths", "practice_registrations", "addresses"}


MANGLED = {
    "1.2E+17": Refusal.MANGLED,
    "4.4054E7": Refusal.MANGLED,
    "44054006.0": Refusal.MANGLED,
    "2-Mar": Refusal.BECAME_A_DATE,
    "03/02/2020": Refusal.BECAME_A_DATE,
    "999000771000000000": Refusal.ROUNDED,
    "diabetes": Refusal.NOT_A_CODE,
    "044054006": Refusal.NOT_A_CODE,
}


@pytest.mark.parametrize("code", MANGLED)
def test_a_code_that_a_spreadsheet_changed_is_refused_with_file_and_line(code, folder, tmp_path):
    events = EVENTS + f"1,2020-01-05,{code},\n1,2020-01-06,44054006,\n"
    path = folder({"clinical_events/january.csv": events})
    store, report = import_files(path, kind="csv", to=tmp_path / "store")
    (entry,) = next(each for each in report.tables if each.table == "clinical_events").refusals
    assert (entry.file, entry.lines, entry.column) == ("clinical_events/january.csv", [4], "snomedct_code")
    assert entry.reason == MANGLED[code] and store.table("clinical_events").rows == 3
    assert code not in report.as_json()


def test_lost_zeros_are_told_from_other_nonsense():
    assert why_not_code("7L1", CTV3Code) is Refusal.NOT_A_CODE
    assert why_not_code("1234", CTV3Code) is Refusal.ZEROS_LOST
    assert why_not_code("A01X", ICD10Code) is None
    assert (
        why_not_code("999000771000000100", SNOMEDCTCode) is None
    )  # zeros, but not from the sixteenth digit on


def test_parquet_is_held_to_the_same_rules(tmp_path):
    path = tmp_path / "files"
    path.mkdir()
    patients = pa.table(
        {
            "PATIENT_ID": pa.array([1, 2, 3], pa.int32()),
            "date_of_birth": [date(1960, 1, 1)] * 3,
            "sex": ["female"] * 3,
        }
    )
    pq.write_table(patients, path / "patients.parquet")
    codes = pa.array([44054006.0, 1.2e17, None])
    events = pa.table(
        {
            "patient_id": [1, 2, 9],
            "snomedct_code": codes,
            "numeric_value": pa.array([0.1, 2.0, None], pa.float32()),
        }
    )
    pq.write_table(events, path / "clinical_events.parquet")
    pq.write_table(
        events.set_column(1, "dmd_code", pa.array([44054006, 60621009, None])).drop(["numeric_value"]),
        path / "medications.parquet",
    )
    store, report = import_files(path, kind="parquet", to=tmp_path / "store")
    by_name = {each.table: each for each in report.tables}
    assert by_name["clinical_events"].rows_refused == 1 and by_name["clinical_events"].refusals[0].lines == [
        2
    ]
    assert [row["dmd_code"] for row in rows(store.path, "medications")] == ["44054006", "60621009", None]
    assert by_name["medications"].orphan_rows == 1 and any("nobody" in each for each in report.warnings)


def test_a_table_of_one_row_for_each_patient_may_not_repeat_one(folder, tmp_path):
    path = folder({"patients.csv": PATIENTS + "1,1960-01-01,female,\n"})
    mistake = refused(path, tmp_path / "store", "D031")
    assert "1 rows of `patients`" in mistake.what and not (tmp_path / "store").exists()


def test_missing_promised_values_and_odd_columns_are_told(folder, tmp_path):
    people = "1,female,1960-01-01,40\n2,male,,41\n3,male,1960-01-01,\n"
    path = folder({"patients.csv": f"patient_id,sex,date_of_birth,shoe\n{people}"})
    _, report = import_files(path, kind="csv", to=tmp_path / "store")
    patients = next(each for each in report.tables if each.table == "patients")
    assert patients.missing_columns == ["date_of_death"] and patients.unknown_columns == ["shoe"]
    assert [(each.column, each.lines) for each in patients.refusals] == [("date_of_birth", [3])]


def test_strict_allows_no_refused_row(folder, tmp_path):
    path = folder({"clinical_events.csv": EVENTS + "1,2020-13-01,44054006,\n"})
    mistake = refused(path, tmp_path / "store", "D029", strict=True)
    assert "clinical_events.csv, line 4" in mistake.where and not (tmp_path / "store").exists()


def test_a_file_of_mostly_nonsense_stops_the_import(folder, tmp_path):
    path = folder({"clinical_events.csv": "patient_id,date,snomedct_code\n" + "1,2020-01-01,1.2E+17\n" * 9})
    mistake = refused(path, tmp_path / "store", "D028")
    assert "clinical_events.csv, line 2" in mistake.where and "spreadsheet" in mistake.what


@pytest.mark.parametrize(
    ("files", "words"),
    [({"patients.csv": ""}, "empty"), ({"patients.csv": "person,sex\n1,f\n"}, "patient_id")],
)
def test_a_header_that_cannot_be_the_table_s_is_refused(files, words, folder, tmp_path):
    assert words in str(refused(folder(files), tmp_path / "store", "D027"))


def test_a_folder_without_patients_says_what_it_holds(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "patient.csv").write_text(PATIENTS)
    mistake = refused(tmp_path / "files", tmp_path / "store", "D030")
    assert "is `patient.csv` the table `patients`?" in mistake.hint
    refused(tmp_path / "nowhere", tmp_path / "store", "D030")


def test_an_import_that_was_stopped_goes_on_where_it_was(folder, tmp_path, monkeypatch):
    files = {f"clinical_events/{number}.csv": EVENTS for number in range(4)}
    path = folder(files)
    store_rows = importing._store

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "_store", stop)
    with pytest.raises(KeyboardInterrupt):
        import_files(path, kind="csv", to=tmp_path / "store")
    assert not (tmp_path / "store").exists()
    monkeypatch.setattr(importing, "_store", store_rows)
    (path / "clinical_events" / "2.csv").write_text(EVENTS + "1,2021-01-01,60621009,30\n")
    store, report = import_files(path, kind="csv", to=tmp_path / "store")
    assert set(report.read_before) == {"patients.csv", *(name for name in files if "2" not in name)}
    assert store.table("clinical_events").rows == 9
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_the_same_files_give_the_same_bytes_however_many_are_read_at_once(folder, tmp_path):
    path = folder({f"clinical_events/{number}.csv": EVENTS for number in range(5)})
    one, _ = import_files(path, kind="csv", to=tmp_path / "one", workers=1)
    many, _ = import_files(path, kind="csv", to=tmp_path / "many", workers=4)
    assert (one.path / "store.json").read_bytes() == (many.path / "store.json").read_bytes()


def test_two_imports_do_not_fill_one_store_at_once(folder, tmp_path):
    path = folder({})
    with importing._workplace(tmp_path / "store"):
        refused(path, tmp_path / "store", "D033")


def test_damaged_files_are_refused_by_name(folder, tmp_path):
    path = folder({"clinical_events.csv.gz": gzip.compress(EVENTS.encode())[:-9]})
    assert "clinical_events.csv.gz" in refused(path, tmp_path / "store", "D021").where
    (path / "clinical_events.csv.gz").unlink()
    (path / "patients.parquet").write_bytes(b"PAR1nonsensePAR1")
    with pytest.raises(Mistake) as caught:
        import_files(path, kind="parquet", to=tmp_path / "store")
    assert caught.value.code == "D032"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    edits=st.integers(1, 12),
    table=st.sampled_from(["patients.csv", "clinical_events.csv"]),
)
def test_broken_files_end_in_a_store_or_a_mistake_and_never_in_half_a_store(
    seed, edits, table, tmp_path_factory
):
    chance = random.Random(seed)
    content = bytearray(((PATIENTS if table == "patients.csv" else EVENTS) * 3).encode())
    for _ in range(edits):
        place = chance.randrange(len(content))
        kind = chance.randrange(4)
        if kind == 0:
            content[place] = chance.choice(b'",\n\r\t\x00\xff\xc3 19E+')
        elif kind == 1:
            del content[place : place + chance.randrange(1, 9)]
        elif kind == 2:
            content[place:place] = chance.choice(
                [b'"', b"\r\n", b"1.2E+17", b"\xef\xbb\xbf", b",,,,", b"\n\n"]
            )
        else:
            content = content[: max(place, 1)]
        content = content or bytearray(b"x")
    home = tmp_path_factory.mktemp("broken")
    (home / "files").mkdir()
    for name, text in {"patients.csv": PATIENTS.encode(), table: bytes(content)}.items():
        (home / "files" / name).write_bytes(text)
    with suppress(Mistake, Mistakes):
        store, report = import_files(home / "files", kind="csv", to=home / "store")
        verify_store(store.path)
        for each in report.tables:
            assert each.rows_read == each.rows_kept + each.rows_refused
        return
    assert not (home / "store").exists()


def test_the_command_tells_what_was_refused_and_why(folder, tmp_path, capsys):
    path = folder({"clinical_events.csv": EVENTS + "1,2020-01-01,1.2E+17,\n", "notes.md": "x"})
    assert run(["data", "import", "csv", str(path), "--to", str(tmp_path / "store")]) == 0
    told = capsys.readouterr().out
    assert (
        "refused: clinical_events.csv, column `snomedct_code`, 1 times: a number in spreadsheet notation"
        in told
    )
    assert "(line 4)" in told and "`notes.md` is of no table" in told
    assert (
        run(["data", "import", "csv", str(path), "--to", str(tmp_path / "store"), "--replace", "--json"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["rows_refused"] == 1


def test_memory_stays_bounded_while_a_large_file_is_read(tmp_path):
    path = tmp_path / "files" / "clinical_events"
    path.mkdir(parents=True)
    (tmp_path / "files" / "patients.csv").write_text(PATIENTS)
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1 + i % 2 AS patient_id, DATE '2020-01-01' + CAST(i % 900 AS INTEGER) AS date, "
            "CASE WHEN i % 3 = 0 THEN '44054006' ELSE '60621009' END AS snomedct_code, i / 7.0 AS numeric_value "
            f"FROM range(400000) t(i)) TO '{path / 'part.csv'}' (HEADER)"
        )
    pa.default_memory_pool().release_unused()
    store, _ = import_files(tmp_path / "files", kind="csv", to=tmp_path / "store")
    assert store.table("clinical_events").rows == 400_000
    assert pa.default_memory_pool().bytes_allocated() < 256 << 20


def test_a_row_of_the_wrong_width_that_is_no_text_is_told(folder, tmp_path):
    path = folder({"clinical_events.csv": EVENTS.encode() + b"1,\xc3,2,3,4,5,6,7\n"})
    mistake = refused(path, tmp_path / "store", "D026")
    assert "UTF-8" in mistake.what and "clinical_events.csv" in mistake.where
