"""Generate measures: sums over time and groups, with small numbers hidden and the rest rounded."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from armslength.query.api.databases import Database
from armslength.query.api.datasets import Generated, require_permissions, results_of
from armslength.query.api.measure_queries import shared_queries
from armslength.query.api.time_limit import require_in_time
from armslength.query.engines.engine import Progress, no_progress
from armslength.query.formats.columns import OutputColumn, output_column
from armslength.query.formats.destinations import files_for
from armslength.query.formats.writers import write_csv, write_rows
from armslength.query.model.measures import Interval, Measure, Measures

# The rule of the data access policy for results of measures: up to 7 is shown as 0, the rest to the nearest 5.
LARGEST_HIDDEN, ROUND_TO = 7, 5
COMBINED = "measures"
INTERVAL_COLUMNS = (
    OutputColumn(name="interval_start", type=datetime.date, nullable=False),
    OutputColumn(name="interval_end", type=datetime.date, nullable=False),
    OutputColumn(name="ratio", type=float),
    OutputColumn(name="numerator", type=int, nullable=False),
    OutputColumn(name="denominator", type=int, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One line of results: a measure, an interval, one combination of group values."""

    measure: str
    interval: Interval
    numerator: int
    denominator: int
    groups: dict[str, Any]

    def rounded(self) -> MeasureRow:
        """Return the row with both numbers hidden or rounded, each by itself."""
        return MeasureRow(
            measure=self.measure,
            interval=self.interval,
            numerator=rounded(self.numerator),
            denominator=rounded(self.denominator),
            groups=self.groups,
        )

    @property
    def values(self) -> dict[str, Any]:
        start, end = self.interval
        ratio = self.numerator / self.denominator if self.denominator else None
        numbers = {"ratio": ratio, "numerator": self.numerator, "denominator": self.denominator}
        return {
            "measure": self.measure,
            "interval_start": start,
            "interval_end": end,
            **numbers,
            **self.groups,
        }


def generate_measures(
    measures: Measures,
    *,
    database: Database,
    output: str | Path,
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> Generated:
    """Calculate all measures and write them: to one file, or with `folder/:csv` to a file for each measure.

    Raises Mistake for whatever is wrong with the question, the database or the disk; files are whole or absent.
    """
    check_measures_output(measures, output)
    rows = measured(measures, database=database, permissions=permissions, progress=progress)
    return write_measures(measures, rows, output=output)


def check_measures_output(measures: Measures, output: str | Path) -> dict[str, Path]:
    """Return the files that measures go to. Raises Mistake Q121 before anything is calculated."""
    names = tuple(measure.name for measure in measures.measures)
    return files_for(output, names if is_folder(output) else (COMBINED,))


def write_measures(measures: Measures, found: Iterable[MeasureRow], *, output: str | Path) -> Generated:
    """Write rows of measures: to one file, or to a file for each measure."""
    rows = list(found)
    files = {}
    for table, path in check_measures_output(measures, output).items():
        chosen = _called(measures, table) if is_folder(output) else measures.measures
        columns = columns_of_measures(chosen, combined=not is_folder(output))
        wanted = [row for row in rows if row.measure in {measure.name for measure in chosen}]
        files[table] = write_rows(as_arrow(wanted, columns), path, columns=columns)
    return Generated(files=files)


def print_measures(
    measures: Measures,
    *,
    database: Database,
    stream: IO[bytes],
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> dict[str, int]:
    """Calculate all measures and write them to a stream as one CSV table."""
    columns = columns_of_measures(measures.measures, combined=True)
    rows = list(measured(measures, database=database, permissions=permissions, progress=progress))
    return {COMBINED: write_csv(as_arrow(rows, columns), stream, columns=columns)}


def measured(
    measures: Measures,
    *,
    database: Database,
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> Iterator[MeasureRow]:
    """Yield the rows of all measures, measure by measure, then by interval; rounded unless switched off."""
    granted = tuple(permissions)
    work = list(shared_queries(measures))
    for query, _ in work:
        require_permissions(query, granted=granted)
    found: dict[str, list[MeasureRow]] = {measure.name: [] for measure in measures.measures}
    began = time.monotonic()
    for done, (query, asked) in enumerate(work):
        require_in_time(elapsed=time.monotonic() - began, done=done, of=len(work))
        sums = {f"measure_{number}": each for number, each in enumerate(asked, start=1)}
        for result in results_of(query, database=database, permissions=granted, progress=progress):
            for batch in result.rows:
                if result.name in sums:
                    interval, measure = sums[result.name]
                    found[measure.name] += _rows(measure, interval, batch.to_pylist())
    # Queries that are asked alone come before those that are asked together.
    for rows in found.values():
        rows.sort(key=lambda row: row.interval)
    for rows in found.values():
        yield from (row.rounded() if measures.disclosure_control else row for row in rows)


def rounded(number: int) -> int:
    """Hide a small number, round any other to the nearest 5.

    >>> [rounded(number) for number in (0, 7, 8, 12, 13)]
    [0, 0, 10, 10, 15]
    """
    return 0 if number <= LARGEST_HIDDEN else ROUND_TO * ((number + ROUND_TO // 2) // ROUND_TO)


def columns_of_measures(measures: Iterable[Measure], *, combined: bool) -> tuple[OutputColumn, ...]:
    """Return the columns of a table of measures; `combined` ones say which measure each row is of."""
    chosen = tuple(measures)
    names = tuple(measure.name for measure in chosen)
    first = (OutputColumn(name="measure", type=str, categories=names, nullable=False),) if combined else ()
    groups = {name: output_column(name, series) for measure in chosen for name, series in measure.group_by}
    return (*first, *INTERVAL_COLUMNS, *groups.values())


def is_folder(output: str | Path) -> bool:
    """Whether an output is a folder with a format, such as `results/:csv`."""
    folder, colon, suffix = str(output).rpartition(":")
    return bool(colon and folder and "/" not in suffix)


def _called(measures: Measures, name: str) -> tuple[Measure, ...]:
    return tuple(measure for measure in measures.measures if measure.name == name)


def _rows(measure: Measure, interval: Interval, sums: list[dict[str, Any]]) -> list[MeasureRow]:
    names = [name for name, _ in measure.group_by]
    return [
        MeasureRow(
            measure=measure.name,
            interval=interval,
            numerator=row["numerator_1"],
            denominator=row["denominator"],
            groups={name: row[f"group_{number}"] for number, name in enumerate(names, start=1)},
        )
        for row in sums
        if row["denominator"]
    ]


def as_arrow(rows: list[MeasureRow], columns: tuple[OutputColumn, ...]) -> pa.RecordBatchReader:
    """Return rows of measures with these columns."""
    schema = pa.schema([pa.field(column.name, column.plain) for column in columns])
    values = [row.values for row in rows]
    arrays = [pa.array([each.get(c.name) for each in values], type=c.plain) for c in columns]
    return pa.RecordBatchReader.from_batches(schema, [pa.record_batch(arrays, schema=schema)])
