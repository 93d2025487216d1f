"""Read tables that people keep in files, checking each cell: what is wrong is told with file, row and column."""

from __future__ import annotations

import csv
import datetime
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.formats.columns import plain_type

SUFFIXES = (".csv.gz", ".csv", ".arrow", ".parquet")
FILE_PROBLEM_STATUS = 11
MOST_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """What a column of a file must be. A column that is not `required` may be absent: it is then missing."""

    name: str
    type: Any
    categories: tuple[Any, ...] | None = None
    required: bool = True
    nullable: bool = True


PATIENT_ID = FileColumn(name="patient_id", type=int, nullable=False)


def problem(code: str, what: str, *, where: str | Path, hint: str | None = None) -> Mistake:
    return Mistake(code, what, where=str(where), hint=hint, exit_status=FILE_PROBLEM_STATUS)


def suffix_of(path: Path) -> str:
    """Return the suffix that names a file's format. Raises Mistake Q281."""
    for suffix in SUFFIXES:
        if path.name.endswith(suffix):
            return suffix
    known = ", ".join(SUFFIXES)
    raise problem("Q281", f"no format is read from `{path.name}`", where=path, hint=f"end it in {known}")


def files_in(folder: Path) -> dict[str, Path]:
    """Return the data files of a folder by the name of their table. Raises Mistake Q281, Q282."""
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise problem(
            "Q282", f"`{folder}` {what}", where=folder, hint="name a folder with a file for each table"
        )
    found = [path for path in sorted(folder.iterdir()) if path.name.endswith(SUFFIXES) and path.is_file()]
    suffixes = sorted({suffix_of(path) for path in found})
    if not found:
        raise problem(
            "Q282",
            f"there is no data file in `{folder}`",
            where=folder,
            hint=f"formats: {', '.join(SUFFIXES)}",
        )
    if len(suffixes) > 1:
        what = f"`{folder}` holds files of several formats: {', '.join(suffixes)}"
        raise problem("Q281", what, where=folder, hint="keep one format in a folder")
    return {path.name.removesuffix(suffixes[0]): path for path in found}


def file_of(table: str, files: dict[str, Path], folder: Path) -> Path:
    """Return the file of a table. Raises Mistake Q282."""
    path = files.get(quote(table, safe=""))
    if path is None:
        wanted = quote(table, safe="") + suffix_of(next(iter(files.values())))
        hint = f"add `{wanted}`; the folder holds {', '.join(files)}"
        raise problem("Q282", f"there is no file for table `{table}`", where=folder, hint=hint)
    return path


def read_file(path: Path, columns: Sequence[FileColumn], *, one_row_per_patient: bool = False) -> pa.Table:
    """Read the columns of a file, of the types they must have. Raises Mistake Q281 to Q285, or several."""
    suffix = suffix_of(path)
    if not path.is_file():
        raise problem(
            "Q282", f"there is no file `{path}`", where=path, hint="paths count from the study's folder"
        )
    try:
        table = _read_csv(path, columns) if suffix.startswith(".csv") else _read_arrow(path, suffix, columns)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowInvalid) as error:
        raise problem("Q283", f"`{path.name}` cannot be read: {error}", where=path) from None
    if one_row_per_patient:
        _check_once(path, table)
    return table


def _check_header(path: Path, columns: Sequence[FileColumn], names: Sequence[str]) -> None:
    missing = [f"`{each.name}`" for each in columns if each.required and each.name not in names]
    if missing:
        hint = (
            f"its columns are {', '.join(names)}"
            if names
            else "the file is empty: it needs a line of column names"
        )
        raise problem("Q284", f"`{path.name}` lacks {', '.join(missing)}", where=path, hint=hint)


def _check_once(path: Path, table: pa.Table) -> None:
    seen: set[int] = set()
    for number, patient in enumerate(table.column("patient_id").to_pylist(), start=1):
        if patient in seen:
            what = f"patient {patient} has a second row in a table of one row for each patient"
            raise problem(
                "Q285", what, where=f"{path}, row {number}, column patient_id", hint="keep one of the rows"
            )
        seen.add(patient)


# --- text -----------------------------------------------------------------------------------------------------


