"""What a definition reads from outside itself: codelists, tables in files, parameters."""

import datetime
import gzip
import sys

import pytest
from ehrql import codelist_from_csv, get_parameter, table_from_file
from ehrql.codes import codelist_from_csv_lines
from ehrql.tables import PatientFrame, Series

from armslength.query.language.errors import CodelistError, FileValidationError, ParameterError

COLUMNS = {"i": int, "f": float, "b": bool, "s": str, "d": datetime.date}


def test_codes_in_order_without_repeats_or_blanks(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,term\n 2 ,two\n1,one\n,none\n2,again\n")
    assert codelist_from_csv(path, column="code") == ["2", "1"]


def test_the_last_category_of_a_repeated_code_counts():
    lines = ["code,group", "1,a", "2,b", "1,c", "3", "4, d "]
    found = codelist_from_csv_lines(lines, column="code", category_column="group")
    assert found == {"1": "c", "2": "b", "3": "", "4": "d"}
    assert list(found) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "empty"), ("term\n1\n", "no column `code`")],
)
def test_a_codelist_that_cannot_be_read_says_which_file_and_why(tmp_path, text, says):
    path = tmp_path / "codes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CodelistError, match=says) as caught:
        codelist_from_csv(path, column="code")
    assert "codes.csv" in str(caught.value)


def test_a_missing_codelist_and_windows_paths():
    with pytest.raises(CodelistError, match=r"no codelist at `codelists/x\.csv`"):
        codelist_from_csv("codelists/x.csv", column="code")
    with pytest.raises(CodelistError, match="written with `/`"):
        codelist_from_csv("codelists\\x.csv", column="code")


def test_a_missing_category_column():
    with pytest.raises(CodelistError, match="no column `group`"):
        codelist_from_csv_lines(["code", "1"], column="code", category_column="group")


CSV = "extra,d,s,b,f,i,patient_id\nx,2020-01-02,text,T,1.5,7,1\nx,,,,,,2\n"
EXPECTED = ((1, 7, 1.5, True, "text", datetime.date(2020, 1, 2)), (2, None, None, None, None, None))


def test_tables_from_csv(tmp_path):
    (tmp_path / "rows.csv").write_text(CSV)
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    for name in ("rows.csv", "rows.csv.gz"):
        frame = table_from_file(tmp_path / name, columns=COLUMNS)
        assert frame._node.rows == EXPECTED
        assert frame.i._type is int


def test_tables_from_arrow(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather

    names = ["patient_id", *COLUMNS]
    feather.write_feather(
        pyarrow.table(
            {name: list(column) for name, column in zip(names, zip(*EXPECTED, strict=True), strict=True)}
        ),
        str(tmp_path / "rows.arrow"),
    )
    assert table_from_file(tmp_path / "rows.arrow", columns=COLUMNS)._node.rows == EXPECTED
    with pytest.raises(FileValidationError, match=r"row 1, column `s`: 'text' is str, not int"):
        table_from_file(tmp_path / "rows.arrow", columns={"s": int})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("rows.txt", "", "must end in"),
        ("gone.csv", None, "no file"),
        ("rows.csv", "patient_id,i\n1,x\n", "row 1, column `i`: 'x'"),
        ("rows.csv", "patient_id\n1\n", "lacks the columns: i"),
        ("rows.csv", "", "lacks the columns: patient_id, i"),
        ("rows.csv", "patient_id,i\n1,1\n2\n", "row 2: 1 cells where 2 are expected"),
        ("rows.csv", "patient_id,i\n1,1,1\n", "row 1: 3 cells where 2 are expected"),
        ("rows.csv", "patient_id,i\n1,1.0\n", "'1.0' is not a whole number"),
        ("rows.csv", "patient_id,i\n1,1\n1,2\n", "row 2.*twice"),
        ("rows.csv", "patient_id,i\n,1\n", "row 1, column `patient_id`"),
        ("rows.csv.gz", "not compressed", "cannot be read"),
        ("rows.arrow", "not arrow", "cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_says_where_and_why(tmp_path, name, text, says):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(FileValidationError, match=says):
        table_from_file(tmp_path / name, columns={"i": int})


def test_cells_are_read_as_generously_as_those_of_dummy_tables(tmp_path):
    rows = "\ufeffpatient_id,d,i\n1,20200131,+1_000\n\n2,2020-W05-5, 7 \n"
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    frame = table_from_file(tmp_path / "rows.csv", columns={"d": datetime.date, "i": int})
    assert frame._node.rows == ((1, datetime.date(2020, 1, 31), 1000), (2, datetime.date(2020, 1, 31), 7))


@pytest.mark.parametrize("cell", ["true", "1", "t", "yes"])
def test_only_t_and_f_are_bools(tmp_path, cell):
    (tmp_path / "rows.csv").write_text(f"patient_id,b\n1,{cell}\n")
    with pytest.raises(FileValidationError, match=f"row 1, column `b`: '{cell}' is not `T` or `F`"):
        table_from_file(tmp_path / "rows.csv", columns={"b": bool})


def test_a_file_without_columns_decorates_a_class_and_has_none_itself(tmp_path):
    (tmp_path / "rows.csv").write_text(CSV)

    @table_from_file(tmp_path / "rows.csv")
    class rows(PatientFrame):
        i = Series(int)

    assert rows._node.rows == ((1, 7), (2, None))
    with pytest.raises(AttributeError, match=r"made without `columns`: write `table_from_file\(.*\"i\": …"):
        _ = table_from_file(tmp_path / "rows.csv").i


def given(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["definition.py", *arguments])


def test_parameters(monkeypatch):
    given(
        monkeypatch, "--start", "2020-01-01", "--n=3", "--many", "1", "2", "--flag", "true", "--unknown", "x"
    )
    assert get_parameter("start") == "2020-01-01"
    assert get_parameter("n", type=int) == 3
    assert get_parameter("many", type=int) == [1, 2]
    assert get_parameter("flag", type=bool) is True
    assert get_parameter("absent", default=0) == 0
    assert get_parameter("absent", default="") == ""


def test_parameters_that_are_missing_or_wrong(monkeypatch, capsys):
    given(monkeypatch, "--n", "x", "--flag", "yes")
    with pytest.raises(ParameterError, match="-- --start VALUE"):
        get_parameter("start")
    with pytest.raises(ParameterError, match="'yes'"):
        get_parameter("flag", type=bool)
    with pytest.raises(ParameterError, match="list is returned"):
        get_parameter("n", type=list)
    with pytest.raises(SystemExit) as stopped:
        get_parameter("n", type=int)
    assert stopped.value.code == 2
    assert "invalid int value" in capsys.readouterr().err


def test_names_of_parameters_are_not_abbreviated(monkeypatch):
    given(monkeypatch, "--start-date", "2020-01-01")
    assert get_parameter("start", default="none") == "none"


def test_a_codelist_may_begin_with_a_byte_order_mark_and_hold_strange_lines(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_bytes('\ufeffcode,term\r\n10,"two\nlines"\r\n20,one\u2028line\r\n30,x\x0cy\r\n'.encode())
    assert codelist_from_csv(path, column="code") == ["10", "20", "30"]
    assert codelist_from_csv(path, column="code", category_column="term")["10"] == "two\nlines"
