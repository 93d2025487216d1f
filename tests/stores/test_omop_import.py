"""An export of a real database is read whatever its oddities; what cannot be true is refused and told."""

from __future__ import annotations

import gzip
import json
import os
import re
import stat
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.cli import run
from armslength.kernel.errors import Mistake
from armslength.query.formats.store import ColumnType, read_store, verify_store
from armslength.query.stores import omop_rows
from armslength.query.stores.omop import import_omop
from armslength.query.stores.omop_cells import CellRefusedError, Refusal, typed, value_of
from armslength.query.stores.omop_schema import CDM_TABLES

PERSON = "person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n"
DEATH = "person_id,death_date,cause_source_value\n"
NOTE = (
    "note_id,person_id,note_date,note_type_concept_id,note_class_concept_id,note_text,"
    "encoding_concept_id,language_concept_id\n"
)
PEOPLE = PERSON + "".join(f"{number},8507,1970,0,0\n" for number in range(1, 11))


def folder(path: Path, **files: str | bytes) -> Path:
    """Write an export as a folder; `death__csv` names death.csv."""
    path.mkdir()
    for name, content in {"PERSON__csv": PEOPLE, **files}.items():
        data = content.encode() if isinstance(content, str) else content
        (path / name.replace("__", ".")).write_bytes(data)
    return path


def rows(store: Path, table: str) -> list[dict]:
    (file,) = read_store(store).files_of(table)
    return pq.read_table(file).to_pylist()


def imported(tmp_path: Path, export: Path, **options):
    return import_omop(export, to=tmp_path / "store", **options)[1]


def report_of(report, table: str):
    return next(entry for entry in report.tables if entry.table == table)


def refused(tmp_path: Path, export: Path, code: str, **options) -> Mistake:
    """Import, expect the mistake, and check that nothing was left."""
    before = set(tmp_path.iterdir())
    with pytest.raises(Mistake) as error:
        import_omop(export, to=tmp_path / "store", **options)
    assert error.value.code == code, error.value
    assert error.value.where
    assert error.value.hint
    assert set(tmp_path.iterdir()) == before
    return error.value


def test_the_real_export_is_read_whole(tmp_path, omop_export):
    report = imported(tmp_path, omop_export)
    store = verify_store(tmp_path / "store")
    counts = {name: table.rows for name, table in store.tables.items() if table.rows}
    assert counts == {
        "person": 28, "observation_period": 28, "visit_occurrence": 1791, "visit_detail": 1791,
        "condition_occurrence": 470, "drug_exposure": 883, "procedure_occurrence": 1649, "device_exposure": 1,
        "measurement": 10040, "observation": 8099, "death": 3, "provider": 67, "condition_era": 469,
        "cdm_source": 1, "concept": 2294, "vocabulary": 1, "concept_relationship": 266588,
    }  # fmt: skip
    assert set(store.tables) == set(CDM_TABLES)
    assert (report.rows_refused, report.model_version) == (0, "5.4")
    assert list(report.ignored_files) == ["__MACOSX/._CARE_SITE.csv"]
    era = rows(tmp_path / "store", "condition_era")[0]
    assert era["condition_era_start_date"] == date(2000, 12, 26)  # written with a time of midnight
    # `None` is the name of a vocabulary here, not a missing value.
    assert rows(tmp_path / "store", "vocabulary")[0]["vocabulary_id"] == "None"
    assert json.loads((tmp_path / "store/report.json").read_text()) == report.as_dict()


def test_the_same_export_gives_the_same_bytes(tmp_path, omop_export):
    for name in ("one", "two"):
        import_omop(omop_export, to=tmp_path / name)
    assert (tmp_path / "one/store.json").read_bytes() == (tmp_path / "two/store.json").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        "person_id,death_date,cause_source_value\n3,2020-02-29,x\n1,2020-01-01,\n",
        "\ufeffPERSON_ID,Death_Date,CAUSE_SOURCE_VALUE\r\n3,20200229,x\r\n1,2020-01-01 00:00:00,\r\n",
        "death_date\tcause_source_value\tperson_id\n2020-02-29\tx\t3.0\n2020-01-01\t\t 1 \n",
        '"person_id","death_date","cause_source_value"\n"3","2020-02-29","x"\n\n"1","2020-01-01",""',
    ],
    ids=[
        "plain",
        "byte order mark, CRLF, case, compact dates",
        "tabs, other order, floats",
        "quotes, blank line",
    ],
)
def test_the_same_rows_are_read_however_they_are_written(tmp_path, content):
    imported(tmp_path, folder(tmp_path / "export", death__csv=content))
    found = [
        (row["person_id"], row["death_date"], row["cause_source_value"])
        for row in rows(tmp_path / "store", "death")
    ]
    assert found == [(1, date(2020, 1, 1), None), (3, date(2020, 2, 29), "x")]


