"""A folder with a file, or a folder of files, for each table: what the backend `files` is asked of.

```
FOLDER/patients.parquet                     one file
FOLDER/clinical_events/part-1.parquet       many files, also deeper, as year=2024/part-1.parquet
FOLDER/medications.csv.gz                   CSV and Arrow files are read whole; Parquet is read where it lies
```
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.query.dummy.data_files import (
    FITS,
    PATIENT_ID,
    SUFFIXES,
    FileColumn,
    is_text,
    problem,
    read_file,
    suffix_of,
)
from armslength.query.engines.backend import DIRECT, Backend
from armslength.query.engines.engine import ArrowTables, ParquetFiles
from armslength.query.engines.lists import REGISTRATIONS, listed_columns
from armslength.query.formats.columns import plain_type
from armslength.query.model import nodes as n

PARQUET = ".parquet"
REGISTERED = "practice_registrations"


def folder_source(
    folder: Path, dataset: n.Dataset, *, backend: Backend = DIRECT
) -> ParquetFiles | ArrowTables:
    """Return the tables of a folder that a query reads, after checking the columns it uses.

    With them come the lists by which the `backend` holds people back, and the columns by which it holds back rows.

    Nothing else of the folder is opened. Parquet is read where it lies, however large, unless some file of the query is
    of another format or its columns need converting: then all are read into memory. Raises Mistake Q281 to Q285.
    """
    if not folder.is_dir():
        raise problem(
            "Q282",
            f"there is no folder `{folder}`",
            where=folder,
            hint="name a folder with a file for each table",
        )
    used = _columns_used(dataset, backend)
    files = {name: files_of(name, folder) for name in used}
    as_it_lies = [_is_as_needed(path, used[name]) for name, paths in files.items() for path in paths]
    if all(as_it_lies):
        return ParquetFiles(tables={name: tuple(paths) for name, paths in files.items()})
    tables = {}
    for name, paths in files.items():
        tables[name] = pa.concat_tables([read_file(path, used[name]) for path in paths])
    return ArrowTables(tables=tables)


def files_of(table: str, folder: Path) -> list[Path]:
    """Return the files of a table, in order. Raises Mistake Q281 for several formats, Q282 when there is none."""
    found = [folder / f"{table}{suffix}" for suffix in SUFFIXES if (folder / f"{table}{suffix}").is_file()]
    if (folder / table).is_dir():
        found += sorted(path for path in (folder / table).rglob("*") if path.name.endswith(SUFFIXES))
    if not found:
        hint = f"add `{table}.parquet`, or a folder `{table}` of files; formats: {', '.join(SUFFIXES)}"
        raise problem("Q282", f"there is no file for table `{table}`", where=folder, hint=hint)
    if len({suffix_of(path) for path in found}) > 1 or (len(found) > 1 and found[0].parent == folder):
        listed = ", ".join(str(path.relative_to(folder)) for path in found[:5])
        hint = "keep one format for a table, and either a file or a folder"
        raise problem("Q281", f"table `{table}` is there more than once: {listed}", where=folder, hint=hint)
    return found


def lists_of_folder(folder: Path, names: Collection[str]) -> frozenset[str]:
    """Return which of these lists a folder holds, in any format. Raises Mistake Q281 for one there twice."""
    found = set()
    for name in names:
        try:
            files_of(name, folder)
            found.add(name)
        except Mistake as mistake:
            if mistake.code != "Q282":  # there is none
                raise
    return frozenset(found)


def _columns_used(dataset: n.Dataset, backend: Backend) -> dict[str, Sequence[FileColumn]]:
    """Return the columns of each table that a query uses, patient_id first. All of them must be there."""
    found: dict[str, dict[str, FileColumn]] = {}
    for node in n.walk(dataset):
        if isinstance(node, (n.SelectTable, n.SelectPatientTable)):
            found.setdefault(node.name, {PATIENT_ID.name: PATIENT_ID})
        if isinstance(node, n.SelectColumn) and isinstance(node.source, n.Frame):
            table = n.table_of(node.source)
            if isinstance(table, (n.SelectTable, n.SelectPatientTable)):
                column = FileColumn(name=node.name, type=table.schema[node.name].type)
                found.setdefault(table.name, {PATIENT_ID.name: PATIENT_ID})[node.name] = column
    for name, held in [*_columns_held_by(backend, tuple(found))]:
        found.setdefault(name, {})[held.name] = held
    return {name: tuple(columns.values()) for name, columns in found.items()}


def _columns_held_by(backend: Backend, tables: Sequence[str]) -> Iterator[tuple[str, FileColumn]]:
    """Yield what the restrictions that stand read: their lists, and columns of the tables that are asked."""
    columns = listed_columns(PATIENT_ID.name)
    for restriction in backend.applied:
        yield restriction.listed_in, FileColumn(name=columns[restriction.listed_in], type=int)
        if not restriction.until:
            continue
        yield REGISTERED, PATIENT_ID
        for name, kind in REGISTRATIONS.items():
            yield REGISTERED, FileColumn(name=name, type=kind)
        for table in tables:
            if day := backend.days.get(table):
                yield table, FileColumn(name=day, type=datetime.date)


def _is_as_needed(path: Path, columns: Sequence[FileColumn]) -> bool:
    """Whether an engine may read a file where it lies. Raises Mistake Q283 to Q285 for columns that cannot serve."""
    if suffix_of(path) != PARQUET:
        return False
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise problem("Q283", f"`{path.name}` cannot be read: {error}", where=path) from None
    missing = [f"`{each.name}`" for each in columns if each.name not in schema.names]
    if missing:
        hint = f"its columns are {', '.join(schema.names)}"
        raise problem("Q284", f"`{path.name}` lacks {', '.join(missing)}", where=path, hint=hint)
    return all([_is_of_type(path, schema.field(each.name).type, each) for each in columns])


def _is_of_type(path: Path, kind: pa.DataType, column: FileColumn) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not FITS.get(column.type, is_text)(kind):
        what = f"the column holds {kind} where {plain_type(column.type)} is expected"
        raise problem("Q285", what, where=f"{path}, column {column.name}")
    # A moment is a date only after its time of day is taken off.
    return not pa.types.is_timestamp(kind)
