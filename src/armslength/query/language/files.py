"""Tables read from files an earlier action made: CSV, compressed CSV, or Arrow."""

from __future__ import annotations

import csv
import datetime
import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from armslength.query.language.errors import FileValidationError
from armslength.query.language.frames import PatientFrame
from armslength.query.language.tables import Series, inline_table
from armslength.query.model.codes import BaseCode
from armslength.query.model.schema import TableSchema

SUFFIXES = (".csv", ".csv.gz", ".arrow")
BOOLS = {"T": True, "F": False}
WORDS: dict[type, str] = {
    bool: "`T` or `F`",
    int: "a whole number",
    float: "a number",
    datetime.date: "a date such as 2020-01-31",
}

# The study's folder, while a command loads a definition: files are read from inside it alone. None: from anywhere.
study: Path | None = None


def table_from_file(path: str | Path, *, columns: Mapping[str, type] | None = None) -> Any:
    """Make a patient table from a file. `columns` are the names and types wanted; others in the file are ignored.

    `path` is relative to the project. Raises FileValidationError, saying which row and
    column, when the file does not hold what is wanted or lists a patient twice. Without `columns` it
    decorates a class that says them.
    """
    file = Path(path)
    if columns is None:
        return _Decorator(file)
    names: dict[str, Any] = {name: Series(kind) for name, kind in columns.items()}
    return _from_file(file, type("table_from_file", (PatientFrame,), names))


class _Decorator:
    """`@table_from_file(path)` above a class of columns, as older studies write it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, cls: type[PatientFrame]) -> PatientFrame:
        return _from_file(self._path, cls)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"the table of `{self._path}` has no column `{name}`, because it was made without `columns`: "
            f'write `table_from_file("{self._path}", columns={{"{name}": …}})`'
        )


def _from_file(path: Path, cls: type[PatientFrame]) -> PatientFrame:
    if study is not None and not path.resolve().is_relative_to(study.resolve()):
        raise FileValidationError(
            f"`{path}` is outside the study: a definition reads files of the folder the command is run in"
        )
    declared = {name: member.column for name, member in vars(cls).items() if isinstance(member, Series)}
    return inline_table(cls, read_rows(path, TableSchema.of(declared)))


def read_rows(path: Path, schema: TableSchema) -> list[tuple[Any, ...]]:
    """Read one row per patient: (patient_id, values in schema order). Raises FileValidationError."""
    return _one_per_patient(path, read_all_rows(path, schema))


def read_all_rows(path: Path, schema: TableSchema) -> Iterable[tuple[Any, ...]]:
    """Read all rows of a file: (patient_id, values in schema order). Raises FileValidationError."""
    if not path.name.endswith(SUFFIXES):
        raise FileValidationError(
            f"`{path}` cannot be read: its name must end in one of {', '.join(SUFFIXES)}"
        )
    if not path.is_file():
        raise FileValidationError(f"there is no file `{path}`")
    return _arrow_rows(path, schema) if path.suffix == ".arrow" else _csv_rows(path, schema)


def _one_per_patient(path: Path, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    found: dict[int, tuple[Any, ...]] = {}
    for number, row in enumerate(rows, start=1):
        if row[0] is None:
            raise FileValidationError(f"`{path}` row {number}, column `patient_id`: must not be empty")
        if row[0] in found:
            raise FileValidationError(
                f"`{path}` row {number}, column `patient_id`: a patient is listed twice"
            )
        found[row[0]] = row
    return list(found.values())


def _csv_rows(path: Path, schema: TableSchema) -> Iterator[tuple[Any, ...]]:
    readers = {"patient_id": _reader(int), **{name: _reader(schema[name].type) for name in schema}}
    kinds = {"patient_id": int, **{name: schema[name].type for name in schema}}
    try:
        with _opened(path) as file:
            reader = csv.reader(file)
            header = next(reader, [])
            _check_header(path, tuple(readers), header)
            places = {name: header.index(name) for name in readers}
            for number, cells in enumerate(filter(None, reader), start=1):
                if len(cells) != len(header):
                    raise FileValidationError(
                        f"`{path}` row {number}: {len(cells)} cells where {len(header)} are expected"
                    )
                yield tuple(
                    _value(path, number, name, read, cells[places[name]], kinds[name])
                    for name, read in readers.items()
                )
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FileValidationError(f"`{path}` cannot be read: {error}") from None


def _opened(path: Path) -> IO[str]:
    # A mark of the byte order is no part of the first column's name.
    opening = gzip.open if path.suffix == ".gz" else open
    return cast(IO[str], opening(path, "rt", newline="", encoding="utf-8-sig"))


def _value(path: Path, number: int, name: str, read: Callable[[str], Any], text: str, kind: type) -> Any:
    if not text:
        return None
    try:
        return read(text)
    except (ValueError, KeyError):
        raise FileValidationError(
            f"`{path}` row {number}, column `{name}`: {text!r} is not {WORDS.get(kind, 'a text')}"
        ) from None


def _reader(kind: type) -> Callable[[str], Any]:
    if kind is bool:
        return BOOLS.__getitem__
    if kind is datetime.date:
        return datetime.date.fromisoformat  # weeks and dates without dashes are dates in files
    # Rows are data: a code that is not well-formed is told apart from others by comparing, not refused.
    return kind.as_found if issubclass(kind, BaseCode) else kind


def _check_header(path: Path, needed: tuple[str, ...], header: Iterable[str]) -> None:
    found = set(header)
    if missing := [name for name in needed if name not in found]:
        raise FileValidationError(f"`{path}` lacks the columns: {', '.join(missing)}")


def _arrow_rows(path: Path, schema: TableSchema) -> Iterator[tuple[Any, ...]]:
    # Heavy, so imported only by definitions that read Arrow files.
    import pyarrow
    from pyarrow import feather

    names = ["patient_id", *schema]
    try:
        table = feather.read_table(path, memory_map=False)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise FileValidationError(f"`{path}` cannot be read: {error}") from None
    _check_header(path, tuple(names), table.column_names)
    kinds = {"patient_id": int, **{name: schema[name].type for name in schema}}
    for number, row in enumerate(table.select(names).to_pylist(), start=1):
        yield tuple(_converted(path, number, name, kinds[name], row[name]) for name in names)


def _converted(path: Path, number: int, name: str, kind: type, value: Any) -> Any:
    if value is None or type(value) is kind:
        return value
    if isinstance(value, datetime.datetime) and kind is datetime.date:
        return value.date()
    if type(value) is int and kind is float:
        return float(value)
    if type(value) is str and issubclass(kind, str):
        return _value(path, number, name, _reader(kind), value, kind)
    raise FileValidationError(
        f"`{path}` row {number}, column `{name}`: {value!r} is {type(value).__name__}, not {kind.__name__}"
    )
