"""How large tables are by what is written about them: footers of files, a database's catalogue. No row is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.parquet as pq

# Of a table of many files so many are opened; the rest are taken to be alike, byte for byte.
MOST_FOOTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """Rows and bytes of a table; bytes of each column where that is known. `is_exact` of rows: counted, not guessed."""

    rows: int
    bytes: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    is_exact: bool = True

    def bytes_of(self, columns: Iterable[str]) -> int | None:
        """Return the bytes of some columns, those of all where columns are not told apart."""
        if not self.columns:
            return self.bytes
        return sum(self.columns.get(name, 0) for name in columns)


@runtime_checkable
class KnowsSizes(Protocol):
    """An engine that can say how large its tables are without reading them."""

    def sizes(self, tables: Iterable[str]) -> dict[str, TableSize]:
        """Return the size of each of these physical tables, leaving out what is not known."""
        ...


def size_of_parquet(files: Sequence[Path]) -> TableSize:
    """Return the size of a table of Parquet files by their footers. Raises OSError for files that cannot be read."""
    step = -(-len(files) // MOST_FOOTERS)
    opened = files[::step]
    rows, columns = 0, dict[str, int]()
    for path in opened:
        facts = pq.read_metadata(path)
        rows += facts.num_rows
        for group in range(facts.num_row_groups):
            for place in range(facts.num_columns):
                column = facts.row_group(group).column(place)
                name = column.path_in_schema.partition(".")[0]
                columns[name] = columns.get(name, 0) + column.total_compressed_size
    seen, everything = (sum(path.stat().st_size for path in paths) for paths in (opened, files))
    share = everything / seen if seen else 1.0
    return TableSize(
        rows=round(rows * share),
        bytes=everything,
        columns={name: round(size * share) for name, size in columns.items()},
        is_exact=len(opened) == len(files),
    )


def size_in_bytes(text: str) -> int | None:
    """Read a size as databases write it, None for what is none.

    >>> size_in_bytes("12GB"), size_in_bytes("1.5 KiB"), size_in_bytes("80%")
    (12000000000, 1536, None)
    """
    match = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]?)(i?)(?:B|bytes?)?\s*", text, re.IGNORECASE)
    if match is None:
        return None
    number, unit, binary = match.groups()
    power = "KMGT".index(unit.upper()) + 1 if unit else 0
    return int(float(number) * (1024 if binary else 1000) ** power)


def size_of_arrow(rows: pa.Table) -> TableSize:
    """Return the size of a table held in memory."""
    columns = {name: rows.column(name).nbytes for name in rows.column_names}
    return TableSize(rows=rows.num_rows, bytes=rows.nbytes, columns=columns)
