"""Import a folder of CSV or Parquet files into a store: typed by contract, in parallel, resumable, memory bounded."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of, temporary_path, write_text
from armslength.query.formats.store import Store, StoreWriter, check_writable, read_store, told_as_mistakes
from armslength.query.stores.file_rows import read_file
from armslength.query.stores.file_source import Files, SourceFile, found_files
from armslength.query.stores.file_tables import PATIENT_ID, FileTable, file_tables
from armslength.query.stores.files_report import FilesReport
from armslength.query.stores.list_files import LISTS, list_table, lists_among, rows_of_list, store_list
from armslength.query.stores.omop_report import RefusedRows, TableReport
from armslength.query.stores.omop_rows import LINE, staged_schema
from armslength.query.stores.omop_schema import CdmTable
from armslength.query.stores.staging import (
    BATCH,
    check_share,
    number,
    opened_database,
    parquet,
    told_when_full,
)

REPORT = "report.json"
RULES = 1  # raise it when the same file would be read differently: what was staged before is then read again
Progress = Callable[[str, int], None]  # what was done, and how many rows it had


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """One file after it was read: its rows that can be kept, and what became of the others."""

    rows: Path
    sha256: str
    report: TableReport
    again: bool  # it was read by an earlier attempt


def import_files(
    folder: Path,
    *,
    kind: str,
    to: Path,
    replace: bool = False,
    strict: bool = False,
    workers: int | None = None,
    progress: Progress = lambda name, rows: None,
) -> tuple[Store, FilesReport]:
    """Read a folder of `csv` or `parquet` files into a store of core tables; return both it and the report.

    Files are read side by side by `workers`, and kept in a hidden folder beside the store until it is whole: when
    an import is stopped, the next one goes on with the files that were not read yet or have changed since.
    Lists of people and practices are stored, too, no row left out. Raises Mistake D021, D022, D026 to D034, and
    those of StoreWriter.
    """
    check_writable(to.absolute(), replace=replace)
    tables = file_tables()
    found, lists = _found(folder, kind=kind, tables=tables)
    with _workplace(to.absolute()) as place:
        staged = _stage_all(found, tables, place, workers=workers or os.cpu_count() or 1, progress=progress)
        reports = {name: _table_report(name, staged) for name in tables}
        digests = {name: each.sha256 for name, each in sorted(staged.items())}
        digests |= {each.name: sha256_of(each.path) for each in lists}
        made = {"maker": f"import {kind}", "files": digests}
        again = tuple(sorted(name for name, each in staged.items() if each.again))
        told = tuple(reports.values())
        report = FilesReport(source=folder.name, tables=told, unknown_files=found.unknown, read_before=again)
        with StoreWriter(to, kind="core", created_from=made, replace=replace) as writer:
            _store_lists(writer, lists, progress=progress, where=str(folder))
            _store_all(writer, tables, staged, report, progress=progress, where=str(folder))
            if strict:
                _check_strict(report)
            writer.add_document(REPORT, report.as_json())
    shutil.rmtree(place, ignore_errors=True)
    return read_store(to), report


def _found(
    folder: Path, *, kind: str, tables: Mapping[str, FileTable]
) -> tuple[Files, tuple[SourceFile, ...]]:
    """Return the files of tables, and those of lists of people and practices."""
    found = found_files(folder, kind=kind, tables=[*tables, *sorted(LISTS)])
    lists = tuple(file for file in found.files if file.table in LISTS)
    return dataclasses.replace(found, files=tuple(each for each in found.files if each not in lists)), lists


@contextmanager
def _workplace(to: Path) -> Iterator[Path]:
    """Hold the hidden folder beside a store where files wait, for one import at a time. Raises Mistake D033."""
    place = to.with_name(f".{to.name}.import")
    with told_as_mistakes(to):
        place.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield place
    except BlockingIOError:
        hint = "wait for it to end, or choose another place"
        raise Mistake("D033", "another import is filling this store", where=str(to), hint=hint) from None
    finally:
        os.close(descriptor)


def _stage_all(
    found: Files, tables: Mapping[str, FileTable], place: Path, *, workers: int, progress: Progress
) -> dict[str, Staged]:
    """Read every file that is not there yet. The first mistake stops the others after the batch they are at."""
    stop = threading.Event()

    def read(file: SourceFile) -> Staged:
        if stop.is_set():
            raise _StoppedError
        try:
            staged = _stage(file, tables[file.table], place, where=f"{found.folder}: {file.name}", stop=stop)
        except BaseException:
            stop.set()
            raise
        progress(f"{'kept' if staged.again else 'read'} {file.name}", staged.report.rows_read)
        return staged

    largest_first = sorted(found.files, key=lambda file: -file.path.stat().st_size)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        asked = {file.name: pool.submit(read, file) for file in largest_first}
        errors = [error for each in asked.values() if (error := each.exception()) is not None]
        if errors:
            raise next((error for error in errors if not isinstance(error, _StoppedError)), errors[0])
        return {name: each.result() for name, each in asked.items()}


class _StoppedError(Exception):
    """Another file failed first."""


def _stage(file: SourceFile, table: FileTable, place: Path, *, where: str, stop: threading.Event) -> Staged:
    key = hashlib.sha256(file.name.encode()).hexdigest()[:24]
    rows, claim = place / f"{key}.parquet", place / f"{key}.json"
    facts = file.path.stat()
    identity = {
        "name": file.name,
        "bytes": facts.st_size,
        "changed": facts.st_mtime_ns,
        "rules": _rules(table),
    }
    earlier = _earlier(claim, identity)
    if earlier is not None and rows.is_file():
        return Staged(rows=rows, sha256=earlier["sha256"], report=_report_from(earlier["report"]), again=True)
    report = TableReport(table=file.table, file=file.name)
    with told_as_mistakes(place):
        digest = sha256_of(file.path)
        with (
            temporary_path(rows) as temporary,
            pq.ParquetWriter(temporary, staged_schema(table), compression="zstd") as writer,
        ):
            for batch in read_file(file, table=table, report=report, where=where):
                if stop.is_set():
                    raise _StoppedError
                writer.write_batch(batch)
        check_share(report, where=where)
        finished = {"identity": identity, "sha256": digest, "report": dataclasses.asdict(report)}
        write_text(claim, json.dumps(finished))
    return Staged(rows=rows, sha256=digest, report=report, again=False)


def _rules(table: FileTable) -> str:
    """Return what the rows of a table are read by, as one text: another contract reads a file again."""
    columns = [(c.name, str(c.type), c.required, c.code.__name__ if c.code else None) for c in table.columns]
    return f"{RULES} {columns}"


def _earlier(claim: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found = json.loads(claim.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("identity") == identity else None


def _report_from(claim: dict[str, Any]) -> TableReport:
    refusals = [RefusedRows(**each) for each in claim.pop("refusals")]
    return TableReport(**claim, refusals=refusals)


def _table_report(name: str, staged: Mapping[str, Staged]) -> TableReport:
    """Add up what became of the files of one table. A refusal keeps the name of its file."""
    parts = [each.report for _, each in sorted(staged.items()) if each.report.table == name]
    whole = TableReport(table=name, file=", ".join(str(each.file) for each in parts) or None)
    for part in parts:
        whole.rows_read += part.rows_read
        whole.rows_kept += part.rows_kept
        whole.rows_refused += part.rows_refused
        whole.blank_lines += part.blank_lines
        whole.rows_over_several_lines += part.rows_over_several_lines
        whole.missing_columns += [each for each in part.missing_columns if each not in whole.missing_columns]
        whole.unknown_columns += [each for each in part.unknown_columns if each not in whole.unknown_columns]
        whole.refusals += [dataclasses.replace(each, file=part.file) for each in part.refusals]
    return whole


def _store_lists(
    writer: StoreWriter, files: tuple[SourceFile, ...], *, progress: Progress, where: str
) -> None:
    """Store every list of people and practices that there is a file of. Raises Mistake D034."""
    for name in lists_among({file.table for file in files}):
        table = list_table(name, person=PATIENT_ID)

        def rows(table: CdmTable = table) -> Iterator[pa.RecordBatch]:
            for file in (each for each in files if each.table == table.name):
                report, place = TableReport(table=table.name, file=file.name), f"{where}: {file.name}"
                read = read_file(file, table=table, report=report, where=place)
                yield from rows_of_list(read, report=report, where=place)

        progress(f"stored {name}", store_list(writer, table, rows()))


def _store_all(
    writer: StoreWriter,
    tables: Mapping[str, FileTable],
    staged: Mapping[str, Staged],
    report: FilesReport,
    *,
    progress: Progress,
    where: str,
) -> None:
    files: dict[str, list[Path]] = {name: [] for name in tables}
    for _, each in sorted(staged.items()):
        files[each.report.table].append(each.rows)
    spill = writer.folder / "spill"
    with opened_database(spill) as database:
        for told in report.tables:
            table = tables[told.table]
            _store(writer, database, table, files[told.table], files["patients"], told, where=where)
            progress(f"stored {told.table}", told.rows_kept)
    shutil.rmtree(spill, ignore_errors=True)


def _store(
    writer: StoreWriter,
    database: duckdb.DuckDBPyConnection,
    table: FileTable,
    rows: list[Path],
    patients: list[Path],
    report: TableReport,
    *,
    where: str,
) -> None:
    """Sort the rows of a table into the store, after making sure of whose they are."""
    schema = staged_schema(table).remove(len(table.columns))
    writer.add_table(table.name, schema=schema, patient_id=PATIENT_ID, sorted_by=table.sorted_by)
    if not report.rows_kept:
        return
    with told_as_mistakes(writer.path), told_when_full():
        if table.one_row_each:
            twice = f"select count(*) - count(distinct {PATIENT_ID}) from {parquet(*rows)}"  # noqa: S608
            report.duplicate_keys = number(database, twice)
            if report.duplicate_keys:
                what = f"{report.duplicate_keys:,} rows of `{table.name}` repeat a patient, and each has one row there"
                raise Mistake("D031", what, where=f"{where}: {report.file}", hint="keep the row that counts")
        if table.name != "patients":
            orphans = (
                f"select count(*) from {parquet(*rows)} anti join {parquet(*patients)} using ({PATIENT_ID})"  # noqa: S608
            )
            report.orphan_rows = number(database, orphans)
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        order = ", ".join([*(f'"{name}" nulls last' for name in table.sorted_by), "filename", LINE])
        sql = f"select {columns} from {parquet(*rows, names=True)} order by {order}"  # noqa: S608
        for batch in database.sql(sql).to_arrow_reader(BATCH):
            writer.write(table.name, batch.cast(schema))


def _check_strict(report: FilesReport) -> None:
    for table in report.tables:
        if table.complaints:
            first = table.refusals[0] if table.refusals else None
            where = f"{first.file}, line {first.lines[0]}" if first else str(table.file)
            what = f"`{table.table}` has {table.rows_refused:,} refused rows and {table.orphan_rows:,} rows of nobody, "
            hint = "mend the files, or import without `--strict` and read the report"
            raise Mistake("D029", f"{what}and `--strict` allows none", where=where, hint=hint)
