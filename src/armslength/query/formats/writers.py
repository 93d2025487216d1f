"""Write streaming rows to one file: CSV, gzipped CSV, Arrow or Parquet; whole or not at all."""

from __future__ import annotations

import csv
import errno
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.kernel.files import atomic_writer, sha256_of
from armslength.query.formats.columns import OutputColumn

BATCH_ROWS = 64_000
GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that is complete: how many rows it holds, its size in bytes and the SHA-256 of its bytes."""

    path: Path
    rows: int
    bytes: int
    sha256: str


def write_rows(rows: pa.RecordBatchReader, path: Path, *, columns: tuple[OutputColumn, ...]) -> WrittenFile:
    """Write all rows to `path` in the format its suffix names.

    Raises Mistake Q121 for an unknown suffix, Q122 for a value that the contract does not allow, Q123
    when the disk refuses; nothing is left behind then.
    """
    write = writer_for(path)
    if write in (_write_csv, _write_csv_gz):
        # Text has no types to keep; what a database holds is shown as it is.
        columns = tuple(column.without_promises() for column in columns)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as file:
            count = write(_typed(rows, columns), columns, file)
        return WrittenFile(path=path, rows=count, bytes=path.stat().st_size, sha256=sha256_of(path))
    except OSError as error:
        raise _disk_refused(error, path) from None


def _disk_refused(error: OSError, path: Path) -> Mistake:
    # What the system says of its own words; the file it names is a passing one of ours.
    what = f"the results cannot be written: {error.strerror or error}"
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    way = (
        "free some space, or write to another folder"
        if is_full
        else "write to a folder that takes files of yours"
    )
    return Mistake("Q123", what, where=str(path), hint=f"{way}; nothing was left half-written")


Write = Callable[[Iterator[pa.RecordBatch], tuple[OutputColumn, ...], IO[bytes]], int]


def writer_for(path: Path) -> Write:
    """Return the writer of a path's suffix. Raises Mistake Q121 for a suffix nobody writes."""
    for suffix, write in WRITERS.items():
        if path.name.endswith(suffix):
            return write
    known = ", ".join(WRITERS)
    raise Mistake(
        "Q121", f"no format is written as `{path.name}`", where=str(path), hint=f"end it in {known}"
    )


def _typed(rows: pa.RecordBatchReader, columns: tuple[OutputColumn, ...]) -> Iterator[pa.RecordBatch]:
    """Yield batches whose columns have the types the file promises."""
    names = [column.name for column in columns]
    if rows.schema.names != names:
        raise ValueError(f"expected columns {names}, got {rows.schema.names}")
    schema = pa.schema([column.field for column in columns])
    for batch in rows:
        arrays = [_typed_array(array, column) for array, column in zip(batch.columns, columns, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def _typed_array(array: pa.Array, column: OutputColumn) -> pa.Array:
    if pa.types.is_dictionary(column.arrow):
        indexes = pc.index_in(array, value_set=pa.array([str(value) for value in column.categories or ()]))
        unknown = array.filter(pc.and_(pc.is_valid(array), pc.is_null(indexes)))
        if len(unknown):
            allowed = ", ".join(f"`{value}`" for value in column.categories or ())
            raise _not_promised(column, repr(unknown[0].as_py()), f"it promises one of {allowed}")
        values = pa.array([str(value) for value in column.categories or ()])
        return pa.DictionaryArray.from_arrays(indexes.cast(column.arrow.index_type), values, ordered=True)
    try:
        return array.cast(column.arrow)
    except pa.ArrowInvalid:
        if column.counts_rows:
            largest = pc.max(array).as_py()
            hint = "write a `.csv`, which has no such limit, or ask whether somebody can have so many"
            what = f"column `{column.name}` counts {largest:,} rows of one patient; a file holds {column.maximum:,}"
            raise Mistake("Q122", what, hint=hint) from None
        promised = f"it promises whole numbers from {column.minimum} to {column.maximum}"
        raise _not_promised(column, "a value", promised) from None


def _not_promised(column: OutputColumn, value: str, promised: str) -> Mistake:
    return Mistake(
        "Q122",
        f"column `{column.name}` holds {value}, which breaks the contract: {promised}",
        hint="the database does not keep its contract; tell whoever provides it",
    )


def write_csv(rows: pa.RecordBatchReader, stream: IO[bytes], *, columns: tuple[OutputColumn, ...]) -> int:
    """Write rows as CSV to a stream that stays open, such as standard output; return how many."""
    columns = tuple(column.without_promises() for column in columns)
    return _write_csv(_typed(rows, columns), columns, stream)


def _write_csv(batches: Iterator[pa.RecordBatch], columns: tuple[OutputColumn, ...], file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    count = 0
    for batch in batches:
        writer.writerows(zip(*(_as_text(array) for array in batch.columns), strict=True))
        count += batch.num_rows
    text.flush()
    text.detach()
    return count


def _as_text(array: pa.Array) -> list[str | float | None]:
    """Return a column as what the CSV writer prints: it writes None as nothing and floats by repr."""
    if pa.types.is_boolean(array.type):
        array = pc.if_else(array, "T", "F")
    elif pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    elif pa.types.is_date(array.type):
        array = array.cast(pa.string())
    return array.to_pylist()  # type: ignore[no-any-return]


def _write_csv_gz(
    batches: Iterator[pa.RecordBatch], columns: tuple[OutputColumn, ...], file: IO[bytes]
) -> int:
    # No clock and no name in the header: the same rows give the same bytes.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0) as packed:
        return _write_csv(batches, columns, packed)  # type: ignore[arg-type]


def _write_arrow(
    batches: Iterator[pa.RecordBatch], columns: tuple[OutputColumn, ...], file: IO[bytes]
) -> int:
    schema = pa.schema([column.field for column in columns])
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    count = 0
    with pa.ipc.new_file(file, schema, options=options) as writer:
        for batch in _even(batches, schema):
            writer.write_batch(batch)
            count += batch.num_rows
        if not count:
            # Some readers refuse a file without any batch.
            writer.write_batch(_empty(schema))
    return count


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([pa.array([], type=field.type) for field in schema], schema=schema)


def _write_parquet(
    batches: Iterator[pa.RecordBatch], columns: tuple[OutputColumn, ...], file: IO[bytes]
) -> int:
    schema = pa.schema([column.field for column in columns])
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _even(batches, schema):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _even(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Cut and join batches so that each but the last has exactly BATCH_ROWS rows."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        while rows + batch.num_rows >= BATCH_ROWS:
            head = batch.slice(0, BATCH_ROWS - rows)
            yield _joined([*waiting, head], schema)
            batch, waiting, rows = batch.slice(head.num_rows), [], 0
        if batch.num_rows:
            waiting.append(batch)
            rows += batch.num_rows
    if rows:
        yield _joined(waiting, schema)


def _joined(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches, schema=schema).combine_chunks()
    return table.to_batches()[0]


# The suffixes a result file may have. `.csv.gz` comes before nothing that it could be mistaken for.
WRITERS: dict[str, Write] = {
    ".csv": _write_csv,
    ".csv.gz": _write_csv_gz,
    ".arrow": _write_arrow,
    ".parquet": _write_parquet,
}
