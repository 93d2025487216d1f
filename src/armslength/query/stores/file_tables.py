"""The tables a store of core tables is filled with, as their contracts describe them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from armslength.query.contracts import core, tpp
from armslength.query.formats.store import ColumnType
from armslength.query.model.codes import BaseCode
from armslength.query.model.constraints import NotNull
from armslength.query.model.nodes import SelectPatientTable, SelectTable
from armslength.query.model.schema import Column
from armslength.query.stores.omop_schema import CdmColumn, CdmTable

PATIENT_ID = "patient_id"
_TYPES: dict[type, ColumnType] = {
    bool: ColumnType.BOOL,
    int: ColumnType.INT,
    float: ColumnType.FLOAT,
    datetime.date: ColumnType.DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable(CdmTable):
    """A contract table as it lies in files: `patient_id` and the columns of the contract."""

    one_row_each: bool

    @property
    def person(self) -> str | None:
        return PATIENT_ID

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """Return the order rows are stored in: by code where there is one, then by patient, then by day.

        A question about a few codes then reads the few row groups that hold them; see docs/how-to/fill-a-store.md.
        """
        codes = [column.name for column in self.columns if column.code is not None]
        days = [column.name for column in self.columns if column.type is ColumnType.DATE]
        if self.one_row_each:
            return (PATIENT_ID,)
        return (*codes[:1], PATIENT_ID, *days[:1])


def file_tables() -> dict[str, FileTable]:
    """Return the tables that an import of files fills, `patients` first: the others are checked against it."""
    names = ["patients", *(name for name in core.__all__ if name != "patients")]
    tables = {name: _file_table(name, getattr(core, name)) for name in names}
    return tables | {"addresses": _file_table("addresses", tpp.addresses)}


def _file_table(name: str, frame: Any) -> FileTable:
    node: SelectTable | SelectPatientTable = frame._node
    one_row_each = isinstance(node, SelectPatientTable)
    schema = node.schema
    return FileTable(
        name=name,
        key=PATIENT_ID if one_row_each else None,
        one_row_each=one_row_each,
        columns=(
            CdmColumn(name=PATIENT_ID, type=ColumnType.INT, required=True),
            *(_column(each, schema[each]) for each in schema.names),
        ),
    )


def _column(name: str, column: Column) -> CdmColumn:
    is_code = isinstance(column.type, type) and issubclass(column.type, BaseCode)
    return CdmColumn(
        name=name,
        type=_TYPES.get(column.type, ColumnType.STR),
        required=any(isinstance(each, NotNull) for each in column.constraints),
        code=column.type if is_code else None,
    )
