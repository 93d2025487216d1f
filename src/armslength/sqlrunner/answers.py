"""The rows of an answer as a CSV or Parquet file: whole, or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of, temporary_path

SUFFIXES = (".csv", ".csv.gz", ".parquet")
Write = Callable[[pa.RecordBatch], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that was written."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    bytes: int
    sha256: str


def check_destination(path: Path) -> None:
    """Raise Mistake Q413 for a file that cannot be written, before anything runs."""
    if not path.name.endswith(SUFFIXES):
        hint = f"give it a name that ends with {', '.join(SUFFIXES)}"
        raise Mistake("Q413", "the kind of output is not known", where=str(path), hint=hint)
    if path.is_dir() or not path.absolute().parent.is_dir():
        why = "it is a folder" if path.is_dir() else "its folder does not exist"
        raise Mistake("Q413", f"the output cannot be written: {why}", where=str(path))


def write_answer(rows: pa.RecordBatchReader, path: Path) -> Written:
    """Write an answer. Raises Mistake Q413: names that repeat, values a CSV file cannot hold, a full disk."""
    names = rows.schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = f"two columns of the answer are called `{twice[0]}`"
        raise Mistake("Q413", what, where=str(path), hint="give one of them another name with `AS`")
    schema = rows.schema if path.suffix == ".parquet" else _as_text(rows.schema, path)
    count = 0
    try:
        with temporary_path(path) as temporary:
            with _writer(temporary, schema) as write:
                for batch in rows:
                    count += batch.num_rows
                    write(batch.cast(schema) if schema != rows.schema else batch)
            written = Written(
                path=path,
                rows=count,
                columns=tuple(names),
                bytes=temporary.stat().st_size,
                sha256=sha256_of(temporary),
            )
    except OSError as error:
        what = f"the output cannot be written: {error.strerror or error}"
        raise Mistake("Q413", what, where=str(path)) from None
    return written


@contextmanager
def _writer(path: Path, schema: pa.Schema) -> Iterator[Write]:
    if path.suffix == ".parquet":
        with pq.ParquetWriter(path, schema, compression="zstd") as parquet:
            yield parquet.write_batch
        return
    compression = "gzip" if path.suffix == ".gz" else None
    with (
        pa.output_stream(str(path), compression=compression) as stream,
        pacsv.CSVWriter(stream, schema, write_options=pacsv.WriteOptions(quoting_style="needed")) as csv,
    ):
        yield csv.write_batch


def _as_text(schema: pa.Schema, path: Path) -> pa.Schema:
    """Return what a CSV file holds: fractions and lengths of time as text, lists and structures not at all."""
    fields = []
    for each in schema:
        if pa.types.is_nested(each.type) or pa.types.is_binary(each.type):
            what = f"the column `{each.name}` holds {each.type}, which a CSV file cannot"
            raise Mistake(
                "Q413", what, where=str(path), hint="write Parquet, or turn it into text in the query"
            )
        plain = pa.types.is_decimal(each.type) or pa.types.is_null(each.type)
        fields.append(pa.field(each.name, pa.string()) if plain else each)
    return pa.schema(fields)
