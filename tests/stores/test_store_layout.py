"""The embedded store is whole or absent, says what it holds, and notices what was done to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.formats import store as layout
from armslength.query.formats.store import ColumnType, StoreWriter, read_store, verify_store

SCHEMA = pa.schema(
    [("patient_id", pa.int64()), ("code", pa.dictionary(pa.int32(), pa.string())), ("date", pa.date32())]
)


def batch(first: int, rows: int) -> pa.RecordBatch:
    codes = pa.DictionaryArray.from_arrays(
        pa.array([0, 1] * (rows // 2) + [0] * (rows % 2), pa.int32()), ["a", "b"]
    )
    dates = pa.array(range(rows), pa.int32()).cast(pa.date32())
    return pa.record_batch([pa.array(range(first, first + rows), pa.int64()), codes, dates], schema=SCHEMA)


def fill(path: Path, *, rows: int = 5, replace: bool = False) -> None:
    with StoreWriter(path, kind="core", created_from={"seed": 1}, replace=replace) as writer:
        writer.add_table("events", schema=SCHEMA, patient_id="patient_id", sorted_by=("patient_id",))
        writer.write("events", batch(1, rows))


def code_of(error: pytest.ExceptionInfo[Mistake]) -> str:
    assert error.value.hint, "a mistake says what to do next"
    assert error.value.where
    return error.value.code


def test_what_was_written_is_read_back(tmp_path):
    fill(tmp_path / "store")
    store = verify_store(tmp_path / "store")
    table = store.table("events")
    assert (store.kind, dict(store.created_from), table.rows) == ("core", {"seed": 1}, 5)
    assert [(column.name, column.type) for column in table.columns] == [
        ("patient_id", ColumnType.INT),
        ("code", ColumnType.STR),
        ("date", ColumnType.DATE),
    ]
    assert pq.read_table(store.files_of("events")[0])["code"].to_pylist() == ["a", "b", "a", "b", "a"]
    assert pq.read_schema(store.files_of("events")[0]) == table.schema


def test_a_table_without_rows_still_has_a_file_with_its_columns(tmp_path):
    with StoreWriter(tmp_path / "store", kind="omop", created_from={}) as writer:
        writer.add_table("note", schema=SCHEMA, patient_id=None)
    store = read_store(tmp_path / "store")
    (file,) = store.files_of("note")
    assert pq.read_table(file).num_rows == 0
    assert pq.read_schema(file).names == SCHEMA.names


def test_rows_are_cut_into_row_groups_and_parts_wherever_the_batches_end(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "ROW_GROUP_ROWS", 10)
    monkeypatch.setattr(layout, "PART_ROWS", 20)
    for name, sizes in {"one": [47], "many": [3, 9, 25, 10]}.items():
        with StoreWriter(tmp_path / name, kind="core", created_from={}) as writer:
            writer.add_table("events", schema=SCHEMA, patient_id="patient_id")
            first = 1
            for rows in sizes:
                writer.write("events", batch(first, rows))
                first += rows
    one, many = read_store(tmp_path / "one"), read_store(tmp_path / "many")
    assert [file.rows for file in one.table("events").files] == [20, 20, 7]
    assert [file.rows for file in many.table("events").files] == [20, 20, 7]
    ids = [i for path in many.files_of("events") for i in pq.read_table(path)["patient_id"].to_pylist()]
    assert ids == list(range(1, 48))


def test_the_same_content_gives_the_same_bytes(tmp_path):
    fill(tmp_path / "one")
    fill(tmp_path / "two")
    assert (tmp_path / "one/store.json").read_bytes() == (tmp_path / "two/store.json").read_bytes()


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), StoreWriter(tmp_path / "store", kind="core", created_from={}) as writer:
        writer.add_table("events", schema=SCHEMA, patient_id="patient_id")
        writer.write("events", batch(1, 5))
        raise RuntimeError("the source broke")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_replacing_keeps_the_old_store(tmp_path):
    fill(tmp_path / "store", rows=5)
    replacing = StoreWriter(tmp_path / "store", kind="core", created_from={}, replace=True)
    with pytest.raises(RuntimeError), replacing as writer:
        writer.add_table("events", schema=SCHEMA, patient_id="patient_id")
        raise RuntimeError("the source broke")
    assert verify_store(tmp_path / "store").table("events").rows == 5
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_an_old_store_is_replaced_only_when_asked(tmp_path):
    fill(tmp_path / "store", rows=5)
    with pytest.raises(Mistake) as error:
        fill(tmp_path / "store", rows=6)
    assert code_of(error) == "D007"
    fill(tmp_path / "store", rows=6, replace=True)
    assert verify_store(tmp_path / "store").table("events").rows == 6
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_not_a_store_is_never_overwritten(tmp_path, replace):
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter.txt").write_text("years of work")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(thesis)
    for name in ("thesis", "file", "link"):
        with pytest.raises(Mistake) as error:
            fill(tmp_path / name, replace=replace)
        assert code_of(error) == "D008"
    assert (thesis / "chapter.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link", "thesis"]


def test_what_a_killed_writer_left_is_removed_by_the_next_one(tmp_path):
    program = f"""
