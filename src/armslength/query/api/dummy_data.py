"""Answer a query without a database: from invented patients, from tables in files, or from a ready-made answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from armslength.query.api.databases import Database
from armslength.query.api.datasets import Generated, columns_of, require_permissions
from armslength.query.api.measures import (
    COMBINED,
    MeasureRow,
    columns_of_measures,
    write_measures,
)
from armslength.query.api.measures import (
    as_arrow as measures_as_arrow,
)
from armslength.query.dummy.data_files import FileColumn, file_of, files_in, problem, read_file, suffix_of
from armslength.query.dummy.inventor import Invented
from armslength.query.dummy.tables import as_arrow, read_tables
from armslength.query.formats.columns import OutputColumn
from armslength.query.formats.destinations import files_for
from armslength.query.formats.writers import write_csv, write_rows
from armslength.query.model.measures import Measure, Measures, intervals_of, queries_for
from armslength.query.model.nodes import Dataset, Node


def invented_database(invented: Invented) -> Database:
    """Return invented patients as something to ask."""
    return Database(tables=as_arrow(invented))


def database_of_tables(folder: Path, question: Dataset | Measures) -> Database:
    """Return the tables of a folder as something to ask. Raises Mistake Q281 to Q285."""
    return Database(tables=read_tables(folder, _roots(question)))


def _roots(question: Dataset | Measures) -> Iterable[Node]:
    if isinstance(question, Dataset):
        return (question,)
    intervals = intervals_of(question)
    return tuple(query for query, _ in queries_for(question, intervals[0])) + tuple(
        query for interval in intervals[1:] for query, _ in queries_for(question, interval)
    )


# --- ready-made answers -----------------------------------------------------------------------------------------


def convert_dataset(
    dataset: Dataset, *, file: Path, output: str | None, stream: IO[bytes], permissions: Iterable[str] = ()
) -> dict[str, int]:
    """Check a ready-made answer and write it as the output. Returns rows by table. Raises Mistake Q281 to Q286."""
    require_permissions(dataset, granted=permissions, claimed=True)
    columns = columns_of(dataset)
    destinations = None if output is None else files_for(output, tuple(columns))
    counts: dict[str, int] = {}
    for name, path in _places(file, tuple(columns)).items():
        rows = read_file(path, [_expected(column) for column in columns[name]])
        counts[name] = rows.num_rows
        if destinations is not None:
            write_rows(rows.to_reader(), destinations[name], columns=columns[name])
            continue
        if len(columns) > 1:
            stream.write((b"\r\n\r\n" if len(counts) > 1 else b"") + name.encode() + b"\r\n")
        write_csv(rows.to_reader(), stream, columns=columns[name])
    return counts


def _places(file: Path, tables: tuple[str, ...]) -> dict[str, Path]:
    """Return the file of each table of an answer: one file, or a folder with a file for each table."""
    if file.is_dir():
        files = files_in(file)
        return {table: file_of(table, files, file) for table in tables}
    suffix = suffix_of(file)
    if len(tables) > 1:
        folder = file.with_name(file.name.removesuffix(suffix))
        others = ", ".join(f"`{folder}/{table}{suffix}`" for table in tables[1:])
        hint = (
            f"move `{file}` to `{folder}/{tables[0]}{suffix}`, add {others}, and name the folder `{folder}`"
        )
        raise problem(
            "Q286", f"the query gives {len(tables)} tables, and one file holds one", where=file, hint=hint
        )
    return {tables[0]: file}


def _expected(column: OutputColumn) -> FileColumn:
    return FileColumn(
        name=column.name, type=column.type, categories=column.categories, nullable=column.nullable
    )


def convert_measures(
    measures: Measures, *, file: Path, output: str | None, stream: IO[bytes], permissions: Iterable[str] = ()
) -> dict[str, int]:
    """Check ready-made measures, hide small numbers unless switched off, and write them as the output."""
    granted = tuple(permissions)
    for query in _roots(measures):
        require_permissions(query, granted=granted, claimed=True)  # type: ignore[arg-type]
    rows = list(_measure_rows(measures, file))
    if measures.disclosure_control:
        rows = [row.rounded() for row in rows]
    return deliver_measures(measures, rows, output=output, stream=stream)


def deliver_measures(
    measures: Measures, rows: list[MeasureRow], *, output: str | None, stream: IO[bytes]
) -> dict[str, int]:
    """Write rows of measures to files, or combined to a stream."""
    if output is not None:
        written: Generated = write_measures(measures, rows, output=output)
        return {name: each.rows for name, each in written.files.items()}
    columns = columns_of_measures(measures.measures, combined=True)
    return {COMBINED: write_csv(measures_as_arrow(rows, columns), stream, columns=columns)}


def _measure_rows(measures: Measures, file: Path) -> Iterable[MeasureRow]:
    if file.is_dir():
        files = files_in(file)
        for measure in measures.measures:
            columns = columns_of_measures((measure,), combined=False)
            path = file_of(measure.name, files, file)
            for row in _numbered(path, columns):
                yield _measure_row(measure, row, path)
        return
    columns = columns_of_measures(measures.measures, combined=True)
    by_name = {measure.name: measure for measure in measures.measures}
    for row in _numbered(file, columns):
        yield _measure_row(by_name[row["measure"]], row, file)


def _numbered(path: Path, columns: tuple[OutputColumn, ...]) -> Iterable[dict[str, Any]]:
    table: pa.Table = read_file(path, [_expected(column) for column in columns])
    for number, row in enumerate(table.to_pylist(), start=1):
        yield row | {"row number": number}


def _measure_row(measure: Measure, row: dict[str, Any], path: Path) -> MeasureRow:
    for name in ("numerator", "denominator"):
        if row[name] < 0:
            where = f"{path}, row {row['row number']}, column {name}"
            raise problem("Q285", f"{row[name]} is negative; counts are not", where=where)
    return MeasureRow(
        measure=measure.name,
        interval=(row["interval_start"], row["interval_end"]),
        numerator=row["numerator"],
        denominator=row["denominator"],
        groups={name: row.get(name) for name, _ in measure.group_by},
    )