def _read_csv(path: Path, columns: Sequence[FileColumn]) -> pa.Table:
    with (gzip.open if path.name.endswith(".gz") else open)(
        path, "rt", newline="", encoding="utf-8-sig"
    ) as file:
        reader = csv.reader(file)
        names = next(reader, [])
        _check_header(path, columns, names)
        places = [names.index(each.name) if each.name in names else None for each in columns]
        values: list[list[Any]] = [[] for _ in columns]
        mistakes: list[Mistake] = []
        for number, cells in enumerate(reader, start=1):
            if len(cells) != len(names):
                what = f"the row has {len(cells)} cells where {len(names)} are expected"
                mistakes.append(problem("Q285", what, where=f"{path}, row {number}"))
                break
            for column, place, found in zip(columns, places, values, strict=True):
                try:
                    found.append(_cell("" if place is None else cells[place], column))
                except ValueError as error:
                    where = f"{path}, row {number}, column {column.name}"
                    mistakes.append(problem("Q285", str(error), where=where, hint=HINTS.get(column.type)))
            if len(mistakes) >= MOST_TOLD:
                break
    if mistakes:
        raise mistakes[0] if len(mistakes) == 1 else Mistakes(mistakes[:MOST_TOLD])
    return _as_table(columns, values)


def _as_table(columns: Sequence[FileColumn], values: list[list[Any]]) -> pa.Table:
    arrays = [
        pa.array(found, type=plain_type(each.type)) for each, found in zip(columns, values, strict=True)
    ]
    return pa.table(arrays, names=[each.name for each in columns])


def _cell(text: str, column: FileColumn) -> Any:
    """Read one cell. Raises ValueError with what is wrong, in words."""
    if text == "":
        if not column.nullable:
            raise ValueError("the cell is empty and must not be")
        return None
    try:
        value = READERS.get(column.type, str)(text)
    except (ValueError, KeyError) as error:
        reason = f": {error}" if column.type is datetime.date and error.args else ""
        raise ValueError(f"{text!r} is not {WORDS.get(column.type, 'a text')}{reason}") from None
    _check_category(value, column)
    return value


def _check_category(value: Any, column: FileColumn) -> None:
    if column.categories is not None and value not in column.categories:
        allowed = ", ".join(f"`{each}`" for each in column.categories if each is not None)
        raise ValueError(f"`{value}` is not one of {allowed or 'no value at all'}")


READERS: dict[Any, Callable[[str], Any]] = {
    bool: {"T": True, "F": False}.__getitem__,
    int: int,
    float: float,
    datetime.date: datetime.date.fromisoformat,
}
WORDS: dict[Any, str] = {
    bool: "`T` or `F`",
    int: "a whole number",
    float: "a number",
    datetime.date: "a date",
}
HINTS: dict[Any, str] = {bool: "write T, F or nothing", datetime.date: "write dates as 2020-01-31"}


# --- Arrow and Parquet ----------------------------------------------------------------------------------------


def _read_arrow(path: Path, suffix: str, columns: Sequence[FileColumn]) -> pa.Table:
    if suffix == ".parquet":
        table = pq.read_table(path)
    else:
        with pa.ipc.open_file(path) as opened:
            table = opened.read_all()
    _check_header(path, columns, table.column_names)
    arrays = [
        _array(path, table.column(each.name), each)
        if each.name in table.column_names
        else pa.nulls(table.num_rows, plain_type(each.type))
        for each in columns
    ]
    return pa.table(arrays, names=[each.name for each in columns])


def _array(path: Path, array: pa.ChunkedArray, column: FileColumn) -> pa.ChunkedArray:
    where = f"{path}, column {column.name}"
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if not FITS.get(column.type, is_text)(kind):
        expected = plain_type(column.type)
        raise problem("Q285", f"the column holds {kind} where {expected} is expected", where=where)
    plain = array.cast(kind) if pa.types.is_dictionary(array.type) else array
    plain = plain.cast(plain_type(column.type))
    if not column.nullable or column.categories is not None:
        for number, value in enumerate(_values(plain), start=1):
            told = f"{path}, row {number}, column {column.name}"
            if value is None and not column.nullable:
                raise problem("Q285", "the value is missing and must not be", where=told)
            try:
                if value is not None:
                    _check_category(value, column)
            except ValueError as error:
                raise problem("Q285", str(error), where=told) from None
    return plain


def _values(array: pa.ChunkedArray) -> Iterator[Any]:
    for chunk in array.chunks:
        yield from chunk.to_pylist()


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


FITS: dict[Any, Callable[[pa.DataType], bool]] = {
    bool: pa.types.is_boolean,
    int: pa.types.is_integer,
    float: pa.types.is_floating,
    datetime.date: lambda kind: pa.types.is_date(kind) or pa.types.is_timestamp(kind),
}