import os, pathlib, signal
from armslength.query.formats.store import StoreWriter
with StoreWriter(pathlib.Path({str(tmp_path)!r}) / "store", kind="core", created_from={{}}):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program], check=False)
    assert [path.name.startswith(".store.") for path in tmp_path.iterdir()] == [True]
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "store")
    assert code_of(error) == "D001"
    fill(tmp_path / "store")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_writer_at_work_is_not_disturbed_by_another(tmp_path):
    with StoreWriter(tmp_path / "store", kind="core", created_from={}) as first:
        first.add_table("events", schema=SCHEMA, patient_id="patient_id")
        with StoreWriter(tmp_path / "store", kind="core", created_from={}) as second:
            second.add_table("other", schema=SCHEMA, patient_id=None)
        assert first.folder.exists()
        first.replace = True
    assert list(read_store(tmp_path / "store").tables) == ["events"]


def rewrite(path: Path, change) -> None:
    claim = json.loads((path / "store.json").read_text())
    change(claim)
    (path / "store.json").write_text(json.dumps(claim))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c.update(version=2), "D003"),
        (lambda c: c.update(format="other"), "D002"),
        (lambda c: c.update(kind="tpp"), "D002"),
        (lambda c: c.pop("tables"), "D002"),
        (lambda c: c["tables"]["events"].update(rows=7), "D002"),
        (lambda c: c["tables"]["events"].update(patient_id="nobody"), "D002"),
        (lambda c: c["tables"]["events"]["columns"][0].update(type="uuid"), "D002"),
        (lambda c: c["tables"].update({"../x": c["tables"].pop("events")}), "D002"),
        (lambda c: c["tables"]["events"]["files"][0].update(path="events/../../../etc/passwd"), "D002"),
        (lambda c: c["tables"]["events"]["files"][0].update(bytes=1), "D004"),
    ],
)
def test_a_description_that_lies_is_refused(tmp_path, change, code):
    fill(tmp_path / "store")
    rewrite(tmp_path / "store", change)
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "store")
    assert code_of(error) == code


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00"])
def test_a_broken_description_is_refused(tmp_path, text):
    fill(tmp_path / "store")
    (tmp_path / "store/store.json").write_text(text)
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "store")
    assert code_of(error) == "D002"


def test_missing_things_are_named(tmp_path):
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "nowhere")
    assert code_of(error) == "D001"
    fill(tmp_path / "store")
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "store").table("patients")
    assert code_of(error) == "D006"
    (tmp_path / "store/events/part-00000.parquet").unlink()
    with pytest.raises(Mistake) as error:
        read_store(tmp_path / "store")
    assert code_of(error) == "D004"


def test_changed_and_added_files_are_found(tmp_path):
    fill(tmp_path / "store")
    part = tmp_path / "store/events/part-00000.parquet"
    content = bytearray(part.read_bytes())
    content[40] ^= 1
    part.write_bytes(content)
    (tmp_path / "store/events/part-00001.parquet").write_bytes(b"smuggled")
    with pytest.raises(Mistakes) as error:
        verify_store(tmp_path / "store")
    assert [(mistake.code, Path(mistake.where).name) for mistake in error.value.mistakes] == [
        ("D005", "part-00000.parquet"),
        ("D005", "part-00001.parquet"),
    ]


@contextmanager
def small_disk(folder: Path, *, size: str):
    """Mount a small memory disk; skip where this is not allowed."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_nothing_is_left(tmp_path):
    with small_disk(tmp_path / "disk", size="64k") as disk:
        with pytest.raises(Mistake) as error:
            fill(disk / "store", rows=100_000)
        assert code_of(error) == "D009"
        assert "full" in error.value.what
        assert list(disk.iterdir()) == []