def test_folders_names_and_compression_do_not_matter(tmp_path):
    deep = tmp_path / "export/2024/dump"
    deep.mkdir(parents=True)
    (deep / "Person.CSV").write_text(PEOPLE)
    (deep / "DEATH.csv.gz").write_bytes(gzip.compress((DEATH + "1,2020-01-01,\n").encode()))
    (deep / ".DS_Store").write_text("x")
    (deep / "readme.md").write_text("x")
    (deep / "ACHILLES_RESULTS.csv").write_text("x\n")
    report = imported(tmp_path, tmp_path / "export")
    assert len(rows(tmp_path / "store", "death")) == 1
    assert list(report.ignored_files) == ["2024/dump/.DS_Store"]
    assert report.unknown_files == ("2024/dump/ACHILLES_RESULTS.csv", "2024/dump/readme.md")
    assert "condition_occurrence" in report.absent_tables


def test_refused_rows_are_counted_with_line_column_and_reason_and_never_with_their_value(tmp_path):
    good = "".join(f"{number},2020-01-01,\n" for number in range(1, 11))
    bad = "1,2021-02-30,\n1.2E+17,2020-01-01,\n,2020-01-01,\n4,,\n5,2020-01-01\n6,2020-01-01,a,b\nsecret,x,\n"
    report = report_of(
        imported(tmp_path, folder(tmp_path / "export", death__csv=DEATH + good + bad)), "death"
    )
    found = {(entry.column, entry.reason, entry.rows, *entry.lines) for entry in report.refusals}
    assert found == {
        ("death_date", Refusal.NO_SUCH_DAY, 1, 12),
        ("person_id", Refusal.MANGLED, 1, 13),
        ("person_id", Refusal.MISSING, 1, 14),
        ("death_date", Refusal.MISSING, 1, 15),
        (None, Refusal.WRONG_WIDTH, 2, 16, 17),
        ("person_id", Refusal.NOT_A_NUMBER, 1, 18),
        ("death_date", Refusal.NOT_A_DATE, 1, 18),
    }
    assert (report.rows_read, report.rows_kept, report.rows_refused) == (17, 10, 7)
    assert "secret" not in (tmp_path / "store/report.json").read_text()


def test_lines_are_right_after_line_breaks_inside_cells_blank_lines_and_ragged_rows(tmp_path, monkeypatch):
    lines = [NOTE]
    expected = []
    line = 2
    for number in range(1, 400):
        if number % 7 == 0:
            lines.append("\n")
            line += 1
        if number % 11 == 0:
            lines.append(f'{number},"a\nb",short\n')
            expected.append(line)
            line += 2
        if number % 13 == 0:
            lines.append(f'{number},1,not a day,0,0,"text\nof\nfour\nlines",0,0\n')
            expected.append(line)
            line += 4
        lines.append(f'{number},1,2020-01-01,0,0,"two\nlines",0,0\n')
        line += 2
    export = folder(tmp_path / "export", note__csv="".join(lines))
    for block in (1 << 20, 1 << 10):
        monkeypatch.setattr(omop_rows, "BLOCK", block)
        monkeypatch.setattr("armslength.query.stores.omop_report.MOST_LINES", 1000)
        report = report_of(import_omop(export, to=tmp_path / "store", replace=True)[1], "note")
        assert sorted(number for entry in report.refusals for number in entry.lines) == expected
        assert report.rows_kept == 399
        assert report.blank_lines == 57


