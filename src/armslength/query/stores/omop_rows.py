"""Rows of one CSV file of an export, streamed: typed, with refused rows counted by line, column and reason."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from difflib import get_close_matches
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from armslength.kernel.errors import Mistake
from armslength.query.formats.store import ColumnType
from armslength.query.stores.code_cells import coded
from armslength.query.stores.omop_cells import Refusal, typed
from armslength.query.stores.omop_report import TableReport
from armslength.query.stores.omop_schema import NEW_SINCE_5_3, RENAMED_SINCE_5_3, CdmColumn, CdmTable

BLOCK = 8 << 20
MOST_HEADER = 64 << 10
MOST_RAGGED = 10_000  # rows of the wrong width; a file with more is not this table
# Where a row stood in its file; used to keep an order that never changes, then left out.
LINE = "_line"


def staged_schema(table: CdmTable) -> pa.Schema:
    """Return the table's columns and the line each row came from."""
    return pa.schema([*((column.name, column.type.arrow) for column in table.columns), (LINE, pa.int64())])


def read_rows(
    stream: IO[bytes], *, table: CdmTable, report: TableReport, where: str
) -> Iterator[pa.RecordBatch]:
    """Read a file batch by batch, noting in the report what is refused.

    Accepts comma or tab, any case of names, a byte order mark, CRLF, quoted line breaks. Raises
    Mistake D026 (not a UTF-8 CSV file) or D027 (a header that cannot be this table's).
    """
    start = stream.read(MOST_HEADER)
    header, delimiter = _header(start, where=where)
    names = column_names(header, table=table, report=report, where=where)
    lines = _Lines()
    whole = _Rejoined(start, stream, where=where)
    reader = _opened(whole, delimiter=delimiter, count=len(names), lines=lines, where=where)
    while (batch := _next(reader, where=where)) is not None:
        yield typed_batch(batch, names=names, table=table, report=report, lines=lines.of(batch))
        _note_ragged(lines, report)
    lines.finish()
    _note_ragged(lines, report)
    report.rows_over_several_lines = lines.rows_over_several_lines
    if whole.ends_inside_quotes(last_row_spans_lines=lines.last_size > 1):
        hint = "look for a quotation mark that is never closed, or a file that was cut short"
        what = "the file ends inside quotation marks"
        raise Mistake("D026", what, where=f"{where}, line {lines.next_line - lines.last_size}", hint=hint)


def _header(start: bytes, *, where: str) -> tuple[list[str], str]:
    hint = "save the table as CSV in UTF-8 with a header line, separated by commas or tabs"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start:
        raise Mistake("D026", "the file is not UTF-8 text", where=where, hint=hint)
    first = start.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")
    try:
        line = first.decode()
    except UnicodeDecodeError:
        raise Mistake("D026", "the header is not UTF-8 text", where=f"{where}, line 1", hint=hint) from None
    if not line.strip():
        raise Mistake("D027", "the file is empty: it has no header line", where=where, hint=hint)
    delimiter = "\t" if line.count("\t") > line.count(",") else ","
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)), delimiter
    except csv.Error as error:
        raise Mistake("D026", f"the header is no line of CSV: {error}", f"{where}, line 1", hint) from None


def column_names(header: list[str], *, table: CdmTable, report: TableReport, where: str) -> list[str]:
    """Return for each cell of the header the column of the model, or the name as it stands."""
    where = f"{where}, line 1"
    known = {column.name for column in table.columns}
    names = []
    for cell in header:
        name = cell.strip().lower()
        renamed = RENAMED_SINCE_5_3.get((table.name, name))
        if renamed:
            report.renamed_columns[name] = renamed
        elif name not in known:
            report.unknown_columns.append(name)
        names.append(renamed or name)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        hint = "rename or remove one of them"
        raise Mistake("D027", f"the header names `{twice[0]}` twice", where=where, hint=hint)
    for column in table.columns:
        if column.name in names:
            continue
        if column.required and (table.name, column.name) not in NEW_SINCE_5_3:
            close = get_close_matches(column.name, report.unknown_columns, n=1)
            hint = f"is it the column `{close[0]}`?" if close else f"the header is: {', '.join(header[:8])} …"
            what = f"table `{table.name}` has no column `{column.name}`, which the model requires"
            raise Mistake("D027", what, where=where, hint=hint)
        report.missing_columns.append(column.name)
    return names


class _Rejoined(io.RawIOBase):
    """The start of a file that was looked at, and the rest. Raises Mistake D026 where it is not UTF-8.

    The reader would say so of whole rows only: a row of the wrong width with such bytes would be lost unseen.
    """

    def __init__(self, start: bytes, rest: IO[bytes], *, where: str) -> None:
        self._start, self._rest, self._where = start, rest, where
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._quotes, self._last = start.count(b'"'), start[-1:]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._start:
            piece, self._start = (self._start[:size], self._start[size:]) if size >= 0 else (self._start, b"")
            return self._checked(piece, last=False)
        piece = self._checked(self._rest.read(size), last=True)
        self._quotes += piece.count(b'"')
        self._last = piece[-1:] or self._last
        return piece

    def _checked(self, piece: bytes, *, last: bool) -> bytes:
        try:
            self._decoder.decode(piece, final=last and not piece)
        except UnicodeDecodeError:
            raise _not_text(self._where) from None
        return piece

    def ends_inside_quotes(self, *, last_row_spans_lines: bool) -> bool:
        """Say whether the last cell swallowed what follows it: an odd quotation mark, and no end of line after it."""
        return self._quotes % 2 == 1 and (last_row_spans_lines or self._last != b"\n")


