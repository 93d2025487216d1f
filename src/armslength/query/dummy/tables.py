"""Invented input tables as files: write them, keep and edit them, read them again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from armslength.query.dummy.data_files import PATIENT_ID, FileColumn, file_of, files_in, read_file
from armslength.query.dummy.inventor import Invented
from armslength.query.formats.columns import PATIENT_ID as PATIENT_ID_OUT
from armslength.query.formats.columns import OutputColumn, plain_type
from armslength.query.formats.destinations import files_for
from armslength.query.formats.writers import WrittenFile, write_csv, write_rows
from armslength.query.model import nodes as n
from armslength.query.model.constraints import Categorical

USUAL_FORMAT = "csv"


def as_arrow(invented: Invented) -> dict[str, pa.Table]:
    """Return the invented rows as a table with every column of its contract; unused ones are missing."""
    found: dict[str, pa.Table] = {}
    for name, columns in invented.tables.items():
        schema = _merged(invented.question.tables[name].nodes)
        rows = len(columns["patient_id"])
        arrays = {"patient_id": pa.array(columns["patient_id"], type=pa.int64())}
        for column, kind in schema.items():
            values = columns.get(column)
            arrays[column] = (
                pa.nulls(rows, plain_type(kind)) if values is None else _array(values, plain_type(kind))
            )
        found[name] = pa.table(arrays)
    return found


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    # Codes are texts of a class of their own, which Arrow does not take for texts.
    return pa.array([str(value) if isinstance(value, str) else value for value in values], type=kind)


def _merged(tables: Iterable[n.SelectTable | n.SelectPatientTable]) -> dict[str, Any]:
    """The columns of all contracts that give a table this name."""
    return {name: column.type for table in tables for name, column in table.schema.columns}


def _used(invented: Invented) -> dict[str, tuple[tuple[OutputColumn, ...], pa.Table]]:
    """For each table the columns that the query uses, and their rows."""
    whole = as_arrow(invented)
    found = {}
    for name, table in invented.question.tables.items():
        columns = [OutputColumn(name=each, type=use.column.type) for each, use in table.columns.items()]
        names = ["patient_id", *table.columns]
        found[name] = ((PATIENT_ID_OUT, *columns), whole[name].select(names))
    return found


def write_tables(invented: Invented, folder: str) -> dict[str, WrittenFile]:
    """Write one file for each table into `folder` or `folder:format`, with the columns the query uses."""
    place, colon, _ = folder.rpartition(":")
    destination = folder if colon and place else f"{folder}:{USUAL_FORMAT}"
    used = _used(invented)
    files = files_for(destination, tuple(used))
    return {
        name: write_rows(rows.to_reader(), files[name], columns=columns)
        for name, (columns, rows) in used.items()
    }


def print_tables(invented: Invented, stream: IO[bytes]) -> None:
    """Write all tables as CSV to a stream, each after a line with its name."""
    for number, (name, (columns, rows)) in enumerate(_used(invented).items()):
        stream.write((b"\r\n\r\n" if number else b"") + name.encode() + b"\r\n")
        write_csv(rows.to_reader(), stream, columns=columns)


def read_tables(folder: Path, roots: Iterable[n.Node]) -> dict[str, pa.Table]:
    """Read the tables that a query uses from a folder. Files of other tables are not opened.

    Columns are found by name; absent ones are missing. Raises Mistake Q281 to Q285 with file, row and column.
    """
    files = files_in(folder)
    tables: dict[str, list[n.SelectTable | n.SelectPatientTable]] = {}
    for each in n.tables_of(*roots):
        if isinstance(each, (n.SelectTable, n.SelectPatientTable)):
            tables.setdefault(each.name, []).append(each)
    found = {}
    for name, contracts in tables.items():
        columns = {
            column: FileColumn(name=column, type=kept.type, categories=_categories(kept), required=False)
            for contract in contracts
            for column, kept in contract.schema.columns
        }
        one = any(isinstance(contract, n.SelectPatientTable) for contract in contracts)
        path = file_of(name, files, folder)
        found[name] = read_file(path, (PATIENT_ID, *columns.values()), one_row_per_patient=one)
    return found


def _categories(column: n.Column) -> tuple[Any, ...] | None:
    constraint = column.constraint(Categorical)
    return None if constraint is None else constraint.values
