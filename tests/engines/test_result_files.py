"""Result files hold what was promised: types, encodings, whole or absent, the same bytes for the same rows."""

from __future__ import annotations

import datetime
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.formats.columns import PATIENT_ID, OutputColumn, output_column
from armslength.query.formats.destinations import files_for
from armslength.query.formats.writers import BATCH_ROWS, WRITERS, write_rows
from armslength.query.model import nodes as n
from armslength.query.model.constraints import Categorical, ClosedRange

DATE = datetime.date
COLUMNS = (
    PATIENT_ID,
    OutputColumn(name="flag", type=bool),
    OutputColumn(name="number", type=float),
    OutputColumn(name="day", type=DATE),
    OutputColumn(name="word", type=str),
    OutputColumn(name="sex", type=str, categories=("female", "male")),
    OutputColumn(name="decile", type=int, minimum=0, maximum=10),
)
ROWS: list[tuple[Any, ...]] = [
    (1, True, 1.0, DATE(2020, 1, 31), 'a,"b"', "male", 3),
    (2, False, 1e-07, DATE(1, 1, 1), "two\r\nlines", "female", 0),
    (3, None, None, None, None, None, None),
    (4, True, 0.1 + 0.2, DATE(9999, 12, 31), "é", "female", 10),
]


def reader(rows: list[tuple[Any, ...]], columns: tuple[OutputColumn, ...] = COLUMNS) -> pa.RecordBatchReader:
    schema = pa.schema([pa.field(column.name, column.plain, nullable=column.nullable) for column in columns])
    arrays = [pa.array([row[place] for row in rows], type=each.type) for place, each in enumerate(schema)]
    return pa.RecordBatchReader.from_batches(schema, [pa.record_batch(arrays, schema=schema)])


def test_csv_is_written_as_studies_read_it(tmp_path: Path) -> None:
    written = write_rows(reader(ROWS), tmp_path / "results.csv", columns=COLUMNS)
    text = (tmp_path / "results.csv").read_bytes().decode()
    assert text == (
        "patient_id,flag,number,day,word,sex,decile\r\n"
        '1,T,1.0,2020-01-31,"a,""b""",male,3\r\n'
        '2,F,1e-07,0001-01-01,"two\r\nlines",female,0\r\n'
        "3,,,,,,\r\n"
        "4,T,0.30000000000000004,9999-12-31,é,female,10\r\n"
    )
    assert (written.rows, written.bytes) == (4, len(text.encode()))
    assert written.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_gzipped_csv_holds_the_same_text(tmp_path: Path) -> None:
    write_rows(reader(ROWS), tmp_path / "results.csv", columns=COLUMNS)
    write_rows(reader(ROWS), tmp_path / "results.csv.gz", columns=COLUMNS)
    unpacked = gzip.decompress((tmp_path / "results.csv.gz").read_bytes())
    assert unpacked == (tmp_path / "results.csv").read_bytes()


@pytest.mark.parametrize("suffix", [".arrow", ".parquet"])
def test_typed_files_keep_categories_ranges_and_nulls(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"results{suffix}"
    write_rows(reader(ROWS), path, columns=COLUMNS)
    table = feather.read_table(path) if suffix == ".arrow" else pq.read_table(path)
    assert table.to_pydict() == {
        column.name: [row[place] for row in ROWS] for place, column in enumerate(COLUMNS)
    }
    if suffix == ".arrow":
        assert table.schema.field("sex").type == pa.dictionary(pa.int8(), pa.string(), ordered=True)
        assert table.column("sex").chunk(0).dictionary.to_pylist() == ["female", "male"]
        assert table.schema.field("decile").type == pa.uint8()
    assert not table.schema.field("patient_id").nullable


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first = write_rows(reader(ROWS), tmp_path / f"first{suffix}", columns=COLUMNS)
    second = write_rows(reader(ROWS), tmp_path / f"second{suffix}", columns=COLUMNS)
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("suffix", WRITERS)
def test_no_rows_still_give_a_file_that_can_be_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"results{suffix}"
    assert write_rows(reader([]), path, columns=COLUMNS).rows == 0
    if suffix == ".arrow":
        assert feather.read_table(path).num_rows == 0
        with pa.ipc.open_file(path) as file:
            assert file.num_record_batches == 1


def test_arrow_batches_are_even_whatever_the_engine_sends(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("patient_id", pa.int64(), nullable=False)])
    sizes = (1, 70_000, 3, 140_000, 0, 5)
    start = iter(range(0, 10**9, 10**6))
    batches = [
        pa.record_batch([pa.array(range(first := next(start), first + size), pa.int64())], schema=schema)
        for size in sizes
    ]
    rows = pa.RecordBatchReader.from_batches(schema, batches)
    written = write_rows(rows, tmp_path / "results.arrow", columns=(PATIENT_ID,))
    with pa.ipc.open_file(tmp_path / "results.arrow") as file:
        found = [file.get_batch(number).num_rows for number in range(file.num_record_batches)]
        assert file.read_all().column(0).to_pylist() == [v for b in batches for v in b.column(0).to_pylist()]
    assert written.rows == sum(sizes)
    assert set(found[:-1]) == {BATCH_ROWS}


