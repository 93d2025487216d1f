"""A receipt says of results what was written: anybody can check them later, and any change is found."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.formats.columns import PATIENT_ID, OutputColumn
from armslength.query.formats.receipts import verify_receipt, write_receipt
from armslength.query.formats.writers import WRITERS, write_rows

COLUMNS = (PATIENT_ID, OutputColumn(name="age", type=int))


def result(path: Path) -> Path:
    """Write a result and its receipt beside its folder; return the receipt."""
    schema = pa.schema([pa.field("patient_id", pa.int64(), nullable=False), ("age", pa.int64())])
    rows = pa.RecordBatchReader.from_batches(
        schema, [pa.record_batch([pa.array([1, 2, 3]), pa.array([30, 41, None])], schema=schema)]
    )
    written = write_rows(rows, path, columns=COLUMNS)
    receipt = path.parent.parent / "receipt.json"
    write_receipt(receipt, {"dataset": written})
    return receipt


@pytest.mark.parametrize("suffix", WRITERS)
def test_results_are_verified_wherever_both_were_moved_to(tmp_path: Path, suffix: str) -> None:
    result(tmp_path / "here" / "out" / f"dataset{suffix}")
    (tmp_path / "here").rename(tmp_path / "there")
    (file,) = verify_receipt(tmp_path / "there" / "receipt.json").values()
    assert file.rows == 3 and file.path.name == f"dataset{suffix}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.write_bytes(path.read_bytes().replace(b"41", b"42")), "was changed"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes"),
        (lambda path: path.unlink(), "cannot be read"),
    ],
)
def test_any_change_of_a_result_is_found(tmp_path: Path, change, told: str) -> None:
    receipt = result(tmp_path / "out" / "dataset.csv")
    change(tmp_path / "out" / "dataset.csv")
    with pytest.raises(Mistakes) as raised:
        verify_receipt(receipt)
    (mistake,) = raised.value.mistakes
    assert mistake.code == "Q141" and told in mistake.what


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "armslength-receipt", "version": 2}', "\x00"])
def test_what_is_no_receipt_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "receipt.json").write_text(text)
    with pytest.raises(Mistake) as raised:
        verify_receipt(tmp_path / "receipt.json")
    assert raised.value.code == "Q140"


def test_a_receipt_is_the_same_for_the_same_results(tmp_path: Path) -> None:
    texts = [result(tmp_path / name / "out" / "dataset.csv").read_text() for name in ("one", "two")]
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["files"][0]["path"] == "out/dataset.csv"
