"""Import an export of an OMOP database (CDM 5.3 or 5.4) into a store, with a report of what was refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of
from armslength.query.formats.store import Store, StoreWriter, check_writable, read_store, told_as_mistakes
from armslength.query.stores.list_files import list_table, lists_among, rows_of_list, store_list
from armslength.query.stores.omop_report import ImportReport, TableReport
from armslength.query.stores.omop_rows import LINE, read_rows, staged_schema
from armslength.query.stores.omop_schema import CDM_TABLES, CdmTable
from armslength.query.stores.omop_source import Export, opened_export, reading
from armslength.query.stores.staging import (
    BATCH,
    check_share,
    number,
    opened_database,
    parquet,
    told_when_full,
)

REPORT = "report.json"
KEPT_STAGED = ("person", "cdm_source")  # looked at again later; the rest make room


def import_omop(
    export: Path,
    *,
    to: Path,
    replace: bool = False,
    strict: bool = False,
    progress: Callable[[str], None] = lambda table: None,
) -> tuple[Store, ImportReport]:
    """Read an export (a zip archive, or a folder of CSV files) into a store; return both it and the report.

    Rows with impossible values are refused and counted, never mended; `strict` allows none. Every
    table of the model is in the store, with no rows where the export has none. Lists of people and
    practices are stored beside them, with no row left out. Memory is bounded whatever the size.
    Raises Mistake D020 to D029, D034, and those of StoreWriter.
    """
    check_writable(to.absolute(), replace=replace)
    with opened_export(export) as found:
        reports = {name: _new_report(name, found) for name in CDM_TABLES}
        with StoreWriter(to, kind="omop", created_from=_created_from(found), replace=replace) as writer:
            staging = writer.folder / "staging"
            staging.mkdir()
            with opened_database(staging / "spill") as database:
                for name, table in CDM_TABLES.items():  # PERSON is first: the others are checked against it
                    progress(name)
                    _stage(found, table, staging / f"{name}.parquet", reports[name])
                    check_share(reports[name], where=f"{found.path}: {reports[name].file}")
                    _store(writer, database, table, staging, reports[name])
            for name in lists_among(found.files):
                progress(name)
                _store_list(found, writer, list_table(name, person="person_id"))
            report = _whole_report(found, reports, _model_version(staging))
            shutil.rmtree(staging)
            if strict:
                _check_strict(report)
            writer.add_document(REPORT, report.as_json())
    return read_store(to), report


def _new_report(name: str, export: Export) -> TableReport:
    file = export.files.get(name)
    return TableReport(table=name, file=file.name if file else None)


def _created_from(export: Export) -> dict[str, Any]:
    made = {"maker": "import omop", "source": export.path.name}
    if export.path.is_file():
        with told_as_mistakes(export.path):
            made["sha256"] = sha256_of(export.path)
    return made


def _stage(export: Export, table: CdmTable, path: Path, report: TableReport) -> None:
    """Write the rows that can be kept to one Parquet file, in the order of the export."""
    file = export.files.get(table.name)
    with (
        told_as_mistakes(path.parents[1]),
        pq.ParquetWriter(path, staged_schema(table), compression="zstd") as staged,
    ):
        if file is None:
            return
        with reading(file, export.path) as stream:
            where = f"{export.path}: {file.name}"
            for batch in read_rows(stream, table=table, report=report, where=where):
                staged.write_batch(batch)


def _store_list(export: Export, writer: StoreWriter, table: CdmTable) -> None:
    file = export.files[table.name]
    report, where = TableReport(table=table.name, file=file.name), f"{export.path}: {file.name}"
    with reading(file, export.path) as stream:
        read = read_rows(stream, table=table, report=report, where=where)
        store_list(writer, table, rows_of_list(read, report=report, where=where))


def _store(
    writer: StoreWriter,
    database: duckdb.DuckDBPyConnection,
    table: CdmTable,
    staging: Path,
    report: TableReport,
) -> None:
    """Sort the staged rows into the store, and count repeated keys and rows of nobody."""
    staged = staging / f"{table.name}.parquet"
    schema = staged_schema(table).remove(len(table.columns))
    writer.add_table(table.name, schema=schema, patient_id=table.person, sorted_by=table.sorted_by)
    if not report.rows_kept:
        return
    with told_as_mistakes(writer.path), told_when_full():
        _count_complaints(database, table, staging, report)
        order = ", ".join([*table.sorted_by, LINE])
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        rows = database.sql(f"select {columns} from {parquet(staged)} order by {order}")  # noqa: S608
        for batch in rows.to_arrow_reader(BATCH):
            writer.write(table.name, batch.cast(schema))
    if table.name not in KEPT_STAGED:
        staged.unlink()


def _count_complaints(
    database: duckdb.DuckDBPyConnection, table: CdmTable, staging: Path, report: TableReport
) -> None:
    staged = parquet(staging / f"{table.name}.parquet")
    if table.key:
        sql = f"select count({table.key}) - count(distinct {table.key}) from {staged}"  # noqa: S608
        report.duplicate_keys = number(database, sql)
    if table.person and table.name != "person":
        persons = parquet(staging / "person.parquet")
        sql = f"select count(*) from {staged} anti join {persons} using (person_id)"  # noqa: S608
        report.orphan_rows = number(database, sql)


def _model_version(staging: Path) -> str | None:
    """Return what the export says of its version in CDM_SOURCE, if it does."""
    said = pq.read_table(staging / "cdm_source.parquet", columns=["cdm_version"])["cdm_version"]
    return next((str(version) for version in said.to_pylist() if version), None)


def _whole_report(export: Export, reports: dict[str, TableReport], version: str | None) -> ImportReport:
    return ImportReport(
        source=export.path.name,
        model_version=version,
        tables=tuple(reports.values()),
        ignored_files=export.ignored,
        unknown_files=export.unknown,
    )


def _check_strict(report: ImportReport) -> None:
    for table in report.tables:
        if table.complaints:
            parts = [f"{table.rows_refused:,} refused rows"] if table.rows_refused else []
            parts += [f"{table.duplicate_keys:,} repeated keys"] if table.duplicate_keys else []
            parts += [f"{table.orphan_rows:,} rows of nobody"] if table.orphan_rows else []
            raise Mistake(
                "D029",
                f"`{table.table}` has {', '.join(parts)}, and `--strict` allows none",
                where=_first_place(table),
                hint="mend the export, or import without `--strict` and read the report",
            )


def _first_place(table: TableReport) -> str:
    if not table.refusals:
        return str(table.file)
    first = table.refusals[0]
    column = f", column `{first.column}`: {first.reason}" if first.column else f": {first.reason}"
    return f"{table.file}, line {first.lines[0]}{column}"