@pytest.mark.parametrize(
    ("row", "named"),
    [((1, None, None, None, None, "robot", None), "sex"), ((1, None, None, None, None, None, 999), "decile")],
)
def test_a_value_against_the_contract_is_named_and_nothing_is_written(
    tmp_path: Path, row: tuple[Any, ...], named: str
) -> None:
    with pytest.raises(Mistake) as told:
        write_rows(reader([row]), tmp_path / "results.arrow", columns=COLUMNS)
    assert told.value.code == "Q122" and f"`{named}`" in str(told.value)
    assert list(tmp_path.iterdir()) == []
    assert write_rows(reader([row]), tmp_path / "results.csv", columns=COLUMNS).rows == 1


def test_a_failure_in_the_middle_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    write_rows(reader(ROWS), path, columns=COLUMNS)
    before = path.read_bytes()

    def breaking() -> Iterator[pa.RecordBatch]:
        yield from reader(ROWS)
        raise Mistake("Q107", "out of memory")

    with pytest.raises(Mistake):
        write_rows(pa.RecordBatchReader.from_batches(reader(ROWS).schema, breaking()), path, columns=COLUMNS)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Mistake) as told:
        write_rows(reader(ROWS), tmp_path / "file" / "results.csv", columns=COLUMNS)
    assert told.value.code == "Q123"
    assert "space" not in (told.value.hint or "") and ".part" not in told.value.what


def test_outputs_name_a_file_or_a_folder(tmp_path: Path) -> None:
    assert files_for("out/x.csv", ["dataset"]) == {"dataset": Path("out/x.csv")}
    assert files_for("out/:csv.gz", ["dataset"]) == {"dataset": Path("out/dataset.csv.gz")}
    assert files_for("out:arrow", ["dataset", "odd/name"]) == {
        "dataset": Path("out/dataset.arrow"),
        "odd/name": Path("out/odd%2Fname.arrow"),
    }


@pytest.mark.parametrize(
    ("output", "tables", "code", "hint"),
    [
        ("out/x.xlsx", ["dataset"], "Q121", ".parquet"),
        ("out/:feather", ["dataset"], "Q121", ":arrow"),
        ("out/x.csv.gz", ["dataset", "rows"], "Q124", "out/x/:csv.gz"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_with_a_proposal(
    output: str, tables: list[str], code: str, hint: str
) -> None:
    with pytest.raises(Mistake) as told:
        files_for(output, tables)
    assert told.value.code == code and hint in str(told.value)


def test_types_follow_from_what_the_expression_promises() -> None:
    schema = n.TableSchema.of(
        {
            "sex": n.Column(str, (Categorical(("female", "male")),)),
            "imd": n.Column(int, (ClosedRange(0, 32_844),)),
            "free": str,
        }
    )
    people, events = n.SelectPatientTable("people", schema), n.SelectTable("events", schema)
    sex, free = n.SelectColumn(people, "sex"), n.SelectColumn(people, "free")
    is_known = n.Not(n.IsNull(sex))
    text = pa.string()
    cases: list[tuple[Any, pa.DataType]] = [
        (sex, pa.dictionary(pa.int8(), text, ordered=True)),
        (n.Min(n.SelectColumn(events, "sex")), pa.dictionary(pa.int8(), text, ordered=True)),
        (n.Case(((is_known, n.Value("a")),), n.Value("b")), pa.dictionary(pa.int8(), text, ordered=True)),
        (n.Case(((is_known, None),), sex), pa.dictionary(pa.int8(), text, ordered=True)),
        (n.Case(((is_known, n.Value("a")),), free), text),
        (free, text),
        (n.SelectColumn(people, "imd"), pa.uint16()),
        (n.Count(events), pa.uint16()),
        (n.CountDistinct(n.SelectColumn(events, "imd")), pa.int64()),
    ]
    for series, expected in cases:
        assert output_column("v", series).arrow == expected, series


@pytest.mark.parametrize("name", ["out.arrow", "out.parquet"])
def test_a_count_that_does_not_fit_is_told_with_a_way_on(tmp_path: Path, name: str) -> None:
    events = n.SelectTable("events", n.TableSchema.of({"free": str}))
    column = output_column("contacts", n.Count(events))
    rows = pa.table({"contacts": pa.array([3, 65_535], pa.int64())})
    assert write_rows(rows.to_reader(), tmp_path / name, columns=(column,)).rows == 2
    rows = pa.table({"contacts": pa.array([3, 65_536], pa.int64())})
    with pytest.raises(Mistake) as told:
        write_rows(rows.to_reader(), tmp_path / f"more-{name}", columns=(column,))
    assert told.value.code == "Q122" and "65,536" in told.value.what and ".csv" in str(told.value.hint)
    assert write_rows(rows.to_reader(), tmp_path / "out.csv", columns=(column,)).rows == 2
    assert not (tmp_path / f"more-{name}").exists()
