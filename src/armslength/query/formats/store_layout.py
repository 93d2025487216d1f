"""What `store.json` says: the tables of an embedded store, their columns and files, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

from armslength.kernel.errors import Mistake

FORMAT = "armslength-store"
VERSION = 1
DESCRIPTION = "store.json"
KINDS = ("core", "omop")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
PART_NAME = re.compile(r"part-[0-9]{5}\.parquet")


class ColumnType(StrEnum):
    """What a column of a store may hold. Every column may also hold null."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def arrow(self) -> pa.DataType:
        return {
            ColumnType.BOOL: pa.bool_(),
            ColumnType.INT: pa.int64(),
            ColumnType.FLOAT: pa.float64(),
            ColumnType.STR: pa.string(),
            ColumnType.DATE: pa.date32(),
            ColumnType.DATETIME: pa.timestamp("us"),
        }[self]

    @classmethod
    def of(cls, arrow: pa.DataType) -> ColumnType:
        """Return the column type that an Arrow type is stored as; dictionary-encoded text is text."""
        if pa.types.is_dictionary(arrow):
            arrow = arrow.value_type
        for kind in cls:
            if kind.arrow == arrow:
                return kind
        raise TypeError(f"a store cannot hold {arrow}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreColumn:
    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """One Parquet file; `path` is relative to the store."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTable:
    """One table: `patient_id` names the column that says whose row it is, None for tables about no person."""

    name: str
    columns: tuple[StoreColumn, ...]
    rows: int
    files: tuple[StoreFile, ...]
    patient_id: str | None
    sorted_by: tuple[str, ...]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A whole store that was found on disk. `created_from` says how to make it again."""

    path: Path
    kind: str
    created_from: Mapping[str, Any]
    tables: Mapping[str, StoreTable]

    @property
    def bytes(self) -> int:
        return sum(table.bytes for table in self.tables.values())

    def table(self, name: str) -> StoreTable:
        if name not in self.tables:
            raise Mistake(
                "D006",
                f"the store has no table `{name}`",
                where=str(self.path),
                hint=f"its tables are {', '.join(sorted(self.tables))}",
            )
        return self.tables[name]

    def files_of(self, name: str) -> list[Path]:
        """Return the Parquet files of a table, in order. There is always at least one, also for no rows."""
        return [self.path / file.path for file in self.table(name).files]


def parsed_store(path: Path, claim: dict[str, Any]) -> Store:
    if not isinstance(claim, dict) or claim.get("format") != FORMAT:
        raise ValueError(f"it does not say `format: {FORMAT}`")
    if claim.get("version") != VERSION:
        raise Mistake(
            "D003",
            f"the store has version {claim.get('version')!r}; this program reads version {VERSION}",
            where=str(path / DESCRIPTION),
            hint="make the store again with this version of armslength",
        )
    if claim["kind"] not in KINDS:
        raise ValueError(f"kind is {claim['kind']!r}, not one of {', '.join(KINDS)}")
    tables = {name: _parsed_table(name, entry) for name, entry in claim["tables"].items()}
    return Store(path=path, kind=claim["kind"], created_from=claim["created_from"], tables=tables)


def _parsed_table(name: str, entry: dict[str, Any]) -> StoreTable:
    if not TABLE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a table name")
    columns = tuple(
        StoreColumn(name=str(item["name"]), type=ColumnType(item["type"])) for item in entry["columns"]
    )
    files = []
    for item in entry["files"]:
        folder, _, part = str(item["path"]).partition("/")
        # Anything else could point out of the store.
        if folder != name or not PART_NAME.fullmatch(part):
            raise ValueError(f"{item['path']!r} is not a file of table {name}")
        files.append(
            StoreFile(path=item["path"], rows=item["rows"], bytes=item["bytes"], sha256=item["sha256"])
        )
    names = {column.name for column in columns}
    for column in [*entry["sorted_by"], *([entry["patient_id"]] if entry["patient_id"] else [])]:
        if column not in names:
            raise ValueError(f"table {name} has no column {column!r}")
    if not files or sum(file.rows for file in files) != entry["rows"]:
        raise ValueError(f"the files of table {name} do not add up to {entry['rows']} rows")
    return StoreTable(
        name=name,
        columns=columns,
        rows=entry["rows"],
        files=tuple(files),
        patient_id=entry["patient_id"],
        sorted_by=tuple(entry["sorted_by"]),
    )