def test_repeated_keys_and_rows_of_nobody_are_counted_and_strict_fails_on_them(tmp_path):
    header = (
        "observation_period_id,person_id,observation_period_start_date,observation_period_end_date,"
        "period_type_concept_id\n"
    )
    periods = header + "".join(
        f"{key},{person},2020-01-01,2020-02-01,0\n" for key, person in [(1, 1), (1, 2), (2, 99)]
    )
    export = folder(tmp_path / "export", observation_period__csv=periods)
    mistake = refused(tmp_path, export, "D029", strict=True)
    assert "1 repeated keys, 1 rows of nobody" in mistake.what
    report = report_of(imported(tmp_path, export), "observation_period")
    assert (report.duplicate_keys, report.orphan_rows, report.rows_kept) == (1, 1, 3)


def test_strict_fails_on_a_refused_row_and_names_it(tmp_path):
    export = folder(tmp_path / "export", death__csv=DEATH + "1,2020-01-01,\n2,2020-01-01,\n3,soon,\n")
    assert "line 4, column `death_date`" in str(refused(tmp_path, export, "D029", strict=True).where)


def test_columns_unknown_missing_and_renamed_are_reported(tmp_path):
    header = (
        "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date,visit_type_concept_id,"
        "admitting_source_value,ward\n"
    )
    export = folder(
        tmp_path / "export", visit_occurrence__csv=header + "1,1,0,2020-01-01,2020-01-02,0,home,7\n"
    )
    report = report_of(imported(tmp_path, export), "visit_occurrence")
    assert report.unknown_columns == ["ward"]
    assert report.renamed_columns == {"admitting_source_value": "admitted_from_source_value"}
    assert "provider_id" in report.missing_columns
    assert rows(tmp_path / "store", "visit_occurrence")[0]["admitted_from_source_value"] == "home"


def test_rows_are_sorted_by_person(tmp_path):
    deaths = DEATH + "".join(f"{person},2020-01-{person:02},\n" for person in (9, 3, 7, 1, 5))
    imported(tmp_path, folder(tmp_path / "export", death__csv=deaths))
    assert [row["person_id"] for row in rows(tmp_path / "store", "death")] == [1, 3, 5, 7, 9]
    assert read_store(tmp_path / "store").table("death").sorted_by == ("person_id", "death_date")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"death__csv": ""}, "D027"),
        ({"death__csv": "person_id,cause_source_value\n1,x\n"}, "D027"),
        ({"death__csv": "person_id,person_id,death_date\n1,1,2020-01-01\n"}, "D027"),
        ({"death__csv": (DEATH + "1,2020-01-01,é\n").encode("latin1")}, "D026"),
        ({"death__csv": DEATH.encode("utf-16")}, "D026"),
        ({"death__csv": b"\x00\x01\x02" * 100}, "D026"),
        ({"death__csv": DEATH + "x,x,x\n" * 9 + "1,2020-01-01,\n"}, "D028"),
        ({"death__csv": DEATH + "1,2\n" * 20_000}, "D026"),
        ({"death__csv": DEATH + '1,2020-01-01,"never closed\n' + "1,2020-01-01,\n" * 10}, "D026"),
        ({"death__csv": DEATH + '1,2020-01-01,x\n1,2020-01-01,"cut sh'}, "D026"),
        ({"death__csv": DEATH, "DEATH__tsv": DEATH}, "D023"),
        ({"death__csv__gz": gzip.compress((DEATH + "1,2020-01-01,\n" * 5000).encode())[:-20]}, "D021"),
        ({"death__csv__gz": gzip.compress(b"person_id,death_date\n" + b"1" * (40 << 20))}, "D022"),
        ({"death__csv__gz": b"not gzip at all"}, "D021"),
    ],
)
def test_a_broken_file_is_refused_and_nothing_is_left(tmp_path, files, code):
    refused(tmp_path, folder(tmp_path / "export", **files), code)


def test_an_export_without_persons_or_tables_or_itself_is_refused(tmp_path):
    export = folder(tmp_path / "export", death__csv=DEATH)
    (export / "PERSON.csv").unlink()
    refused(tmp_path, export, "D025")
    (export / "death.csv").unlink()
    refused(tmp_path, export, "D024")
    refused(tmp_path, tmp_path / "nowhere", "D020")


def test_a_link_in_the_export_is_refused(tmp_path):
    export = folder(tmp_path / "export")
    (export / "death.csv").symlink_to("/etc/passwd")
    refused(tmp_path, export, "D022")


