"""The rows that `show()` looks at: a folder of tables of the author's, or the example data."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from armslength.query.language.errors import FileValidationError
from armslength.query.language.files import SUFFIXES, read_all_rows
from armslength.query.loading.example_data import TABLES
from armslength.query.model.nodes import SelectPatientTable, SelectTable
from armslength.query.model.schema import TableSchema

EXAMPLES = Path(__file__).parent / "example_data"
ROW_ID = "row_id"


def rows_of(tables: Iterable[SelectTable | SelectPatientTable], folder: Path | None) -> dict[str, Any]:
    """Return the rows of each table by its name; each knows its number in the file as `row_id`.

    Columns that a file lacks are missing; without a folder, tables that have no example are empty. Raises
    FileValidationError for a file that is not there or does not fit.
    """
    found: dict[str, Any] = {}
    for table in tables:
        if folder is not None:
            path = _file_of(table.name, folder)
        elif table.name in TABLES:
            path = EXAMPLES / f"{table.name}.csv"
        else:
            found[table.name] = []
            continue
        found[table.name] = _rows(path, table.schema)
    return found


def _file_of(name: str, folder: Path) -> Path:
    for suffix in SUFFIXES:
        path = folder / f"{quote(name, safe='')}{suffix}"
        if path.is_file():
            return path
    wanted = " or ".join(f"`{name}{suffix}`" for suffix in SUFFIXES)
    raise FileValidationError(f"there is no {wanted} in `{folder}`")


def _rows(path: Path, schema: TableSchema) -> list[dict[str, Any]]:
    present = TableSchema(tuple((name, column) for name, column in schema.columns if name in _header(path)))
    names = ("patient_id", *present)
    rows = read_all_rows(path, present)
    return [dict(zip(names, row, strict=True)) | {ROW_ID: i} for i, row in enumerate(rows, start=1)]


def _header(path: Path) -> set[str]:
    if path.suffix == ".arrow":
        from pyarrow import feather

        return set(feather.read_table(path, memory_map=False).column_names)
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "rt", newline="", encoding="utf-8-sig") as file:
        return set(next(csv.reader(file), ()))
