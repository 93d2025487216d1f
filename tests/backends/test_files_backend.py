"""The files backend: Parquet read where it lies, in one file or many; other formats; columns that cannot serve."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database, find_backend, source_of
from armslength.query.api.datasets import generate_dataset
from armslength.query.contracts import core
from armslength.query.engines.engine import ArrowTables, ParquetFiles
from armslength.query.model import nodes as n

DAY = datetime.date
EVENTS = core.clinical_events
QUESTION = n.Dataset(
    n.Exists(core.patients._node),
    (("sex", core.patients.sex._node), ("last", EVENTS.date.maximum_for_patient()._node)),
)
PATIENTS = pa.table({"patient_id": [1, 2], "sex": ["male", "female"]})


def events(*rows: tuple[int, Any], kind: pa.DataType | None = None) -> pa.Table:
    return pa.table(
        {"patient_id": [who for who, _ in rows], "date": pa.array([day for _, day in rows], kind)}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for year in (2019, 2020):
        part = tmp_path / "data" / "clinical_events" / f"year={year}"
        part.mkdir(parents=True)
        pq.write_table(events((1, DAY(year, 1, 1)), (1, DAY(year, 2, 2))), part / "part-0.parquet")
    pq.write_table(PATIENTS, tmp_path / "data" / "patients.parquet")
    return tmp_path / "data"


def answer(folder: Path, tmp_path: Path) -> list[str]:
    generate_dataset(
        QUESTION, database=Database(dsn=str(folder), backend="files"), output=tmp_path / "out.csv"
    )
    return (tmp_path / "out.csv").read_text().splitlines()[1:]


def source(folder: Path) -> Any:
    return source_of(str(folder), dataset=QUESTION, backend=find_backend("files"))


def test_parquet_is_read_where_it_lies_also_in_parts(folder: Path, tmp_path: Path) -> None:
    (folder / "medications.parquet").write_text("not opened")
    found = source(folder)
    assert isinstance(found, ParquetFiles) and [len(paths) for paths in found.tables.values()] == [1, 2]
    assert answer(folder, tmp_path) == ["1,male,2020-02-02", "2,female,"]


def test_other_formats_and_moments_are_read_into_memory(folder: Path, tmp_path: Path) -> None:
    expected = answer(folder, tmp_path)
    (folder / "patients.parquet").unlink()
    pa_csv.write_csv(PATIENTS, folder / "patients.csv")
    assert isinstance(source(folder), ArrowTables) and answer(folder, tmp_path) == expected
    (folder / "patients.csv").unlink()
    with (
        pa.OSFile(str(folder / "patients.arrow"), "wb") as file,
        pa.ipc.new_file(file, PATIENTS.schema) as writer,
    ):
        writer.write_table(PATIENTS)
    assert answer(folder, tmp_path) == expected
    moments = events((1, datetime.datetime(2020, 2, 2, 5)), kind=pa.timestamp("us"))
    pq.write_table(moments, folder / "clinical_events" / "year=2020" / "part-0.parquet")
    assert isinstance(source(folder), ArrowTables)


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        (pa.table({"patient_id": [1], "sexx": ["male"]}), "Q284", "lacks `sex`"),
        (pa.table({"patient_id": ["1"], "sex": ["male"]}), "Q285", "string where int64"),
        (pa.table({"patient_id": [1], "sex": [1]}), "Q285", "int64 where string"),
    ],
)
def test_columns_that_cannot_serve_are_told(folder: Path, table: pa.Table, code: str, words: str) -> None:
    pq.write_table(table, folder / "patients.parquet")
    with pytest.raises(Mistake, match=words) as told:
        source(folder)
    assert (told.value.code, told.value.exit_status) == (code, 11)


def test_a_table_that_is_missing_doubled_or_broken_is_told(folder: Path) -> None:
    pa_csv.write_csv(PATIENTS, folder / "patients.csv")
    with pytest.raises(Mistake, match="more than once: patients") as told:
        source(folder)
    assert told.value.code == "Q281"
    (folder / "patients.csv").unlink()
    (folder / "patients.parquet").write_text("broken")
    with pytest.raises(Mistake, match="cannot be read") as told:
        source(folder)
    assert told.value.code == "Q283"
    (folder / "patients.parquet").unlink()
    with pytest.raises(Mistake, match="no file for table `patients`") as told:
        source(folder)
    assert told.value.code == "Q282"
    with pytest.raises(Mistake, match="no folder"):
        source(folder / "absent")