def archive(path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for member, content in [("PERSON.csv", PEOPLE.encode()), *members]:
            written.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


def link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("death.csv")
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    "member",
    [
        ("../death.csv", b"x"),
        ("/etc/death.csv", b"x"),
        ("a/../../death.csv", b"x"),
        ("..\\death.csv", b"x"),
        ("C:\\death.csv", b"x"),
        (link(), b"/etc/passwd"),
        ("death.csv", b"0" * (30 << 20)),
    ],
    ids=["parent", "absolute", "inner parent", "backslash", "drive", "link", "bomb"],
)
def test_a_dangerous_archive_is_refused(tmp_path, member):
    refused(tmp_path, archive(tmp_path / "export.zip", [member]), "D022")


def test_an_encrypted_archive_is_refused(tmp_path):
    path = archive(tmp_path / "export.zip", [("death.csv", DEATH.encode())])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(tmp_path, path, "D022").what


def test_two_members_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(
            tmp_path / "export.zip", [("death.csv", DEATH.encode()), ("death.csv", DEATH.encode())]
        )
    refused(tmp_path, path, "D023")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_an_archive_cut_short_is_refused(tmp_path, share):
    whole = archive(tmp_path / "export.zip", [("death.csv", os.urandom(5000))]).read_bytes()
    (tmp_path / "export.zip").write_bytes(whole[: int(len(whole) * share)])
    refused(tmp_path, tmp_path / "export.zip", "D021")


def test_an_archive_with_a_flipped_byte_is_refused(tmp_path):
    deaths = (
        DEATH + "".join(f"{number % 10 + 1},2020-01-01,{number}\n" for number in range(20_000))
    ).encode()
    path = archive(tmp_path / "export.zip", [("death.csv", deaths)])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    refused(tmp_path, path, "D021")


def test_a_full_disk_while_importing_is_said_and_nothing_is_left(tmp_path, omop_export):
    if os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        with pytest.raises(Mistake) as error:
            import_omop(omop_export, to=disk / "store")
        assert error.value.code == "D009"
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_the_old_store_survives_an_import_that_fails(tmp_path):
    imported(tmp_path, folder(tmp_path / "export", death__csv=DEATH + "1,2020-01-01,\n"))
    (tmp_path / "export/death.csv").write_text("broken")
    refused(tmp_path, tmp_path / "export", "D027", replace=True)
    assert len(rows(tmp_path / "store", "death")) == 1


@pytest.mark.parametrize(
    ("text", "kind", "meaning"),
    [
        ("8507", "int", 8507), ("8507.0", "int", 8507), (" 7 ", "int", 7), ("", "int", None), ("NULL", "int", None),
        ("\\N", "date", None), ("9223372036854775807", "int", 2**63 - 1), ("-5", "int", -5), ("007", "int", 7),
        ("9223372036854775808", "int", Refusal.TOO_LARGE), ("9" * 5000, "int", Refusal.TOO_LARGE),
        ("1.2E+17", "int", Refusal.MANGLED), ("1,2E+17", "int", Refusal.MANGLED), ("1.5", "int", Refusal.NOT_WHOLE),
        ("0x1F", "int", Refusal.NOT_A_NUMBER), ("٤٤", "int", Refusal.NOT_A_NUMBER),
        ("1 000", "int", Refusal.NOT_A_NUMBER),
        ("12345678901234567.0", "int", Refusal.NOT_WHOLE), ("NA", "int", Refusal.NOT_A_NUMBER),
        ("1.5e3", "float", 1500.0), ("nan", "float", Refusal.NOT_A_NUMBER), ("inf", "float", Refusal.NOT_A_NUMBER),
        ("1e999", "float", Refusal.TOO_LARGE), ("<5", "float", Refusal.NOT_A_NUMBER), (".5", "float", 0.5),
        ("2020-02-29", "date", date(2020, 2, 29)), ("20200229", "date", date(2020, 2, 29)),
        ("2020-02-29T00:00:00Z", "date", date(2020, 2, 29)), ("2020-02-29 08:30:00", "date", Refusal.TIME_IN_DATE),
        ("2021-02-29", "date", Refusal.NO_SUCH_DAY), ("0001-01-01", "date", Refusal.NO_SUCH_DAY),
        ("29/02/2020", "date", Refusal.NOT_A_DATE), ("43890", "date", Refusal.NOT_A_DATE),
        ("9999-12-31", "date", date(9999, 12, 31)), ("2020-2-9", "date", Refusal.NOT_A_DATE),
        ("2020-01-01 08:30:15.25", "datetime", datetime(2020, 1, 1, 8, 30, 15, 250_000)),
        ("2020-01-01", "datetime", datetime(2020, 1, 1)), ("2020-01-01 24:00:00", "datetime", Refusal.NOT_A_TIME),
        ("2020-01-01 08:30:00+01:00", "datetime", Refusal.NOT_A_TIME), ("None", "str", "None"), ("", "str", None),
    ],
)  # fmt: skip
def test_a_cell_means_what_it_says_or_is_refused(text, kind, meaning):
    try:
        found = value_of(text, ColumnType(kind))
    except CellRefusedError as error:
        found = error.reason
    assert found == meaning
    values, reasons = typed(pa.array([text]), ColumnType(kind))
    assert (reasons[0] if reasons else values[0].as_py()) == meaning


