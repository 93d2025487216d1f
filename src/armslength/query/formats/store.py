"""The embedded store: a folder with `store.json` and one folder of Parquet files for each table.

```
STORE/store.json                      what is in it: kind, tables, columns, rows, files with their SHA-256
STORE/patients/part-00000.parquet     rows sorted by patient
STORE/report.json                     optional papers of whoever filled it
```

A store is whole or absent. It is written into a hidden folder beside its place and renamed when
complete. It holds no clock and no machine name: the same content gives the same bytes.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import glob
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.files import sha256_of, sync_folder
from armslength.kernel.ids import new_id
from armslength.query.formats.store_layout import (
    DESCRIPTION,
    FORMAT,
    KINDS,
    TABLE_NAME,
    VERSION,
    ColumnType,
    Store,
    StoreColumn,
    StoreFile,
    StoreTable,
    parsed_store,
)

__all__ = [
    "ColumnType",
    "Store",
    "StoreColumn",
    "StoreFile",
    "StoreTable",
    "StoreWriter",
    "check_writable",
    "is_store",
    "read_store",
    "told_as_mistakes",
    "verify_store",
]

# Large enough that a scan is not all headers, small enough that two cores share one file.
ROW_GROUP_ROWS = 250_000
# A part is closed at this size, so that a copy or a check can go on file by file.
PART_ROWS = 40 * ROW_GROUP_ROWS


def is_store(path: Path) -> bool:
    """Say whether a folder claims to be a store of ours, whole or not."""
    try:
        claim = json.loads((path / DESCRIPTION).read_text())
    except (OSError, ValueError):
        return False
    return isinstance(claim, dict) and claim.get("format") == FORMAT


def read_store(path: Path) -> Store:
    """Read what a store says of itself, and check that every file is there with its size.

    Reads no row: use `verify_store` for the content. Raises Mistake D001 (missing), D002 (malformed),
    D003 (other version), D004 (incomplete).
    """
    description = path / DESCRIPTION
    try:
        text = description.read_text()
    except (FileNotFoundError, NotADirectoryError):
        what = "there is no store here" if path.is_dir() else "there is no such folder"
        hint = "fill one with `armslength data sample` or `armslength data import omop`"
        raise Mistake("D001", what, where=str(path), hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake("D002", f"the description cannot be read: {error}", where=str(description)) from None
    try:
        store = parsed_store(path, json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"it misses {error}" if isinstance(error, KeyError) else str(error)
        hint = "make the store again; a description is never edited by hand"
        what = f"the description of the store is malformed: {reason}"
        raise Mistake("D002", what, where=str(description), hint=hint) from None
    for table in store.tables.values():
        for file in table.files:
            _check_present(store.path / file.path, file)
    return store


def _check_present(path: Path, file: StoreFile) -> None:
    hint = "copy the whole store again, or make it again"
    if path.is_symlink() or not path.is_file():
        raise Mistake(
            "D004", f"the store is incomplete: `{file.path}` is missing", where=str(path), hint=hint
        )
    if (size := path.stat().st_size) != file.bytes:
        what = f"the store is incomplete: `{file.path}` has {size} bytes of {file.bytes}"
        raise Mistake("D004", what, where=str(path), hint=hint)


def verify_store(path: Path) -> Store:
    """Read every byte of a store; raise Mistakes naming each file that is not what it was (D005)."""
    store = read_store(path)
    hint = "make the store again and find out who changed it"
    found = []
    for table in store.tables.values():
        known = {file.path for file in table.files}
        for file in table.files:
            if sha256_of(path / file.path) != file.sha256:
                found.append(
                    Mistake("D005", f"`{file.path}` was changed", where=str(path / file.path), hint=hint)
                )
        for extra in sorted((path / table.name).iterdir()):
            if f"{table.name}/{extra.name}" not in known:
                what = f"`{table.name}/{extra.name}` was added to the store"
                found.append(Mistake("D005", what, where=str(extra), hint=hint))
    if found:
        raise Mistakes(found)
    return store


@contextlib.contextmanager
def told_as_mistakes(place: Path) -> Iterator[None]:
    """Turn a refusal of the disk into a Mistake (D009)."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full" if full else f"the store cannot be written: {error.strerror or error}"
        hint = "free some space or choose another place" if full else "check the place and its permissions"
        raise Mistake("D009", f"{what}; nothing is left behind", where=str(place), hint=hint) from error