class _Lines:
    """Knows in which line of the file each row begins, with line breaks inside cells and rows left out."""

    def __init__(self) -> None:
        self.next_line = 2
        self.next_record = 2  # the header is the first
        self.count = 0
        self.last_size = 1
        self.rows_over_several_lines = 0
        self.ragged: deque[tuple[int, str]] = deque()
        self.noted: list[tuple[int, str]] = []

    def skip(self, row: pacsv.InvalidRow) -> str:
        """Take note of a row of the wrong width; the reader calls it ahead of the batch."""
        self.count += 1
        self.ragged.append((row.number, row.text))
        return "skip" if self.count <= MOST_RAGGED else "error"

    def of(self, batch: pa.RecordBatch) -> NDArray[np.int64]:
        """Return the line of each row of the next batch, and note the ragged rows among them."""
        count = batch.num_rows
        if not count:
            return np.zeros(0, dtype=np.int64)
        sizes = np.ones(count, dtype=np.int64)
        for column in batch.columns:
            sizes += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
        lines = self.next_line + np.cumsum(sizes) - sizes
        records = np.arange(self.next_record, self.next_record + count)
        while self.ragged and self.ragged[0][0] <= records[-1]:
            number, text = self.ragged.popleft()
            position = int(np.searchsorted(records, number))
            self.noted.append((int(lines[position]), text))
            records[position:] += 1
            lines[position:] += 1 + text.count("\n")
        self.last_size = int(sizes[-1])
        self.rows_over_several_lines += int((sizes > 1).sum())
        self.next_line, self.next_record = int(lines[-1] + sizes[-1]), int(records[-1]) + 1
        return lines

    def finish(self) -> None:
        """Note the ragged rows after the last whole one."""
        while self.ragged:
            _, text = self.ragged.popleft()
            self.noted.append((self.next_line, text))
            self.last_size = 1 + text.count("\n")
            self.next_line += self.last_size


def _opened(
    stream: io.RawIOBase, *, delimiter: str, count: int, lines: _Lines, where: str
) -> pacsv.CSVStreamingReader | None:
    names = [str(index) for index in range(count)]
    try:
        return pacsv.open_csv(
            pa.PythonFile(stream, mode="r"),
            # One thread: only then does the reader say which row has the wrong width.
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=names, skip_rows=1
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=lines.skip,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return None
        raise _unreadable(error, where) from None


def _next(reader: pacsv.CSVStreamingReader | None, *, where: str) -> pa.RecordBatch | None:
    if reader is None:
        return None
    try:
        return reader.read_next_batch()
    except StopIteration:
        return None
    except pa.ArrowInvalid as error:
        raise _unreadable(error, where) from None


def _not_text(where: str) -> Mistake:
    hint = "convert the file to UTF-8, for example with `iconv -f latin1 -t utf-8`"
    return Mistake("D026", "the file is not UTF-8 text", where=where, hint=hint)


def _unreadable(error: pa.ArrowInvalid, where: str) -> Mistake:
    if "UTF8" in str(error):
        return _not_text(where)
    hint = "look for a quotation mark that is never closed"
    return Mistake(
        "D026", f"the file cannot be read as CSV ({str(error).splitlines()[0]})", where=where, hint=hint
    )


def typed_batch(
    batch: pa.RecordBatch,
    *,
    names: list[str],
    table: CdmTable,
    report: TableReport,
    lines: NDArray[np.int64],
    blank_rows: bool = True,
) -> pa.RecordBatch:
    """Return the rows that can be kept, typed, in the order of the model's columns.

    `names` are the columns of the batch. With `blank_rows`, rows without any value are empty lines, and not counted.
    """
    blank = _blank(batch) if blank_rows else np.zeros(0, dtype=bool)
    if blank.any():
        report.blank_lines += int(blank.sum())
        batch, lines = batch.filter(pa.array(~blank)), lines[~blank]
    refused = np.zeros(batch.num_rows, dtype=bool)
    arrays = []
    for column in table.columns:
        if column.name not in names:
            arrays.append(pa.nulls(batch.num_rows, column.type.arrow))
            continue
        values, reasons = _typed_column(batch.column(names.index(column.name)), column)
        reasons |= _missing(values, column, reasons)
        for row in sorted(reasons):
            report.refuse(column=column.name, reason=reasons[row], line=int(lines[row]))
            refused[row] = True
        arrays.append(values)
    report.rows_read += batch.num_rows
    report.rows_refused += int(refused.sum())
    report.rows_kept += int((~refused).sum())
    whole = pa.record_batch([*arrays, pa.array(lines)], schema=staged_schema(table))
    return whole.filter(pa.array(~refused)) if refused.any() else whole


def _typed_column(cells: pa.Array, column: CdmColumn) -> tuple[pa.Array, dict[int, Refusal]]:
    if column.code is None:
        return typed(cells, column.type)
    return coded(cells, column.code)


def _blank(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Say which rows are empty lines: the reader gives them as rows of empty cells."""
    blank: NDArray[np.bool_] = pc.equal(batch.column(0), "").to_numpy(zero_copy_only=False)
    for column in batch.columns[1:]:
        if not blank.any():
            break
        blank = blank & pc.equal(column, "").to_numpy(zero_copy_only=False)
    return blank


def _missing(values: pa.Array, column: CdmColumn, reasons: dict[int, Refusal]) -> dict[int, Refusal]:
    # A required text may be empty: many vocabularies have terms and notes without a word.
    if not column.required or column.type is ColumnType.STR or values.null_count == 0:
        return {}
    empty = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
    return {int(row): Refusal.MISSING for row in empty if int(row) not in reasons}


def _note_ragged(lines: _Lines, report: TableReport) -> None:
    for line, _ in lines.noted:
        report.rows_read += 1
        report.rows_refused += 1
        report.refuse(column=None, reason=Refusal.WRONG_WIDTH, line=line)
    lines.noted.clear()