CELLS = st.one_of(
    st.integers(-(2**65), 2**65).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?", fullmatch=True),
    st.text(alphabet="0123456789-+.eE: TZxX\\N", max_size=20),
)


@given(
    st.lists(CELLS, max_size=5), st.sampled_from([kind for kind in ColumnType if kind is not ColumnType.BOOL])
)
def test_a_column_means_the_same_as_its_cells(cells, kind):
    values, reasons = typed(pa.array(cells, pa.string()), kind)
    for row, text in enumerate(cells):
        try:
            expected = value_of(text, kind)
        except CellRefusedError as error:
            assert reasons[row] == error.reason
        else:
            assert row not in reasons
            assert values[row].as_py() == expected


def test_the_command_tells_what_was_read_and_refused(tmp_path, capsys):
    export = folder(tmp_path / "export", death__csv=DEATH + "1,2020-01-01,\n2,2020-01-01,\n3,soon,\n")
    assert run(["data", "import", "omop", str(export), "--to", str(tmp_path / "one")]) == 0
    told = capsys.readouterr().out
    assert "refused: death.csv, column `death_date`, 1 times: not a date (YYYY-MM-DD) (line 4)" in told
    assert run(["data", "import", "omop", str(export), "--to", str(tmp_path / "two"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows_refused"] == 1
    assert run(["data", "import", "omop", str(export), "--to", str(tmp_path / "one")]) == 1
    complaint = capsys.readouterr()
    assert complaint.err.startswith("error D007")
    assert complaint.out == ""


def test_the_command_makes_and_describes_a_sample(tmp_path, capsys):
    store = str(tmp_path / "store")
    assert run(["data", "sample", "--patients", "50", "--seed", "9", "--to", store]) == 0
    assert "50 people" in capsys.readouterr().out
    assert run(["data", "describe", store, "--verify"]) == 0
    assert "clinical_events" in capsys.readouterr().out
    assert run(["data", "describe", store, "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["tables"]["patients"]["rows"] == 50
    assert described["tables"]["clinical_events"]["columns"]["snomedct_code"] == "str"
    assert run(["data", "sample", "--patients", "50", "--end-date", "soon", "--to", store]) == 2
    assert "D062" in capsys.readouterr().err


def test_a_stray_quotation_mark_is_warned_of(tmp_path):
    deaths = DEATH + '1,2020-01-01,x\n2,2020-01-01,"stray\n3,2020-01-01,\n4,2020-01-01,"again\n'
    report = imported(tmp_path, folder(tmp_path / "export", death__csv=deaths))
    assert any("`death`: 1 rows go over several lines" in warning for warning in report.warnings)


def test_every_error_code_of_the_room_has_an_entry():
    house = Path(__file__).parents[2]
    page = (house / "docs/reference/errors/data.md").read_text()
    sources = [*house.glob("src/armslength/query/stores/**/*.py")]
    sources += [*house.glob("src/armslength/query/formats/store*.py"), house / "src/armslength/cli/data.py"]
    raised = {code for path in sources for code in re.findall(r'"(D[0-9]{3})"', path.read_text())}
    assert raised == set(re.findall(r"^## (D[0-9]{3})$", page, re.MULTILINE))