@dataclass(kw_only=True)
class _OpenTable:
    """A table while it is being written: rows wait until they fill a row group."""

    schema: pa.Schema
    patient_id: str | None
    sorted_by: tuple[str, ...]
    waiting: list[pa.RecordBatch] = field(default_factory=list)
    waiting_rows: int = 0
    writer: pq.ParquetWriter | None = None
    part_rows: int = 0
    parts: list[int] = field(default_factory=list)


class StoreWriter:
    """Writes one store, streaming; it appears at `path` when the `with` block succeeds, else not at all.

    `created_from` must say all that is needed to make it again, and nothing that changes from run to
    run. An old store at `path` is replaced only when `replace` says so, in one step; anything else
    found there is never touched (D007, D008).
    """

    def __init__(
        self, path: Path, *, kind: str, created_from: Mapping[str, Any], replace: bool = False
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}, not {kind!r}")
        self.path = path.absolute()
        self.kind = kind
        self.created_from = dict(created_from)
        self.replace = replace
        self._tables: dict[str, _OpenTable] = {}

    def __enter__(self) -> StoreWriter:
        check_writable(self.path, replace=self.replace)
        with told_as_mistakes(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(self.path)
            self.folder = self.path.with_name(f".{self.path.name}.{new_id()}.part")
            self.folder.mkdir()
            self._lock = _locked(self.folder)
        return self

    def add_table(
        self, name: str, *, schema: pa.Schema, patient_id: str | None, sorted_by: tuple[str, ...] = ()
    ) -> None:
        """Begin a table. Text may be dictionary-encoded in `schema`; it is stored as text all the same."""
        if not TABLE_NAME.fullmatch(name) or name in self._tables:
            raise ValueError(f"{name!r} is not a new table name")
        for column in schema:
            ColumnType.of(column.type)
        with told_as_mistakes(self.path):
            (self.folder / name).mkdir()
        self._tables[name] = _OpenTable(schema=schema, patient_id=patient_id, sorted_by=sorted_by)

    def write(self, name: str, batch: pa.RecordBatch) -> None:
        """Add rows to a table, in the order it is to be sorted by."""
        table = self._tables[name]
        while batch.num_rows:
            head = batch.slice(0, ROW_GROUP_ROWS - table.waiting_rows)
            batch = batch.slice(head.num_rows)
            table.waiting.append(head)
            table.waiting_rows += head.num_rows
            if table.waiting_rows == ROW_GROUP_ROWS:
                self._flush(name, table)

    def add_document(self, name: str, text: str) -> None:
        """Put a paper (a report) beside the tables."""
        if name == DESCRIPTION or "/" in name or name in self._tables:
            raise ValueError(f"{name!r} is taken")
        with told_as_mistakes(self.path):
            (self.folder / name).write_text(text)

    def _flush(self, name: str, table: _OpenTable) -> None:
        with told_as_mistakes(self.path):
            if table.writer is None:
                path = self.folder / name / f"part-{len(table.parts):05}.parquet"
                table.writer = pq.ParquetWriter(path, table.schema, **_parquet_settings(table.schema))
            if table.waiting_rows:
                rows = pa.Table.from_batches(table.waiting, schema=table.schema).unify_dictionaries()
                table.writer.write_table(rows.combine_chunks(), row_group_size=ROW_GROUP_ROWS)
            table.part_rows += table.waiting_rows
            table.waiting, table.waiting_rows = [], 0
            if table.part_rows >= PART_ROWS:
                self._close_part(table)

    def _close_part(self, table: _OpenTable) -> None:
        writer, table.writer = table.writer, None
        if writer is not None:
            writer.close()
        table.parts.append(table.part_rows)
        table.part_rows = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                with told_as_mistakes(self.path):
                    self._finish()
        finally:
            self._abandon()

    def _finish(self) -> None:
        for name, table in self._tables.items():
            if table.waiting_rows or not table.parts:
                self._flush(name, table)
            if table.writer is not None:
                self._close_part(table)
        claim = {
            "format": FORMAT,
            "version": VERSION,
            "kind": self.kind,
            "created_from": self.created_from,
            "tables": {name: self._described(name, table) for name, table in sorted(self._tables.items())},
        }
        (self.folder / DESCRIPTION).write_text(json.dumps(claim, indent=1, ensure_ascii=False) + "\n")
        _sync_tree(self.folder)
        check_writable(self.path, replace=self.replace)
        _put_in_place(self.folder, self.path)

    def _described(self, name: str, table: _OpenTable) -> dict[str, Any]:
        files = []
        for number, rows in enumerate(table.parts):
            path = self.folder / name / f"part-{number:05}.parquet"
            size = path.stat().st_size
            files.append(
                {"path": f"{name}/{path.name}", "rows": rows, "bytes": size, "sha256": sha256_of(path)}
            )
        return {
            "rows": sum(table.parts),
            "columns": [
                {"name": column.name, "type": str(ColumnType.of(column.type))} for column in table.schema
            ],
            "patient_id": table.patient_id,
            "sorted_by": list(table.sorted_by),
            "files": files,
        }

    def _abandon(self) -> None:
        for table in self._tables.values():
            if table.writer is not None:
                # The disk that refused the rows refuses the footer too; the first refusal was told.
                with contextlib.suppress(OSError):
                    table.writer.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def check_writable(path: Path, *, replace: bool) -> None:
    """Raise the Mistake that a StoreWriter would raise, before any work is done."""
    if path.is_dir() and not path.is_symlink():
        if is_store(path):
            if not replace:
                hint = "say `--replace` to replace it, or choose another place"
                raise Mistake("D007", "there is already a store here", where=str(path), hint=hint)
            return
        if not any(path.iterdir()):
            return
    elif not path.exists() and not path.is_symlink():
        return
    hint = "choose a new name; only a store is ever replaced"
    raise Mistake("D008", "something that is not a store is already here", where=str(path), hint=hint)


def _parquet_settings(schema: pa.Schema) -> dict[str, Any]:
    """Return the writer settings, all pinned: bytes must not follow a library's changing defaults."""
    kinds = {column.name: ColumnType.of(column.type) for column in schema}
    repeating = (ColumnType.STR, ColumnType.DATE, ColumnType.FLOAT)
    dictionaries = [name for name, kind in kinds.items() if kind in repeating]
    # The least and the greatest text of rows sorted by patient rule nothing out, and finding them takes
    # most of the time of writing a column of codes.
    bounded = [name for name, kind in kinds.items() if kind is not ColumnType.STR]
    return {
        "version": "2.6",
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": dictionaries,
        "write_statistics": bounded,
        "data_page_version": "1.0",
        "data_page_size": 1 << 20,
        "dictionary_pagesize_limit": 4 << 20,
        "store_schema": False,
        "write_page_index": False,
        "write_page_checksum": False,
    }


def _locked(folder: Path) -> int:
    """Hold a lock on a folder while this process lives; return its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _remove_abandoned(path: Path) -> None:
    """Remove what a killed writer of the same store left: a half-written folder nobody holds the lock of."""
    for folder in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        try:
            descriptor = _locked(folder)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def _put_in_place(folder: Path, path: Path) -> None:
    """Rename a finished store into place; an old one there is exchanged in one step."""
    if is_store(path):
        _exchange(folder, path)
    else:
        folder.rename(path)  # over nothing, or over an empty folder
    sync_folder(path.parent)


def _exchange(first: Path, second: Path) -> None:
    """Swap two folders in one step: a reader finds the old store or the new one, never neither."""
    at_working_folder, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)
    library = ctypes.CDLL(None, use_errno=True)
    call = (at_working_folder, os.fsencode(first), at_working_folder, os.fsencode(second), exchange)
    if library.renameat2(*call) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(second))
